/* What could not be read: the list, and another try. */
#include "collector/api/api_records.h"
#include "collector/api/newest_records.h"
#include "collector/call/content.h"
#include "collector/call/list.h"
#include "collector/http/page.h"
#include "collector/letters/dead_letter.h"
#include "common/day.h"
#include "common/protocol.h"

#include <stdio.h>

#define PARTITIONS_MAX 64
#define HEADER_SIZE    512

static const char key_types[] = "iii"; /* Kafka's time, partition, offset of the last row shown */

/* Where the next page begins in this partition, going back: the order of newest_records.h. A cursor
 * can be of anywhere. */
static bool find_end(struct kafka_look *look, const struct page_key *after, struct kafka_span *span)
{
    int64_t partition = after->ints[1];
    if (span->partition == partition) {
        span->to = after->ints[2];
        return true;
    }
    /* Of that very time, what is in the partitions before has been shown. */
    int64_t append_ms = kafka_look_time(after->ints[0]);
    return kafka_look_at(look, span, span->partition < partition ? append_ms : append_ms + 1,
                         &span->to);
}

/* The parts of the log that hold a page of `limit` records; 0 where Kafka does not answer. */
static size_t find_spans(struct kafka_look *look, const struct page_key *after, int64_t limit,
                         struct kafka_span spans[PARTITIONS_MAX])
{
    int32_t count = kafka_look_partitions(look, TOPIC_DEAD_LETTERS);
    for (int32_t i = 0; i < count && i < PARTITIONS_MAX; i++) {
        struct kafka_span *span = &spans[i];
        int64_t low, high;
        *span = (struct kafka_span){ .topic = TOPIC_DEAD_LETTERS, .partition = i };
        if (!kafka_look_ends(look, span->topic, i, &low, &high))
            return 0;
        span->to = high;
        if (after != NULL && !find_end(look, after, span))
            return 0;
        kafka_span_before(span, low, high, limit);
    }
    return count < PARTITIONS_MAX ? (size_t)count : PARTITIONS_MAX;
}

static void write_row(struct json_writer *json, const struct kept_record *record,
                      const struct api_call *call)
{
    enum role reader = call->who.role;
    bool shows_text = content_shows("dead-letters", "text", reader);
    struct buffer error = { 0 };
    char time[TIME_TEXT_SIZE];

    json_reason_say(record->about, record->error, call->lang, &error);
    time_text(record->append_ms, time);
    json_object_begin(json, NULL);
    json_int(json, "partition", record->partition);
    json_int(json, "offset", record->offset);
    json_text(json, "time", time);
    json_text(json, "error", record->error != NULL ? error.bytes : NULL);
    json_text(json, "source", content_source(record->source, reader));
    json_text(json, "text", shows_text ? record->value : NULL);
    json_object_end(json);
    buffer_free(&error);
}

static void answer(struct api_call *call, struct newest_records *newest, size_t limit)
{
    struct buffer cursor = { 0 };
    size_t count;
    const struct kept_record *records = newest_sorted(newest, &count);
    size_t shown = count < limit ? count : limit;
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_array_begin(&json, "items");
    for (size_t i = 0; i < shown; i++)
        write_row(&json, &records[i], call);
    json_array_end(&json);
    if (count > limit) {
        const struct kept_record *last = &records[shown - 1];
        struct page_key key = { .ints = { last->append_ms, last->partition, last->offset } };
        page_cursor_write(&cursor, key_types, &key);
    }
    json_text(&json, "next", cursor.bytes);
    json_object_end(&json);
    buffer_free(&cursor);
}

