/* Positions in Kafka: taken, moved under the fence, judged against the log. */
#include "collector/engine/position.h"

#include "positions_sql.h"

void position_take(struct store *store, const char *owner, struct position *position)
{
    int64_t partition = position->partition;

    store_run(store, SQL_POSITION_INSERT, "ttit", position->role, position->topic, partition,
              owner);
    store_run(store, SQL_POSITION_OWN, "ttti", owner, position->role, position->topic, partition);
    struct store_rows *rows =
        store_query(store, SQL_POSITION_READ, "tti", position->role, position->topic, partition);
    if (!store_next(rows))
        return;
    position->next = store_int(rows, 0);
    position->last_ms = store_int(rows, 1);
    position->last_hash = store_int(rows, 2);
    store_rows_end(rows);
}

bool position_advance(struct store *store, const char *owner, const struct position *position,
                      const struct position *to)
{
    return store_run(store, SQL_POSITION_ADVANCE, "iiittiti", to->next, to->last_ms, to->last_hash,
                     position->role, position->topic, (int64_t)position->partition, owner,
                     position->next) &&
           store_changed(store) == 1;
}

bool position_restart(struct store *store, const char *owner, const struct position *position,
                      int64_t offset)
{
    return store_run(store, SQL_POSITION_RESTART, "ittit", offset, position->role, position->topic,
                     (int64_t)position->partition, owner) &&
           store_changed(store) == 1;
}

bool position_read_to(struct store *store, const char *owner, const struct position *position,
                      int64_t offset)
{
    return store_run(store, SQL_POSITION_READ_TO, "ittiti", offset, position->role, position->topic,
                     (int64_t)position->partition, owner, position->next) &&
           store_changed(store) == 1;
}

bool position_pass(struct store *store, const char *owner, const struct position *position,
                   int64_t watermark_ms)
{
    return store_run(store, SQL_POSITION_WATERMARK_NOTE, "ittiti", watermark_ms, position->role,
                     position->topic, (int64_t)position->partition, owner, position->next) &&
           store_changed(store) == 1;
}

int64_t position_watermark(struct store *store, const char *role, const char *topic, int32_t count)
{
    struct store_rows *rows =
        store_query(store, SQL_POSITION_WATERMARK, "tti", role, topic, (int64_t)count);
    bool known = store_next(rows) && count > 0 && store_int(rows, 0) == count;
    int64_t watermark_ms = known ? store_int(rows, 1) : 0;

    store_rows_end(rows);
    return watermark_ms;
}

void position_forget(struct store *store, const char *role, const char *topic, int32_t count)
{
    store_run(store, SQL_POSITION_FORGET, "tti", role, topic, (int64_t)count);
}

enum position_verdict position_judge(const struct position *position, int64_t low, int64_t high)
{
    if (position->next == 0)
        return POSITION_FRESH;
    if (position->next > high || position->next < low)
        return POSITION_LOST;
    if (position->next == low || position->last_ms == 0)
        return POSITION_GO_ON;
    return POSITION_VERIFY;
}
