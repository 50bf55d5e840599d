/* A day's sales as the table that GET /daily-sales gives, for who is no caller of the API. */
#ifndef CARRITO_COLLECTOR_DAILY_TABLE_H
#define CARRITO_COLLECTOR_DAILY_TABLE_H

#include "collector/store/store.h"
#include "common/buffer.h"
#include "common/csv.h"

#include <stdint.h>

/* Appends the day's rows with a header row, and in the Spanish dialect a line of totals. In the
 * caller's transaction. */
void daily_table(struct store *store, int32_t day, enum csv_dialect dialect, struct buffer *out);

#endif
