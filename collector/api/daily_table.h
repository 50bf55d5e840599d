/* A day's sales as the table that GET /daily-sales gives, for who is no caller of the API. */
#ifndef CARRITO_COLLECTOR_DAILY_TABLE_H
#define CARRITO_COLLECTOR_DAILY_TABLE_H

#include "collector/store/store.h"
#include "common/buffer.h"

#include <stdint.h>

/* Appends the day's rows as RFC 4180 with a header row. In the caller's transaction. */
void daily_table(struct store *store, int32_t day, struct buffer *out);

#endif
