/* The delay doubles with the copies of a batch. The next batch begins where this one ended, unless
 * the centre is quick: with the first delay each time, a centre that takes 8 s got several copies
 * of each batch from every cart, which makes it slower still. */
#include "agent/resend.h"

#define RESEND_MAX_MS 30000
#define PUBACK_MS_MAX 300000 /* then the connection is given up */

void resend_begin(struct resend *resend, uint64_t seed)
{
    *resend = (struct resend){
        .backoff = {
            .first_ms = RESEND_FIRST_MS,
            .max_ms = RESEND_MAX_MS,
            .floor_ms = RESEND_FIRST_MS,
            .random = seed,
        },
    };
}

void resend_connected(struct resend *resend)
{
    backoff_reset(&resend->backoff);
    resend->due_ms = resend->confirmed_ms = 0;
    resend->mid = 0;
}

void resend_bridge_online(struct resend *resend, int64_t now_ms, int64_t in_flight_seq)
{
    backoff_reset(&resend->backoff);
    if (resend->mid > 0)
        resend->delay_ms = RESEND_FIRST_MS;
    else if (in_flight_seq == 0)
        resend->due_ms = 0;
    else if (resend->due_ms > now_ms + RESEND_FIRST_MS)
        resend->due_ms = now_ms + RESEND_FIRST_MS;
}

int64_t resend_due_ms(const struct resend *resend)
{
    return resend->mid > 0 ? INT64_MAX : resend->due_ms;
}

int64_t resend_draw_ms(struct resend *resend)
{
    return resend->delay_ms = backoff_next_ms(&resend->backoff);
}

void resend_sent(struct resend *resend, int mid, int64_t now_ms)
{
    resend->mid = mid > 0 ? mid : 0;
    resend->sent_ms = now_ms;
    resend->due_ms = now_ms + resend->delay_ms;
}

bool resend_confirmed(struct resend *resend, int mid, int64_t now_ms)
{
    if (resend->mid == 0 || mid != resend->mid)
        return false;
    resend->mid = 0;
    resend->due_ms = now_ms + resend->delay_ms;
    if (resend->confirmed_ms == 0)
        resend->confirmed_ms = now_ms;
    return true;
}

void resend_acknowledged(struct resend *resend, int64_t now_ms)
{
    bool slow = resend->confirmed_ms > 0 && now_ms - resend->confirmed_ms > RESEND_FIRST_MS;
    if (slow)
        backoff_repeat(&resend->backoff);
    else
        backoff_reset(&resend->backoff);
    resend->due_ms = resend->confirmed_ms = 0;
    resend->mid = 0;
}

void resend_put_off(struct resend *resend, int64_t now_ms)
{
    resend->due_ms = now_ms + RESEND_FIRST_MS;
}

bool resend_is_stuck(const struct resend *resend, int64_t now_ms)
{
    return resend->mid > 0 && now_ms - resend->sent_ms > PUBACK_MS_MAX;
}
