/* What a user did at the centre, for others to look up: one row per act, written in its
 * transaction.
 */
#ifndef CARRITO_COLLECTOR_ACTION_H
#define CARRITO_COLLECTOR_ACTION_H

#include "collector/store/store.h"

#include <stdint.h>

struct action {
    const char *user;    /* who; the name of a token that stands for no user */
    const char *name;    /* "alert-ack", "restock-done", "member-accept", … */
    const char *subject; /* what it was done to: an id, a plate, a name */
    const char *details; /* more words, or NULL */
    int64_t time_ms;
};

void action_add(struct store *store, const struct action *action);

#endif
