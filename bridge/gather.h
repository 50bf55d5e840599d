/* Whether a turn waits a little before it reads, so that Kafka gets fewer and larger requests.
 *
 * librdkafka sends one produce request per partition and turn. Where messages come faster than
 * Kafka answers, but not fast enough to fill a turn, each request holds one or two records, and
 * most of what they cost is the requests: `./dev bench path gather` measures it. Where little comes
 * nothing waits, as each message would only be later; where a turn is large by itself, neither.
 * What is held back stays unread, so order and PUBACKs are as without. Pure. */
#ifndef CARRITO_BRIDGE_GATHER_H
#define CARRITO_BRIDGE_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gather {
    size_t messages;     /* read since the last answer: counted by the caller */
    int64_t answered_us; /* the last messages were answered then */
    int64_t due_ms;      /* nothing is read before; 0: at once */
};

/* What was read is answered: decides whether the next turn waits. `mono_us` is of the clock of the
 * other times, clock_mono_ms(). */
void gather_answered(struct gather *gather, int64_t mono_us);
/* True once for each wait, when it is over. */
bool gather_ends(struct gather *gather, int64_t mono_ms);

/* The bounds (gather_bounds.c): how long the next turn waits, in ms, after one that read so many
 * messages, `us` microseconds after the one before it. The rate decides, and not the number alone:
 * a turn that has waited reads more for that reason. */
int64_t gather_ms(size_t messages, int64_t us);

#endif
