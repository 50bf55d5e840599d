/* The cart's commit: gathers positions and commits them with the next act of the vendor, or after
 * POSITIONS_MS_MAX, so that the flash is written seldom and a sale never waits for a position. */
#ifndef CARRITO_AGENT_GROUP_COMMIT_H
#define CARRITO_AGENT_GROUP_COMMIT_H

#include "agent/event_maker.h"
#include "agent/outbox.h"
#include "common/client_name.h"

#define POSITIONS_MS_MAX 10000 /* a power cut loses at most so much of the track */
#define POSITIONS_MAX    64

struct group_commit {
    struct outbox *outbox; /* not owned */
    const char *cart;
    struct client_names names;             /* how clients are written down; its key is not owned */
    struct event positions[POSITIONS_MAX]; /* not committed yet */
    size_t position_count;
    int64_t first_position_ms; /* monotonic, of the oldest of them */
    int64_t paused_until_ms;   /* monotonic: no act that nobody waits for before */
    struct event act[POSITIONS_MAX + 2];
};

/* Keeps the position for the next commit; commits by itself when there is no room. */
enum outbox_result group_commit_position(struct group_commit *commit, const struct event *position,
                                         int64_t mono_ms);
/* Commits the positions where the oldest has waited long enough. */
enum outbox_result group_commit_flush(struct group_commit *commit, int64_t mono_ms);
enum outbox_result group_commit_flush_now(struct group_commit *commit);

/* Commits the positions and then the vendor's act, in one transaction. `make` appends the act's
 * events (at most two) to `events` and returns how many. On failure nothing has happened, and the
 * positions still wait. */
enum outbox_result group_commit_act(struct group_commit *commit,
                                    size_t (*make)(void *owner, struct event_maker *maker,
                                                   struct event *events),
                                    void *owner);
/* The same, and keeps what the vendor is told of it: `make` may write `answer->text`. */
enum outbox_result group_commit_act_answered(struct group_commit *commit,
                                             size_t (*make)(void *owner, struct event_maker *maker,
                                                            struct event *events),
                                             void *owner, const struct outbox_answer *answer);
/* The same for an act that nobody waits for: where one fails, the disk is left in peace for
 * POSITIONS_MS_MAX, and OUTBOX_OK then says that nothing was tried. */
enum outbox_result group_commit_act_unhurried(struct group_commit *commit,
                                              size_t (*make)(void *owner, struct event_maker *maker,
                                                             struct event *events),
                                              void *owner, int64_t mono_ms);
/* The last fix: of a waiting position, or the outbox's. False where there never was one. */
int64_t group_commit_last_fix_ms(const struct group_commit *commit);

#endif
