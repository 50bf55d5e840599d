/* Daily sales: a row per day and cart, or sums over days, months or everything. */
#include "collector/api/api_parts.h"
#include "collector/api/daily_table.h"
#include "collector/call/list.h"
#include "collector/sales/client_groups.h"
#include "collector/sales/daily_row.h"
#include "common/clock.h"
#include "common/day.h"
#include "common/event.h"

#include "api_daily_sql.h"
#include "head_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What follows day and cart in every group. */
#define TOTALS                                                                                     \
    { "quantity", CELL_INT }, { "amount", CELL_INT }, { "sales", CELL_INT },                       \
        { "clients", CELL_INT }, { "average", CELL_NUMBER }, { "voided", CELL_INT },               \
        { "unpriced", CELL_INT }, { "revision", CELL_INT }, { "status", CELL_TEXT },               \
        { "complete", CELL_OWN },                                                                  \
    {                                                                                              \
        "missing", CELL_OWN                                                                        \
    }
#define DAYS_OF_MONTH_MAX 31
#define FIRST_DATE        (-719162) /* 0001-01-01 */
#define CELLS_FROM_DAILY  11        /* all but complete and missing */
#define CELLS_OF_TOTALS   11

static const struct column cart_columns[] = { { "day", CELL_DAY }, { "cart", CELL_TEXT }, TOTALS };
static const struct column month_columns[] = {
    { "month", CELL_TEXT }, { "day", CELL_DAY }, { "cart", CELL_TEXT }, TOTALS
};

static void write_complete(struct store *store, const char *cart, int64_t day, struct list_out *out)
{
    struct buffer json = { 0 };
    const char *complete = daily_complete(store, cart, day);
    buffer_text(&json, complete);
    list_own_cell(out, &json, strcmp(complete, "null") == 0 ? NULL : complete);
    buffer_free(&json);
}

static void write_missing(struct store *store, const char *cart, int64_t day, struct list_out *out)
{
    struct buffer json = { 0 }, table = { 0 };
    daily_missing(store, cart, day, &json, &table);
    list_own_cell(out, &json, table.bytes);
    buffer_free(&json);
    buffer_free(&table);
}

/* Begins at the first day that is asked for: the database would read over all days before it. */
static struct store_rows *query_page(struct store *store, const struct list_request *request)
{
    int64_t after = request->after.ints[0], first = request->days.first;
    if (request->since_ms > 0)
        return store_query(store, SQL_DAILY_REVISED, "itiiiti", later(after, first),
                           after >= first ? request->after.texts[1] : "", first, request->days.last,
                           request->since_ms, request->cart, request->limit + 1);
    if (request->cart[0] != '\0')
        return store_query(store, SQL_DAILY_PAGE_OF_CART, "tiii", request->cart,
                           later(first - 1, after), request->days.last, request->limit + 1);
    return store_query(store, SQL_DAILY_PAGE, "itiii", later(after, first),
                       after >= first ? request->after.texts[1] : "", first, request->days.last,
                       request->limit + 1);
}

static void cart_fetch(struct store *store, const struct list_request *request,
                       struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows = query_page(store, request);
    while (store_next(rows) && list_row_begin(out)) {
        key.ints[0] = store_int(rows, 0);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 1));
        list_cells(out, rows, 0, CELLS_FROM_DAILY);
        write_complete(store, key.texts[1], key.ints[0], out);
        write_missing(store, key.texts[1], key.ints[0], out);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

/* Days that make a whole group, whose clients are counted already; else false. */
static bool whole_group(struct store *store, const struct list_days *days, enum client_group *level,
                        int64_t *span)
{
    struct store_rows *rows = store_query(store, SQL_DAILY_BOUNDS, "");
    bool is_all = store_next(rows) && !store_is_null(rows, 0) &&
                  days->first <= store_int(rows, 0) && days->last >= store_int(rows, 1);
    store_rows_end(rows);
    *level = is_all ? GROUP_GUILD : days->first == days->last ? GROUP_DAY : GROUP_MONTH;
    *span = is_all ? 0 : days->first;
    if (*level != GROUP_MONTH)
        return true;
    /* A month's days are its neighbours' no more. */
    int32_t first = (int32_t)days->first, last = (int32_t)days->last;
    *span = client_groups_month(first);
    return days->last - days->first < DAYS_OF_MONTH_MAX && client_groups_month(last) == *span &&
           client_groups_month(first - 1) != *span && client_groups_month(last + 1) != *span;
}

