/* What the role `orders` does in `dispatch`: offers what is placed, judges the steps of vendors,
 * and looks for offers that ended, orders that wait, carts that cannot be counted on, and sales
 * that name an order.
 *
 * What is settled by time (an offer that nobody answered, a cart that signed off, a sale of an
 * order that its cart has not ended) is judged when all is applied that Kafka had then: an answer
 * that was in time counts after a restart or a lag, too. */
#ifndef CARRITO_COLLECTOR_DISPATCH_ROLE_H
#define CARRITO_COLLECTOR_DISPATCH_ROLE_H

#include "collector/engine/role.h"
#include "collector/orders/dispatch.h"
#include "common/event.h"

/* One per role; zero-initialised it is ready. */
struct dispatch_role {
    struct dispatch dispatch;
    int64_t look_ms; /* when it looks again at what waits */
    int64_t from_ms; /* the last order that was looked at; the next look begins behind it */
    char from_id[ORDER_ID_SIZE];
    bool has_adopted;
};

/* A transaction of the role begins. */
void dispatch_role_begin(struct dispatch_role *role, const struct settings *settings,
                         struct store *store, int64_t now_ms);
/* An order that was just placed. */
void dispatch_role_place(struct dispatch_role *role, struct order *order);
/* A vendor's step. False where it is wrong: it is a dead letter. */
bool dispatch_role_step(struct dispatch_role *role, const struct event *event, int64_t append_ms,
                        struct json_reason *why);
/* As struct role_calls has them. */
enum role_due dispatch_role_due(struct dispatch_role *role, struct store *store,
                                const struct role_time *time);
void dispatch_role_tick(struct dispatch_role *role, const struct role_time *time);
void dispatch_role_free(struct dispatch_role *role);

#endif
