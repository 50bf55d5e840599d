/* What was sold in each hour of a day, which the console shows beside the same weekday before. */
#include "collector/api/api_call.h"
#include "common/day.h"

#include "api_hours_sql.h"

static void write_hour(struct json_writer *json, struct store_rows *rows)
{
    json_object_begin(json, NULL);
    json_int(json, "hour", store_int(rows, 0));
    json_int(json, "quantity", store_int(rows, 1));
    json_int(json, "amount", store_int(rows, 2));
    json_int(json, "sales", store_int(rows, 3));
    json_object_end(json);
}

/* At most 25 rows, so there are no pages. Hours without a sale are left out. */
void sales_hours(struct api_call *call)
{
    int32_t day;

    if (!day_from_text(call->match.parameters[0], &day)) {
        call_problem(call, PROBLEM_BAD_PARAMETER, "day", "2026-09-18");
        return;
    }
    struct store_rows *rows = store_query(call->store, SQL_HOURS_OF_DAY, "iii", day_start_ms(day),
                                          day_start_ms(day + 1), (int64_t)day);
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_array_begin(&json, "items");
    while (store_next(rows))
        write_hour(&json, rows);
    json_array_end(&json);
    json_object_end(&json);
    store_rows_end(rows);
}
