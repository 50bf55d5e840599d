/* Commands from the centre (contract, sections 3 and 4): what each does on the cart.
 *
 * A command comes again until its id is among those done; one that is done already, or has expired,
 * is only remembered. The ids are kept in the outbox, in one transaction with what the command
 * changes there, so that a restart does none twice and forgets none. Whether one has expired is
 * judged by a right clock only. */
#ifndef CARRITO_AGENT_COMMANDS_H
#define CARRITO_AGENT_COMMANDS_H

#include "agent/outbox.h"

#include <stddef.h>
#include <stdint.h>

/* What commands act upon beside the outbox; called once the outbox has the command. */
struct command_calls {
    void (*locate)(void *owner, int interval_s, int64_t for_ms); /* from now on */
    void (*rewound)(void *owner); /* the outbox has rows to be sent again */
    /* Seconds between positions; after a restart outbox_location_s() has them. */
    void (*location_interval)(void *owner, int interval_s);
    /* Keeps a certificate, PEM; false where it is none that was asked for. Before the outbox has
     * the command: a file is in no transaction, and to keep the same one twice does no harm. */
    bool (*certificate)(void *owner, const char *certificate);
    void (*reconnect)(void *owner); /* by the certificate that was kept */
};

struct command_context {
    struct outbox *outbox;
    const struct command_calls *calls;
    void *owner;
    int64_t wall_ms;
    bool wall_is_right; /* clock_source_is_right() */
    const char *boot;   /* and when in it */
    int64_t boot_ms;
};

/* Carries out one command. What cannot be read is logged and left. */
void commands_do(const struct command_context *context, const char *payload, size_t length);

#endif
