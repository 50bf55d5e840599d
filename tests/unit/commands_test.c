/* Proves that a command is carried out once, over restarts too, and that what cannot be read, is
 * unknown or has expired harms nothing. */
#include "agent/commands.h"
#include "agent/event_maker.h"
#include "agent/outbox_orders.h"

#include "common/day.h"

#include "full_disk.h"
#include "scratch.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL

struct room {
    struct scratch scratch;
    struct outbox *outbox;
    int locates, rewinds, intervals, interval_s;
    int64_t for_ms;
    int64_t wall_ms;
    bool wall_is_wrong;
    void (*when_rewound)(void);
};

static void locate(void *owner, int interval_s, int64_t for_ms)
{
    struct room *room = owner;

    room->locates++;
    room->interval_s = interval_s;
    room->for_ms = for_ms;
}

static void rewound(void *owner)
{
    struct room *room = owner;

    room->rewinds++;
    if (room->when_rewound != NULL)
        room->when_rewound();
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
    room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    room->wall_ms = NOW_MS;
    *state = room;
    return room->outbox == NULL;
}

static int clear_room(void **state)
{
    struct room *room = *state;

    disk_takes_all();
    disk_has_room();
    outbox_close(room->outbox);
    day_set_starts(NULL, 0);
    scratch_remove(&room->scratch);
    free(room);
    return 0;
}

static void command(struct room *room, const char *text)
{
    static const struct command_calls calls = { locate, rewound, location_interval, NULL, NULL };
    struct command_context context = { room->outbox,         &calls, room, room->wall_ms,
                                       !room->wall_is_wrong, "boot", 1000 };

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
    assert_int_equal(room->for_ms, 60000);
    outbox_close(room->outbox);
    room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    command(room, "{\"id\":\"a\",\"command\":\"locate\"}");
    assert_int_equal(room->locates, 1);
    command(room, "{\"id\":\"b\",\"command\":\"locate\"}");
    assert_int_equal(room->locates, 2);
    assert_true(room->for_ms > 60000);
}

