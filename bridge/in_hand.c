/* One list. */
#include "bridge/in_hand.h"

void in_hand_add(struct in_hand *in_hand, struct batch *batch)
{
    batch->next = NULL;
    if (in_hand->last != NULL)
        in_hand->last->next = batch;
    else
        in_hand->first = batch;
    in_hand->last = batch;
    if (batch->keeper == KEPT_AS_STATE && in_hand->count[KEPT_AS_STATE] >= IN_HAND_STATES_MAX)
        batch->keeper = KEPT_IN_QUEUE;
    in_hand->count[batch->keeper]++;
}

static bool is_confirmed(const struct batch *batch)
{
    for (size_t i = 0; i < batch->record_count; i++)
        if (batch->records[i].state != RECORD_CONFIRMED)
            return false;
    return true;
}

struct batch *in_hand_take_confirmed(struct in_hand *in_hand)
{
    struct batch *next = in_hand->first, *confirmed = NULL, **confirmed_last = &confirmed;

    *in_hand = (struct in_hand){ .first = NULL };
    for (struct batch *batch = next; batch != NULL; batch = next) {
        next = batch->next;
        if (!is_confirmed(batch)) {
            in_hand_add(in_hand, batch);
            continue;
        }
        *confirmed_last = batch;
        confirmed_last = &batch->next;
        batch->next = NULL;
    }
    return confirmed;
}

int64_t in_hand_oldest_us(const struct in_hand *in_hand)
{
    for (const struct batch *batch = in_hand->first; batch != NULL; batch = batch->next)
        if (batch->keeper == KEPT_IN_QUEUE)
            return batch->received_us;
    return INT64_MAX;
}

void in_hand_free(struct in_hand *in_hand)
{
    for (struct batch *batch; (batch = in_hand->first) != NULL;) {
        in_hand->first = batch->next;
        batch_free(batch);
    }
    *in_hand = (struct in_hand){ .first = NULL };
}
