/* Proves that a command is carried out once, over restarts too, and that what cannot be read, is
 * unknown or has expired harms nothing. */
#include "agent/commands.h"
#include "agent/ledger.h"

#include "common/day.h"

#include "scratch.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL

struct room {
    struct scratch scratch;
    struct outbox *outbox;
    int locates, rewinds, intervals, interval_s;
    int64_t until_ms;
};

static void locate(void *owner, int interval_s, int64_t until_ms)
{
    struct room *room = owner;

    room->locates++;
    room->interval_s = interval_s;
    room->until_ms = until_ms;
}

static void rewound(void *owner)
{
    ((struct room *)owner)->rewinds++;
}

static void location_interval(void *owner, int interval_s)
{
    ((struct room *)owner)->intervals++;
    ((struct room *)owner)->interval_s = interval_s;
}

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    scratch_make(&room->scratch);
    room->outbox = outbox_open(room->scratch.path, NOW_MS);
    *state = room;
    return room->outbox == NULL;
}

static int clear_room(void **state)
{
    struct room *room = *state;

    disk_takes_all();
    outbox_close(room->outbox);
    scratch_remove(&room->scratch);
    free(room);
    return 0;
}

static void command(struct room *room, const char *text)
{
    static const struct command_calls calls = { locate, rewound, location_interval };
    struct command_context context = { room->outbox, &calls, room, NOW_MS };

    commands_do(&context, text, strlen(text));
}

/* Beside the open outbox. */
static void change(struct room *room, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(room->scratch.path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void locate_is_done_once(void **state)
{
    struct room *room = *state;

    for (int i = 0; i < 3; i++)
        command(room, "{\"id\":\"a\",\"command\":\"locate\",\"interval_s\":7,"
                      "\"until_ms\":1790006460000}");
    assert_int_equal(room->locates, 1);
    assert_int_equal(room->interval_s, 7);
    assert_int_equal(room->until_ms, 1790006460000LL);
    outbox_close(room->outbox);
    room->outbox = outbox_open(room->scratch.path, NOW_MS);
    command(room, "{\"id\":\"a\",\"command\":\"locate\"}");
    assert_int_equal(room->locates, 1);
    command(room, "{\"id\":\"b\",\"command\":\"locate\"}");
    assert_int_equal(room->locates, 2);
    assert_true(room->until_ms > NOW_MS);
}

static void what_makes_no_sense_is_done_and_harmless(void **state)
{
    static const char *const senseless[] = {
        "{\"id\":\"s\",\"command\":\"dance\"}",
        "{\"id\":\"s\",\"command\":\"locate\",\"interval_s\":0}",
        "{\"id\":\"s\",\"command\":\"locate\",\"interval_s\":\"5\"}",
        "{\"id\":\"s\",\"command\":\"locate\",\"expires_ms\":1790006399999}",
        "{\"id\":\"s\",\"command\":\"replay\",\"epoch\":\"0123456789abcdef\",\"from\":1}",
        "{\"id\":\"s\",\"command\":\"config\"}",
        "{\"id\":\"s\",\"command\":\"order-offer\"}",
    };

    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        struct room *room = *state;
        command(room, senseless[i]);
        assert_int_equal(room->locates + room->rewinds + room->intervals, 0);
        assert_true(outbox_is_done(room->outbox, "s"));
        clear_room(state);
        make_room(state);
    }
}

static void rubbish_is_left(void **state)
{
    static const char *const rubbish[] = {
        "",
        "rubbish",
        "[]",
        "{}",
        "{\"id\":7,\"command\":\"locate\"}",
        "{\"id\":\"\",\"command\":\"locate\"}",
        "{\"command\":\"locate\"}",
        "{\"id\":\"a\"}",
        "{\"id\":\"a\",\"id\":\"b\",\"command\":\"locate\"}",
        "{\"id\":\"a\",\"command\":\"locate\",\"x\":[[[[[[1]]]]]]}",
    };
    struct room *room = *state;

    for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++)
        command(room, rubbish[i]);
    assert_int_equal(room->locates, 0);
    assert_false(outbox_is_done(room->outbox, "a"));
}