static void what_makes_no_sense_is_done_and_harmless(void **state)
{
    static const char *const senseless[] = {
        "{\"id\":\"s\",\"command\":\"dance\"}",
        "{\"id\":\"s\",\"command\":\"locate\",\"interval_s\":0}",
        "{\"id\":\"s\",\"command\":\"locate\",\"interval_s\":\"5\"}",
        "{\"id\":\"s\",\"command\":\"locate\",\"expires_ms\":1790006399999}",
        "{\"id\":\"s\",\"command\":\"replay\",\"epoch\":\"0123456789abcdef\",\"from\":1}",
        "{\"id\":\"s\",\"command\":\"replay\",\"epoch\":\"0123456789abcdef\",\"since_ms\":1}",
        "{\"id\":\"s\",\"command\":\"config\"}",
        "{\"id\":\"s\",\"command\":\"order-offer\"}",
        "{\"id\":\"s\",\"command\":\"order-cancel\",\"order\":\"o-1\"}",
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
    struct event_maker maker = { .cart = "BBCL23", .head = *outbox_head(outbox) };
    struct event events[3];

    for (int i = 0; i < 3; i++)
        event_maker_stock(&maker, &moment, i, &events[i]);
    assert_int_equal(outbox_commit(outbox, events, 3, NULL), OUTBOX_OK);
}

static void commit_a_sale(struct outbox *outbox)
{
    struct moment moment = { NOW_MS, CLOCK_NTP, "boot", 1 };
    struct sale_request sale = { .quantity = 1, .amount = EVENT_ABSENT };
    struct event_maker maker = { .cart = "BBCL23", .head = *outbox_head(outbox) };
    struct event event;

    event_maker_sale(&maker, &moment, &sale, &event);
    assert_int_equal(outbox_commit(outbox, &event, 1, NULL), OUTBOX_OK);
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

#define OFFER(id, order)                                                                           \
    "{\"id\":\"" id "\",\"command\":\"order-offer\",\"order\":\"" order "\",\"turn\":1,"           \
    "\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500}"
#define CANCEL(id, order)                                                                          \
    "{\"id\":\"" id "\",\"command\":\"order-cancel\",\"order\":\"" order "\",\"turn\":1,"          \
    "\"reason\":\"cancelled\"}"

static void orders_are_kept_for_the_vendor(void **state)
{
    struct room *room = *state;
    struct seen seen = { "" };

    command(room, OFFER("a", "o-1"));
    outbox_each_order(room->outbox, 9, see, &seen);
    assert_string_equal(seen.text, "o-1=ofrecido ");
    command(room, CANCEL("b", "o-1"));
    seen.text[0] = '\0';
    outbox_each_order(room->outbox, 9, see, &seen);
    assert_string_equal(seen.text, "o-1=cancelado ");
}

static void what_the_disk_did_not_take_is_not_done(void **state)
{
    struct room *room = *state;

    disk_takes(0);
    command(room, OFFER("a", "o-1"));
    disk_takes_all();
    assert_false(outbox_is_done(room->outbox, "a"));
}

/* Here the disk takes the id, but not the order. */
static void an_order_that_was_not_kept_comes_again(void **state)
{
    static const char offer[] = OFFER("a", "o-1");
    struct room *room = *state;
    struct seen seen = { "" };

    change(room, "CREATE TRIGGER no BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'no'); END");
    command(room, offer);
    assert_false(outbox_is_done(room->outbox, "a"));
    change(room, "DROP TRIGGER no");
    outbox_close(room->outbox); /* as the agent does after such a failure */
    room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    command(room, offer);
    assert_true(outbox_is_done(room->outbox, "a"));
    outbox_each_order(room->outbox, 9, see, &seen);
    assert_string_equal(seen.text, "o-1=ofrecido ");
}

/* A clock ahead would have all commands expired, one behind would locate for hours. */
static void a_wrong_clock_judges_nothing(void **state)
{
    static const int64_t wrong_by_ms[] = { 8LL * 365 * 86400000, 120000, 0, -120000,
                                           -30LL * 86400000 };
    struct room *room = *state;

    room->wall_is_wrong = true;
    for (size_t i = 0; i < sizeof wrong_by_ms / sizeof *wrong_by_ms; i++) {
        char text[160];
        room->wall_ms = NOW_MS + wrong_by_ms[i];
        snprintf(text, sizeof text,
                 "{\"id\":\"%zu\",\"command\":\"locate\",\"until_ms\":%lld,\"expires_ms\":%lld}", i,
                 NOW_MS + 60000, NOW_MS + 60000);
        command(room, text);
        assert_int_equal(room->locates, i + 1);
        assert_int_equal(room->for_ms, 600000);
    }
}

static void a_right_clock_judges(void **state)
{
    struct room *room = *state;

    command(room, "{\"id\":\"a\",\"command\":\"locate\",\"expires_ms\":1790006399999}");
    assert_int_equal(room->locates, 0);
    command(room, "{\"id\":\"b\",\"command\":\"locate\",\"expires_ms\":1790006400000,"
                  "\"until_ms\":1790006399000}");
    assert_int_equal(room->locates, 1);
    assert_int_equal(room->for_ms, 0); /* one position */
}

static void replay_all(struct room *room)
{
    char text[160];

    snprintf(text, sizeof text, "{\"id\":\"r\",\"command\":\"replay\",\"epoch\":\"%s\",\"from\":1}",
             outbox_head(room->outbox)->epoch);
    command(room, text);
}

static void cut_the_power(void)
{
    _exit(0);
}

/* Of the child nothing but what is in the file outlives _exit. */
static void after_a_power_cut_a_replay_is_done_or_comes_again(void **state)
{
    struct room *room = *state;

    commit_three(room->outbox);
    outbox_acknowledge(room->outbox, 3);
    for (int cut = 0; cut < 2; cut++) {
        int status = 1;
        outbox_close(room->outbox);
        pid_t child = fork();
        if (child == 0) {
            room->when_rewound = cut == 0 ? cut_the_power : NULL;
            room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
            replay_all(room);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
        assert_true(outbox_is_done(room->outbox, "r"));
        assert_int_equal(outbox_head(room->outbox)->acked_seq, 0);
    }
}

static void a_full_disk_rewinds_nothing(void **state)
{
    struct room *room = *state;

    commit_three(room->outbox);
    outbox_acknowledge(room->outbox, 3);
    disk_is_full();
    replay_all(room);
    replay_all(room);
    assert_int_equal(room->rewinds, 0);
    assert_int_equal(outbox_head(room->outbox)->acked_seq, 3);
    command(room, "{\"id\":\"c\",\"command\":\"config\",\"location_s\":30}");
    command(room, "{\"id\":\"l\",\"command\":\"locate\"}");
    assert_int_equal(room->intervals + room->locates, 0);
    disk_has_room();
    assert_false(outbox_is_done(room->outbox, "r"));
    replay_all(room);
    assert_int_equal(room->rewinds, 1);
    assert_int_equal(outbox_head(room->outbox)->acked_seq, 0);
}

static void config_lasts(void **state)
{
    struct room *room = *state;

    assert_int_equal(outbox_location_s(room->outbox), 0);
    command(room, "{\"id\":\"a\",\"command\":\"config\",\"location_s\":30}");
    command(room, "{\"id\":\"b\",\"command\":\"config\",\"location_s\":45}");
    command(room, "{\"id\":\"c\",\"command\":\"config\",\"location_s\":3601}");
    command(room, "{\"id\":\"d\",\"command\":\"config\",\"mqtt_host\":\"elsewhere\"}");
    outbox_close(room->outbox);
    room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_int_equal(outbox_location_s(room->outbox), 45);
}

static void days_begin_as_config_says(void **state)
{
    struct room *room = *state;
    int32_t day = day_of_ms(NOW_MS); /* noon there */
    char text[128], from[DAY_TEXT_SIZE];

    day_text(day + 2, from);
    snprintf(
        text, sizeof text,
        "{\"id\":\"a\",\"command\":\"config\",\"day_start\":\"04:00\",\"day_start_from\":\"%s\"}",
        from);
    command(room, text);
    assert_int_equal(room->intervals, 0);
    assert_int_equal(day_start_minutes(day + 1), 0);
    assert_int_equal(day_start_minutes(day + 2), 240);
    day_set_starts(NULL, 0); /* as in another process */
    outbox_close(room->outbox);
    room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_int_equal(day_start_minutes(day + 1), 0);
    assert_int_equal(day_start_minutes(day + 2), 240);
    struct outbox *reader = outbox_open_reader(room->scratch.path);
    assert_non_null(reader);
    outbox_close(reader);
    assert_int_equal(day_start_minutes(day + 2), 240);
}

static void a_start_that_is_told_late_holds_from_the_guilds_day_on(void **state)
{
    struct room *room = *state;
    int32_t day = day_of_ms(NOW_MS);
    char text[128], from[DAY_TEXT_SIZE];

    commit_a_sale(room->outbox);
    day_text(day, from);
    snprintf(
        text, sizeof text,
        "{\"id\":\"a\",\"command\":\"config\",\"day_start\":\"04:00\",\"day_start_from\":\"%s\"}",
        from);
    command(room, text);
    assert_int_equal(day_start_minutes(day - 1), 0);
    assert_int_equal(day_start_minutes(day), 240);
}

static void a_start_without_its_day_holds_from_the_next_day_on(void **state)
{
    struct room *room = *state;
    int32_t day = day_of_ms(NOW_MS);

    commit_a_sale(room->outbox);
    command(room, "{\"id\":\"a\",\"command\":\"config\",\"day_start\":\"04:00\"}");
    assert_int_equal(day_start_minutes(day), 0);
    assert_int_equal(day_start_minutes(day + 1), 240);
    command(room, "{\"id\":\"b\",\"command\":\"config\",\"day_start\":\"12:01\"}");
    command(room, "{\"id\":\"c\",\"command\":\"config\",\"day_start\":\"05:00\","
                  "\"day_start_from\":\"tomorrow!!\"}");
    assert_int_equal(day_start_minutes(day + 1), 240);
    assert_true(outbox_is_done(room->outbox, "b") && outbox_is_done(room->outbox, "c"));
}

static void a_new_cart_begins_its_day_with_the_guild(void **state)
{
    struct room *room = *state;

    command(room, "{\"id\":\"a\",\"command\":\"config\",\"day_start\":\"04:00\","
                  "\"day_start_from\":\"2020-01-01\"}");
    assert_int_equal(day_start_minutes(day_of_ms(NOW_MS)), 240);
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
        CLAIM("a clock that is not right judges nothing", a_wrong_clock_judges_nothing),
        CLAIM("a right clock judges", a_right_clock_judges),
        CLAIM("a replay and its id outlive a power cut together",
              after_a_power_cut_a_replay_is_done_or_comes_again),
        CLAIM("a full disk rewinds nothing", a_full_disk_rewinds_nothing),
        CLAIM("config outlives a restart", config_lasts),
        CLAIM("config sets the interval", config_sets_the_interval),
        CLAIM("days begin as config says, for readers and after a restart",
              days_begin_as_config_says),
        CLAIM("a cart that never sold begins its day with the guild",
              a_new_cart_begins_its_day_with_the_guild),
        CLAIM("a start that is told late holds from the guild's day on",
              a_start_that_is_told_late_holds_from_the_guilds_day_on),
        CLAIM("a start without its day holds from the next day on",
              a_start_without_its_day_holds_from_the_next_day_on),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