/* A statement about all carts, or its like about the one that is asked for. */
static struct store_rows *query_days(struct store *store, const struct list_days *days,
                                     const char *cart, const char *const statements[2])
{
    bool is_one = cart[0] != '\0';
    return store_query(store, statements[is_one], is_one ? "iit" : "ii", days->first, days->last,
                       cart);
}

static int64_t distinct_clients(struct store *store, const struct list_days *days, const char *cart)
{
    static const char *const sql[] = { SQL_DAILY_CLIENTS_OF_DAYS, SQL_DAILY_CLIENTS_OF_CART };
    enum client_group level;
    int64_t span, count = 0;
    if (cart[0] == '\0' && whole_group(store, days, &level, &span))
        return client_groups_read(store, level, span);
    struct store_rows *rows = query_days(store, days, cart, sql);
    if (store_next(rows))
        count = store_int(rows, 0);
    store_rows_end(rows);
    return count;
}

/* The cells from quantity on, summed over the days. */
static void write_totals(struct store *store, const struct list_request *request,
                         const struct list_days *days, struct list_out *out)
{
    static const struct buffer unknown = { .bytes = "null", .length = 4 };
    static const char *const sql[] = { SQL_DAILY_TOTALS, SQL_DAILY_TOTALS_OF_CART };
    int64_t clients = distinct_clients(store, days, request->cart);
    struct store_rows *rows = query_days(store, days, request->cart, sql);
    bool found = store_next(rows);
    int64_t quantity = found ? store_int(rows, 0) : 0;
    clients += found ? store_int(rows, 3) : 0;
    list_int(out, quantity);
    list_int(out, found ? store_int(rows, 1) : 0);
    list_int(out, found ? store_int(rows, 2) : 0);
    list_int(out, clients);
    list_number(out, clients > 0 ? (double)quantity / (double)clients : NAN);
    list_int(out, found ? store_int(rows, 4) : 0);
    list_int(out, found ? store_int(rows, 5) : 0);
    list_text(out, NULL);
    list_text(out, found && store_int(rows, 6) > 0 ? "closed" : "open");
    list_own_cell(out, &unknown, NULL);
    list_own_cell(out, &unknown, NULL);
    store_rows_end(rows);
}

/* The first day with sales in [from, the request's last]; false where there is none. */
static bool next_day(struct store *store, const struct list_request *request, int64_t from,
                     int64_t *day)
{
    static const char *const sql[] = { SQL_DAILY_NEXT_DAY, SQL_DAILY_NEXT_DAY_OF_CART };
    struct list_days days = { from, request->days.last };
    struct store_rows *rows = query_days(store, &days, request->cart, sql);
    bool found = store_next(rows) && !store_is_null(rows, 0);
    if (found)
        *day = store_int(rows, 0);
    store_rows_end(rows);
    return found;
}

static void day_fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    char text[DAY_TEXT_SIZE];
    int64_t from = later(request->days.first, request->after.ints[0] + 1), day;
    for (; next_day(store, request, from, &day) && list_row_begin(out); from = day + 1) {
        struct list_days days = { day, day };
        struct page_key key = { .ints = { day } };
        day_text((int32_t)day, text);
        list_text(out, text);
        list_text(out, NULL);
        write_totals(store, request, &days, out);
        list_row_end(out, &key);
    }
}

/* The month that a day is in: its days, and its name in `text` ("2026-09"). */
static struct list_days month_of(int64_t day, char text[DAY_TEXT_SIZE])
{
    char other[DAY_TEXT_SIZE];
    struct list_days month;
    day_text((int32_t)day, text);
    month.first = day - ((text[8] - '0') * 10 + (text[9] - '0')) + 1;
    text[7] = '\0';
    month.last = month.first + 27;
    for (day_text((int32_t)month.last + 1, other); strncmp(other, text, 7) == 0;
         day_text((int32_t)month.last + 1, other))
        month.last++;
    return month;
}

static void month_fetch(struct store *store, const struct list_request *request,
                        struct list_out *out)
{
    char text[DAY_TEXT_SIZE];
    int64_t from = later(request->days.first, request->after.ints[0] + 1), day;
    while (next_day(store, request, from, &day) && list_row_begin(out)) {
        struct list_days days = month_of(day, text);
        struct page_key key = { .ints = { days.last } };
        from = days.last + 1;
        days.first = later(days.first, request->days.first);
        days.last = earlier(days.last, request->days.last);
        list_text(out, text);
        list_text(out, NULL);
        list_text(out, NULL);
        write_totals(store, request, &days, out);
        list_row_end(out, &key);
    }
}