static void commit_three(struct outbox *outbox)
{
    struct moment moment = { NOW_MS, CLOCK_NTP, "boot", 1 };
    struct ledger ledger = { .cart = "BBCL23", .head = *outbox_head(outbox) };
    struct event events[3];

    for (int i = 0; i < 3; i++)
        ledger_stock(&ledger, &moment, i, &events[i]);
    assert_int_equal(outbox_commit(outbox, events, 3), OUTBOX_OK);
}

static void replay_sends_again_whatever_ack_comes_late(void **state)
{
    struct room *room = *state;
    struct outbox_range range = { 0, INT64_MAX, 2, 4096 };
    struct buffer rows = { 0 };
    char text[256];
    unsigned events;

    commit_three(room->outbox);
    outbox_acknowledge(room->outbox, 3);
    snprintf(text, sizeof text, "{\"id\":\"r\",\"command\":\"replay\",\"epoch\":\"%s\",\"from\":1}",
             outbox_head(room->outbox)->epoch);
    command(room, text);
    assert_int_equal(room->rewinds, 1);
    assert_int_equal(outbox_head(room->outbox)->acked_seq, 0);
    outbox_acknowledge(room->outbox, 3); /* of the first sending */
    assert_int_equal(outbox_head(room->outbox)->acked_seq, 0);
    assert_int_equal(outbox_read(room->outbox, &range, &rows, &events), 2);
    outbox_acknowledge(room->outbox, 2);
    assert_int_equal(outbox_head(room->outbox)->acked_seq, 2);
    command(room, text); /* once only */
    assert_int_equal(outbox_head(room->outbox)->acked_seq, 2);
    buffer_free(&rows);
}

struct seen {
    char text[512];
};

static void see(void *owner, const struct order_row *order)
{
    struct seen *seen = owner;
    size_t length = strlen(seen->text);

    snprintf(seen->text + length, sizeof seen->text - length, "%s=%s ", order->id, order->status);
}

static void orders_are_kept_for_the_vendor(void **state)
{
    struct room *room = *state;
    struct seen seen = { "" };

    command(room, "{\"id\":\"a\",\"command\":\"order-offer\",\"order\":\"o-1\",\"product\":\"x\"}");
    outbox_each_order(room->outbox, 9, see, &seen);
    assert_string_equal(seen.text, "o-1=ofrecido ");
    command(room, "{\"id\":\"b\",\"command\":\"order-cancel\",\"order\":\"o-1\"}");
    seen.text[0] = '\0';
    outbox_each_order(room->outbox, 9, see, &seen);
    assert_string_equal(seen.text, "o-1=cancelado ");
}

static void what_the_disk_did_not_take_is_not_done(void **state)
{
    struct room *room = *state;

    disk_takes(0);
    command(room, "{\"id\":\"a\",\"command\":\"order-offer\",\"order\":\"o-1\"}");
    disk_takes_all();
    assert_false(outbox_is_done(room->outbox, "a"));
}

/* Here the disk takes the id, but not the order. */
static void an_order_that_was_not_kept_comes_again(void **state)
{
    static const char offer[] = "{\"id\":\"a\",\"command\":\"order-offer\",\"order\":\"o-1\"}";
    struct room *room = *state;
    struct seen seen = { "" };

    change(room, "CREATE TRIGGER no BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'no'); END");
    command(room, offer);
    assert_false(outbox_is_done(room->outbox, "a"));
    change(room, "DROP TRIGGER no");
    command(room, offer);
    assert_true(outbox_is_done(room->outbox, "a"));
    outbox_each_order(room->outbox, 9, see, &seen);
    assert_string_equal(seen.text, "o-1=ofrecido ");
}

static void config_sets_the_interval(void **state)
{
    struct room *room = *state;

    command(room, "{\"id\":\"a\",\"command\":\"config\",\"location_s\":30}");
    assert_int_equal(room->intervals, 1);
    assert_int_equal(room->interval_s, 30);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a command is carried out once", locate_is_done_once),
        CLAIM("a senseless command is done and harmless", what_makes_no_sense_is_done_and_harmless),
        CLAIM("rubbish is left", rubbish_is_left),
        CLAIM("a late ack does not end a replay", replay_sends_again_whatever_ack_comes_late),
        CLAIM("offers and cancellations are kept", orders_are_kept_for_the_vendor),
        CLAIM("what the disk refused is not done", what_the_disk_did_not_take_is_not_done),
        CLAIM("an order that was not kept comes again", an_order_that_was_not_kept_comes_again),
        CLAIM("config sets the interval", config_sets_the_interval),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
