/* When an event happened, as far as its cart's clock can be believed. Pure. */
#ifndef CARRITO_COLLECTOR_EVENT_TIME_H
#define CARRITO_COLLECTOR_EVENT_TIME_H

#include "common/event.h"

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_AHEAD_MS_MAX  120000 /* further ahead of Kafka's time a cart's clock is wrong */
#define PHONE_BEHIND_MS_MAX (31 * 86400000LL) /* so old a phone's time is no time either */

/* `ts_ms`, a time of the event's; Kafka's time where the cart had no clock, or one that is ahead:
 * a receiver that says 2034 must not hold the cart's position until then (contract, section 5). Of
 * a phone's, where its time cannot be, that of the message is taken first (section 3). */
int64_t event_time_ms(const struct event *event, int64_t ts_ms, int64_t append_ms);

/* What the cart's clock is worth, by this event. A clock chip's time counts until the boot's clock
 * event says when it was: the chip may have lost its cell. */
enum event_time { EVENT_TIME_GOOD, EVENT_TIME_RTC, EVENT_TIME_NONE, EVENT_TIME_AHEAD };
enum event_time event_time_judge(const struct event *event, int64_t append_ms);

#endif
