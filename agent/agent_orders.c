/* Offers end, and who listens for them: looked at in the loop, told to the centre at once. */
#include "agent/agent_parts.h"
#include "agent/order_judge.h"

#include "common/log.h"

#include <stdio.h>
#include <string.h>

#define LOOK_MS      1000  /* while an offer is open */
#define LOOK_FULL_MS 10000 /* where the card does not take its end */

struct ending {
    const struct moment *now;
    char id[OFFER_ID_MAX * 4 + 1]; /* of one that has ended; "": none */
    bool is_open;                  /* another one still stands */
};

static void look_at(void *owner, const struct order_row *row)
{
    struct ending *ending = owner;
    struct offer offer;

    if (strcmp(row->status, ORDER_OFFERED) != 0)
        return;
    cJSON *object = offer_read_text(row->offer, &offer);
    if (offer.order != NULL && order_left_ms(row, &offer, ending->now) > 0)
        ending->is_open = true;
    else
        snprintf(ending->id, sizeof ending->id, "%s", row->id);
    cJSON_Delete(object);
}

/* One at a time: the outbox is not changed while it is read. */
static void end_offers(struct agent *agent)
{
    struct moment now = agent_moment(agent);
    struct ending ending;
    enum outbox_result result = OUTBOX_OK;

    do {
        ending = (struct ending){ .now = &now };
        outbox_each_open_order(agent->outbox, look_at, &ending);
        if (ending.id[0] != '\0') {
            log_info("orders", "an offer has ended without an answer", "order=%s", ending.id);
            result = outbox_expire_order(agent->outbox, ending.id, now.wall_ms);
        }
    } while (ending.id[0] != '\0' && result == OUTBOX_OK);
    agent_note(agent, result);
    agent->orders_look_ms = result != OUTBOX_OK ? agent->mono_ms + LOOK_FULL_MS
                            : ending.is_open    ? agent->mono_ms + LOOK_MS
                                                : INT64_MAX;
}

enum listening agent_listening(const struct agent *agent)
{
    const struct listening_facts facts = {
        .recording = !outbox_is_read_only(agent->outbox),
        .closed = agent->tracker.rests,
        .counted = outbox_head(agent->outbox)->stock != EVENT_ABSENT,
        .till_open = agent->mono_ms < agent->till_end_ms,
        .kept = outbox_listening(agent->outbox),
    };

    return listening_judge(&facts);
}

void agent_orders_turn(struct agent *agent)
{
    if (agent->mono_ms >= agent->orders_look_ms && !outbox_is_broken(agent->outbox))
        end_offers(agent);
    enum listening listening = agent_listening(agent);
    if (listening == agent->listening)
        return;
    log_info("orders", listening == LISTENING ? "listens" : "does not listen", "why=%s",
             listening_name(listening));
    bool changed = (listening == LISTENING) != (agent->listening == LISTENING);
    agent->listening = listening;
    if (changed)
        uplink_beat(agent->uplink, agent->mono_ms);
}

void agent_orders_look(struct agent *agent)
{
    agent->orders_look_ms = agent->mono_ms;
}

static int until(int64_t due_ms, int64_t mono_ms)
{
    if (due_ms == INT64_MAX || due_ms - mono_ms > TILL_OPEN_MS)
        return TILL_OPEN_MS;
    return due_ms > mono_ms ? (int)(due_ms - mono_ms) : 0;
}

int agent_orders_timeout_ms(const struct agent *agent)
{
    int wait = until(agent->orders_look_ms, agent->mono_ms);
    int till = agent->till_end_ms > agent->mono_ms ? until(agent->till_end_ms, agent->mono_ms)
                                                   : TILL_OPEN_MS;

    return wait < till ? wait : till;
}
