/* Claims about the command desk: when a command is sent, when it ends, and that the position in
 * Kafka never passes one that still waits. */
#include "bridge/command_desk.h"
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1790000000000 /* wall clock */

static enum command_verdict take(struct command_desk *desk, int64_t offset, const char *value)
{
    struct json_reason why;
    struct command_record record = {
        .key = "BBCL23",
        .key_length = 6,
        .value = value,
        .value_length = strlen(value),
        .partition = 2,
        .offset = offset,
        .timestamp_ms = NOW,
    };

    return command_desk_take(desk, &record, NOW, &why);
}

static void heartbeat(struct command_desk *desk, const char *cart, const char *payload)
{
    command_desk_heartbeat(desk, cart, payload, strlen(payload));
}

static int64_t position(struct command_desk *desk)
{
    struct command_position position;

    if (!command_desk_moved(desk, &position))
        return -1;
    assert_int_equal(position.partition, 2);
    return position.offset;
}

static void sends_until_done(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    assert_null(command_desk_next(desk, 0, NOW));
    assert_int_equal(take(desk, 5, "{\"id\":\"a\",\"command\":\"locate\"}"), COMMAND_TAKEN);
    const struct command *command = command_desk_next(desk, 1000, NOW);
    assert_non_null(command);
    assert_string_equal(command->cart, "BBCL23");
    assert_int_equal(command->length, strlen("{\"id\":\"a\",\"command\":\"locate\"}"));
    assert_null(command_desk_next(desk, 1000, NOW));
    assert_int_equal(command_desk_due_ms(desk), 31000);
    assert_null(command_desk_next(desk, 30999, NOW));
    assert_non_null(command_desk_next(desk, 31000, NOW));
    heartbeat(desk, "OTHER-1", "{\"ts_ms\":1,\"done\":[\"a\"]}");
    assert_non_null(command_desk_next(desk, 61000, NOW));
    heartbeat(desk, "BBCL23", "{\"ts_ms\":1,\"done\":[\"z\",7,\"a\"]}");
    assert_null(command_desk_next(desk, 91000, NOW));
    assert_int_equal(command_desk_due_ms(desk), INT64_MAX);
    command_desk_close(desk);
}

static void a_new_command_is_due_at_once(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    assert_true(clock_until_ms(command_desk_due_ms(desk), 1000) > COMMAND_RESEND_MS);
    assert_int_equal(take(desk, 5, "{\"id\":\"a\",\"command\":\"locate\"}"), COMMAND_TAKEN);
    assert_int_equal(clock_until_ms(command_desk_due_ms(desk), 1000), 0);
    assert_non_null(command_desk_next(desk, 1000, NOW));
    assert_int_equal(clock_until_ms(command_desk_due_ms(desk), 1000),
                     0); /* the rest is looked at */
    assert_null(command_desk_next(desk, 1000, NOW));
    assert_int_equal(clock_until_ms(command_desk_due_ms(desk), 1000), COMMAND_RESEND_MS);
    command_desk_close(desk);
}

static void sends_in_order(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    take(desk, 0, "{\"id\":\"a\",\"command\":\"locate\"}");
    take(desk, 1, "{\"id\":\"b\",\"command\":\"replay\"}");
    take(desk, 2, "{\"id\":\"c\",\"command\":\"config\"}");
    assert_string_equal(command_desk_next(desk, 0, NOW)->id, "a");
    assert_string_equal(command_desk_next(desk, 0, NOW)->id, "b");
    heartbeat(desk, "BBCL23", "{\"done\":[\"a\"]}");
    assert_string_equal(command_desk_next(desk, 0, NOW)->id, "c");
    assert_null(command_desk_next(desk, 0, NOW));
    command_desk_close(desk);
}

static void ends_by_expiry(void **state)
{
    struct command_desk *desk = command_desk_open();
    char text[128];

    (void)state;
    snprintf(text, sizeof text, "{\"id\":\"a\",\"command\":\"locate\",\"expires_ms\":%lld}",
             (long long)NOW + 40000);
    assert_int_equal(take(desk, 0, text), COMMAND_TAKEN);
    snprintf(text, sizeof text, "{\"id\":\"b\",\"command\":\"locate\",\"expires_ms\":%lld}",
             (long long)NOW);
    assert_int_equal(take(desk, 1, text), COMMAND_EXPIRED);
    assert_non_null(command_desk_next(desk, 0, NOW));
    assert_int_equal(position(desk), 0);
    assert_null(command_desk_next(desk, 30000, NOW + 40000));
    assert_int_equal(command_desk_due_ms(desk), INT64_MAX);
    assert_int_equal(position(desk), 2);
    command_desk_close(desk);
}

static void nothing_waits_for_ever(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    take(desk, 0, "{\"id\":\"a\",\"command\":\"locate\",\"expires_ms\":9007199254740991}");
    assert_null(command_desk_next(desk, 0, NOW + COMMAND_LIFE_MS_MAX));
    take(desk, 1, "{\"id\":\"b\",\"command\":\"locate\"}");
    assert_null(command_desk_next(desk, 0, NOW + COMMAND_LIFE_MS_INITIAL));
    command_desk_close(desk);
}

