/* A vendor's requests, asked of an agent without its loop, whose disk may fill up or fail. */
#ifndef CARRITO_TESTS_REQUESTS_ROOM_H
#define CARRITO_TESTS_REQUESTS_ROOM_H

#include "agent/commands.h"
#include "agent/offer.h"
#include "agent/outbox_orders.h"
#include "agent/requests.h"

#include "full_disk.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL

struct room {
    struct scratch scratch;
    struct group_commit commit;
    struct requests requests;
    struct buffer answer;
};

__attribute__((unused)) static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    scratch_make(&room->scratch);
    room->commit.cart = "BBCL23";
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    room->requests = (struct requests){
        .commit = &room->commit,
        .lang = LANG_ES,
        .price = EVENT_ABSENT,
        .moment = { NOW_MS, CLOCK_NTP, "boot", 1 },
        .status = { .connected = true, .gps = "fix", .clock = "ntp" },
    };
    *state = room;
    return room->commit.outbox == NULL;
}

__attribute__((unused)) static int clear_room(void **state)
{
    struct room *room = *state;

    disk_takes_all();
    disk_has_room();
    outbox_close(room->commit.outbox);
    scratch_remove(&room->scratch);
    buffer_free(&room->answer);
    free(room);
    return 0;
}

__attribute__((unused)) static int64_t last_seq(void **state)
{
    return outbox_head(((struct room *)*state)->commit.outbox)->last_seq;
}

__attribute__((unused)) static const char *ask_bytes(void **state, const char *bytes, size_t length)
{
    struct room *room = *state;

    buffer_clear(&room->answer);
    requests_answer(&room->requests, bytes, length, &room->answer);
    assert_int_equal(room->answer.bytes[room->answer.length - 1], '\n');
    assert_ptr_equal(strchr(room->answer.bytes, '\n'),
                     room->answer.bytes + room->answer.length - 1);
    return room->answer.bytes;
}

__attribute__((unused)) static const char *ask(void **state, const char *request)
{
    return ask_bytes(state, request, strlen(request));
}

/* The centre's word, at the room's moment. */
__attribute__((unused)) static void hear(void **state, const char *command)
{
    static const struct command_calls calls = { NULL, NULL, NULL, NULL, NULL };
    struct room *room = *state;
    const struct moment *now = &room->requests.moment;
    struct command_context context = {
        .outbox = room->commit.outbox,
        .calls = &calls,
        .wall_ms = now->wall_ms,
        .wall_is_right = now->clock == CLOCK_NTP,
        .boot = now->boot,
        .boot_ms = now->boot_ms,
    };

    commands_do(&context, command, strlen(command));
}

/* Two for $500 each, for a minute. */
__attribute__((unused)) static void offer_order(void **state, const char *order, int turn)
{
    struct room *room = *state;
    char command[512];

    snprintf(command, sizeof command,
             "{\"id\":\"offer/%s/%d\",\"command\":\"order-offer\",\"order\":\"%s\",\"turn\":%d,"
             "\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,\"distance_m\":350,"
             "\"bearing_deg\":45,\"expires_ms\":%lld}",
             order, turn, order, turn, (long long)room->requests.moment.wall_ms + 60000);
    hear(state, command);
}

__attribute__((unused)) static void assert_holds(const char *answer, const char *part)
{
    if (strstr(answer, part) == NULL)
        fail_msg("no %s in %s", part, answer);
}

#endif
