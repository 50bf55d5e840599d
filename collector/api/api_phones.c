/* Phones of a cart: each has a name and one token, with which OwnTracks is that cart's tracker. */
#include "collector/access/users.h"
#include "collector/api/api_parts.h"
#include "collector/base/settings.h"
#include "collector/call/list.h"
#include "collector/carts/cart_row.h"

#include "users_sql.h"

#include "common/day.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PHONE_TOKEN_MS (366 * 86400000LL)
#define PHONE_NAME_MAX 40 /* code points */
#define URL_SIZE       512

static const struct column columns[] = {
    { "id", CELL_TEXT },      { "cart", CELL_TEXT },    { "name", CELL_TEXT },
    { "created", CELL_TIME }, { "expires", CELL_TIME }, { "user", CELL_TEXT },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_PHONES_PAGE, "tiiti", request->cart, request->now_ms,
                    request->after.ints[0], request->after.texts[1], request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, 3);
        snprintf(key.texts[1], sizeof key.texts[1], "%s", store_text(rows, 0));
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list phones = {
    .name = "phones",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "it",
    .first = { .ints = { -1 } },
    .fetch = fetch,
};

/* False where nobody has such a plate; the answer is that. */
static bool find_cart(struct api_call *call, char cart[CART_LENGTH_MAX + 1])
{
    if (call_cart(call, cart) && cart_is_known(call->store, cart))
        return true;
    call_problem(call, PROBLEM_NO_CART, NULL, call->match.cart);
    return false;
}

static void phones_list(struct api_call *call)
{
    struct list_request request = { .list = &phones };
    if (find_cart(call, request.cart))
        list_answer(call, &request);
}

/* The tracker's name is its plate, as OwnTracks writes names: in lower case. */
static void login_of(const char *cart, char *name)
{
    for (size_t i = 0; i <= strlen(cart); i++)
        name[i] = (char)tolower((unsigned char)cart[i]);
}

/* The phone's settings of reference: OwnTracks' booklet, "Configuration". `password` is new. */
static void write_configuration(struct json_writer *json, const char *cart, const char *url,
                                const char *password)
{
    char name[CART_LENGTH_MAX + 1];
    size_t length = strlen(cart);

    login_of(cart, name);
    json_object_begin(json, "configuration");
    json_text(json, "_type", "configuration");
    json_int(json, "mode", 3); /* HTTP */
    json_text(json, "url", url);
    json_bool(json, "auth", true);
    json_bool(json, "usePassword", true); /* iOS; Android has neither of both */
    json_text(json, "username", name);
    json_text(json, "password", password);
    json_text(json, "deviceId", name);
    json_text(json, "tid", cart + (length > 2 ? length - 2 : 0));
    json_int(json, "monitoring", 2); /* move mode */
    json_int(json, "moveModeLocatorInterval", 10);
    json_int(json, "locatorInterval", 30);
    json_int(json, "locatorDisplacement", 20);
    json_bool(json, "pubRetain", false);
    json_int(json, "keepalive", 60);
    json_int(json, "ping", 1);
    json_bool(json, "remoteConfiguration", true);
    json_object_end(json);
}

/* A phone that is made: its row, and for once what it signs in with. */
struct made {
    const char *cart, *name, *url;
    struct identity who;
    struct token token;
};

static void answer_made(struct api_call *call, const struct made *made)
{
    char time[TIME_TEXT_SIZE];
    struct json_writer json = call_json(call, 201);

    json_object_begin(&json, NULL);
    json_text(&json, "id", made->token.id);
    json_text(&json, "cart", made->cart);
    json_text(&json, "name", made->name);
    time_text(call->now_ms, time);
    json_text(&json, "created", time);
    time_text(made->who.expires_ms, time);
    json_text(&json, "expires", time);
    json_text(&json, "user", call->who.name);
    write_configuration(&json, made->cart, made->url, made->token.text);
    json_object_end(&json);
}

/* One of this name gets another token, and the former ends. It is its maker's, and ends with him.
 */
static void make(struct api_call *call, const char *cart, const char *name, const char *url)
{
    struct account maker;
    struct made made = { .cart = cart, .name = name, .url = url };

    made.who.role = ROLE_TRACKER;
    made.who.expires_ms = call->now_ms + PHONE_TOKEN_MS;
    login_of(cart, made.who.name);
    snprintf(made.who.cart, sizeof made.who.cart, "%s", cart);
    account_read(call->store, call->who.name, &maker);
    store_run(call->store, SQL_PHONE_REMOVE_NAMED, "tt", cart, name);
    token_give(call->store, &made.who, maker.known ? call->who.name : NULL, &made.token,
               call->now_ms);
    store_run(call->store, SQL_PHONE_NAME, "tt", name, made.token.id);
    call_acted(call, "phone-add", cart, made.token.id);
    if (call_commit(call))
        answer_made(call, &made);
}

/* Where the phone sends to; false where the collector does not know, and the answer is that. */
static bool write_url(struct api_call *call, char url[URL_SIZE])
{
    const char *base = api_options(api_of(call->frame))->settings->public_url;

    if (base == NULL || base[0] == '\0') {
        call_problem(call, PROBLEM_NO_PUBLIC_URL, NULL, NULL);
        return false;
    }
    snprintf(url, URL_SIZE, "%.480s%spub", base, base[strlen(base) - 1] == '/' ? "" : "/");
    return true;
}

static void phones_add(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1], url[URL_SIZE];
    const char *name = "1";
    struct json_reason why = { 0 };
    cJSON *body = call_body(call);

    if (body == NULL)
        return;
    if (!json_get_text(body, "name", JSON_OPTIONAL, 1, PHONE_NAME_MAX, &name, &why)) {
        call_refuse(call, &why);
    } else if (store_begin(call->store) && find_cart(call, cart)) {
        if (write_url(call, url))
            make(call, cart, name, url);
    }
    cJSON_Delete(body);
}

static void phones_remove(struct api_call *call)
{
    char cart[CART_LENGTH_MAX + 1];

    store_begin(call->store);
    if (!find_cart(call, cart))
        return;
    store_run(call->store, SQL_PHONE_REMOVE, "tt", cart, call->match.parameters[1]);
    if (store_changed(call->store) == 0 && store_status(call->store) == STORE_OK) {
        call_problem(call, PROBLEM_NOT_FOUND, NULL, NULL);
        return;
    }
    call_acted(call, "phone-remove", cart, call->match.parameters[1]);
    if (call_commit(call))
        call->response->status = 204;
}

/* Until the release before, a GET made a phone: whoever asks for it is told how to. */
static void otrc_is_gone(struct api_call *call)
{
    call_problem(call, PROBLEM_GONE, NULL, "POST " API "/carts/{cart}/phones");
}

static const struct route routes[] = {
    { "GET", API "/carts/{cart}/phones", WHO_READS, ROUTE_LIST, NULL, phones_list },
    { "POST", API "/carts/{cart}/phones", WHO_ACTS, ROUTE_ACT | ROUTE_SECRET, NULL, phones_add },
    { "DELETE", API "/carts/{cart}/phones/{id}", WHO_ACTS, ROUTE_WORKER, NULL, phones_remove },
    { "GET", API "/carts/{cart}/otrc", WHO_ACTS, 0, NULL, otrc_is_gone },
};
const struct route_table phones_routes = ROUTE_TABLE_OF(routes);
