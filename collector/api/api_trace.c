/* A sale's way: sold on the cart, taken by a bridge, in Kafka, in the store, on its day.
 *
 * The store keeps the record's offset; what else Kafka knows of it is read there. Its partition is
 * found by looking at that offset in each: so nothing here depends on how a key becomes one. */
#include "collector/api/api_parts.h"
#include "collector/api/api_records.h"
#include "collector/call/content.h"
#include "collector/carts/cart_row.h"
#include "collector/http/page.h"
#include "common/day.h"
#include "common/event.h"
#include "common/protocol.h"

#include "trace_sql.h"

#include <stdio.h>
#include <string.h>

#define PARTITIONS_MAX 64
#define HEADER_SIZE    256

struct trace {
    /* What is looked for. */
    char cart[CART_LENGTH_MAX + 1];
    const char *epoch;
    int64_t receipt;
    /* What the store says. */
    int64_t seq, place, delay_ms;
    /* What Kafka says. */
    bool found;
    int32_t partition;
    int64_t append_ms, sold_ms;
    char bridge[HEADER_SIZE], source[HEADER_SIZE];
};

static void header(const struct kafka_record *record, const char *name, char value[HEADER_SIZE])
{
    if (!kafka_in_header(record, name, value, HEADER_SIZE))
        value[0] = '\0';
}

static void judge(void *owner, const struct kafka_record *record)
{
    struct trace *trace = owner;
    struct json_reason why;
    struct event event;
    if (trace->found || record->offset != trace->place ||
        !event_read(record->value, record->value_length, &event, &why) ||
        strcmp(event.cart, trace->cart) != 0 || strcmp(event.epoch, trace->epoch) != 0 ||
        event.seq != trace->seq)
        return;
    trace->found = true;
    trace->partition = record->partition;
    trace->append_ms = record->append_ms;
    trace->sold_ms = event.ts_ms;
    header(record, HEADER_BRIDGE, trace->bridge);
    header(record, HEADER_ORIGIN, trace->source);
    if (trace->bridge[0] == '\0') /* not of a bridge: typed, imported, simulated, tried again */
        header(record, HEADER_SOURCE, trace->source);
}

/* Kafka may be away, or have let go of the record: then its part of the answer is null. */
static void look(struct api_call *call, struct trace *trace)
{
    struct kafka_span spans[PARTITIONS_MAX];
    size_t count = 0;
    struct kafka_look *look = api_kafka_look(api_of(call->frame));
    if (look == NULL || !kafka_look_begin(look))
        return;
    int32_t partitions = kafka_look_partitions(look, TOPIC_SALES);
    for (int32_t i = 0; i < partitions && i < PARTITIONS_MAX; i++) {
        int64_t low, high;
        if (kafka_look_ends(look, TOPIC_SALES, i, &low, &high) && trace->place >= low &&
            trace->place < high)
            spans[count++] = (struct kafka_span){ TOPIC_SALES, i, trace->place, trace->place + 1 };
    }
    kafka_look_read(look, spans, count, &(struct kafka_look_calls){ judge, trace });
    kafka_look_end(look);
}

static void write_kafka(struct json_writer *json, const struct trace *trace, enum role reader)
{
    static const char *const unknown[] = { "sold",      "bridge",   "source",
                                           "partition", "appended", "stored" };
    json_text(json, "topic", TOPIC_SALES);
    json_int(json, "offset", trace->place);
    if (!trace->found) {
        for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
            json_null(json, unknown[i]);
        return;
    }
    json_time(json, "sold", trace->sold_ms);
    json_text(json, "bridge", trace->bridge[0] != '\0' ? trace->bridge : NULL);
    json_text(json, "source",
              trace->source[0] != '\0' ? content_source(trace->source, reader) : NULL);
    json_int(json, "partition", trace->partition);
    json_time(json, "appended", trace->append_ms);
    json_time(json, "stored", trace->append_ms + trace->delay_ms);
}

/* A void's seq is negative where it is of the centre's epoch for the cart. */
static void write_void(struct json_writer *json, struct store_rows *rows)
{
    if (store_is_null(rows, 6)) {
        json_null(json, "voided_by");
        return;
    }
    int64_t seq = store_int(rows, 6);
    json_object_begin(json, "voided_by");
    json_text(json, "where", seq < 0 ? "centre" : "cart");
    json_int(json, "seq", seq < 0 ? -seq : seq);
    json_object_end(json);
}

static void write_amount(struct json_writer *json, struct store_rows *rows)
{
    if (store_is_null(rows, 5))
        json_null(json, "amount");
    else
        json_int(json, "amount", store_int(rows, 5));
}

static void answer(struct api_call *call, struct store_rows *rows, struct trace *trace)
{
    char day[DAY_TEXT_SIZE];
    trace->seq = store_int(rows, 0);
    trace->place = store_int(rows, 7);
    trace->delay_ms = store_int(rows, 8);
    look(call, trace);
    day_text((int32_t)store_int(rows, 2), day);
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "cart", trace->cart);
    json_text(&json, "epoch", trace->epoch);
    json_int(&json, "receipt", trace->receipt);
    json_int(&json, "seq", trace->seq);
    json_time(&json, "time", store_int(rows, 1));
    json_text(&json, "day", day);
    json_text(&json, "client", store_text(rows, 3));
    json_int(&json, "quantity", store_int(rows, 4));
    write_amount(&json, rows);
    write_kafka(&json, trace, call->who.role);
    write_void(&json, rows);
    json_object_end(&json);
}

static void trace_sale(struct api_call *call)
{
    struct trace trace = { .epoch = call->match.parameters[1] };
    if (!cart_from_person(call->match.parameters[0], trace.cart) ||
        page_number_read(call->match.parameters[2], 1, INTEGER_MAX, &trace.receipt) !=
            PAGE_NUMBER_OK) {
        answer_nothing_of_cart(call);
        return;
    }
    cart_known_as(call->store, trace.cart);
    struct store_rows *rows = store_query(call->store, SQL_TRACE_SALE, "ttii", trace.cart,
                                          trace.epoch, trace.receipt, trace.receipt);
    if (store_next(rows))
        answer(call, rows, &trace);
    else
        answer_nothing_of_cart(call);
    store_rows_end(rows);
}

static const struct route routes[] = {
    { "GET", API "/trace/{cart}/{epoch}/{receipt}", WHO_READS, ROUTE_KAFKA, NULL, trace_sale },
};
const struct route_table trace_routes = ROUTE_TABLE_OF(routes);
