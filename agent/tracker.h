/* Which of the receiver's reports are recorded, and where the cart was last.
 *
 * Owns the receiver; the commit keeps what is recorded. One thread, the agent's; nothing blocks but
 * the commit's commits. `mono_ms` is monotonic, `wall_ms` milliseconds since 1970 UTC. */
#ifndef CARRITO_AGENT_TRACKER_H
#define CARRITO_AGENT_TRACKER_H

#include "agent/clock_source.h"
#include "agent/group_commit.h"
#include "agent/position.h"
#include "agent/source_gps.h"

struct tracker {
    struct source_gps *gps;
    struct position_filter filter;
    struct clock_source *clock_source; /* hears the receiver's time; not owned */
    struct group_commit *commit;       /* not owned */
    struct moment (*moment)(void *owner);
    void *owner;           /* of `moment` */
    int64_t locate_end_ms; /* monotonic */
    bool rests;            /* nothing is recorded but what `locate` asks for */
};

/* Hears what the receiver has to say, at most a few reports; `revents` is what poll(2) said of its
 * descriptor. The worst of the commits that it led to. */
enum outbox_result tracker_turn(struct tracker *tracker, short revents, int64_t mono_ms,
                                int64_t wall_ms);
/* The command `locate`. Its end is on the monotonic clock: the wall clock may be set meanwhile. */
void tracker_locate(struct tracker *tracker, int interval_s, int64_t end_ms);
/* At the day's end the reports are heard, for where the next sale will be, and not recorded. */
void tracker_rest(struct tracker *tracker);
/* The next good fix is recorded at once. */
void tracker_go_on(struct tracker *tracker);
/* The last fix that was believed, recorded or not. */
struct sale_fix tracker_last(const struct tracker *tracker);

#endif