struct month {
    char name[DAY_TEXT_SIZE];        /* "2026-09" */
    struct list_days days;           /* those of it that are asked for */
    int64_t key;                     /* its last day, as cursors have it */
    char after[CART_LENGTH_MAX + 1]; /* only carts behind this one */
};

/* The first cart after `cart`, of those that are asked for; false where there is none. */
static bool next_cart(struct store *store, const struct list_request *request,
                      char cart[CART_LENGTH_MAX + 1])
{
    if (request->cart[0] != '\0') {
        bool found = strcmp(request->cart, cart) > 0;
        memcpy(cart, request->cart, sizeof request->cart);
        return found;
    }
    struct store_rows *rows = store_query(store, SQL_DAILY_NEXT_CART, "t", cart);
    bool found = store_next(rows) && !store_is_null(rows, 0);
    if (found)
        snprintf(cart, CART_LENGTH_MAX + 1, "%s", store_text(rows, 0));
    store_rows_end(rows);
    return found;
}

/* The rows of a month after `cart`; false once the page is full. */
static bool month_carts(struct store *store, const struct list_request *request,
                        const struct month *month, struct list_out *out)
{
    struct list_request one = *request;
    struct page_key key = { .ints = { month->key } };
    int64_t day;
    snprintf(one.cart, sizeof one.cart, "%s", month->after);
    one.days = month->days;
    while (next_cart(store, request, one.cart)) {
        if (!next_day(store, &one, month->days.first, &day))
            continue;
        if (!list_row_begin(out))
            return false;
        list_text(out, month->name);
        list_text(out, NULL);
        list_text(out, one.cart);
        write_totals(store, &one, &month->days, out);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", one.cart);
        list_row_end(out, &key);
    }
    return true;
}

/* By month, then by cart. A page goes on in the month of its cursor, behind its cart. */
static void cart_month_fetch(struct store *store, const struct list_request *request,
                             struct list_out *out)
{
    int64_t after = request->after.ints[0], from = request->days.first, day;
    struct month month = { .key = after };
    if (after >= FIRST_DATE && after <= LIST_DAY_LAST) { /* a cursor may say anything */
        from = later(from, month_of(after, month.name).first);
        snprintf(month.after, sizeof month.after, "%.*s", CART_LENGTH_MAX, request->after.texts[1]);
    }
    while (next_day(store, request, from, &day)) {
        month.days = month_of(day, month.name);
        if (month.key != month.days.last)
            month.after[0] = '\0';
        month.key = month.days.last;
        from = month.days.last + 1;
        month.days.first = later(month.days.first, request->days.first);
        month.days.last = earlier(month.days.last, request->days.last);
        if (!month_carts(store, request, &month, out))
            return;
    }
}

static void guild_fetch(struct store *store, const struct list_request *request,
                        struct list_out *out)
{
    struct page_key key = { .ints = { LIST_DAY_LAST } };
    if (request->after.ints[0] == LIST_DAY_LAST || !list_row_begin(out))
        return;
    list_text(out, NULL);
    list_text(out, NULL);
    write_totals(store, request, &request->days, out);
    list_row_end(out, &key);
}

/* Clients are distinct over all days and carts: their sum would count one who came back twice. */
static void write_total(struct store *store, const struct list_request *request,
                        struct list_out *out)
{
    struct page_key none = { 0 };
    int64_t day;
    if (request->since_ms > 0 || !next_day(store, request, request->days.first, &day) ||
        !list_row_begin(out))
        return;
    list_text(out, head_total.text[LANG_ES]);
    for (size_t i = 1; i < request->list->column_count - CELLS_OF_TOTALS; i++)
        list_text(out, NULL);
    write_totals(store, request, &request->days, out);
    list_row_end(out, &none);
}

#define COLUMNS(table) .columns = table, .column_count = sizeof table / sizeof *table
#define FROM_FIRST_DAY .first = { .ints = { LIST_DAY_FIRST - 1 } }

#define SUMS_AT_ONCE 20 /* rows of a table; a month of a cart takes some milliseconds */

enum group { BY_CART, BY_CART_MONTH, BY_DAY, BY_MONTH, OF_GUILD };
static const char *const groups[] = {
    [BY_CART] = "cart",   [BY_DAY] = "day",     [BY_CART_MONTH] = "cart-month",
    [BY_MONTH] = "month", [OF_GUILD] = "guild", [OF_GUILD + 1] = NULL
};

