/* What was sold in each hour of a day, which the console shows beside the same weekday before. */
#include "collector/call/call.h"
#include "common/day.h"

#include "api_hours_sql.h"

#define HOUR_MS 3600000LL

static void write_hour(struct json_writer *json, struct store_rows *rows, int64_t base_ms)
{
    char from[TIME_TEXT_SIZE];

    local_time_text(base_ms + store_int(rows, 0) * HOUR_MS, from);
    json_object_begin(json, NULL);
    json_int(json, "hour", (from[11] - '0') * 10 + from[12] - '0');
    json_text(json, "from", from);
    json_int(json, "quantity", store_int(rows, 1));
    json_int(json, "amount", store_int(rows, 2));
    json_int(json, "sales", store_int(rows, 3));
    json_int(json, "receipts", store_int(rows, 3));
    json_object_end(json);
}

/* A day that begins at 02:30 has a half of the hour 2 at each end. */
static int64_t full_hour(int64_t wall_ms)
{
    char text[TIME_TEXT_SIZE];

    local_time_text(wall_ms, text);
    return wall_ms - ((text[14] - '0') * 10 + text[15] - '0') * 60000LL;
}

/* At most a few more than 25 rows (a change of the start makes a longer day), so there are no
 * pages. Hours without a sale are left out. */
static void sales_hours(struct api_call *call)
{
    int32_t day;

    if (!day_from_text(call->match.parameters[0], &day)) {
        call_problem(call, PROBLEM_BAD_PARAMETER, "day", "2026-09-18");
        return;
    }
    int64_t base_ms = full_hour(day_start_ms(day));
    struct store_rows *rows = store_query(call->store, SQL_HOURS_OF_DAY, "iii", base_ms,
                                          day_start_ms(day + 1), (int64_t)day);
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_array_begin(&json, "items");
    while (store_next(rows))
        write_hour(&json, rows, base_ms);
    json_array_end(&json);
    json_object_end(&json);
    store_rows_end(rows);
}

static const struct route routes[] = {
    { "GET", API "/daily-sales/{day}/hours", WHO_READS, ROUTE_WORKER, NULL, sales_hours },
};
const struct route_table hours_routes = ROUTE_TABLE_OF(routes);
