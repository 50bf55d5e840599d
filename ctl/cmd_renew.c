/* `carritoctl cart renew PLATE`: the cart asks for its next certificate in its `state`, the centre
 * keeps that, and this signs it and sends it back as a command. Of the request only the key counts:
 * the plate is the one that was typed, and that the broker let speak. */
#include "ctl/cmd_cart.h"

#include "common/json_write.h"
#include "common/wire_mqtt.h"
#include "ctl/authority.h"
#include "ctl/fetch.h"
#include "ctl/request.h"

#include "text_words.h"

#define CARTS           "/api/v1/carts"
#define STATUS_ACCEPTED 202

/* What a cart asks for, and the name by which the centre knows it. */
struct asked {
    struct buffer request, cart;
};

/* False, and told, where the cart wants nothing. */
static bool ask(const struct ctl *ctl, struct http_client *client, const char *path,
                struct asked *wanted)
{
    cJSON *cart = fetch_object(ctl, client, path);
    const char *asked = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(cart, "request")),
               *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(cart, "cart"));

    if (asked != NULL && name != NULL) {
        buffer_text(&wanted->request, asked);
        buffer_text(&wanted->cart, name);
    } else if (cart != NULL)
        text_error(ctl->language, SAY_TEXT_CART_ASKS_NOTHING());
    cJSON_Delete(cart);
    return asked != NULL && name != NULL;
}

static bool answer(const struct ctl *ctl, struct http_client *client, const char *path,
                   const struct buffer *certificate)
{
    struct buffer body = { 0 }, target = { 0 };
    struct json_writer json = json_write_to(&body);
    struct http_answer said = { 0 };
    bool sent;

    json_object_begin(&json, NULL);
    json_text(&json, "command", wire_command_name(COMMAND_CERTIFICATE));
    json_text(&json, "certificate", certificate->bytes);
    json_object_end(&json);
    buffer_format(&target, "%s/commands", path);
    sent = http_client_send(
        client,
        &(struct http_request){
            .method = "POST", .path = target.bytes, .body = body.bytes, .length = body.length },
        &said);
    if (!sent)
        fetch_tell_away(ctl, client);
    else if (said.status != STATUS_ACCEPTED)
        fetch_tell_refusal(ctl, &said);
    sent = sent && said.status == STATUS_ACCEPTED;
    http_answer_free(&said);
    buffer_free(&body);
    buffer_free(&target);
    return sent;
}

/* Whoever has lost a board must not get another certificate by asking. */
static bool renew(const struct ctl *ctl, struct authority *authority, const char *cart,
                  int64_t days)
{
    struct http_client *client = NULL;
    struct buffer path = { 0 }, certificate = { 0 };
    struct asked asked = { 0 };
    struct authority_wish wish = { .cart = cart, .days = days, .now_ms = ctl->now_ms };
    bool done =
        authority_has_valid(authority, cart, ctl->now_ms) && (client = fetch_open(ctl)) != NULL;

    if (done) {
        buffer_text(&path, CARTS);
        request_add_segment(&path, cart);
        done = ask(ctl, client, path.bytes, &asked) && cart_is_same(cart, asked.cart.bytes);
        wish.request = asked.request.bytes;
        wish.cart = asked.cart.bytes;
    }
    done = done && authority_sign(authority, &wish, &certificate) &&
           answer(ctl, client, path.bytes, &certificate);
    if (done)
        text_say(ctl->language, SAY_TEXT_CART_RENEWED(cart));
    http_client_close(client);
    buffer_free(&path);
    buffer_free(&asked.request);
    buffer_free(&asked.cart);
    buffer_free(&certificate);
    return done;
}

int cart_renew(const struct ctl *ctl, const struct options *options)
{
    char cart[CART_LENGTH_MAX + 1];
    struct authority *authority;

    if (!cart_key_plate(ctl, options, cart))
        return EXIT_BAD_ARGUMENTS;
    authority = authority_open(ctl->language, cart_key_folder(options));
    bool done = authority != NULL && renew(ctl, authority, cart, cart_key_days(options));
    authority_close(authority);
    return done ? EXIT_OK : EXIT_FAILED;
}
