/* The record's id is made of the order's. */
#include "collector/orders/order_request.h"
#include "collector/effects/outgoing.h"

#include <stdio.h>
#include <string.h>

void order_request_enqueue(struct store *store, const struct order *order)
{
    struct buffer value = { 0 };
    char id[ORDER_ID_SIZE + 8];

    order_write_request(order, &value);
    snprintf(id, sizeof id, "order/%s", order->id);
    outgoing_add(store, &(struct outgoing){ .id = id,
                                            .topic = TOPIC_ORDER_REQUESTS,
                                            .key = order->id,
                                            .key_length = strlen(order->id),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "order" });
    buffer_free(&value);
}
