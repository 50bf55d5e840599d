/* What phones with OwnTracks speak over HTTP (owntracks.org/booklet, "HTTP mode"). */
#include "collector/api/api_parts.h"
#include "collector/effects/event_out.h"
#include "collector/effects/outgoing.h"
#include "common/owntracks.h"

#include <stdio.h>
#include <string.h>

#define TOPIC_MAX 256

/* A tracker's login says who it is, whatever user the topic has, or where it has no device. */
static void bind_topic(const char *login, char topic[TOPIC_MAX])
{
    const char *device = topic + (topic[0] == '/');
    char name[CART_LENGTH_MAX + 2] = ""; /* a longer one is no plate */

    for (int level = 0; level < 2; level++) {
        device += strcspn(device, "/");
        device += *device == '/';
    }
    snprintf(name, sizeof name, "%.*s", (int)strcspn(device, "/"), device);
    snprintf(topic, TOPIC_MAX, OWNTRACKS_ROOT "/%s/%s", login, name[0] != '\0' ? name : login);
}

/* The topic that a phone's message is about: its own `topic`, else the device of the header or the
 * query, else the tracker's own name. */
static void find_topic(const struct api_call *call, const cJSON *object, char topic[TOPIC_MAX])
{
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(object, "topic");
    const char *device = call->request->limit_device;

    if (cJSON_IsString(own)) {
        snprintf(topic, TOPIC_MAX, "%s", own->valuestring);
        return;
    }
    if (device == NULL)
        device = request_query(call->request, "d");
    if (device == NULL)
        device = call->who.name;
    snprintf(topic, TOPIC_MAX, OWNTRACKS_ROOT "/-/%s", device);
}

/* The body, or as much of a long one as can be read: a card's picture is left out with the rest of
 * what carrito does not know. */
static struct buffer read_body(const struct request *request)
{
    struct buffer body = { 0 };
    char bytes[4096];
    size_t got;

    if (request->file == NULL) {
        if (request->body.length > 0)
            buffer_append(&body, request->body.bytes, request->body.length);
        return body;
    }
    rewind(request->file);
    while (body.length <= OWNTRACKS_BYTES_MAX &&
           (got = fread(bytes, 1, sizeof bytes, request->file)) > 0)
        buffer_append(&body, bytes, got);
    return body;
}

/* A dead letter, and yes: a phone that hears no says the same again for weeks. */
static void refuse(struct api_call *call, const struct buffer *body, const struct json_reason *why)
{
    char id[EPOCH_LENGTH_MAX + 1], source[USER_NAME_MAX + 16];

    epoch_make(id);
    snprintf(source, sizeof source, "http:/pub/%s", call->who.name);
    outgoing_add(call->store, &(struct outgoing){ .id = id,
                                                  .topic = TOPIC_DEAD_LETTERS,
                                                  .value = body->bytes != NULL ? body->bytes : "",
                                                  .value_length = body->length,
                                                  .why = why,
                                                  .source = source });
}

static void enqueue(struct api_call *call, const struct event *event)
{
    struct buffer text = { 0 };
    char id[WIRE_ID_SIZE];

    event_write(event, &text);
    wire_id_of(event, id);
    outgoing_add(call->store, &(struct outgoing){ .id = id,
                                                  .topic = TOPIC_LOCATIONS,
                                                  .key = event->cart,
                                                  .key_length = strlen(event->cart),
                                                  .value = text.bytes,
                                                  .value_length = text.length,
                                                  .type = "location" });
    buffer_free(&text);
}

/* Whose position it is: a tracker's, or the cart that an operator names. */
static bool find_cart(const struct api_call *call, const cJSON *object,
                      char cart[CART_LENGTH_MAX + 1], struct json_reason *why)
{
    bool tracker = call->who.role == ROLE_TRACKER;
    char topic[TOPIC_MAX];

    find_topic(call, object, topic);
    if (tracker)
        bind_topic(call->who.name, topic);
    return owntracks_cart(topic, tracker ? OWNTRACKS_CART_IS_USER : OWNTRACKS_CART_IS_DEVICE, cart,
                          why);
}

/* Whatever a phone says is answered with yes, as it cannot change it. */
static void publish(struct api_call *call)
{
    struct buffer body = read_body(call->request);
    const char *bytes = body.bytes != NULL ? body.bytes : "";
    char cart[CART_LENGTH_MAX + 1];
    struct json_reason why;
    struct event event;
    cJSON *object = cJSON_ParseWithLength(bytes, body.length); /* for its topic alone */
    bool named = find_cart(call, object, cart, &why);
    enum owntracks_result result = OWNTRACKS_REFUSED;

    cJSON_Delete(object);
    if (named && call->request->too_large)
        json_refuse(&why, "", SAY_REASON_TOO_LONG(ROUTE_PHONE_MAX, OWNTRACKS_BYTES_MAX));
    else if (named)
        result = owntracks_read(cart, bytes, body.length, &event, &why);
    store_begin(call->store);
    if (result == OWNTRACKS_REFUSED)
        refuse(call, &body, &why);
    else if (result == OWNTRACKS_POSITION)
        enqueue(call, &event);
    buffer_free(&body);
    call->response->status = 200;
    call->response->content_type = "application/json";
    buffer_text(&call->response->body, "[]");
    call_commit(call);
}

#define PUBLISH (ROUTE_WORKER | ROUTE_BASIC | ROUTE_PHONE)
static const struct route routes[] = {
    { "POST", "/pub", ROLE_TRACKER | WHO_ACTS, PUBLISH, "u d", publish },
    /* As a person types the address, and a phone repeats it. */
    { "POST", "/pub/", ROLE_TRACKER | WHO_ACTS, PUBLISH, "u d", publish },
};
const struct route_table owntracks_routes = ROUTE_TABLE_OF(routes);
