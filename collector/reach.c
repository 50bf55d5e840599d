/* A question for each row of `positions`. */
#include "collector/reach.h"
#include "collector/api/kafka_look.h"

#include "restore_sql.h"

static void judge(struct reach *reach, int64_t next, int64_t low, int64_t high)
{
    reach->cut += low > 0 || high < next;
    reach->gone += low > next ? low - next : 0;
    reach->coming += high > next ? high - (low > next ? low : next) : 0;
}

struct reach reach_read(struct store *store, const struct reach_wanted *wanted)
{
    struct kafka_look *look = kafka_look_open(wanted->brokers, wanted->pairs);
    struct store_rows *rows = store_query(store, SQL_RESTORE_POSITIONS, "t", wanted->role);
    struct reach reach = { .partitions = 0 };
    bool looks = look != NULL && kafka_look_begin(look);

    for (; store_next(rows); reach.partitions++) {
        int64_t low = 0, high = 0;
        if (looks &&
            kafka_look_ends(look, store_text(rows, 0), (int32_t)store_int(rows, 1), &low, &high))
            judge(&reach, store_int(rows, 2), low, high);
        else
            reach.unknown++;
    }
    store_rows_end(rows);
    if (looks)
        kafka_look_end(look);
    kafka_look_close(look);
    return reach;
}
