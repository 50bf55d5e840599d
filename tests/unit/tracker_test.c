/* Proves what of a receiver's reports is kept: all that the filter lets through while the day is
 * open, and when it is closed only what `locate` asks for; the last fix is known at any time. */
#include "agent/tracker.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define WALL_MS 1790006400000LL

struct room {
    struct scratch scratch;
    struct group_commit commit;
    struct clock_source clock_source;
    struct tracker tracker;
    int64_t now_ms;
};

static struct moment moment_of(void *owner)
{
    const struct room *room = owner;

    return (struct moment){ WALL_MS + room->now_ms, CLOCK_NTP, "boot", room->now_ms };
}

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    scratch_make(&room->scratch);
    room->commit.cart = "BBCL23";
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", WALL_MS);
    room->tracker = (struct tracker){ .gps = source_gps_open("sim:3"),
                                      .clock_source = &room->clock_source,
                                      .commit = &room->commit,
                                      .moment = moment_of,
                                      .owner = room };
    position_init(&room->tracker.filter, 10);
    *state = room;
    return room->commit.outbox == NULL || room->tracker.gps == NULL;
}

static int clear_room(void **state)
{
    struct room *room = *state;

    source_gps_close(room->tracker.gps);
    outbox_close(room->commit.outbox);
    scratch_remove(&room->scratch);
    free(room);
    return 0;
}

/* How many positions so many seconds bring. */
static size_t positions_in(struct room *room, int seconds)
{
    size_t before = room->commit.position_count;

    for (int i = 0; i < seconds; i++) {
        room->now_ms += 1000;
        assert_int_equal(tracker_turn(&room->tracker, 0, room->now_ms, WALL_MS + room->now_ms),
                         OUTBOX_OK);
    }
    return room->commit.position_count - before;
}

static void a_closed_cart_records_what_locate_asks_for(void **state)
{
    struct room *room = *state;

    assert_in_range(positions_in(room, 60), 3, 8);
    tracker_rest(&room->tracker);
    assert_int_equal(positions_in(room, 120), 0);
    assert_true(tracker_last(&room->tracker).known);
    assert_in_range(tracker_last(&room->tracker).ms, WALL_MS + room->now_ms - 2000,
                    WALL_MS + room->now_ms);
    tracker_locate(&room->tracker, 5, room->now_ms + 30000);
    assert_in_range(positions_in(room, 29), 5, 7);
    assert_in_range(positions_in(room, 120), 0, 1);
    tracker_go_on(&room->tracker);
    assert_int_equal(positions_in(room, 2), 1);
    assert_in_range(positions_in(room, 60), 3, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_closed_cart_records_what_locate_asks_for, make_room,
                                        clear_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
