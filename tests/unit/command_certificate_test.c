/* Claims about the command `certificate`: what it brings is on the disk before the command is done,
 * and what does not fit is done, too, as it would fit no better the next time. */
#include "agent/commands.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL

struct room {
    struct scratch scratch;
    struct outbox *outbox;
    int kept, reconnects;
};

static bool certificate(void *owner, const char *text)
{
    ((struct room *)owner)->kept++;
    return strcmp(text, "good") == 0;
}

static void reconnect(void *owner)
{
    ((struct room *)owner)->reconnects++;
}

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    scratch_make(&room->scratch);
    room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
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

static void command(struct room *room, const char *id, const char *rest)
{
    static const struct command_calls calls = { .certificate = certificate,
                                                .reconnect = reconnect };
    struct command_context context = { room->outbox, &calls, room, NOW_MS, true, "boot", 1000 };
    char text[256];

    snprintf(text, sizeof text, "{\"id\":\"%s\",\"command\":\"certificate\"%s}", id, rest);
    commands_do(&context, text, strlen(text));
}

static void it_is_done_once(void **state)
{
    struct room *room = *state;

    for (int i = 0; i < 2; i++)
        command(room, "a", ",\"certificate\":\"good\"");
    assert_int_equal(room->kept, 1);
    assert_int_equal(room->reconnects, 1);
}

static void it_is_kept_before_it_is_done(void **state)
{
    struct room *room = *state;

    disk_takes(0);
    command(room, "b", ",\"certificate\":\"good\"");
    disk_takes_all();
    assert_int_equal(room->kept, 1);
    assert_int_equal(room->reconnects, 0);
    assert_false(outbox_is_done(room->outbox, "b"));
    outbox_close(room->outbox); /* as the agent does after such a failure */
    room->outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    command(room, "b", ",\"certificate\":\"good\"");
    assert_int_equal(room->kept, 2); /* the same once more does no harm */
    assert_int_equal(room->reconnects, 1);
    assert_true(outbox_is_done(room->outbox, "b"));
}

static void what_does_not_fit_is_done_and_ends_no_connection(void **state)
{
    struct room *room = *state;

    command(room, "c", ",\"certificate\":\"bad\"");
    command(room, "d", "");
    command(room, "e", ",\"certificate\":5");
    assert_int_equal(room->kept, 1);
    assert_int_equal(room->reconnects, 0);
    assert_true(outbox_is_done(room->outbox, "c") && outbox_is_done(room->outbox, "d") &&
                outbox_is_done(room->outbox, "e"));
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("it is done once", it_is_done_once),
        CLAIM("it is kept before it is done", it_is_kept_before_it_is_done),
        CLAIM("what does not fit is done and ends no connection",
              what_does_not_fit_is_done_and_ends_no_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
