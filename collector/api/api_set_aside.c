/* Events that were set aside: the list, and an operator's decision. */
#include "collector/call/list.h"
#include "collector/sales/set_aside.h"

#include "set_aside_sql.h"

#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    { "id", CELL_TEXT }, { "time", CELL_TIME },   { "cart", CELL_TEXT }, { "epoch", CELL_TEXT },
    { "seq", CELL_INT }, { "reason", CELL_TEXT }, { "text", CELL_TEXT },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

/* An id may be longer than one field of a key. */
static void split_id(const char *id, struct page_key *key)
{
    snprintf(key->texts[1], sizeof key->texts[1], "%s", id);
    snprintf(key->texts[2], sizeof key->texts[2], "%s", id + strlen(key->texts[1]));
}

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows = store_query(
        store, SQL_SET_ASIDE_PAGE, "ittti", request->after.ints[0], request->after.texts[1],
        request->after.texts[2], request->cart, request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, 1);
        split_id(store_text(rows, 0), &key);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list set_aside = {
    .name = "set-aside",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "itt", /* time, id in two parts; both descending */
    .first = { .ints = { INT64_MAX } },
    .fetch = fetch,
};

static void set_aside_list(struct api_call *call)
{
    struct list_request request = { .list = &set_aside };
    if (list_read_cart(call, &request))
        list_answer(call, &request);
}

static void write_decision(struct store *store, struct store_rows *row, struct json_writer *json)
{
    (void)store;
    json_text(json, "decision", store_text(row, (int)COLUMN_COUNT));
}

/* What an act answers: with what was decided, after which it is in the list no more. */
static const struct list decided = {
    .name = "set-aside",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .tail = write_decision,
};

static void answer(struct api_call *call, enum set_aside_verdict verdict,
                   const struct json_reason *why)
{
    if (verdict != SET_ASIDE_DECIDED && store_status(call->store) != STORE_OK)
        return; /* the frame answers */
    switch (verdict) {
    case SET_ASIDE_DECIDED:
        list_answer_row(
            call, &decided,
            store_query(call->store, SQL_SET_ASIDE_ONE, "t", call->match.parameters[0]));
        call_commit(call);
        return;
    case SET_ASIDE_UNKNOWN:
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        break;
    case SET_ASIDE_REFUSED:
        call_refuse(call, why);
        break;
    }
    store_rollback(call->store);
}

static void set_aside_take(struct api_call *call)
{
    const char *id = call->match.parameters[0];
    struct json_reason why = { 0 };
    if (!store_begin(call->store))
        return;
    enum set_aside_verdict verdict = set_aside_accept(call->store, id, call->now_ms, &why);
    if (verdict == SET_ASIDE_DECIDED)
        call_acted(call, "set-aside-accept", id, NULL);
    answer(call, verdict, &why);
}

static void set_aside_forget(struct api_call *call)
{
    const char *id = call->match.parameters[0];
    if (!store_begin(call->store))
        return;
    enum set_aside_verdict verdict = set_aside_drop(call->store, id, call->now_ms);
    if (verdict == SET_ASIDE_DECIDED)
        call_acted(call, "set-aside-drop", id, NULL);
    answer(call, verdict, NULL);
}

static const struct route routes[] = {
    { "GET", API "/set-aside", WHO_READS, ROUTE_LIST, "cart", set_aside_list },
    { "POST", API "/set-aside/{id}/accept", WHO_ACTS, ROUTE_DO_ONCE, NULL, set_aside_take },
    { "POST", API "/set-aside/{id}/drop", WHO_ACTS, ROUTE_DO_ONCE, NULL, set_aside_forget },
};
const struct route_table set_aside_routes = ROUTE_TABLE_OF(routes);
