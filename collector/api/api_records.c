/* What a role consumed last, as Kafka has it. */
#include "collector/api/api_records.h"
#include "collector/api/api_parts.h"
#include "collector/api/newest_records.h"
#include "collector/call/content.h"
#include "collector/call/list.h"
#include "collector/engine/role.h"
#include "collector/http/page.h"
#include "common/day.h"

#include "api_consumers_sql.h"

#include <stdio.h>
#include <string.h>

#define SPANS_MAX 256 /* partitions of one role; what is beyond is not shown */

struct kafka_look *records_look(struct api_call *call)
{
    struct kafka_look *look = api_kafka_look(api_of(call->frame));
    if (look != NULL && kafka_look_begin(look))
        return look;
    call_problem(call, PROBLEM_KAFKA, NULL, NULL);
    return NULL;
}

/* Of each partition the last `limit` before the position: together they hold the newest. */
static size_t read_spans(struct store *store, const char *role, int64_t limit,
                         struct kafka_span spans[SPANS_MAX])
{
    size_t count = 0;
    struct store_rows *rows = store_query(store, SQL_CONSUMERS_POSITIONS, "");
    while (count < SPANS_MAX && store_next(rows)) {
        struct kafka_span *span = &spans[count];
        if (strcmp(store_text(rows, 0), role) != 0)
            continue;
        snprintf(span->topic, sizeof span->topic, "%s", store_text(rows, 1));
        span->partition = (int32_t)store_int(rows, 2);
        span->to = store_int(rows, 3);
        span->from = span->to > limit ? span->to - limit : 0;
        count++;
    }
    store_rows_end(rows);
    return count;
}

/* Where it lies everybody may see who asks; what it says, who may read it elsewhere. */
static void write_message(struct json_writer *json, const struct kept_record *record,
                          enum role reader)
{
    bool shows_key = content_shows_key(record->topic, reader);
    struct buffer value = { 0 };
    char time[TIME_TEXT_SIZE];
    bool shown = content_show(record->topic, reader, record->value, &value);
    time_text(record->append_ms, time);
    json_object_begin(json, NULL);
    json_text(json, "topic", record->topic);
    json_int(json, "partition", record->partition);
    json_int(json, "offset", record->offset);
    json_text(json, "time", time);
    json_text(json, "key", shows_key ? record->key : NULL);
    json_text(json, "value", shown ? value.bytes : NULL);
    json_object_end(json);
    buffer_free(&value);
}

static void answer(struct api_call *call, struct newest_records *newest)
{
    size_t count;
    const struct kept_record *records = newest_sorted(newest, &count);
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_array_begin(&json, "items");
    for (size_t i = 0; i < count; i++)
        write_message(&json, &records[i], call->who.role);
    json_array_end(&json);
    json_null(&json, "next");
    json_object_end(&json);
}

/* Newest first. */
static void messages(struct api_call *call)
{
    const char *role = call->match.parameters[0];
    struct kafka_span spans[SPANS_MAX];
    int64_t limit = PAGE_LIMIT_DEFAULT;
    if (role_find(role) == NULL) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    if (!list_read_limit(call, &limit))
        return;
    size_t count = read_spans(call->store, role, limit, spans);
    struct kafka_look *look = records_look(call);
    if (look == NULL)
        return;
    struct newest_records *newest = newest_open((size_t)limit);
    if (kafka_look_read(look, spans, count,
                        &(struct kafka_look_calls){ .take = newest_take, .owner = newest }))
        answer(call, newest);
    else
        call_problem(call, PROBLEM_KAFKA, NULL, NULL);
    newest_close(newest);
    kafka_look_end(look);
}

static const struct route routes[] = {
    { "GET", API "/consumers/{role}/messages", WHO_READS, ROUTE_KAFKA, "limit", messages },
};
const struct route_table records_routes = ROUTE_TABLE_OF(routes);
