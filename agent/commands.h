/* Commands from the centre (contract, sections 3 and 4): what each does on the cart.
 *
 * A command comes again until its id is among those done; one that is done already, or has expired,
 * is only remembered. The ids are kept in the outbox, so that a restart does none twice. */
#ifndef CARRITO_AGENT_COMMANDS_H
#define CARRITO_AGENT_COMMANDS_H

#include "agent/outbox.h"

#include <stddef.h>
#include <stdint.h>

/* What commands act upon. */
struct command_calls {
    void (*locate)(void *owner, int interval_s, int64_t until_ms);
    void (*rewound)(void *owner); /* the outbox has rows to be sent again */
    /* Settings that may change without a restart: seconds between positions. */
    void (*location_interval)(void *owner, int interval_s);
};

struct command_context {
    struct outbox *outbox;
    const struct command_calls *calls;
    void *owner;
    int64_t wall_ms;
};

/* Carries out one command. What cannot be read is logged and left. */
void commands_do(const struct command_context *context, const char *payload, size_t length);

#endif
