/* The buyers' pages, as a browser reads them without a script: the form with what the guild sells,
 * the order that it sends, and an order's state. What a script adds is console/buy.js and
 * follow.js.
 *
 * A form that is sent again, since its answer was lost or somebody tapped twice, is one order: the
 * order's id is made of all that the form says, with what the page put into it at random. */
#include "collector/api/api_parts.h"
#include "collector/api/order_desk.h"
#include "collector/api/order_view.h"
#include "collector/api/page_fill.h"
#include "collector/api/shop.h"
#include "collector/base/figure.h"
#include "collector/orders/order_request.h"
#include "collector/orders/products.h"

#include "buyer_words.h"
#include "value_words.h"

#include "common/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONCE_LENGTH_MIN   22 /* as an Idempotency-Key that counts alone: 128 random bits */
#define QUANTITY_STANDARD "2"
#define PRODUCT_STANDARD  "Sopaipilla" /* in every language */
#define PRICE_STANDARD    "500"
#define LINK_SIZE         128
#define WORD_SIZE         64

static void put(cJSON *values, const char *name, const char *text)
{
    cJSON_DeleteItemFromObjectCaseSensitive(values, name);
    if (text != NULL)
        cJSON_AddStringToObject(values, name, text);
}

static void answer_page(struct api_call *call, int status, const char *name, cJSON *values)
{
    put(values, "lang", lang_name(call->lang));
    call->response->status = status;
    call->response->content_type = "text/html; charset=utf-8";
    page_policy(call, "'self'");
    response_header(call->response, "Cache-Control", "private, no-cache");
    response_header(call->response, "Content-Language", lang_name(call->lang));
    response_header(call->response, "Vary", "Accept-Language");
    page_fill(name, call->lang, values, &call->response->body);
}

static void put_pesos(struct api_call *call, cJSON *values, const char *name, int64_t pesos)
{
    struct buffer text = { 0 };
    figure_write_pesos((double)pesos, call->lang, &text);
    put(values, name, text.bytes);
    buffer_free(&text);
}

/* A text of the form that was sent; NULL where there was none. */
static const char *sent_text(const cJSON *sent, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(sent, name));
}

/* One row of the list; what was chosen is chosen again, else the first one. */
static void add_product(struct api_call *call, const struct product *product, const char *chosen,
                        cJSON *list)
{
    bool is_first = cJSON_GetObjectItem(list, "rows") == NULL;
    char price[24];
    cJSON *row = cJSON_CreateObject();
    snprintf(price, sizeof price, "%lld", (long long)product->price);
    put(row, "product", product->name);
    put(row, "price", price);
    put_pesos(call, row, "pesos", product->price);
    if (chosen != NULL ? strcmp(chosen, product->name) == 0 : is_first)
        put(row, "checked", "checked");
    page_fill_member("pedir_product", call->lang, row, list, "rows");
    cJSON_Delete(row);
}

/* What the guild sells; where it has no list, whatever the buyer asks for. */
static void put_products(struct api_call *call, const cJSON *sent, cJSON *values)
{
    const struct config_pairs *pairs = api_options(api_of(call->frame))->kafka;
    const char *asked = sent_text(sent, "product"), *price = sent_text(sent, "price");
    cJSON *list = cJSON_CreateObject();
    struct product product;
    put(list, "product", asked != NULL ? asked : PRODUCT_STANDARD);
    put(list, "price", price != NULL ? price : PRICE_STANDARD);
    for (size_t at = 0; product_next(pairs, &at, &product);)
        add_product(call, &product, asked, list);
    page_fill_member(products_are_listed(pairs) ? "pedir_list" : "pedir_free", call->lang, list,
                     values, "products");
    cJSON_Delete(list);
}

/* A shop that is closed says so before one orders, and when it may open. */
static void put_closed(struct api_call *call, cJSON *values)
{
    const struct settings *settings = api_options(api_of(call->frame))->settings;
    struct store *store = frame_store(call->frame);
    struct buffer text = { 0 };
    struct shop shop;
    shop_look(store, settings, &shop);
    if (store != NULL && store_status(store) != STORE_OK)
        frame_forget_store(call->frame);
    if (shop.open)
        return;
    buffer_text(&text, buyer_buy_closed.text[call->lang]);
    if (shop.from[0] != '\0') {
        struct saying hours =
            SAY_BUYER_BUY_CLOSED_HOURS((const char *)shop.from, (const char *)shop.to);
        buffer_text(&text, " ");
        say_in(&hours, call->lang, &text);
    }
    put(values, "closed", text.bytes);
    buffer_free(&text);
}

/* `problem`: why the form that was sent is no order, or NULL; `sent` is what it said, or NULL. */
static void answer_form(struct api_call *call, int status, const char *problem, const cJSON *sent)
{
    const char *quantity = sent_text(sent, "quantity");
    cJSON *values = cJSON_CreateObject();
    char once[EPOCH_LENGTH_MAX + 1];
    epoch_make(once);
    put(values, "once", once);
    put(values, "quantity", quantity != NULL ? quantity : QUANTITY_STANDARD);
    put(values, "email", sent_text(sent, "email"));
    put(values, "place", sent_text(sent, "place"));
    put(values, "problem", problem);
    put_products(call, sent, values);
    put_closed(call, values);
    answer_page(call, status, "pedir", values);
    cJSON_Delete(values);
}

