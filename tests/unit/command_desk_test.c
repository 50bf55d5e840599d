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
    take(desk, 11, "{\"id\":\"b\",\"command\":\"locate\"}");
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

static void is_bounded(void **state)
{
    struct command_desk *desk = command_desk_open();
    char text[64];

    (void)state;
    for (int i = 0; i < COMMANDS_PENDING_MAX; i++) {
        assert_false(command_desk_is_full(desk));
        snprintf(text, sizeof text, "{\"id\":\"%d\",\"command\":\"locate\"}", i);
        assert_int_equal(take(desk, i, text), COMMAND_TAKEN);
    }
    assert_true(command_desk_is_full(desk));
    heartbeat(desk, "BBCL23", "{\"done\":[\"0\"]}");
    assert_false(command_desk_is_full(desk));
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
        { "only so many wait at once", is_bounded, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
