/* A cart's orders in a room of requests: the centre's words, the vendor's steps, and what is kept.
 */
#ifndef CARRITO_TESTS_ORDERS_ROOM_H
#define CARRITO_TESTS_ORDERS_ROOM_H

#include "requests_room.h"

#define STEP(order, status)                                                                        \
    "{\"request\":\"order\",\"order\":\"" order "\",\"status\":\"" status "\"}"
#define OFFERED(order, turn, more)                                                                 \
    "{\"id\":\"offer/" order "/" turn "\",\"command\":\"order-offer\",\"order\":\"" order          \
    "\",\"turn\":" turn ",\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500" more "}"
#define TAKEN(order, turn)                                                                         \
    "{\"id\":\"taken/" order "/" turn "\",\"command\":\"order-offer\",\"order\":\"" order          \
    "\",\"turn\":" turn ",\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,"                \
    "\"taken\":true,\"place\":\"Plaza 1\",\"lat\":-33.43,\"lon\":-70.65}"
#define CANCELLED(order, turn, reason)                                                             \
    "{\"id\":\"cancel/" order "/" turn "\",\"command\":\"order-cancel\",\"order\":\"" order        \
    "\",\"turn\":" turn ",\"reason\":\"" reason "\"}"

__attribute__((unused)) static struct outbox *outbox_of(void **state)
{
    return ((struct room *)*state)->commit.outbox;
}

__attribute__((unused)) static void open_again(void **state)
{
    struct room *room = *state;

    outbox_close(room->commit.outbox);
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_non_null(room->commit.outbox);
}

__attribute__((unused)) static void anew(void **state)
{
    clear_room(state);
    assert_int_equal(make_room(state), 0);
}

struct seen {
    char text[1024];
    int count;
};

__attribute__((unused)) static void see(void *owner, const struct order_row *row)
{
    struct seen *seen = owner;
    size_t length = strlen(seen->text);

    seen->count++;
    snprintf(seen->text + length, sizeof seen->text - length, "%s/%lld=%s%s%s ", row->id,
             (long long)row->turn, row->status, row->reason != NULL ? ":" : "",
             row->reason != NULL ? row->reason : "");
}

__attribute__((unused)) static const char *rows(void **state)
{
    static struct seen seen;

    seen = (struct seen){ .count = 0 };
    outbox_each_order(outbox_of(state), 1000, see, &seen);
    return seen.text;
}

__attribute__((unused)) static int untold(void **state)
{
    struct seen seen = { .count = 0 };

    outbox_each_untold_order(outbox_of(state), see, &seen);
    return seen.count;
}

__attribute__((unused)) static void step(void **state, const char *order, const char *status)
{
    char request[256];

    snprintf(request, sizeof request, "{\"request\":\"order\",\"order\":\"%s\",\"status\":\"%s\"}",
             order, status);
    assert_holds(ask(state, request), "{\"ok\":true");
}

__attribute__((unused)) static void deliver(void **state, const char *order)
{
    step(state, order, "preparando");
    step(state, order, "entregando");
}

/* The events of the outbox, as they go to the centre. */
__attribute__((unused)) static const char *events(void **state)
{
    static struct buffer text;
    struct outbox_range range = { 0, INT64_MAX, 1000, 100000 };
    unsigned count;

    buffer_clear(&text);
    buffer_text(&text, "");
    outbox_read(outbox_of(state), &range, &text, &count);
    return text.bytes;
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

#endif