static void pages_form(struct api_call *call)
{
    answer_form(call, 200, NULL, NULL);
}

/* A form has texts alone: what is to be a number is one, where it reads so. */
static void add_number(cJSON *order, const cJSON *form, const char *name)
{
    const char *text = sent_text(form, name);
    char *end;
    if (text == NULL || text[0] == '\0')
        return;
    double number = strtod(text, &end);
    if (*end == '\0')
        cJSON_AddNumberToObject(order, name, number);
    else
        cJSON_AddStringToObject(order, name, text);
}

static void add_text(cJSON *order, const cJSON *form, const char *name)
{
    const char *text = sent_text(form, name);
    if (text != NULL && text[0] != '\0')
        cJSON_AddStringToObject(order, name, text);
}

/* What the form says, as `POST /orders` has it. The caller frees. */
static cJSON *order_of_form(const cJSON *form)
{
    static const char *const texts[] = { "product", "email", "place" };
    static const char *const numbers[] = { "price", "quantity", "lat", "lon" };
    const char *pickup = sent_text(form, "pickup");
    cJSON *order = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_text(order, form, texts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        add_number(order, form, numbers[i]);
    if (pickup != NULL && pickup[0] != '\0')
        cJSON_AddBoolToObject(order, "pickup", true);
    return order;
}

/* The order's id: of the form, where its page has made it one of its own. */
static void give_id(const cJSON *form, const struct order_secret *secret, struct order *order)
{
    const char *once = sent_text(form, "once");
    char *text = cJSON_PrintUnformatted(form);
    if (text != NULL && once != NULL && strlen(once) >= ONCE_LENGTH_MIN)
        order_id_make(secret, text, order->id);
    else
        epoch_make(order->id);
    cJSON_free(text);
}

/* The key stands behind `#`, which no browser sends on. */
static void lead_to_order(struct api_call *call, const struct order *order,
                          const struct order_secret *secret)
{
    char key[ORDER_KEY_SIZE], link[LINK_SIZE];
    order_key_make(secret, order->id, key);
    snprintf(link, sizeof link, "/pedidos/%s#%s", order->id, key);
    call->response->status = 303;
    response_header(call->response, "Location", link);
}

static void place(struct api_call *call, const cJSON *form, struct order *order)
{
    struct order_secret secret;
    if (!order_desk_secret(call, &secret)) {
        call_store_problem(call, STORE_AGAIN);
        return;
    }
    give_id(form, &secret, order);
    order->times[ORDER_RECEIVED] = call->now_ms;
    if (store_begin(call->store))
        order_request_enqueue(call->store, order);
    lead_to_order(call, order, &secret);
    if (call_commit(call))
        order_desk_took(call, order);
}

static void pages_send(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct order order;
    cJSON *form = call_body(call);
    if (form == NULL)
        return;
    cJSON *body = order_of_form(form);
    if (order_desk_read(call, body, &order, &why))
        place(call, form, &order);
    else
        answer_form(call, 422, call->lang == LANG_EN ? why.text : why.spanish, form);
    cJSON_Delete(body);
    cJSON_Delete(form);
}

/* The order's number out of a link, whatever was appended to it. */
static void read_id(const char *text, char id[ORDER_ID_SIZE])
{
    snprintf(id, ORDER_ID_SIZE, "%.*s", (int)strspn(text, "0123456789abcdef"), text);
}

static bool find(struct api_call *call, struct order *order, bool *knows)
{
    struct store *store = frame_store(call->frame);
    char id[ORDER_ID_SIZE];
    *knows = false;
    if (store == NULL)
        return false;
    read_id(call->match.parameters[0], id);
    bool found = order_desk_find(api_order_desk(api_of(call->frame)), store, id, order);
    *knows = store_status(store) == STORE_OK;
    if (!*knows)
        frame_forget_store(call->frame);
    return found;
}

static void put_order(struct api_call *call, const struct order *order, cJSON *values)
{
    const char *state = order_state_names[order->state];
    char text[WORD_SIZE];
    snprintf(text, sizeof text, "%lld", (long long)order->quantity);
    put(values, "quantity", text);
    put(values, "product", order->product);
    put_pesos(call, values, "total", order->price * order->quantity);
    put(values, "state", sentence_of_value(value_sentences, "order", state)->text[call->lang]);
    put(values, "said", sentence_of_value(buyer_sentences, "follow", state)->text[call->lang]);
}

/* Where the store cannot say it now, the page is there all the same. */
static void pages_order(struct api_call *call)
{
    cJSON *values = cJSON_CreateObject();
    struct order order;
    bool knows, found = find(call, &order, &knows);
    if (found)
        put_order(call, &order, values);
    else if (knows)
        put(values, "unknown", buyer_follow_unknown.text[call->lang]);
    answer_page(call, knows && !found ? 404 : 200, "pedido", values);
    cJSON_Delete(values);
}

static const struct route routes[] = {
    { "GET", "/pedir", WHO_OPEN, ROUTE_NO_STORE, NULL, pages_form },
    { "POST", "/pedir", WHO_OPEN, ROUTE_OPEN | ROUTE_FORM | ROUTE_WORKER | ROUTE_SECRET, NULL,
      pages_send },
    { "GET", "/pedidos/{id}", WHO_OPEN, ROUTE_NO_STORE, NULL, pages_order },
};
const struct route_table pages_routes = ROUTE_TABLE_OF(routes);
