/* Proves that the cart counts a sale on the day that the centre puts it on: by the boot's `clock`
 * event where its own clock was not right, over restarts and upgrades, and less what was voided. */
#include "outbox_room.h"

#include "common/day.h"

#define HOUR_MS    3600000LL
#define DAY_MS     (24 * HOUR_MS)
#define EVENING_MS (NOON_MS - 15 * HOUR_MS) /* of the day before: the last shutdown's time */
#define MORNING_MS (NOON_MS - 5 * HOUR_MS)

static void sell_at(struct outbox *outbox, const struct moment *moment, int64_t quantity)
{
    const struct sale_request sale = { .quantity = quantity,
                                       .amount = quantity * 500,
                                       .price = EVENT_ABSENT };
    struct event_maker maker = maker_of(outbox);
    struct event event;

    event_maker_sale(&maker, moment, &sale, &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
}

static void say_clock(struct outbox *outbox, const struct moment *moment)
{
    struct event_maker maker = maker_of(outbox);
    struct event event;

    event_maker_clock(&maker, moment, &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
}

static void take_back(struct outbox *outbox, const struct moment *moment, int64_t receipt)
{
    struct event_maker maker = maker_of(outbox);
    struct event event;

    event_maker_void(&maker, moment, receipt, 1, NULL, &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
}

static void expect_day(struct outbox *outbox, int64_t ms, int64_t sales, int64_t voided)
{
    struct day_sums sums;

    outbox_day_sums(outbox, day_of_ms(ms), &sums);
    assert_int_equal(sums.sales, sales);
    assert_int_equal(sums.quantity, sales * 3);
    assert_int_equal(sums.amount, sales * 1500);
    assert_int_equal(sums.voided, voided);
}

/* Without a battery: the system goes on from the time of its last shutdown. */
static void sell_before_the_clock(struct outbox *outbox, enum event_clock clock, int sales)
{
    for (int i = 0; i < sales; i++)
        sell_at(outbox, &(struct moment){ EVENING_MS + i, clock, "b1", 1000 + i }, 3);
}

static const struct moment right = { MORNING_MS, CLOCK_NTP, "b1", 600000 };

static void a_morning_without_a_clock(void **state)
{
    struct outbox *outbox = opened(state);

    sell_before_the_clock(outbox, CLOCK_NONE, 5);
    expect_day(outbox, EVENING_MS, 5, 0);
    say_clock(outbox, &right);
    sell_at(outbox, &right, 3);
    sell_at(outbox, &right, 3);
    expect_day(outbox, NOON_MS, 7, 0);
    expect_day(outbox, EVENING_MS, 0, 0);
    outbox_close(outbox);
    outbox = opened(state);
    expect_day(outbox, NOON_MS, 7, 0);
    outbox_close(outbox);
}

static void a_chip_counts_until_the_clock_event(void **state)
{
    struct outbox *outbox = opened(state);

    sell_before_the_clock(outbox, CLOCK_RTC, 2);
    expect_day(outbox, EVENING_MS, 2, 0);
    outbox_close(outbox);
    outbox = opened(state);
    say_clock(outbox, &right);
    expect_day(outbox, EVENING_MS, 0, 0);
    expect_day(outbox, NOON_MS, 2, 0);
    outbox_close(outbox);
}

/* Out of sight of the sky for ten minutes: nobody says any more that the clock is right. */
static void a_sale_after_the_clock_event_is_dated_by_it(void **state)
{
    struct outbox *outbox = opened(state);

    say_clock(outbox, &right);
    sell_at(outbox, &(struct moment){ EVENING_MS, CLOCK_NONE, "b1", 700000 }, 3);
    expect_day(outbox, NOON_MS, 1, 0);
    outbox_close(outbox);
    outbox = opened(state);
    sell_at(outbox, &(struct moment){ EVENING_MS, CLOCK_NONE, "b1", 800000 }, 3);
    expect_day(outbox, NOON_MS, 2, 0);
    outbox_close(outbox);
}

static void a_clock_event_dates_its_own_boot_only(void **state)
{
    struct outbox *outbox = opened(state);

    sell_at(outbox, &(struct moment){ EVENING_MS, CLOCK_NONE, "b0", 5000 }, 3);
    sell_at(outbox, &(struct moment){ EVENING_MS, CLOCK_NTP, "b1", 6000 }, 3); /* is right */
    say_clock(outbox, &right);
    expect_day(outbox, EVENING_MS, 2, 0);
    sell_at(outbox, &(struct moment){ EVENING_MS, CLOCK_NONE, "b2", 5000 }, 3);
    expect_day(outbox, EVENING_MS, 3, 0);
    outbox_close(outbox);
}

static void a_voided_sale_leaves_its_own_day(void **state)
{
    struct outbox *outbox = opened(state);
    struct moment later = { NOON_MS + DAY_MS, CLOCK_NTP, "b1", 90000000 };

    sell_before_the_clock(outbox, CLOCK_NONE, 3);
    take_back(outbox, &right, 1);
    say_clock(outbox, &right);
    take_back(outbox, &later, 2);
    expect_day(outbox, NOON_MS, 1, 2);
    expect_day(outbox, EVENING_MS, 0, 0);
    expect_day(outbox, NOON_MS + DAY_MS, 0, 0);
    outbox_close(outbox);
}

/* A file of an earlier release after its steps. */
#define AN_EARLIER_RELEASE                                                                         \
    "UPDATE receipts SET boot = NULL, boot_ms = NULL;"                                             \
    "UPDATE head SET clock_zero_ms = NULL, effects_seq = NULL"

static void an_upgrade_between_the_sales_and_the_clock(void **state)
{
    struct outbox *outbox = opened(state);

    sell_before_the_clock(outbox, CLOCK_NONE, 5);
    outbox_close(outbox);
    change_by_sql(state, AN_EARLIER_RELEASE);
    outbox = opened(state);
    say_clock(outbox, &right);
    expect_day(outbox, NOON_MS, 5, 0);
    outbox_close(outbox);
}

static void an_upgrade_after_the_clock(void **state)
{
    struct outbox *outbox = opened(state);

    sell_before_the_clock(outbox, CLOCK_NONE, 5);
    outbox_close(outbox);
    change_by_sql(state, "UPDATE receipts SET boot = NULL"); /* so that it moves nothing */
    outbox = opened(state);
    say_clock(outbox, &right);
    expect_day(outbox, EVENING_MS, 5, 0);
    outbox_close(outbox);
    change_by_sql(state, AN_EARLIER_RELEASE);
    outbox = opened(state);
    expect_day(outbox, NOON_MS, 5, 0);
    sell_at(outbox, &(struct moment){ EVENING_MS, CLOCK_NONE, "b1", 700000 }, 3);
    expect_day(outbox, NOON_MS, 6, 0);
    outbox_close(outbox);
}

static const struct moment next_day = { NOON_MS + DAY_MS, CLOCK_NTP, "b2", 600000 };
static const struct moment next_lost = { EVENING_MS, CLOCK_NONE, "b2", 700000 };

/* What it wrote in between: a boot's clock event, whose time is not that of the boot before, and a
 * sale without its boot. */
static void earlier_release_wrote(void **state, const char *and_then)
{
    struct outbox *outbox = opened(state);
    char sql[256];

    say_clock(outbox, &right);
    sell_at(outbox, &right, 3);
    say_clock(outbox, &next_day);
    sell_at(outbox, &next_lost, 3);
    outbox_acknowledge(outbox, 4);
    outbox_close(outbox);
    snprintf(sql, sizeof sql,
             "UPDATE head SET effects_seq = 2, clock_zero_ms = %lld;"
             "UPDATE receipts SET day = %d WHERE receipt = 2; %s",
             (long long)(right.wall_ms - right.boot_ms), day_of_ms(EVENING_MS), and_then);
    change_by_sql(state, sql);
}

static void an_earlier_release_in_between(void **state)
{
    earlier_release_wrote(state, "");
    struct outbox *outbox = opened(state);
    expect_day(outbox, EVENING_MS, 0, 0);
    expect_day(outbox, NOON_MS, 1, 0);
    expect_day(outbox, next_day.wall_ms, 1, 0);
    sell_at(outbox, &next_lost, 3);
    expect_day(outbox, next_day.wall_ms, 2, 0);
    outbox_close(outbox);
}

/* It even removed the boot's clock event: the one of another boot says nothing of this one. */
static void a_clock_event_that_is_gone_dates_nothing(void **state)
{
    earlier_release_wrote(state, "DELETE FROM events WHERE seq <= 3");
    struct outbox *outbox = opened(state);
    sell_at(outbox, &next_lost, 3);
    expect_day(outbox, EVENING_MS, 2, 0);
    expect_day(outbox, NOON_MS, 1, 0);
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a morning without a clock: today has all of it", a_morning_without_a_clock),
        CLAIM("a chip's time counts until the clock event", a_chip_counts_until_the_clock_event),
        CLAIM("a sale after the clock event is dated by it",
              a_sale_after_the_clock_event_is_dated_by_it),
        CLAIM("a clock event dates its own boot only", a_clock_event_dates_its_own_boot_only),
        CLAIM("a voided sale leaves its own day", a_voided_sale_leaves_its_own_day),
        CLAIM("an upgrade between the sales and the clock",
              an_upgrade_between_the_sales_and_the_clock),
        CLAIM("an upgrade after the clock", an_upgrade_after_the_clock),
        CLAIM("an earlier release in between", an_earlier_release_in_between),
        CLAIM("a clock event that is gone dates nothing", a_clock_event_that_is_gone_dates_nothing),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
