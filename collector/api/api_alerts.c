/* Alerts: the list, and what an operator says about one. */
#include "collector/alerts/alert.h"
#include "collector/api/api_parts.h"
#include "collector/call/content.h"
#include "collector/call/list.h"
#include "common/metrics.h"

#include "api_alerts_sql.h"

#include <pthread.h>
#include <stdio.h>

static const struct column columns[] = {
    { "id", CELL_TEXT },       { "kind", CELL_TEXT },    { "cart", CELL_TEXT },
    { "severity", CELL_TEXT }, { "status", CELL_TEXT },  { "started", CELL_TIME },
    { "ended", CELL_TIME },    { "details", CELL_SAID }, { "subject", CELL_TEXT },
    { "times", CELL_INT },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static const char *const statuses[] = { "ACTIVE_UNACK", "ACTIVE_ACK", "CLEARED_UNACK",
                                        "CLEARED_ACK", NULL };
static const char *const severities[] = { "CRITICAL", "MAJOR", "MINOR", "WARNING", NULL };

/* The row goes on after the columns with what it is about. */
static void say_details(struct store_rows *rows, int at, enum lang lang, struct buffer *out)
{
    alert_say(store_text(rows, COLUMN_COUNT), store_text(rows, at), lang, out);
}

static struct store_rows *query_page(struct store *store, const struct list_request *request)
{
    bool is_past = request->after.ints[0] < request->times.to;
    struct buffer hidden = { 0 }, states = { 0 }, grave = { 0 };
    content_hidden_kinds(request->reader, &hidden);
    list_write_set(statuses, request->sets[0], &states);
    list_write_set(severities, request->sets[1], &grave);
    struct store_rows *rows = store_query(
        store, SQL_ALERTS_PAGE, "ititttttii", is_past ? request->after.ints[0] : request->times.to,
        is_past ? request->after.texts[1] : "", request->times.from, states.bytes, request->text,
        request->cart, hidden.bytes, grave.bytes, request->is_so, request->limit + 1);
    buffer_free(&hidden);
    buffer_free(&states);
    buffer_free(&grave);
    return rows;
}

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows = query_page(store, request);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, 5);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list alerts = {
    .name = "alerts",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "it", /* started, id; both descending */
    .first = { .ints = { INT64_MAX } },
    .say = say_details,
    .fetch = fetch,
};

static bool read_kind(struct api_call *call, struct list_request *request)
{
    const char *names[ALERT_KINDS + 1] = { NULL };
    int64_t kind = -1;
    for (enum alert_kind i = 0; i < ALERT_KINDS; i++)
        names[i] = alert_kind_name(i);
    if (!list_read_word(call, "kind", names, &kind))
        return false;
    if (kind >= 0)
        snprintf(request->text, sizeof request->text, "%s", names[kind]);
    return true;
}

static void alerts_list(struct api_call *call)
{
    struct list_request request = { .list = &alerts };
    if (!list_read_cart(call, &request) || !list_read_span(call, &request) ||
        !list_read_words(call, "status", statuses, &request.sets[0]) ||
        !list_read_words(call, "severity", severities, &request.sets[1]) ||
        !list_read_switch(call, "open", &request) || !read_kind(call, &request))
        return;
    list_bound_times(&request);
    list_answer(call, &request);
}

/* What is not for the reader is not there. */
static void alerts_one(struct api_call *call)
{
    struct buffer hidden = { 0 };
    content_hidden_kinds(call->who.role, &hidden);
    list_answer_row(
        call, &alerts,
        store_query(call->store, SQL_ALERTS_SHOWN, "tt", call->match.parameters[0], hidden.bytes));
    buffer_free(&hidden);
}

/* What was said before is no error: the answer is the alert as it is now. */
static void act(struct api_call *call, const char *action,
                bool (*change)(struct store *store, const char *id, int64_t now_ms))
{
    const char *id = call->match.parameters[0];
    if (!store_begin(call->store))
        return;
    if (change(call->store, id, call->now_ms))
        call_acted(call, action, id, NULL);
    struct store_rows *rows = store_query(call->store, SQL_ALERTS_ONE, "t", id);
    if (store_next(rows))
        list_object(call, &alerts, rows);
    else if (store_status(call->store) == STORE_OK)
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
    store_rows_end(rows);
    call_commit(call);
}

static void alerts_acknowledge(struct api_call *call)
{
    act(call, "alert-ack", alert_acknowledge);
}

static void alerts_clear(struct api_call *call)
{
    act(call, "alert-clear", alert_clear);
}

static struct metric active[ALERT_KINDS];
static char active_labels[ALERT_KINDS][48];
static pthread_once_t active_once = PTHREAD_ONCE_INIT;

static void register_active(void)
{
    for (enum alert_kind i = 0; i < ALERT_KINDS; i++) {
        snprintf(active_labels[i], sizeof active_labels[i], "kind=\"%s\"", alert_kind_name(i));
        active[i] = (struct metric){ .name = "carrito_alerts_active",
                                     .help = "Alerts that have not ended.",
                                     .type = METRIC_GAUGE,
                                     .labels = active_labels[i] };
        metric_register(&active[i]);
    }
}

void alerts_register_metrics(void)
{
    pthread_once(&active_once, register_active);
}

void alerts_count(struct store *store)
{
    double counts[ALERT_KINDS] = { 0 };
    struct store_rows *rows = store_query(store, SQL_ALERTS_OPEN, "");
    while (store_next(rows)) {
        enum alert_kind kind = alert_kind_from_name(store_text(rows, 0));
        if (kind < ALERT_KINDS)
            counts[kind] = (double)store_int(rows, 1);
    }
    store_rows_end(rows);
    if (store_status(store) != STORE_OK) {
        store_rollback(store);
        return;
    }
    for (enum alert_kind i = 0; i < ALERT_KINDS; i++)
        metric_set(&active[i], counts[i]);
}

static const struct route routes[] = {
    { "GET", API "/alerts", WHO_READS, ROUTE_TABLE | ROUTE_SEARCH,
      "status kind cart severity open from to", alerts_list },
    { "GET", API "/alerts/{id}", WHO_READS, 0, NULL, alerts_one },
    { "POST", API "/alerts/{id}/ack", WHO_ACTS, ROUTE_DO_ONCE, NULL, alerts_acknowledge },
    { "POST", API "/alerts/{id}/clear", WHO_ACTS, ROUTE_DO_ONCE, NULL, alerts_clear },
};
const struct route_table alerts_routes = ROUTE_TABLE_OF(routes);