static void ignores_a_repeated_id(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    assert_int_equal(take(desk, 0, "{\"id\":\"a\",\"command\":\"locate\"}"), COMMAND_TAKEN);
    assert_int_equal(take(desk, 1, "{\"id\":\"a\",\"command\":\"locate\"}"), COMMAND_REPEATED);
    heartbeat(desk, "BBCL23", "{\"done\":[\"a\"]}");
    assert_int_equal(take(desk, 2, "{\"id\":\"a\",\"command\":\"locate\"}"), COMMAND_REPEATED);
    assert_int_equal(position(desk), 3);
    command_desk_close(desk);
}

static void position_stays_before_what_waits(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    assert_int_equal(position(desk), -1);
    take(desk, 10, "{\"id\":\"a\",\"command\":\"locate\"}");
    take(desk, 11, "{\"id\":\"b\",\"command\":\"config\"}");
    take(desk, 12, "refused");
    assert_int_equal(position(desk), 10);
    assert_int_equal(position(desk), -1);
    heartbeat(desk, "BBCL23", "{\"done\":[\"b\"]}");
    assert_int_equal(position(desk), -1);
    heartbeat(desk, "BBCL23", "{\"done\":[\"b\",\"a\"]}");
    assert_int_equal(position(desk), 13);
    assert_int_equal(position(desk), -1);
    command_desk_close(desk);
}

static void refuses_bad_commands(void **state)
{
    static const struct {
        const char *key, *value, *reason;
    } cases[] = {
        { "BBCL23", "x", "not a JSON object" },
        { "BBCL23", "{\"command\":\"locate\"}", "id is missing" },
        { "BBCL23", "{\"id\":\"a\"}", "command is missing" },
        { "BBCL23", "{\"id\":\"\",\"command\":\"locate\"}", "id must have 1 to 64 characters" },
        { "BBCL23", "{\"id\":\"a\",\"command\":\"locate\",\"cart\":\"OTHER\"}",
          "the command's cart is OTHER, the key is BBCL23" },
        { "BBCL23", "{\"id\":\"a\",\"command\":\"locate\",\"expires_ms\":\"soon\"}",
          "expires_ms must be an integer" },
        { "bbcl23", "{\"id\":\"a\",\"command\":\"locate\"}",
          "the key must be a plate, [A-Z0-9][A-Z0-9-]{2,15}" },
        { "", "{\"id\":\"a\",\"command\":\"locate\"}",
          "the key must be a plate, [A-Z0-9][A-Z0-9-]{2,15}" },
    };
    struct command_desk *desk = command_desk_open();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_reason why;
        struct command_record record = {
            .key = cases[i].key,
            .key_length = strlen(cases[i].key),
            .value = cases[i].value,
            .value_length = strlen(cases[i].value),
            .timestamp_ms = NOW,
        };
        assert_int_equal(command_desk_take(desk, &record, NOW, &why), COMMAND_REFUSED);
        assert_string_equal(why.text, cases[i].reason);
    }
    assert_null(command_desk_next(desk, 0, NOW));
    command_desk_close(desk);
}

/* To any cart; `number` is the id and the offset. */
static void take_of(struct command_desk *desk, const char *cart, const char *name, int number)
{
    char text[128];
    struct json_reason why;
    struct command_record record = { .key = cart,
                                     .key_length = strlen(cart),
                                     .value = text,
                                     .partition = 2,
                                     .offset = number,
                                     .timestamp_ms = NOW };

    snprintf(text, sizeof text, "{\"id\":\"%d\",\"command\":\"%s\"}", number, name);
    record.value_length = strlen(text);
    assert_int_equal(command_desk_take(desk, &record, NOW, &why), COMMAND_TAKEN);
}

/* "BBCL23 7", by offset; "": nothing was given up. */
static const char *given_up(const struct command_desk *desk)
{
    static char text[64];
    struct command_record record;
    struct json_reason why;

    text[0] = '\0';
    if (command_desk_given_up(desk, &record, &why)) {
        assert_string_equal(why.text, "too many commands wait; this was the oldest");
        snprintf(text, sizeof text, "%.*s %lld", (int)record.key_length, record.key,
                 (long long)record.offset);
    }
    return text;
}

static void take_mute(struct command_desk *desk, int count, const char *name)
{
    char cart[16];

    for (int i = 0; i < count; i++) {
        snprintf(cart, sizeof cart, "MUTE-%d", i);
        take_of(desk, cart, name, i);
        assert_true(count > COMMANDS_OF_KIND_MAX || given_up(desk)[0] == '\0');
    }
}

static int pending(struct command_desk *desk, int64_t mono_ms)
{
    int count = 0;

    while (command_desk_next(desk, mono_ms, NOW) != NULL)
        count++;
    return count;
}

