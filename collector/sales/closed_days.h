/* Which days are closed: for the guild, and in partitions that are ahead of it. Read from the store
 * in each transaction, as another process may have closed more. */
#ifndef CARRITO_COLLECTOR_CLOSED_DAYS_H
#define CARRITO_COLLECTOR_CLOSED_DAYS_H

#include "collector/store/store.h"

#include <stddef.h>
#include <stdint.h>

struct closed_part {
    int32_t part, until;
};

/* Days are the last closed one, INT32_MIN where none is. Zero-initialised it may be read into. */
struct closed_days {
    int32_t guild; /* all partitions have closed it */
    int32_t most;  /* of any partition */
    struct closed_part *parts;
    size_t count, capacity;
};

/* The guild's alone. */
int32_t closed_days_guild(struct store *store);
void closed_days_read(struct closed_days *days, struct store *store);
/* The last day that this partition of carrito.sales has closed. */
int32_t closed_days_of(const struct closed_days *days, int32_t part);
void closed_days_free(struct closed_days *days);

#endif
