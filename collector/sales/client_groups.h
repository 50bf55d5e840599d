/* Distinct clients of the whole guild: per day, per month, and of all time.
 *
 * Counting them when somebody asks takes half a second with a million receipts, so each level is
 * kept, and touched only where the level below changes: a client of a cart and day who is new there
 * is looked up among the day's, one who is new on the day among the month's, and so on. */
#ifndef CARRITO_COLLECTOR_CLIENT_GROUPS_H
#define CARRITO_COLLECTOR_CLIENT_GROUPS_H

#include "collector/store/rows.h"

#include <stddef.h>
#include <stdint.h>

enum client_group { GROUP_DAY, GROUP_MONTH, GROUP_GUILD };

/* Changes, gathered over a batch: clients by level. Zero-initialised it is empty and valid. */
struct client_groups {
    struct rows levels[GROUP_GUILD + 1];
};

/* A client bought for the first time from some cart on this day (1), or no longer at all (-1). */
void client_groups_add(struct client_groups *groups, int32_t day, const char *client, int64_t sign);
/* Writes clients and numbers, and is empty again. */
void client_groups_write(struct client_groups *groups, struct store *store);

/* The months since year 0 of the calendar that the day is in: the span of GROUP_MONTH. */
int64_t client_groups_month(int32_t day);
/* How many distinct clients, those without a name aside; `span` is the day, the month, or 0. */
int64_t client_groups_read(struct store *store, enum client_group level, int64_t span);

#endif
