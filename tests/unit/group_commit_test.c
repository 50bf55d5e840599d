/* Proves that positions share commits and wait at most ten seconds, that they never come after an
 * act that they precede, and that a disk that does not take them is not asked at every turn. */
#include "agent/group_commit.h"

#include "common/day.h"

#include "full_disk.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL

struct room {
    struct scratch scratch;
    struct group_commit commit;
};

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    scratch_make(&room->scratch);
    room->commit.cart = "BBCL23";
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    *state = room;
    return room->commit.outbox == NULL;
}

static int clear_room(void **state)
{
    struct room *room = *state;

    disk_takes_all();
    disk_has_room();
    outbox_close(room->commit.outbox);
    scratch_remove(&room->scratch);
    free(room);
    return 0;
}

static struct group_commit *commit_of(void **state)
{
    return &((struct room *)*state)->commit;
}

static int64_t last_seq(const struct group_commit *commit)
{
    return outbox_head(commit->outbox)->last_seq;
}

static enum outbox_result place(struct group_commit *commit, double lat, int64_t mono_ms)
{
    struct event position;

    event_clear(&position);
    position.ts_ms = NOW_MS + mono_ms;
    position.lat = lat;
    position.lon = -70;
    return group_commit_position(commit, &position, mono_ms);
}

static size_t make_sale(void *owner, struct event_maker *maker, struct event *events)
{
    struct moment moment = { NOW_MS, CLOCK_NTP, "boot", 1 };
    struct sale_request sale = { .quantity = 2, .amount = 1000, .price = EVENT_ABSENT };

    (void)owner;
    event_maker_sale(maker, &moment, &sale, events);
    return 1;
}

static void positions_wait_ten_seconds_together(void **state)
{
    struct group_commit *commit = commit_of(state);

    assert_int_equal(group_commit_flush(commit, 0), OUTBOX_OK);
    assert_int_equal(place(commit, -33.1, 5000), OUTBOX_OK);
    assert_int_equal(place(commit, -33.2, 12000), OUTBOX_OK);
    assert_int_equal(group_commit_flush(commit, 5000 + POSITIONS_MS_MAX - 1), OUTBOX_OK);
    assert_int_equal(last_seq(commit), 0);
    assert_int_equal(group_commit_last_fix_ms(commit), NOW_MS + 12000);
    assert_int_equal(group_commit_flush(commit, 5000 + POSITIONS_MS_MAX), OUTBOX_OK);
    assert_int_equal(last_seq(commit), 2);
    assert_int_equal(group_commit_last_fix_ms(commit), NOW_MS + 12000);
    assert_true(outbox_head(commit->outbox)->lat == -33.2);
}

static void a_sale_takes_them_along_in_order(void **state)
{
    struct group_commit *commit = commit_of(state);
    struct outbox_range range = { 1, INT64_MAX, 1, 4096 };
    struct buffer row = { 0 };
    struct json_reason why;
    struct event event;
    unsigned events;

    place(commit, -33.1, 5000);
    assert_int_equal(group_commit_act(commit, make_sale, NULL), OUTBOX_OK);
    assert_int_equal(last_seq(commit), 2);
    assert_int_equal(outbox_read(commit->outbox, &range, &row, &events), 2);
    assert_true(event_read(row.bytes, row.length - 1, &event, &why));
    assert_int_equal(event.type, EVENT_SALE);
    assert_true(event.has_position && event.lat == -33.1 && event.fix_ms == NOW_MS + 5000);
    assert_int_equal(group_commit_flush(commit, 60000), OUTBOX_OK); /* nothing is left to flush */
    assert_int_equal(last_seq(commit), 2);
    buffer_free(&row);
}

static void a_full_room_commits_by_itself(void **state)
{
    struct group_commit *commit = commit_of(state);

    for (int i = 0; i < POSITIONS_MAX + 1; i++)
        assert_int_equal(place(commit, -33, 0), OUTBOX_OK);
    assert_int_equal(last_seq(commit), POSITIONS_MAX);
    assert_int_equal(commit->position_count, 1);
}

static void a_failing_disk_keeps_them_and_is_left_in_peace(void **state)
{
    struct group_commit *commit = commit_of(state);

    place(commit, -33.1, 0);
    disk_takes(0);
    assert_int_not_equal(group_commit_flush(commit, 10000), OUTBOX_OK);
    assert_int_not_equal(group_commit_act(commit, make_sale, NULL), OUTBOX_OK);
    assert_int_equal(commit->position_count, 1);
    assert_int_equal(group_commit_flush(commit, 10001),
                     OUTBOX_OK); /* not tried: it is not time yet */
    disk_takes_all();
    assert_int_equal(last_seq(commit), 0);
    assert_int_equal(group_commit_flush(commit, 20000), OUTBOX_OK);
    assert_int_equal(last_seq(commit), 1);
    assert_int_equal(commit->position_count, 0);
}

static int tries;

static size_t count_a_try(void *owner, struct event_maker *maker, struct event *events)
{
    tries++;
    return make_sale(owner, maker, events);
}

static void an_act_that_nobody_waits_for_leaves_a_failing_disk_in_peace(void **state)
{
    struct group_commit *commit = commit_of(state);

    tries = 0;
    disk_is_full();
    assert_int_equal(group_commit_act_unhurried(commit, count_a_try, NULL, 5000), OUTBOX_FULL);
    for (int turn = 1; turn < 100; turn++)
        group_commit_act_unhurried(commit, count_a_try, NULL, 5000 + turn);
    assert_int_equal(tries, 1);
    assert_int_equal(group_commit_act_unhurried(commit, count_a_try, NULL, 15000), OUTBOX_FULL);
    disk_has_room();
    assert_int_equal(group_commit_act(commit, count_a_try, NULL),
                     OUTBOX_OK); /* the vendor's never waits */
    assert_int_equal(group_commit_act_unhurried(commit, count_a_try, NULL, 25000), OUTBOX_OK);
    assert_int_equal(tries, 4);
    assert_int_equal(last_seq(commit), 2);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("positions share a commit within ten seconds", positions_wait_ten_seconds_together),
        CLAIM("a sale commits them before itself", a_sale_takes_them_along_in_order),
        CLAIM("a full room commits", a_full_room_commits_by_itself),
        CLAIM("an act that nobody waits for leaves a full disk in peace",
              an_act_that_nobody_waits_for_leaves_a_failing_disk_in_peace),
        CLAIM("a failing disk keeps them waiting", a_failing_disk_keeps_them_and_is_left_in_peace),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
