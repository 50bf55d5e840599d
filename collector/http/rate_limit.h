/* So many per address and minute: a window of 60 s that begins with an address's first request. An
 * IPv6 address counts by its /64 and, for CUSTOMER_SHARE times as many, by its /48 as well: one
 * customer may have 65,536 of the former.
 *
 * Two tables of bounded size (0.2 MB each), found by a keyed hash. Where the windows of a bucket
 * all run, a newcomer takes over the smallest together with what it has counted (Metwally et al.,
 * "Space-Saving", 2005): whoever is near his limit is forgotten last, and no flood of networks
 * makes his window begin anew. The price is that newcomers are refused where half a million a
 * minute come. Any thread; nothing blocks but a short lock. */
#ifndef CARRITO_COLLECTOR_RATE_LIMIT_H
#define CARRITO_COLLECTOR_RATE_LIMIT_H

#include "collector/http/address.h"
#include "collector/http/rate_left.h"

#define CUSTOMER_SHARE 4

struct rate_limit;

/* `per_minute` 0: no limit. */
struct rate_limit *rate_limit_open(int64_t per_minute);
void rate_limit_close(struct rate_limit *limit);
/* Counts one request that may go on, and returns 0; else the seconds until it may come again.
 * `left` tells what it has after that, of its own window or its customer's, whichever is nearer to
 * its end; or NULL. */
int64_t rate_limit_take(struct rate_limit *limit, const struct address *address, int64_t mono_ms,
                        struct rate_left *left);

#endif
