/* Claims about the rules of `notify`: when a mail is tried again and when no more, how many a
 * recipient gets in an hour, and when a disk is low. */
#include "collector/notify/notify_plan.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOW    1790000000000LL
#define MINUTE 60000LL
#define GB     1000000000ULL

static void pauses_grow_to_an_hour(void **state)
{
    uint64_t random = 1;
    int64_t whole = 0;

    (void)state;
    for (int64_t attempts = 0; attempts < 40; attempts++) {
        int64_t pause = notify_pause_ms(attempts, &random);
        assert_true(pause >= 1000 && pause < 3600000 * 5 / 4);
        assert_true(attempts > 0 || pause < 1250);
        assert_true(attempts < 10 || pause >= 3600000);
        whole += attempts < 10 ? pause : 0;
    }
    assert_true(whole < NOTIFY_HOUR_MS * 5 / 4); /* ten tries in the first hour */
}

static void a_try_comes_to_one_of_three_ends(void **state)
{
    struct mail_tries early = { 1, NOW - 1000 }, late = { 40, NOW - NOTIFY_GIVE_UP_MS };
    uint64_t random = 1;

    (void)state;
    assert_int_equal(notify_judge(SEND_DONE, &late, NOW, &random).outcome, MAIL_SENT);
    assert_int_equal(notify_judge(SEND_NEVER, &early, NOW, &random).outcome, MAIL_FAILED);
    assert_int_equal(notify_judge(SEND_LATER, &late, NOW, &random).outcome, MAIL_FAILED);
    assert_int_equal(notify_judge(SEND_AWAY, &late, NOW, &random).outcome, MAIL_FAILED);
    struct mail_verdict again = notify_judge(SEND_LATER, &early, NOW, &random);
    assert_int_equal(again.outcome, MAIL_DEFERRED);
    assert_true(again.next_ms >= NOW + 2000 && again.next_ms < NOW + 2500);
}

static void an_hour_has_room_for_so_many(void **state)
{
    (void)state;
    assert_int_equal(notify_room_ms(&(struct mail_flow){ NOW, 0, 9999, 9999, NOW }), 0);
    assert_int_equal(notify_room_ms(&(struct mail_flow){ NOW, 60, 0, 0, NOW }), 0);
    assert_int_equal(notify_room_ms(&(struct mail_flow){ NOW, 60, 59, 0, NOW }), 0);
    assert_int_not_equal(notify_room_ms(&(struct mail_flow){ NOW, 60, 60, 0, NOW }), 0);
    assert_int_not_equal(notify_room_ms(&(struct mail_flow){ NOW, 60, 30, 30, NOW }), 0);
    assert_int_equal(notify_room_ms(&(struct mail_flow){ NOW, 60, 30, 29, NOW }), 0);
}

static void a_digest_waits_for_the_oldest_to_be_an_hour_old(void **state)
{
    struct mail_flow flow = { NOW, 2, 2, 0, NOW - 50 * MINUTE };
    int64_t room = notify_room_ms(&flow);

    (void)state;
    assert_true(room >= NOW + 10 * MINUTE && room < NOW + 11 * MINUTE);
    assert_int_equal(room % MINUTE, 0);
    /* What comes while it waits is for the same digest. */
    flow.now_ms = NOW + 5 * MINUTE;
    assert_int_equal(notify_room_ms(&flow), room);
    flow.now_ms = NOW;
    flow.in_hand = 2;
    assert_true(notify_room_ms(&flow) >= NOW + 60 * MINUTE);
}

static void a_disk_is_low_under_a_tenth_or_500_mb(void **state)
{
    (void)state;
    assert_int_equal(disk_judge(&(struct disk_room){ 100 * GB, 9 * GB }, INFINITY), DISK_LOW);
    assert_int_equal(disk_judge(&(struct disk_room){ 100 * GB, 11 * GB }, INFINITY), DISK_BETWEEN);
    assert_int_equal(disk_judge(&(struct disk_room){ 100 * GB, 12 * GB }, INFINITY), DISK_GOOD);
    assert_int_equal(disk_judge(&(struct disk_room){ GB, GB / 2 - 1 }, INFINITY), DISK_LOW);
    assert_int_equal(disk_judge(&(struct disk_room){ GB, GB * 6 / 10 }, INFINITY), DISK_GOOD);
}

static void a_disk_is_low_two_weeks_ahead(void **state)
{
    const struct disk_room room = { 100 * GB, 50 * GB };

    (void)state;
    assert_int_equal(disk_judge(&room, 13.9), DISK_LOW);
    assert_int_equal(disk_judge(&room, 14), DISK_BETWEEN);
    assert_int_equal(disk_judge(&room, 20.9), DISK_BETWEEN);
    assert_int_equal(disk_judge(&room, 21), DISK_GOOD);
}

/* A disk of 100 GB is low at 10 GB; `day` days ago it had so much more, `step` a day. */
static double left_after(uint64_t available, int64_t step, size_t count, size_t odd_one)
{
    struct disk_day days[DISK_DAYS_MAX];

    for (size_t i = 0; i < count; i++) {
        days[i].day = 20000 + (int64_t)i;
        days[i].available = available + (uint64_t)(step * (int64_t)(count - 1 - i));
        if (i >= odd_one) /* from then on a large file was there, until today */
            days[i].available -= 5 * GB;
    }
    if (odd_one < count)
        days[count - 1].available += 5 * GB;
    return disk_days_left(&(struct disk_room){ 100 * GB, available }, days, count);
}

static void the_pace_of_the_days_says_when(void **state)
{
    (void)state;
    assert_float_equal(left_after(30 * GB, (int64_t)GB, 31, 99), 20, 0.001);
    assert_float_equal(left_after(30 * GB, (int64_t)GB, 4, 99), 20, 0.001);
    assert_float_equal(left_after(30 * GB, (int64_t)GB, 21, 19), 20, 1);
    assert_true(isinf(left_after(30 * GB, (int64_t)GB, 3, 99))); /* two days are no pace */
    assert_true(isinf(left_after(30 * GB, 0, 31, 99)));
    assert_true(isinf(left_after(30 * GB, -(int64_t)GB / 10, 31, 99)));
    assert_true(isinf(left_after(30 * GB, (int64_t)GB, 0, 99)));
    assert_float_equal(left_after(9 * GB, (int64_t)GB, 31, 99), 0, 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "pauses grow to an hour", pauses_grow_to_an_hour, NULL, NULL, NULL },
        { "a try comes to one of three ends", a_try_comes_to_one_of_three_ends, NULL, NULL, NULL },
        { "an hour has room for so many", an_hour_has_room_for_so_many, NULL, NULL, NULL },
        { "a digest waits for the oldest to be an hour old",
          a_digest_waits_for_the_oldest_to_be_an_hour_old, NULL, NULL, NULL },
        { "a disk is low under a tenth or 500 MB", a_disk_is_low_under_a_tenth_or_500_mb, NULL,
          NULL, NULL },
        { "a disk is low two weeks ahead", a_disk_is_low_two_weeks_ahead, NULL, NULL, NULL },
        { "the pace of the days says when", the_pace_of_the_days_says_when, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