/* Their commands are due again, and so many that not all are sent at once. */
static void mute_carts_keep_nobody_waiting(void **state)
{
    static const int mute[] = { 1, 1640, COMMANDS_OF_KIND_MAX, 3 * COMMANDS_PENDING_MAX };

    (void)state;
    for (size_t i = 0; i < sizeof mute / sizeof *mute; i++) {
        struct command_desk *desk = command_desk_open();
        take_mute(desk, mute[i], "locate");
        pending(desk, 0);
        take_of(desk, "BBCL23", "order-offer", 50000);
        const struct command *command = command_desk_next(desk, COMMAND_RESEND_MS + 1, NOW);
        assert_non_null(command);
        assert_string_equal(command->cart, "BBCL23");
        heartbeat(desk, "BBCL23", "{\"done\":[\"50000\"]}");
        int more = mute[i] < COMMANDS_OF_KIND_MAX ? mute[i] : COMMANDS_OF_KIND_MAX;
        assert_int_equal(pending(desk, COMMAND_RESEND_MS + 1), more);
        command_desk_close(desk);
    }
}

static void a_cart_has_one_locate(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    take_of(desk, "BBCL23", "locate", 1);
    take_of(desk, "CCDF45", "locate", 2);
    take_of(desk, "BBCL23", "config", 3);
    take_of(desk, "BBCL23", "locate", 4);
    assert_string_equal(given_up(desk), ""); /* nothing is lost with it */
    assert_string_equal(command_desk_next(desk, 0, NOW)->id, "2");
    assert_string_equal(command_desk_next(desk, 0, NOW)->id, "3");
    assert_string_equal(command_desk_next(desk, 0, NOW)->id, "4");
    assert_null(command_desk_next(desk, 0, NOW));
    assert_int_equal(position(desk), 2); /* of what waits */
    command_desk_close(desk);
}

static void of_one_cart_only_so_many_wait(void **state)
{
    struct command_desk *desk = command_desk_open();

    (void)state;
    take_of(desk, "CCDF45", "config", 0);
    for (int i = 1; i <= COMMANDS_OF_CART_MAX; i++) {
        take_of(desk, "BBCL23", "config", i);
        assert_string_equal(given_up(desk), "");
    }
    take_of(desk, "BBCL23", "replay", 100);
    assert_string_equal(given_up(desk), "BBCL23 1");
    take_of(desk, "BBCL23", "replay", 101);
    assert_string_equal(given_up(desk), "BBCL23 2");
    assert_int_equal(take(desk, 102, "{\"id\":\"2\",\"command\":\"config\"}"), COMMAND_REPEATED);
    assert_string_equal(given_up(desk), "");
    assert_int_equal(pending(desk, 0), 1 + COMMANDS_OF_CART_MAX);
    command_desk_close(desk);
}

static void of_one_kind_and_of_all_only_so_many_wait(void **state)
{
    struct command_desk *desk = command_desk_open();
    char cart[16];

    (void)state;
    take_mute(desk, COMMANDS_OF_KIND_MAX, "config");
    for (int i = 0; i < COMMANDS_OF_KIND_MAX; i++) {
        snprintf(cart, sizeof cart, "OTHER-%d", i);
        take_of(desk, cart, "locate", COMMANDS_OF_KIND_MAX + i);
        assert_string_equal(given_up(desk), "");
    }
    take_of(desk, "BBCL23", "order-offer", 10000);
    assert_string_equal(given_up(desk), "OTHER-0 2048");
    take_of(desk, "CCDF45", "config", 10001);
    assert_string_equal(given_up(desk), "MUTE-0 0");
    assert_int_equal(pending(desk, 0), COMMANDS_PENDING_MAX);
    command_desk_close(desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a command is sent at once and every 30 s until its cart has done it", sends_until_done,
          NULL, NULL, NULL },
        { "a new command is due at once", a_new_command_is_due_at_once, NULL, NULL, NULL },
        { "commands are sent in the order in which they came", sends_in_order, NULL, NULL, NULL },
        { "a command past its time is not sent", ends_by_expiry, NULL, NULL, NULL },
        { "no command waits for ever", nothing_waits_for_ever, NULL, NULL, NULL },
        { "an id counts once for its cart, also after it was done", ignores_a_repeated_id, NULL,
          NULL, NULL },
        { "the position never passes a command that waits", position_stays_before_what_waits, NULL,
          NULL, NULL },
        { "a bad command is refused with its reason", refuses_bad_commands, NULL, NULL, NULL },
        { "mute carts keep nobody waiting", mute_carts_keep_nobody_waiting, NULL, NULL, NULL },
        { "a cart has one locate, the newest", a_cart_has_one_locate, NULL, NULL, NULL },
        { "of one cart only so many wait", of_one_cart_only_so_many_wait, NULL, NULL, NULL },
        { "of one kind and of all only so many wait", of_one_kind_and_of_all_only_so_many_wait,
          NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
