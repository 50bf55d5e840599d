/* Carts: where they are and how they do. */
#include "collector/alerts/alert.h"
#include "collector/api/api_parts.h"
#include "collector/call/list.h"
#include "collector/carts/cart_row.h"
#include "collector/carts/cart_settings.h"
#include "collector/carts/cart_state.h"
#include "collector/location/fugitive.h"
#include "common/event.h"

#include "api_carts_sql.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct column columns[] = {
    { "cart", CELL_TEXT },       { "state", CELL_TEXT },    { "fugitive", CELL_BOOL },
    { "lat", CELL_NUMBER },      { "lon", CELL_NUMBER },    { "acc", CELL_NUMBER },
    { "last_heard", CELL_TIME }, { "last_fix", CELL_TIME }, { "last_sale", CELL_TIME },
    { "stock", CELL_INT },       { "waiting", CELL_INT },   { "version", CELL_TEXT },
    { "closed", CELL_TIME },     { "listens", CELL_BOOL },  { "request", CELL_TEXT },
    /* request: for a certificate; of one cart only */
};
#define ONE_COUNT    (sizeof columns / sizeof *columns)
#define COLUMN_COUNT (ONE_COUNT - 1)

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    const char *state = request->group >= 0 ? cart_state_names[request->group] : "";
    struct store_rows *rows = store_query(store, SQL_CARTS_PAGE, "ttti", request->after.texts[0],
                                          state, request->text, request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        snprintf(key.texts[0], sizeof key.texts[0], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list carts = {
    .name = "carts",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "t",
    .fetch = fetch,
};

/* `q` is a part of a plate; other characters than a plate's would mean something to LIKE. */
static bool read_search(struct api_call *call, struct list_request *request)
{
    const char *search = request_query(call->request, "q");
    if (search != NULL && cart_from_person(search, request->text)) { /* a whole plate */
        cart_known_as(call->store, request->text);
        return true;
    }
    size_t length = search != NULL ? strlen(search) : 0;
    bool fits = length <= CART_LENGTH_MAX;
    for (size_t i = 0; fits && i < length; i++) {
        request->text[i] = (char)toupper((unsigned char)search[i]);
        fits = isascii((unsigned char)search[i]) &&
               (isalnum((unsigned char)search[i]) || search[i] == '-');
    }
    if (!fits)
        call_invalid(call, "q", SAY_REASON_PLATE_PART("q"));
    return fits;
}

static void show_settings(struct store *store, struct store_rows *row, struct json_writer *json)
{
    cart_settings_show(store, store_text(row, 0), json);
}

static const struct list one = {
    .name = "cart",
    .columns = columns,
    .column_count = ONE_COUNT,
    .tail = show_settings,
};

static void carts_list(struct api_call *call)
{
    struct list_request request = { .list = &carts, .group = -1 };
    if (list_read_word(call, "state", cart_state_names, &request.group) &&
        read_search(call, &request))
        list_answer(call, &request);
}

static void carts_one(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1];
    call_cart(call, cart);
    struct store_rows *rows = store_query(call->store, SQL_CARTS_ONE, "t", cart);
    if (store_next(rows))
        list_object(call, &one, rows);
    else
        call_problem(call, PROBLEM_NO_CART, NULL, call->match.cart);
    store_rows_end(rows);
}

static void write_settings(struct api_call *call, const char *cart,
                           const struct cart_changes *changes)
{
    struct buffer told = { 0 };

    cart_settings_write(call->store, cart, changes, &told);
    call_acted(call, "cart-set", cart, told.bytes);
    buffer_free(&told);
}

static void carts_set(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1];
    struct json_reason why = { 0 };
    struct cart_changes changes;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    call_cart(call, cart);
    if (!cart_settings_read(body, &changes, &why)) {
        call_refuse(call, &why);
    } else if (!store_begin(call->store) || !store_has(call->store, SQL_CARTS_ONE, "t", cart)) {
        call_problem(call, PROBLEM_NO_CART, NULL, call->match.cart);
    } else {
        write_settings(call, cart, &changes);
        carts_one(call);
        call_commit(call);
    }
    cJSON_Delete(body);
}

/* What the store has of a cart that never sold. Its reports stay, and so does who did what. */
static void remove_rows(struct store *store, const char *cart, int64_t now_ms)
{
    static const char *const statements[] = { SQL_CART_REMOVE_TRACK,
                                              SQL_CART_REMOVE_TRAIL,
                                              SQL_CART_REMOVE_FUGITIVE_REPORTS,
                                              SQL_CART_REMOVE_SETTINGS,
                                              SQL_CART_REMOVE_STOCK,
                                              SQL_CART_REMOVE_FUGITIVES,
                                              SQL_CART_REMOVE_CLOSINGS,
                                              SQL_CART_REMOVE_CERTIFICATE,
                                              SQL_CART_REMOVE_REQUEST,
                                              SQL_CART_REMOVE_PHONES,
                                              SQL_CART_REMOVE };

    fugitive_clear(store, cart, now_ms);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        store_run(store, statements[i], "t", cart);
    for (int kind = 0; kind < ALERT_KINDS; kind++)
        alert_end(store, (enum alert_kind)kind, cart, now_ms);
}

static void carts_remove(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1];
    call_cart(call, cart);
    if (!store_begin(call->store) || !store_has(call->store, SQL_CARTS_ONE, "t", cart)) {
        call_problem(call, PROBLEM_NO_CART, NULL, call->match.cart);
    } else if (store_has(call->store, SQL_CART_IS_IN_USE, "t", cart)) {
        call_problem(call, PROBLEM_CART_IN_USE, NULL, cart);
    } else {
        remove_rows(call->store, cart, call->now_ms);
        call_acted(call, "cart-remove", cart, NULL);
        if (call_commit(call))
            call->response->status = 204;
    }
}

static const struct route routes[] = {
    { "GET", API "/carts", WHO_READS, ROUTE_LIST, "state q", carts_list },
    { "GET", API "/carts/{cart}", WHO_READS_OWN, 0, NULL, carts_one },
    { "POST", API "/carts/{cart}", WHO_ACTS, ROUTE_ACT_ONCE, NULL, carts_set },
    { "DELETE", API "/carts/{cart}", WHO_ACTS, ROUTE_WORKER, NULL, carts_remove },
};
const struct route_table carts_routes = ROUTE_TABLE_OF(routes);
