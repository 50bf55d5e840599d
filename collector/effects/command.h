/* Commands to carts, as rows of what is queued for Kafka (contract, sections 3 and 4). The bridge
 * sends each again until the cart says that it is done, or it expires. */
#ifndef CARRITO_COLLECTOR_COMMAND_H
#define CARRITO_COLLECTOR_COMMAND_H

#include "collector/store/store.h"
#include "common/wire_mqtt.h"

#include <stdint.h>

struct command {
    const char *id; /* at most 64 characters; a repeated one is ignored by the cart */
    const char *cart;
    const char *name;    /* wire_command_name() */
    const char *members; /* more members as a JSON object, or NULL */
    int64_t expires_ms;
};

/* In the caller's transaction. An id that is queued already is left alone. */
void command_add(struct store *store, const struct command *command);

#endif
