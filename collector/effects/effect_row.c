/* Reads and writes rows of the table `effects`. */
#include "collector/effects/effect_row.h"
#include "collector/kafka/topics.h"

#include "effects_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMN_POSITION 2

struct store_rows *effect_rows_due(struct store *store, const struct effect_query *query)
{
    return store_query(store, SQL_EFFECTS_DUE, "tti", query->queue, query->topic, query->limit);
}

int64_t effect_row_position(struct store_rows *rows)
{
    return store_int(rows, COLUMN_POSITION);
}

static char *copy_bytes(struct store_rows *rows, int column, size_t *length)
{
    const void *bytes = store_bytes(rows, column, length);
    bool is_null = store_is_null(rows, column);
    char *own = is_null ? NULL : malloc(*length + 1);

    if (own == NULL && !is_null)
        abort();
    if (own != NULL && *length > 0)
        memcpy(own, bytes, *length);
    return own;
}

void effect_row_read(struct effect_row *row, struct store_rows *rows,
                     const struct effect_query *query)
{
    *row = (struct effect_row){ .id = store_text_copy(rows, 0),
                                .lane = store_text_copy(rows, 1),
                                .topic = strdup(query->topic),
                                .position = effect_row_position(rows),
                                .error = store_text_copy(rows, 5),
                                .source = store_text_copy(rows, 6),
                                .type = store_text_copy(rows, 7) };
    if (row->topic == NULL)
        abort();
    snprintf(row->queue, sizeof row->queue, "%s", query->queue);
    row->key = copy_bytes(rows, 3, &row->key_length);
    row->value = copy_bytes(rows, 4, &row->value_length);
    row->partition = store_is_null(rows, 8) ? -1 : (int32_t)store_int(rows, 8);
    row->expires_ms = store_is_null(rows, 9) ? 0 : store_int(rows, 9);
    row->about = store_text_copy(rows, 10);
}

void effect_row_free(struct effect_row *row)
{
    char *const texts[] = { row->id,     row->lane, row->topic, row->error, row->about,
                            row->source, row->type, row->key,   row->value };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    *row = (struct effect_row){ 0 };
}

size_t effect_row_bytes(const struct effect_row *row)
{
    return row->key_length + row->value_length;
}

bool effect_row_same_key(const struct effect_row *one, const struct effect_row *other)
{
    return one->key != NULL && other->key != NULL && one->key_length == other->key_length &&
           memcmp(one->key, other->key, one->key_length) == 0 &&
           strcmp(one->topic, other->topic) == 0;
}

static bool is_kept(const struct effect_row *row)
{
    return row->key != NULL && topic_is_compacted(row->topic);
}

void effect_row_done(struct store *store, const struct effect_row *row, int64_t now_ms)
{
    if (is_kept(row))
        store_run(store, SQL_EFFECT_KEEP, "ittt", now_ms, row->lane, row->id, row->queue);
    else
        store_run(store, SQL_EFFECT_DONE, "ttt", row->lane, row->id, row->queue);
}

void effect_row_sent(struct store *store, const struct effect_row *row)
{
    if (is_kept(row))
        store_run(store, SQL_EFFECT_NEWEST_AGAIN, "ttbi", row->queue, row->topic, row->key,
                  row->key_length, row->position);
}
