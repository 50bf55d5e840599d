/* Which fixes become location events: pure; time is an argument.
 *
 * One each interval while the cart moves, one each 60 s while it stands, one at once when it
 * starts to move. It moves when within the last 60 s it went 15 m, or the accuracy where that is
 * more: a walking cart goes less than that in an interval of 10 s. Bad fixes (below) never. Jumps
 * are held back until three fixes in a row agree on the new place: a multipath error between high
 * buildings lasts a second or two, while a cart that was driven through a tunnel stays where it is.
 */
#ifndef CARRITO_POSITION_H
#define CARRITO_POSITION_H

#include "agent/fix.h"

#include <stdbool.h>

#define POSITION_STANDING_S 60   /* seconds between records while standing still */
#define POSITION_STANDING_M 15.0 /* movement under this, or under the accuracies, is noise */
#define POSITION_SPEED_MAX  30.0 /* m/s: faster than a cart on a lorry in the city */
#define POSITION_AGREE      3    /* fixes in a row that make a jump believable */

struct position_filter {
    int64_t interval_ms;
    int64_t locate_interval_ms;                       /* the override of `locate`; 0: none */
    int64_t recorded_ms, anchor_ms, good_ms, jump_ms; /* wall clock at each */
    struct fix anchor; /* the cart moves while it left an anchor's surroundings in the last 60 s */
    struct fix good;   /* the last one believed */
    struct fix jump;   /* the last one not believed */
    int jumps;         /* fixes in a row that agree with `jump` */
    bool moving;
    bool has_recorded, has_anchor, has_good;
};

void position_init(struct position_filter *filter, int interval_s);

/* Has it a position that may be used at all: mode 2 or 3, in range, not exactly 0/0 (what some
 * receivers say before their first fix)? */
bool position_good(const struct fix *fix);

/* Is this fix to be recorded now? Call it with every fix. `wall_ms` may jump either way, when the
 * clock is put right: the next good fix is recorded then. */
bool position_take(struct position_filter *filter, const struct fix *fix, int64_t wall_ms);

/* The last fix that was believed, for a sale's position, or NULL if there never was one. It lives
 * until the next position_take; `*wall_ms` is when it came. */
const struct fix *position_last(const struct position_filter *filter, int64_t *wall_ms);

/* The command `locate`: records each `interval_s` until the end is told, moving or standing, and
 * the next good fix at once. When it ends is not the filter's matter: its clock may jump. */
void position_locate(struct position_filter *filter, int interval_s);
void position_locate_end(struct position_filter *filter);

#endif
