/* Claims about position: only who took the partition last, and knows where it stands, moves it; and
 * the ends of a log tell whether it is still the one that was read. */
#include "collector/engine/position.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

static struct position taken_by(struct store *store, const char *owner)
{
    struct position position = { .role = "sales", .topic = "carrito.sales", .partition = 3 };

    position_take(store, owner, &position);
    return position;
}

/* A batch of one owner's. */
static bool moves(struct store *store, const char *owner, struct position *position, int64_t next)
{
    struct position to = *position;

    to.next = next;
    to.last_ms = 1790000000000 + next;
    to.last_hash = -next;
    if (!position_advance(store, owner, position, &to))
        return false;
    *position = to;
    return true;
}

static void a_new_partition_begins_at_nothing(void **state)
{
    struct position position = taken_by(*state, "one");

    assert_int_equal(position.next, 0);
    assert_true(moves(*state, "one", &position, 10));
}

static void who_takes_it_goes_on_where_the_last_stood(void **state)
{
    struct position first = taken_by(*state, "one");

    assert_true(moves(*state, "one", &first, 10));
    struct position second = taken_by(*state, "two");
    assert_int_equal(second.next, 10);
    assert_int_equal(second.last_ms, 1790000000010);
    assert_int_equal(second.last_hash, -10);
    assert_true(moves(*state, "two", &second, 12));
}

static void who_lost_it_moves_nothing(void **state)
{
    struct position paused = taken_by(*state, "paused");

    assert_true(moves(*state, "paused", &paused, 10));
    struct position other = taken_by(*state, "other");
    assert_false(moves(*state, "paused", &paused, 11));
    assert_true(moves(*state, "other", &other, 11));
    /* Not even where both would lead to the same offset. */
    assert_false(moves(*state, "paused", &paused, 11));
}

static void who_is_behind_itself_moves_nothing(void **state)
{
    struct position position = taken_by(*state, "one");
    struct position stale = position;

    assert_true(moves(*state, "one", &position, 10));
    assert_false(moves(*state, "one", &stale, 10));
    assert_true(moves(*state, "one", &position, 11));
}

static void partitions_and_roles_stand_alone(void **state)
{
    struct position sales = taken_by(*state, "one");
    struct position location = { .role = "location", .topic = "carrito.sales", .partition = 3 };

    assert_true(moves(*state, "one", &sales, 10));
    position_take(*state, "one", &location);
    assert_int_equal(location.next, 0);
}

static void only_the_owner_starts_over(void **state)
{
    struct position position = taken_by(*state, "one");

    assert_true(moves(*state, "one", &position, 10));
    assert_false(position_restart(*state, "two", &position, 0));
    assert_true(position_restart(*state, "one", &position, 4));
    struct position again = taken_by(*state, "one");
    assert_int_equal(again.next, 4);
    assert_int_equal(again.last_ms, 0);
}

/* As after a topic was made anew with fewer partitions, or a release that no longer reads one. */
static void partitions_that_are_gone_hold_up_nothing(void **state)
{
    for (int32_t partition = 0; partition < 4; partition++) {
        struct position position = { .role = "sales",
                                     .topic = "carrito.sales",
                                     .partition = partition };
        position_take(*state, "one", &position);
        assert_true(position_pass(*state, "one", &position, partition < 2 ? 70 + partition : 5));
    }
    struct position other = { .role = "sales", .topic = "carrito.gone" };
    position_take(*state, "one", &other);
    assert_int_equal(position_watermark(*state, "sales", "carrito.sales", 4), 5);
    assert_int_equal(position_watermark(*state, "sales", "carrito.sales", 2), 70);
    assert_int_equal(position_watermark(*state, "sales", "carrito.sales", 0), 0);
    assert_int_equal(position_watermark(*state, "sales", "carrito.sales", 5), 0);
    position_forget(*state, "sales", "carrito.sales", 2);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM positions WHERE topic = 'carrito.sales'"),
                     2);
}

static void the_ends_of_the_log_are_judged(void **state)
{
    static const struct {
        int64_t next, last_ms, low, high;
        enum position_verdict verdict;
    } cases[] = {
        { 0, 0, 0, 0, POSITION_FRESH },    { 0, 0, 7, 90, POSITION_FRESH },
        { 10, 1, 0, 10, POSITION_VERIFY }, { 10, 1, 0, 90, POSITION_VERIFY },
        { 10, 1, 9, 90, POSITION_VERIFY }, { 10, 1, 10, 90, POSITION_GO_ON },
        { 10, 1, 10, 10, POSITION_GO_ON }, { 10, 1, 11, 90, POSITION_LOST },
        { 10, 1, 0, 9, POSITION_LOST },    { 10, 1, 0, 0, POSITION_LOST },
        { 10, 0, 4, 90, POSITION_GO_ON },  { 10, 0, 0, 9, POSITION_LOST },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct position position = { .next = cases[i].next, .last_ms = cases[i].last_ms };
        assert_int_equal(position_judge(&position, cases[i].low, cases[i].high), cases[i].verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a new partition begins at nothing", a_new_partition_begins_at_nothing, open_store,
          close_store, NULL },
        { "who takes it goes on where the last one stood",
          who_takes_it_goes_on_where_the_last_stood, open_store, close_store, NULL },
        { "who lost it moves nothing", who_lost_it_moves_nothing, open_store, close_store, NULL },
        { "who does not know where it stands moves nothing", who_is_behind_itself_moves_nothing,
          open_store, close_store, NULL },
        { "partitions and roles stand alone", partitions_and_roles_stand_alone, open_store,
          close_store, NULL },
        { "only the owner starts over", only_the_owner_starts_over, open_store, close_store, NULL },
        { "partitions that are gone hold up nothing", partitions_that_are_gone_hold_up_nothing,
          open_store, close_store, NULL },
        { "the ends of the log are judged", the_ends_of_the_log_are_judged, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
