/* Days close partition by partition, at local midnight plus grace: when Kafka's time is two seconds
 * past it and all that the partition had then is applied (contract, section 5). No clock of ours
 * closes one, no event is needed, and a partition that is behind holds up its own carts only.
 *
 * Each process closes the rows of its own partitions, under their fence, in slices: other roles
 * write in between. A row gets revision 1 and goes to carrito.daily-sales. The guild's day is
 * closed once all partitions have passed it and none of its rows is open; then its report is mailed
 * (day_report.h). */
#ifndef CARRITO_COLLECTOR_SALES_CLOSE_H
#define CARRITO_COLLECTOR_SALES_CLOSE_H

#include "collector/base/settings.h"
#include "collector/engine/role.h"

#include <stdbool.h>
#include <stdint.h>

/* How far the clocks of brokers may be apart. A sale that comes later with an earlier time is late.
 */
#define SALES_CLOSE_SKEW_MS 2000
/* Rows that one transaction closes: some 10 ms under the store's lock. */
#define SALES_CLOSE_ROWS_MAX 200

/* What this process is closing. */
struct day_closer;

/* The settings live as long as it. Never NULL. */
struct day_closer *day_closer_open(const struct settings *settings);
void day_closer_free(struct day_closer *closer);
/* Its partitions may be another's now, or its transaction was rolled back. */
void day_closer_forget(struct day_closer *closer);

/* True where a slice is left of what has passed: no broker needs to be asked for it. */
bool day_closer_goes_on(const struct day_closer *closer);
/* True where a day is to be closed at this time of Kafka's, or a row of a closed day is still open;
 * false where the time is not known (0). */
bool day_closer_is_due(struct store *store, const struct settings *settings, int64_t kafka_ms);
/* Closes the next slice of what is due, in the caller's transaction, under the fence of the
 * partitions that `time` names or has named since the last day_closer_forget(). */
void day_closer_close(struct day_closer *closer, struct store *store, const struct role_time *time);

#endif
