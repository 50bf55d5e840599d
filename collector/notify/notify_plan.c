/* The rules of `notify`. */
#include "collector/notify/notify_plan.h"

#include "common/backoff.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#define DISK_BYTES_MIN (500 * 1000 * 1000ULL)
#define MINUTE_MS      60000 /* what is held in the same minute is one digest */
#define DISK_SPAN_MIN  3     /* days; less is no pace */
#define DISK_PART_MIN  10    /* a tenth */

static const struct {
    const char *status, *word;
} outcomes[MAIL_OUTCOMES] = {
    [MAIL_SENT] = { "sent", "sent" },
    [MAIL_DEFERRED] = { "waiting", "deferred" },
    [MAIL_FAILED] = { "failed", "failed" },
    [MAIL_SKIPPED] = { "skipped", "skipped" },
    [MAIL_HELD] = { "held", "deferred" },
    [MAIL_POSTPONED] = { "waiting", "deferred" },
    [MAIL_DIGESTED] = { "digested", "digested" },
};

const char *mail_outcome_status(enum mail_outcome outcome)
{
    return outcomes[outcome].status;
}

const char *mail_outcome_word(enum mail_outcome outcome)
{
    return outcomes[outcome].word;
}

int64_t notify_pause_ms(int64_t attempts, uint64_t *random)
{
    static const int64_t pauses_s[] = { 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600 };
    const int64_t last = (int64_t)(sizeof pauses_s / sizeof *pauses_s) - 1;
    int64_t pause_ms = pauses_s[attempts < last ? attempts : last] * 1000;

    return pause_ms + (int64_t)(random_next(random) % (uint64_t)(pause_ms / 4));
}

struct mail_verdict notify_judge(enum send_result result, const struct mail_tries *tries,
                                 int64_t now_ms, uint64_t *random)
{
    if (result == SEND_DONE)
        return (struct mail_verdict){ .outcome = MAIL_SENT };
    if (result == SEND_NEVER || result == SEND_REFUSED ||
        now_ms - tries->created_ms >= NOTIFY_GIVE_UP_MS)
        return (struct mail_verdict){ .outcome = MAIL_FAILED };
    return (struct mail_verdict){ .outcome = MAIL_DEFERRED,
                                  .next_ms = now_ms + notify_pause_ms(tries->attempts, random) };
}

int64_t notify_room_ms(const struct mail_flow *flow)
{
    if (flow->limit == 0 || flow->sent + flow->in_hand < flow->limit)
        return 0;
    /* Where those in hand fill the hour alone, nothing is old enough to count from. */
    int64_t from_ms = flow->in_hand >= flow->limit ? flow->now_ms : flow->oldest_ms;
    int64_t room_ms = from_ms + NOTIFY_HOUR_MS;
    if (room_ms <= flow->now_ms)
        room_ms = flow->now_ms + 1;
    return notify_digest_ms(room_ms);
}

int64_t notify_digest_ms(int64_t ms)
{
    return (ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
}

static uint64_t low_mark(const struct disk_room *room)
{
    uint64_t part = room->total / DISK_PART_MIN;

    return part > DISK_BYTES_MIN ? part : DISK_BYTES_MIN;
}

enum disk_verdict disk_judge(const struct disk_room *room, double days_left)
{
    uint64_t low = low_mark(room);

    if (room->available < low || days_left < DISK_DAYS_WARN)
        return DISK_LOW;
    bool near = room->available < low + low / 5 || days_left < DISK_DAYS_WARN * 1.5;
    return near ? DISK_BETWEEN : DISK_GOOD;
}

static int compare_paces(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;

    return (difference > 0) - (difference < 0);
}

/* Bytes a day that the room shrinks by. */
static double median_pace(const struct disk_day *days, size_t count)
{
    double paces[DISK_DAYS_MAX * (DISK_DAYS_MAX - 1) / 2];
    size_t pairs = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            paces[pairs++] = ((double)days[i].available - (double)days[j].available) /
                             (double)(days[j].day - days[i].day);
    /* analysis: uninitvar: the loops have filled `pairs` of them. */
    qsort(paces, pairs, sizeof *paces, compare_paces);
    return paces[pairs / 2];
}

double disk_days_left(const struct disk_room *room, const struct disk_day *days, size_t count)
{
    uint64_t low = low_mark(room);

    if (count < 2 || days[count - 1].day - days[0].day < DISK_SPAN_MIN)
        return INFINITY;
    double pace = median_pace(days, count);
    if (pace <= 0)
        return INFINITY;
    return room->available > low ? (double)(room->available - low) / pace : 0;
}
