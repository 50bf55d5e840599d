/* What people are told of whole days: the mail with a day's table, and the alert `day-open`. */
#ifndef CARRITO_COLLECTOR_DAY_REPORT_H
#define CARRITO_COLLECTOR_DAY_REPORT_H

#include "collector/base/settings.h"
#include "collector/store/store.h"

#include <stdint.h>

/* The days behind `after` up to `until`. */
struct day_span {
    int32_t after, until;
};

/* In the transaction that closes these days for the guild: queues the mail of each that has rows; a
 * correction, where one went at `day-open`. A history that is read again is no news to anybody. */
void day_report_closed(struct store *store, const struct settings *settings,
                       const struct day_span *days, int64_t kafka_ms);
/* Raises `day-open` for a day that is not closed an hour after its time, with the mail of each open
 * day as far as it is known, and ends it once it is closed.
 * `first_ms` is Kafka's time when it was first known here: who has just begun has an hour too. */
void day_report_open(struct store *store, const struct settings *settings, int64_t kafka_ms,
                     int64_t first_ms);

#endif