static const struct list lists[] = {
    [BY_CART] = { .name = "daily-sales",
                  COLUMNS(cart_columns),
                  .key_types = "it",
                  .fetch = cart_fetch,
                  .totals = write_total,
                  FROM_FIRST_DAY },
    [BY_CART_MONTH] = { .name = "daily-sales-by-cart-and-month",
                        COLUMNS(month_columns),
                        .key_types = "it",
                        .piece_rows = SUMS_AT_ONCE,
                        .fetch = cart_month_fetch,
                        .totals = write_total,
                        FROM_FIRST_DAY },
    [BY_DAY] = { .name = "daily-sales-by-day",
                 COLUMNS(cart_columns),
                 .key_types = "i",
                 .piece_rows = SUMS_AT_ONCE,
                 .fetch = day_fetch,
                 .totals = write_total,
                 FROM_FIRST_DAY },
    [BY_MONTH] = { .name = "daily-sales-by-month",
                   COLUMNS(month_columns),
                   .key_types = "i",
                   .piece_rows = SUMS_AT_ONCE,
                   .fetch = month_fetch,
                   .totals = write_total,
                   FROM_FIRST_DAY },
    [OF_GUILD] = { .name = "daily-sales-of-guild",
                   COLUMNS(cart_columns),
                   .key_types = "i",
                   .fetch = guild_fetch,
                   FROM_FIRST_DAY },
};

void daily_table(struct store *store, int32_t day, enum csv_dialect dialect, struct buffer *out)
{
    struct list_request request = { .list = &lists[BY_CART], .days = { day, day } };
    list_table(store, &request, dialect, out);
}

/* `revised_after`: a date; what was closed or changed on a later day. Of days of carts only: a sum
 * over some of them would read like one over all. */
static bool read_revised_after(struct api_call *call, struct list_request *request)
{
    const char *text = request_query(call->request, "revised_after");
    int32_t day;
    if (text == NULL)
        return true;
    if (!day_from_text(text, &day))
        call_problem(call, PROBLEM_BAD_PARAMETER, "revised_after", "2026-09-18");
    else if (request->group != BY_CART)
        call_problem(call, PROBLEM_INVALID, "group", groups[BY_CART]);
    else
        request->since_ms = later(day_start_ms(day + 1), 1);
    return request->since_ms > 0;
}

static void daily(struct api_call *call)
{
    struct list_request request = { 0 };
    if (!list_read_cart(call, &request) || !list_read_span(call, &request) ||
        !list_read_word(call, "group", groups, &request.group) ||
        !read_revised_after(call, &request))
        return;
    request.list = &lists[request.group];
    list_answer(call, &request);
}

static const struct column revision_columns[] = {
    { "revision", CELL_INT }, { "time", CELL_TIME },  { "cause", CELL_TEXT },
    { "receipts", CELL_OWN }, { "before", CELL_OWN }, { "after", CELL_OWN },
};

static void write_json(struct store_rows *rows, int column, struct list_out *out)
{
    const char *text = store_text(rows, column);
    struct buffer json = { 0 };
    buffer_text(&json, text != NULL ? text : "null");
    list_own_cell(out, &json, text);
    buffer_free(&json);
}

static void revision_fetch(struct store *store, const struct list_request *request,
                           struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_REVISIONS_PAGE, "itii", request->days.first, request->cart,
                    request->after.ints[0], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        key.ints[0] = store_int(rows, 0);
        list_cells(out, rows, 0, 3);
        for (int column = 3; column < 6; column++)
            write_json(rows, column, out);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list revisions = {
    .name = "revisions",
    COLUMNS(revision_columns),
    .key_types = "i",
    .fetch = revision_fetch,
};

static void revised(struct api_call *call)
{
    struct list_request request = { .list = &revisions };
    struct daily_row row;
    int32_t day;
    if (!day_from_text(call->match.parameters[0], &day)) {
        call_problem(call, PROBLEM_BAD_PARAMETER, "day", "2026-09-18");
        return;
    }
    request.days = (struct list_days){ day, day };
    if (call_cart(call, request.cart) && daily_row_read(call->store, day, request.cart, &row))
        list_answer(call, &request);
    else
        answer_nothing_of_cart(call);
}

#define DAILY_QUERY "day from to cart group revised_after"
static const struct route routes[] = {
    { "GET", API "/daily-sales", WHO_READS_OWN, ROUTE_TABLE | ROUTE_SUMS, DAILY_QUERY, daily },
    { "GET", API "/daily-sales/{day}/{cart}/revisions", WHO_READS_OWN, ROUTE_LIST, NULL, revised },
};
const struct route_table daily_routes = ROUTE_TABLE_OF(routes);
