/* CARRITO_SELL=sim:SEED:PER_MINUTE: a simulated cart sells by itself. Pure; deterministic by seed,
 * the times of the sales apart. */
#ifndef CARRITO_AGENT_SOURCE_SELL_H
#define CARRITO_AGENT_SOURCE_SELL_H

#include "agent/event_maker.h"

#include <stdbool.h>
#include <stdint.h>

#define SELL_FIRST_MS_MAX 5000 /* after the start */
#define SELL_RESTOCK      60   /* what is put on the cart when it runs low */

struct source_sell {
    uint64_t random;
    int64_t period_ms; /* mean between two sales; 0: does not sell */
    int64_t due_ms;    /* monotonic */
    char client[64];
};

bool source_sell_is_valid(const char *text);
/* `text` "none": does not sell. */
void source_sell_init(struct source_sell *sell, const char *text, int64_t mono_ms);
/* True when a sale is due: fills in the request (its client lives in `sell`) and sets the next. */
bool source_sell_turn(struct source_sell *sell, int64_t mono_ms, struct sale_request *request);
/* Milliseconds until the next; -1 where there is none. */
int source_sell_timeout_ms(const struct source_sell *sell, int64_t mono_ms);

#endif
