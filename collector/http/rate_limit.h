/* So many per address and minute: a window of 60 s that begins with an address's first request.
 *
 * A table of bounded size; where it is full, the oldest window is forgotten, so that a flood from
 * many addresses costs memory to nobody. Any thread; nothing blocks but a short lock. */
#ifndef CARRITO_COLLECTOR_RATE_LIMIT_H
#define CARRITO_COLLECTOR_RATE_LIMIT_H

#include "collector/http/address.h"

struct rate_limit;

/* `per_minute` 0: no limit. */
struct rate_limit *rate_limit_open(int64_t per_minute);
void rate_limit_close(struct rate_limit *limit);
/* Counts one request. Returns 0 where it may go on, else the seconds until it may come again. */
int64_t rate_limit_take(struct rate_limit *limit, const struct address *address, int64_t mono_ms);

#endif
