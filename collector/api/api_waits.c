/* How long orders waited, by cart or by the hour of the day. */
#include "collector/api/api_waits.h"
#include "collector/call/list.h"
#include "collector/orders/waits.h"

#include <stdlib.h>

#define WEEK_MS (7 * 86400000LL) /* where no `from` is given */

static const struct column columns[] = {
    { "cart", CELL_TEXT },        { "hour", CELL_TEXT },         { "orders", CELL_INT },
    { "taken", CELL_INT },        { "wait_median_s", CELL_INT }, { "wait_p90_s", CELL_INT },
    { "way_median_s", CELL_INT }, { "way_p90_s", CELL_INT },     { "refused", CELL_INT },
    { "unanswered", CELL_INT },
};

static const char *const groups[] = { "cart", "hour", NULL };

static void write_seconds(struct list_out *out, int64_t seconds)
{
    if (seconds < 0)
        list_text(out, NULL);
    else
        list_int(out, seconds);
}

static void write_row(struct list_out *out, const struct waits_row *row, int64_t group)
{
    const char *key = row->key[0] != '\0' ? row->key : NULL;
    list_text(out, group == WAITS_BY_CART ? key : NULL);
    list_text(out, group == WAITS_BY_HOUR ? key : NULL);
    list_int(out, row->orders);
    list_int(out, row->taken);
    write_seconds(out, row->wait.median_s);
    write_seconds(out, row->wait.p90_s);
    write_seconds(out, row->way.median_s);
    write_seconds(out, row->way.p90_s);
    list_int(out, row->refused);
    list_int(out, row->unanswered);
}

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct waits_span span = { request->times.from, request->times.to,
                               (enum waits_group)request->group };
    struct page_key key = { 0 };
    size_t count;
    struct waits_row *rows = waits_read(store, &span, &count);
    for (size_t i = (size_t)request->after.ints[0]; i < count && list_row_begin(out); i++) {
        write_row(out, &rows[i], request->group);
        key.ints[0] = (int64_t)i + 1;
        list_row_end(out, &key);
    }
    free(rows);
}

static const struct list waits = {
    .name = "waits",
    .columns = columns,
    .column_count = sizeof columns / sizeof *columns,
    .key_types = "i",
    .piece_rows = WAITS_ORDERS_MAX, /* each piece would read all orders again */
    .fetch = fetch,
};

void waits_list(struct api_call *call)
{
    struct list_request request = { .list = &waits };
    if (!list_read_word(call, "group", groups, &request.group) || !list_read_span(call, &request))
        return;
    list_bound_times(&request);
    if (request_query(call->request, "from") == NULL)
        request.times.from =
            request.times.to < call->now_ms ? request.times.to - WEEK_MS : call->now_ms - WEEK_MS;
    list_answer(call, &request);
}
