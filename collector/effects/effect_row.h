/* A row of the table `effects` for Kafka, in memory. */
#ifndef CARRITO_COLLECTOR_EFFECT_ROW_H
#define CARRITO_COLLECTOR_EFFECT_ROW_H

#include "collector/effects/effect_queues.h"
#include "collector/store/store.h"

#include <stdbool.h>

struct effect_row {
    char queue[EFFECT_QUEUE_SIZE];
    char *id, *lane, *topic, *error, *about, *source,
        *type;         /* owned; from `error` on they may be NULL */
    char *key, *value; /* owned; the key may be NULL */
    size_t key_length, value_length;
    int64_t position, expires_ms; /* 0: never */
    int32_t partition;            /* negative: the key's */
};

/* What is to be read: of one queue and topic, in order, `limit` at most, without what has an older
 * one of its key in another's queue. */
struct effect_query {
    const char *queue, *topic;
    int64_t limit;
};
struct store_rows *effect_rows_due(struct store *store, const struct effect_query *query);
int64_t effect_row_position(struct store_rows *rows);
void effect_row_read(struct effect_row *row, struct store_rows *rows,
                     const struct effect_query *query);
void effect_row_free(struct effect_row *row);
/* What it takes in memory. */
size_t effect_row_bytes(const struct effect_row *row);
bool effect_row_same_key(const struct effect_row *one, const struct effect_row *other);

/* In the caller's transaction: its peer has it, or it is let go. Rows of a compacted topic are kept
 * for EFFECT_KEPT_MS. */
#define EFFECT_KEPT_MS 86400000LL
void effect_row_done(struct store *store, const struct effect_row *row, int64_t now_ms);
/* In the caller's transaction: it has just come into the log. Where something newer of its key is
 * there before it, that is to be sent again, by whoever has this row's queue. */
void effect_row_sent(struct store *store, const struct effect_row *row);

#endif
