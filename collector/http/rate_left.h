/* What an address has left of a limit: a header of its own, as a call knows no sockets. */
#ifndef CARRITO_COLLECTOR_RATE_LEFT_H
#define CARRITO_COLLECTOR_RATE_LEFT_H

#include <stdint.h>

/* Requests of its window, and the seconds until the next one begins; all 0: there is no limit. */
struct rate_left {
    int64_t limit, remaining, reset_s;
};

#endif
