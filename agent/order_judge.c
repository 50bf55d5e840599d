/* The end of an offer, then the step. */
#include "agent/order_judge.h"
#include "agent/clock_source.h"
#include "agent/order_steps.h"

#include <string.h>

int64_t order_left_ms(const struct order_row *order, const struct offer *offer,
                      const struct moment *now)
{
    if (clock_source_is_right(now->clock))
        return offer->expires_ms == EVENT_ABSENT ? INT64_MAX : offer->expires_ms - now->wall_ms;
    if (order->heard_boot == NULL || now->boot == NULL || strcmp(order->heard_boot, now->boot) != 0)
        return 0;
    return order->heard_boot_ms + offer->offer_s * 1000 - now->boot_ms;
}

enum order_verdict order_judge(const struct order_row *order, const struct offer *offer,
                               const char *status, const struct moment *now)
{
    const char *next = order != NULL ? order_next_step(order->status) : NULL;
    if (order == NULL || order->turn == 0 || (next != NULL && offer->quantity == 0))
        return ORDER_UNKNOWN;
    bool is_offer = strcmp(order->status, ORDER_OFFERED) == 0;
    if (strcmp(order->status, ORDER_EXPIRED) == 0 ||
        (is_offer && order_left_ms(order, offer, now) <= 0))
        return ORDER_HAS_EXPIRED;
    if (next == NULL)
        return ORDER_IS_OVER;
    if (strcmp(status, ORDER_REFUSED) == 0 || strcmp(status, next) == 0)
        return ORDER_MAY;
    /* The buyer comes: there is no way between. */
    bool is_handed_over = offer->pickup && !is_offer && strcmp(status, "finalizado") == 0;
    return is_handed_over ? ORDER_MAY : ORDER_NOT_NEXT;
}
