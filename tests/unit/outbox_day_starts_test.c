/* Proves that a cart which hears late how days begin counts each sale on the day of one that knew
 * it before: that is the centre's day. */
#include "outbox_room.h"

#include "common/day.h"

#include <unistd.h>

#define HOUR_MS   3600000LL
#define DAY_MS    (24 * HOUR_MS)
#define HISTORIES 10 /* each commit waits for the disk */
#define SALES     36
#define DAYS      6

/* A sale, a void or what a boot says of its time, at an hour of the six days. */
struct step {
    struct moment moment;
    enum event_type type;
    int64_t number; /* pieces, or the receipt that is taken back */
};

struct history {
    struct step steps[2 * SALES];
    size_t count;
    size_t told_at; /* before this step the centre's word arrives */
    struct day_start start;
};

static uint32_t random_state;

static int64_t draw(int64_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

/* Six boots, a day each: some know the time from the start, some are told it in the morning. */
static void make_history(struct history *history, uint32_t seed)
{
    static const char *const boots[DAYS] = { "b0", "b1", "b2", "b3", "b4", "b5" };

    random_state = seed;
    *history = (struct history){ .count = 0 };
    int32_t first = day_of_ms(NOON_MS);
    for (int day = 0; day < DAYS; day++) {
        int64_t boot_ms = day_start_ms(first + day) + draw(6) * HOUR_MS / 2;
        size_t tells = draw(3) == 0 ? SIZE_MAX : (size_t)draw(SALES / DAYS);
        bool knows = draw(3) == 0;
        for (size_t i = 0; i < SALES / DAYS; i++) {
            int64_t since_ms = 60000 + (int64_t)i * HOUR_MS / 2 + draw(HOUR_MS / 4);
            struct step *step = &history->steps[history->count++];
            step->type = draw(8) == 0 ? EVENT_VOID : EVENT_SALE;
            step->number = 1 + draw(9);
            step->moment = (struct moment){ boot_ms + since_ms, CLOCK_NTP, boots[day], since_ms };
            if (!knows) { /* goes on from where the day before ended */
                step->moment.wall_ms -= 7 * HOUR_MS;
                step->moment.clock = CLOCK_NONE;
            }
            if (i != tells)
                continue;
            step = &history->steps[history->count++];
            *step = (struct step){ { boot_ms + since_ms, CLOCK_NTP, boots[day], since_ms },
                                   EVENT_CLOCK,
                                   0 };
        }
    }
    history->told_at = (size_t)draw((int64_t)history->count);
    history->start = (struct day_start){ first + (int32_t)draw(DAYS), (int32_t)draw(13) * 60 };
}

static void take_step(struct outbox *outbox, const struct step *step)
{
    const struct sale_request sale = { .quantity = step->number,
                                       .amount = step->number * 500,
                                       .price = EVENT_ABSENT };
    struct event_maker maker = maker_of(outbox);
    struct event event;

    if (step->type == EVENT_CLOCK)
        event_maker_clock(&maker, &step->moment, &event);
    else if (step->type == EVENT_VOID && outbox_head(outbox)->last_receipt >= step->number)
        event_maker_void(&maker, &step->moment, step->number, 1, NULL, &event);
    else
        event_maker_sale(&maker, &step->moment, &sale, &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
}

static void hear(struct outbox *outbox, const char *id, const struct day_start *start)
{
    const struct command_effect effect = { .days = start };

    assert_int_equal(outbox_carry_out(outbox, id, &effect), OUTBOX_OK);
}

/* The days' sums after a history in which the word came before step `told_at`. */
static void live(void **state, const struct history *history, size_t told_at,
                 struct day_sums sums[DAYS + 2])
{
    day_set_starts(NULL, 0); /* as in another process */
    struct outbox *outbox = opened(state);
    int32_t first = day_of_ms(NOON_MS) - 1;

    for (size_t i = 0; i <= history->count; i++) {
        if (i == told_at)
            hear(outbox, "a", &history->start);
        if (i < history->count)
            take_step(outbox, &history->steps[i]);
    }
    hear(outbox, "again", &history->start); /* each week, as Kafka forgets: changes nothing */
    for (int day = 0; day < DAYS + 2; day++)
        outbox_day_sums(outbox, first + day, &sums[day]);
    outbox_close(outbox);
    assert_int_equal(unlink(path_of(state)), 0);
}

static void whenever_it_is_told_the_days_are_the_same(void **state)
{
    int moved = 0;

    for (uint32_t seed = 1; seed <= HISTORIES; seed++) {
        struct history history;
        struct day_sums knew[DAYS + 2], late[DAYS + 2];
        day_set_starts(NULL, 0);
        make_history(&history, seed);
        live(state, &history, 0, knew);
        live(state, &history, history.told_at, late);
        if (memcmp(knew, late, sizeof knew) != 0)
            fail_msg("seed %u: told before step %zu of %zu", seed, history.told_at, history.count);
        history.start.minutes = 0;
        live(state, &history, 0, late);
        moved += memcmp(knew, late, sizeof knew) != 0;
    }
    assert_in_range(moved, HISTORIES / 4, HISTORIES); /* else there was nothing to be wrong in */
}

/* Told at 01:30 on the day from which it holds: that day has begun here, and a sale is on it. */
static void today_is_the_guilds_from_the_next_moment_on(void **state)
{
    day_set_starts(NULL, 0);
    struct outbox *outbox = opened(state);
    int32_t day = day_of_ms(NOON_MS);
    int64_t night_ms = day_start_ms(day) + HOUR_MS;
    struct day_sums sums;

    assert_int_equal(sell(outbox, night_ms, 3), OUTBOX_OK);
    hear(outbox, "a", &(struct day_start){ day, 240 });
    assert_int_equal(day_of_ms(night_ms), day - 1);
    assert_int_equal(sell(outbox, night_ms + HOUR_MS, 4), OUTBOX_OK);
    assert_int_equal(sell(outbox, NOON_MS, 5), OUTBOX_OK);
    outbox_close(outbox);
    outbox = opened(state);
    outbox_day_sums(outbox, day - 1, &sums);
    assert_int_equal(sums.quantity, 7);
    outbox_day_sums(outbox, day, &sums);
    assert_int_equal(sums.quantity, 5);
    outbox_close(outbox);
}

/* Its event is gone, so nobody knows the hour: it keeps its day. */
static void what_was_pruned_stays(void **state)
{
    day_set_starts(NULL, 0);
    struct outbox *outbox = opened(state);
    int32_t day = day_of_ms(NOON_MS);
    struct day_sums sums;

    assert_int_equal(sell(outbox, day_start_ms(day) + HOUR_MS, 3), OUTBOX_OK);
    outbox_acknowledge(outbox, 1);
    outbox_close(outbox);
    change_by_sql(state, "DELETE FROM events");
    outbox = opened(state);
    hear(outbox, "a", &(struct day_start){ day, 240 });
    outbox_day_sums(outbox, day, &sums);
    assert_int_equal(sums.quantity, 3);
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("whenever it is told, the days are those of a cart that knew it before",
              whenever_it_is_told_the_days_are_the_same),
        CLAIM("today is the guild's from the next moment on",
              today_is_the_guilds_from_the_next_moment_on),
        CLAIM("what was pruned stays on its day", what_was_pruned_stays),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
