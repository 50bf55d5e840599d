/* What an order shows of itself (contract, section 6, `GET /orders/{id}`): one writer for the
 * answer and for the buyer's stream, so that neither tells what the other keeps. */
#ifndef CARRITO_COLLECTOR_ORDER_VIEW_H
#define CARRITO_COLLECTOR_ORDER_VIEW_H

#include "collector/orders/order.h"
#include "collector/store/store.h"

enum order_reader {
    ORDER_READER_ANYBODY, /* who has the id, which lists show: state and history */
    ORDER_READER_OWNER,   /* who has its key */
    ORDER_READER_OPERATOR /* the same, and how it finds its cart */
};

struct order_view {
    struct store *store; /* a cart's position is read here */
    const struct order *order;
    enum order_reader reader;
    int64_t now_ms; /* wall clock: how old a position is */
};

/* Writes the order as an object. Blocks for the store; its error sticks, as everywhere. */
void order_view_write(const struct order_view *view, struct json_writer *json);
/* True where nothing more becomes of the order. */
bool order_is_over(const struct order *order);

#endif