static void dead_letters_list(struct api_call *call)
{
    const char *cursor = request_query(call->request, "cursor");
    struct kafka_span spans[PARTITIONS_MAX];
    struct page_key after;
    int64_t limit = PAGE_LIMIT_DEFAULT;
    if (!list_read_limit(call, &limit))
        return;
    if (cursor != NULL && !page_cursor_read(cursor, key_types, &after)) {
        call_problem(call, PROBLEM_BAD_CURSOR, "cursor", NULL);
        return;
    }
    struct kafka_look *look = records_look(call);
    if (look == NULL)
        return;
    struct newest_records *newest = newest_open((size_t)limit + 1);
    size_t count = find_spans(look, cursor != NULL ? &after : NULL, limit + 1, spans);
    if (count > 0 &&
        kafka_look_read(look, spans, count, &(struct kafka_look_calls){ newest_take, newest }))
        answer(call, newest, (size_t)limit);
    else
        call_problem(call, PROBLEM_KAFKA, NULL, NULL);
    newest_close(newest);
    kafka_look_end(look);
}

/* The one dead letter of a call, and whether it was there. */
struct retry {
    struct api_call *call;
    bool found;
};

static void try_again(void *owner, const struct kafka_record *record)
{
    struct retry *retry = owner;
    struct api_call *call = retry->call;
    struct json_reason why = { 0 };
    char source[HEADER_SIZE], subject[48];
    bool said = kafka_in_header(record, HEADER_SOURCE, source, sizeof source);
    retry->found = true;
    snprintf(subject, sizeof subject, "%d/%lld", (int)record->partition, (long long)record->offset);
    if (!store_begin(call->store))
        return;
    if (!dead_letter_retry(call->store, record, said ? source : NULL, &why)) {
        if (store_status(call->store) != STORE_OK)
            return; /* the frame answers */
        store_rollback(call->store);
        if (why.field[0] == '\0')
            snprintf(why.field, sizeof why.field, "text");
        call_refuse(call, &why);
        return;
    }
    call_acted(call, "dead-letter-retry", subject, said ? source : NULL);
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_int(&json, "partition", record->partition);
    json_int(&json, "offset", record->offset);
    json_object_end(&json);
    call_commit(call);
}

/* False where the path names no place in a log. */
static bool read_place(const struct api_call *call, struct kafka_span *span)
{
    int64_t partition, offset;
    if (page_number_read(call->match.parameters[0], 0, INT32_MAX, &partition) != PAGE_NUMBER_OK ||
        page_number_read(call->match.parameters[1], 0, INT64_MAX - 1, &offset) != PAGE_NUMBER_OK)
        return false;
    *span = (struct kafka_span){ .topic = TOPIC_DEAD_LETTERS,
                                 .partition = (int32_t)partition,
                                 .from = offset,
                                 .to = offset + 1 };
    return true;
}

static void retry_at(struct api_call *call, struct kafka_look *look, const struct kafka_span *span)
{
    struct retry retry = { .call = call };
    int64_t low = 0, high = 0;
    int32_t count = kafka_look_partitions(look, span->topic);
    bool known = count > 0 && (span->partition >= count ||
                               kafka_look_ends(look, span->topic, span->partition, &low, &high));
    bool exists = span->from >= low && span->from < high;
    if (!known || (exists && !kafka_look_read(look, span, 1,
                                              &(struct kafka_look_calls){ try_again, &retry })))
        call_problem(call, PROBLEM_KAFKA, NULL, NULL);
    else if (!retry.found)
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
}

static void retry(struct api_call *call)
{
    struct kafka_span span;
    if (!read_place(call, &span)) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    struct kafka_look *look = records_look(call);
    if (look == NULL)
        return;
    retry_at(call, look, &span);
    kafka_look_end(look);
}

static const struct route routes[] = {
    { "GET", API "/dead-letters", WHO_READS, ROUTE_KAFKA | ROUTE_LIST, NULL, dead_letters_list },
    { "POST", API "/dead-letters/{partition}/{offset}/retry", WHO_ACTS,
      ROUTE_KAFKA | ROUTE_IDEMPOTENT, NULL, retry },
};
const struct route_table dead_letters_routes = ROUTE_TABLE_OF(routes);
