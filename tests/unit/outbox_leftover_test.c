/* Proves which files beside the outbox are removed, and when: those that the centre has all of,
 * after their time, or at once where the card is full; never one of which something may wait. */
#include "outbox_room.h"

#include "agent/outbox_aside.h"
#include "agent/outbox_leftover.h"
#include "common/day.h"

#include <fcntl.h>
#include <sys/stat.h>

#define DAY_MS 86400000LL

static char names[6][1024];

/* A file of this name, so many days old; it has a log, too. */
static const char *put(void **state, int place, const char *name, int days)
{
    char log[1100];

    snprintf(names[place], sizeof names[place], "%s%s", path_of(state), name);
    snprintf(log, sizeof log, "%s-wal", names[place]);
    const char *paths[] = { log, names[place] };
    for (size_t i = 0; i < 2; i++) {
        const time_t then = (time_t)(NOON_MS / 1000 - days * 86400LL);
        const struct timespec times[2] = { { .tv_sec = then }, { .tv_sec = then } };
        int fd = open(paths[i], O_WRONLY | O_CREAT, 0600);
        assert_true(fd >= 0);
        assert_int_equal(futimens(fd, times), 0);
        close(fd);
    }
    return names[place];
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void sent_ones_go_after_a_month(void **state)
{
    const char *older = put(state, 0, ".sent-BBCL23-1000", 31);
    const char *younger = put(state, 1, ".sent-BBCL23-900", 29);

    outbox_leftover_tidy(path_of(state), NOON_MS);
    assert_false(is_there(older));
    assert_int_equal(scratch_each(*state, "1000-wal", NULL), 0);
    assert_true(is_there(younger));
}

static void what_may_wait_stays(void **state)
{
    const char *former = put(state, 0, ".former-BBCL23-1000", 400);
    const char *damaged = put(state, 1, ".damaged-1000", 400);

    outbox_leftover_tidy(path_of(state), NOON_MS);
    assert_false(outbox_leftover_give_up(path_of(state)));
    assert_true(is_there(former));
    assert_true(is_there(damaged));
}

static void a_damaged_one_goes_when_its_rescue_has_arrived(void **state)
{
    const char *whole = put(state, 0, ".damaged-whole-1000", 31);
    const char *rescue = put(state, 1, ".former-BBCL23-1000", 31);

    outbox_leftover_tidy(path_of(state), NOON_MS);
    assert_false(outbox_leftover_give_up(path_of(state)));
    assert_true(is_there(whole));
    assert_true(outbox_aside_sent(rescue));
    outbox_leftover_tidy(path_of(state), NOON_MS);
    assert_false(is_there(whole));
    assert_int_equal(scratch_each(*state, ".sent-", NULL), 1); /* just now */
}

static void a_full_card_has_the_oldest_first(void **state)
{
    const char *whole = put(state, 0, ".damaged-whole-500", 0);
    const char *second = put(state, 1, ".sent-BBCL23-2000", 0);
    const char *first = put(state, 2, ".sent-ZZTP10-1000", 0);

    assert_true(outbox_leftover_give_up(path_of(state)));
    assert_false(is_there(first));
    assert_true(is_there(second));
    assert_true(outbox_leftover_give_up(path_of(state)));
    assert_false(is_there(second));
    assert_true(is_there(whole));
    assert_true(outbox_leftover_give_up(path_of(state)));
    assert_false(is_there(whole));
    assert_false(outbox_leftover_give_up(path_of(state)));
}

/* Of a sale by a right clock the outbox knows what time it is. */
static void an_outbox_tidies_by_a_right_clock(void **state)
{
    const char *sent = put(state, 0, ".sent-BBCL23-1000", 31);
    struct sale_request sale = { .quantity = 1, .price = EVENT_ABSENT };
    struct outbox *outbox = opened(state);

    for (int right = 0; right < 2; right++) {
        struct moment moment = { NOON_MS, right == 1 ? CLOCK_NTP : CLOCK_NONE, "boot", 1000 };
        for (int i = 0; i < OUTBOX_TIDY_COMMITS; i++) {
            struct event_maker maker = maker_of(outbox);
            struct event event;
            event_maker_sale(&maker, &moment, &sale, &event);
            assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
        }
        assert_true(outbox_tidy(outbox));
        assert_int_equal(is_there(sent), right == 0);
    }
    outbox_close(outbox);
}

static void a_full_disk_has_it_before_rows_go(void **state)
{
    const char *sent = put(state, 0, ".sent-BBCL23-1000", 0);
    struct outbox *outbox = opened(state);

    for (int i = 0; i < 10; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, 10);
    assert_int_equal(outbox_save(outbox), OUTBOX_OK);
    disk_is_full();
    sell(outbox, NOON_MS, 1);
    disk_has_room();
    assert_false(is_there(sent));
    assert_true(count_rows(outbox, 0) >= 10);
    outbox_close(outbox);
}

static void it_says_since_when_rows_are_kept(void **state)
{
    struct outbox *outbox = opened(state);

    assert_int_equal(outbox_kept_since_ms(outbox), 0);
    assert_int_equal(sell(outbox, NOON_MS - DAY_MS, 1), OUTBOX_OK);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, 2);
    assert_int_equal(outbox_kept_since_ms(outbox), NOON_MS - DAY_MS);
    outbox_close(outbox);
    change_by_sql(state, "DELETE FROM events WHERE seq = 1"); /* as pruning does */
    outbox = opened(state);
    assert_int_equal(outbox_kept_since_ms(outbox), NOON_MS);
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("sent ones go after a month", sent_ones_go_after_a_month),
        CLAIM("what may wait stays", what_may_wait_stays),
        CLAIM("a damaged one goes when its rescue has arrived",
              a_damaged_one_goes_when_its_rescue_has_arrived),
        CLAIM("a full card has the oldest first", a_full_card_has_the_oldest_first),
        CLAIM("an outbox tidies by a right clock", an_outbox_tidies_by_a_right_clock),
        CLAIM("it says since when rows are kept", it_says_since_when_rows_are_kept),
        CLAIM("a full disk has it before rows go", a_full_disk_has_it_before_rows_go),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
