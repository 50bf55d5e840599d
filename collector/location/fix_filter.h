/* Which fixes can be: a receiver that loses its satellites reports places that no cart has reached.
 *
 * 0/0 and what is no number is never believed. A fix that would need more than FIX_SPEED_MAX since
 * the last one believed is a claim; FIX_AGREE claims in a row that agree with each other are
 * believed, since then it is the last one that was wrong, or the cart is carried away faster than
 * it could go. From then on it may go on as fast, until it is slow again. Pure. */
#ifndef CARRITO_COLLECTOR_FIX_FILTER_H
#define CARRITO_COLLECTOR_FIX_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#define FIX_SPEED_MAX     30.0  /* metres per second: no cart drives faster by itself */
#define FIX_SPEED_CARRIED 100.0 /* a lorry's, a train's */
#define FIX_AGREE         3
#define FIX_GAP_MS_MIN    1000 /* receivers report each second: less says nothing about speed */

struct fix {
    double lat, lon;
    int64_t time_ms;
    /* The time is not the cart's own but Kafka's (event_time.h): several fixes come with the same
     * then, and speed cannot be told. */
    bool dated;
};

struct fix_filter {
    bool has_last;
    struct fix last;     /* believed */
    struct fix claim;    /* the latest of claim_count in a row */
    int64_t claim_count; /* FIX_AGREE: `last` is one of them */
};

enum fix_verdict {
    FIX_BELIEVED,  /* it is `last` now */
    FIX_OLD,       /* from before the last one: a place on the way, where the cart no longer is */
    FIX_CLAIMED,   /* not believed yet */
    FIX_IMPOSSIBLE /* no place at all */
};

/* Judges the next fix, in the order in which they came. */
enum fix_verdict fix_filter_judge(struct fix_filter *filter, const struct fix *fix);

#endif
