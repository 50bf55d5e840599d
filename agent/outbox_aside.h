/* Files of outboxes that were set aside. They lie beside the outbox, under its name and
 *
 *   .damaged-MS        what could not be used; a person may save what is in it (salvage.h)
 *   .damaged-whole-MS  the same, where all of it that waited is in former ones (outbox_rescue.h)
 *   .former-PLATE-MS   a sound one whose epoch has ended, with events that the centre may lack
 *   .sent-PLATE-MS     the same once the centre has all of it
 *
 * with MS the wall clock when it was set aside, in milliseconds, moved on where a file of that name
 * is there: none is ever written over. A file's own time is when it got its name. Which are
 * removed, and when: outbox_leftover.h. All calls may block for the disk. */
#ifndef CARRITO_AGENT_OUTBOX_ASIDE_H
#define CARRITO_AGENT_OUTBOX_ASIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASIDE_PATH_SIZE 4096
#define ASIDE_FILES_MAX 32 /* files of a kind that are listed; a plate changes seldom */

/* Damaged ones are the whole ones, too. */
enum aside_kind { ASIDE_DAMAGED, ASIDE_WHOLE, ASIDE_FORMER, ASIDE_SENT, ASIDE_KINDS };

/* Moves the outbox's file and its log; the new path is in `aside`. `plate` is NULL for a damaged
 * one. False where it cannot (logged). Whoever had it open has closed it. */
struct aside {
    enum aside_kind kind;
    const char *plate;
    int64_t wall_ms;
};
bool outbox_aside_move(const char *path, const struct aside *as, char aside[ASIDE_PATH_SIZE]);
/* The same of another file, which is no part of the outbox that is there. */
bool outbox_aside_add(const char *path, const char *file, const struct aside *as,
                      char aside[ASIDE_PATH_SIZE]);
/* A former one becomes a sent one. */
bool outbox_aside_sent(const char *former);

/* Paths of one kind, the one that was set aside first at the beginning; returns how many. Freed by
 * outbox_aside_free(). */
size_t outbox_aside_list(const char *path, enum aside_kind kind, char *found[ASIDE_FILES_MAX]);
void outbox_aside_free(char *found[ASIDE_FILES_MAX], size_t count);

#endif
