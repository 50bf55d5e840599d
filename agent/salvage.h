/* All the events that an outbox's file still gives back, damaged or not, in their order.
 *
 * A sound file is read by SQLite. At the first row that it does not give, or that is not what was
 * written, this goes on by itself (salvage_walk.h): so a damage costs the rows whose own bytes it
 * changed, wherever it is. Beside a running agent it reads one state of the file. Reads only; a
 * file of 64 MB that is damaged takes some seconds. One thread. The process must not have the file
 * open otherwise (page_file.h). */
#ifndef CARRITO_AGENT_SALVAGE_H
#define CARRITO_AGENT_SALVAGE_H

#include "common/protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct salvage_calls {
    /* An event as it was written, without a line end. False ends the reading. */
    bool (*row)(void *owner, const char *bytes, size_t length);
    /* These numbers, both included, are or were in the file and are not to be had. */
    void (*hole)(void *owner, int64_t first_seq, int64_t last_seq);
};

struct salvage_report {
    char epoch[EPOCH_LENGTH_MAX + 1];  /* "" where neither the head nor an event has it */
    int64_t acked_seq;                 /* -1: the head cannot be read */
    int64_t rows, first_seq, last_seq; /* what was given out; 0: none */
    int64_t missing;                   /* numbers in holes */
    bool damaged; /* a part could not be read: before the first row some may be missing, too */
};

/* False where the file cannot be read at all, or has nothing of an outbox; logged. */
bool salvage_events(const char *path, const struct salvage_calls *calls, void *owner,
                    struct salvage_report *report);

/* The same of the events that were not acknowledged, as far as the file can tell which; else of
 * all. */
bool salvage_waiting(const char *path, const struct salvage_calls *calls, void *owner,
                     struct salvage_report *report);

#endif
