/* Proves what a keypad without a terminal does: with recorded events of its kernel device on a pipe
 * in its place, an agent on a socket, and a program that writes down what it was to say. */
#include "common/clock.h"
#include "spoken.h"
#include "till/keypad.h"
#include "till/keys.h"
#include "till/station.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <linux/input.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#define PUMP_MS_MAX 10000 /* on a busy machine */
#define FINGER_MS   200

/* In the place of till/keypad.c: the same events, of a pipe. */

struct keypad {
    char path[600];
    int fd;
    struct keys keys;
};

struct keypad *keypad_open(const char *path, const char *wanted, struct keypad_found *found)
{
    struct keypad *keypad = calloc(1, sizeof *keypad);

    (void)wanted;
    *found = (struct keypad_found){ .how = KEYPAD_TAKEN };
    snprintf(keypad->path, sizeof keypad->path, "%s", path);
    keypad->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(keypad->fd >= 0);
    return keypad;
}

void keypad_close(struct keypad *keypad)
{
    if (keypad != NULL)
        close(keypad->fd);
    free(keypad);
}

const char *keypad_path(const struct keypad *keypad)
{
    return keypad->path;
}

const char *keypad_name(const struct keypad *keypad)
{
    (void)keypad;
    return "a pipe";
}

int keypad_fd(const struct keypad *keypad)
{
    return keypad->fd;
}

enum keypad_event keypad_next(struct keypad *keypad, char *key, int64_t *at_ms)
{
    struct input_event event;
    ssize_t length = read(keypad->fd, &event, sizeof event);

    if (length == 0)
        return KEYPAD_GONE;
    if (length < 0)
        return KEYPAD_QUIET;
    if (event.type == EV_SYN)
        return KEYPAD_LOST;
    *at_ms = (int64_t)event.input_event_sec * 1000 + (int64_t)event.input_event_usec / 1000;
    *key = keys_character(event.code);
    switch (keys_event(&keypad->keys, event.code, event.value, *at_ms)) {
    case KEYS_PRESSED:
        return KEYPAD_KEY;
    case KEYS_STUCK:
        return KEYPAD_HELD;
    default:
        return keypad_next(keypad, key, at_ms);
    }
}

struct room {
    struct scratch scratch;
    char before[4096]; /* the folder that it was started in */
    char program[600];
    struct settings settings;
    struct station *station;
    int pipes[2];   /* what is plugged in */
    int64_t now_ms; /* of the next key */
    /* The agent. */
    int listener;
    int drops; /* so many connections end before the answer */
    int asked, sold, pieces, stock;
    bool offers; /* one order, until it is answered */
    bool hears_a_till;
    int looks;     /* how often it was asked how it is */
    char step[64]; /* the last one of an order */
    char last_id[64];
};

static int make_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    static char socket_name[] = "agent.sock", lang[] = "es", device[] = "auto";

    scratch_make(&room->scratch);
    if (getcwd(room->before, sizeof room->before) == NULL || chdir(room->scratch.folder) != 0)
        abort();
    mkdir("input", 0700);
    spoken_make(&room->scratch, "", room->program, sizeof room->program);
    room->settings = (struct settings){ .socket = socket_name,
                                        .lang = lang,
                                        .till_ask = 20,
                                        .till_device = device,
                                        .till_voice = room->program };
    room->listener = room->pipes[0] = room->pipes[1] = -1;
    room->stock = 60;
    room->now_ms = clock_mono_ms() - 600000;
    room->station = station_open(&room->settings, "input");
    *state = room;
    return 0;
}

static int clear_room(void **state)
{
    struct room *room = *state;

    station_close(room->station);
    for (int i = 0; i < 2; i++)
        if (room->pipes[i] >= 0)
            close(room->pipes[i]);
    if (room->listener >= 0)
        close(room->listener);
    if (chdir(room->before) != 0)
        abort();
    scratch_remove(&room->scratch);
    free(room);
    return 0;
}

static void agent_comes(struct room *room)
{
    const struct sockaddr_un address = { AF_UNIX, "agent.sock" };

    room->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    unlink("agent.sock");
    assert_int_equal(bind(room->listener, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(room->listener, 8), 0);
}

static void agent_goes(struct room *room)
{
    close(room->listener);
    room->listener = -1;
}

#define AN_OFFER                                                                                   \
    "{\"order\":\"a1\",\"turn\":1,\"number\":1,\"status\":\"ofrecido\",\"product\":\"Ana $1\","    \
    "\"quantity\":2,\"price\":500,\"distance_m\":346,\"bearing_deg\":45,\"left_ms\":40000}"

/* A sale is done once for each id, as by the real one. */
static void answer(struct room *room, int fd, const cJSON *request)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(request, "request"));
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(request, "id"));
    int quantity = (int)cJSON_GetNumberValue(cJSON_GetObjectItem(request, "quantity"));
    char text[512];

    if (strcmp(name, "status") == 0) {
        room->looks++;
        room->hears_a_till = cJSON_IsTrue(cJSON_GetObjectItem(request, "till"));
        snprintf(text, sizeof text,
                 "{\"ok\":true,\"network\":\"online\",\"stock\":%d,\"last_receipt\":%d,"
                 "\"orders\":[%s],\"untold\":[]}\n",
                 room->stock, room->sold, room->offers ? AN_OFFER : "");
    } else if (strcmp(name, "order") == 0) {
        snprintf(room->step, sizeof room->step, "%s %s",
                 cJSON_GetStringValue(cJSON_GetObjectItem(request, "order")),
                 cJSON_GetStringValue(cJSON_GetObjectItem(request, "status")));
        room->offers = false;
        snprintf(text, sizeof text, "{\"ok\":true}\n");
    } else {
        room->asked++;
        if (strcmp(id, room->last_id) != 0) {
            room->sold++;
            room->pieces += quantity;
            room->stock -= quantity;
        }
        snprintf(room->last_id, sizeof room->last_id, "%s", id);
        snprintf(text, sizeof text, "{\"ok\":true,\"text\":\"ok\",\"receipt\":%d,\"stock\":%d}\n",
                 room->sold, room->stock);
        if (room->drops-- > 0)
            return;
    }
    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        assert_int_equal(errno, EPIPE); /* unplugged meanwhile */
}

static void serve(struct room *room)
{
    char line[4096];
    int fd = room->listener < 0 ? -1 : accept(room->listener, NULL, NULL);

    if (fd < 0)
        return;
    ssize_t length = recv(fd, line, sizeof line, 0);
    cJSON *request = cJSON_ParseWithLength(line, length > 0 ? (size_t)length : 0);
    if (request != NULL)
        answer(room, fd, request);
    cJSON_Delete(request);
    close(fd);
}

/* Turns for so long. */
static void pump(struct room *room, int64_t ms)
{
    int64_t end_ms = clock_mono_ms() + ms;

    do {
        station_turn(room->station, 5);
        serve(room);
    } while (clock_mono_ms() < end_ms);
}

/* Turns until this was said. */
static void assert_says(struct room *room, const char *sentence)
{
    int64_t end_ms = clock_mono_ms() + PUMP_MS_MAX;

    while (strstr(spoken_so_far(&room->scratch), sentence) == NULL && clock_mono_ms() < end_ms)
        pump(room, 10);
    if (strstr(spoken_so_far(&room->scratch), sentence) == NULL)
        fail_msg("\"%s\" was not said, but: %s; %d were sold", sentence,
                 spoken_so_far(&room->scratch), room->sold);
    unlink("spoken");
}

/* Turns until each of two keypads has asked the agent since, and has its answer. */
static void let_them_look(struct room *room)
{
    int64_t end_ms = clock_mono_ms() + PUMP_MS_MAX;
    int looks = room->looks + 6;

    while (room->looks < looks && clock_mono_ms() < end_ms)
        pump(room, 10);
    pump(room, 50);
}

static void plug_in(struct room *room, int which)
{
    char path[64];

    snprintf(path, sizeof path, "input/event%d", which);
    assert_int_equal(mkfifo(path, 0600), 0);
    room->pipes[which] = open(path, O_RDWR | O_CLOEXEC);
    assert_says(room, "teclado listo");
}

static void unplug(struct room *room, int which)
{
    char path[64];

    snprintf(path, sizeof path, "input/event%d", which);
    unlink(path);
    close(room->pipes[which]);
    room->pipes[which] = -1;
    assert_says(room, "teclado desconectado");
}

static void send_event(struct room *room, int which, unsigned type, unsigned code, int value)
{
    struct input_event event = { .type = (uint16_t)type, .code = (uint16_t)code, .value = value };

    event.input_event_sec = (__typeof__(event.input_event_sec))(room->now_ms / 1000);
    event.input_event_usec = (__typeof__(event.input_event_usec))(room->now_ms % 1000 * 1000);
    assert_int_equal(write(room->pipes[which], &event, sizeof event), sizeof event);
}

static void press(struct room *room, int which, unsigned code)
{
    room->now_ms += FINGER_MS;
    send_event(room, which, EV_KEY, code, 1);
    room->now_ms += 60;
    send_event(room, which, EV_KEY, code, 0);
}

static void a_keypad_sells_and_says_what_is_left(void **state)
{
    struct room *room = *state;

    agent_comes(room);
    plug_in(room, 0);
    pump(room, 100); /* it knows the stock */
    press(room, 0, KEY_KP3);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "3, quedan 57");
    press(room, 0, KEY_KP2);
    press(room, 0, KEY_KP5);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "25? Enter otra vez");
    assert_int_equal(room->sold, 1);
    press(room, 0, KEY_ENTER);
    assert_says(room, "25, quedan 32");
    assert_int_equal(room->pieces, 28);
    assert_string_equal(station_status(room->station), "ready");
}

static void a_held_or_bounced_key_sells_nothing(void **state)
{
    struct room *room = *state;

    agent_comes(room);
    plug_in(room, 0);
    room->now_ms += FINGER_MS;
    send_event(room, 0, EV_KEY, KEY_KP1, 1);
    for (int i = 0; i < 60; i++, room->now_ms += 33)
        send_event(room, 0, EV_KEY, KEY_KP1, 2);
    send_event(room, 0, EV_KEY, KEY_KP1, 0);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "tecla pegada");
    room->now_ms += FINGER_MS;
    send_event(room, 0, EV_KEY, KEY_KP1, 1);
    send_event(room, 0, EV_KEY, KEY_KP1, 0);
    room->now_ms += 15;
    send_event(room, 0, EV_KEY, KEY_KP1, 1);
    send_event(room, 0, EV_KEY, KEY_KP1, 0);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "1, quedan 59"); /* and not 11 */
    send_event(room, 0, EV_KEY, KEY_KPENTER, 1);
    for (int i = 0; i < 60; i++, room->now_ms += 33)
        send_event(room, 0, EV_KEY, KEY_KPENTER, 2);
    pump(room, 100);
    assert_int_equal(room->asked, 1);
}

static void a_line_ends_with_its_keypad(void **state)
{
    struct room *room = *state;

    agent_comes(room);
    plug_in(room, 0);
    press(room, 0, KEY_KP1);
    pump(room, 50);
    unplug(room, 0);
    plug_in(room, 0);
    press(room, 0, KEY_KP2);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "2, quedan 58");
}

static void two_keypads_have_two_lines(void **state)
{
    struct room *room = *state;

    agent_comes(room);
    plug_in(room, 0);
    plug_in(room, 1);
    press(room, 0, KEY_KP1);
    pump(room, 50);
    press(room, 1, KEY_KP2);
    press(room, 1, KEY_KPENTER);
    assert_says(room, "2, quedan 58");
    press(room, 0, KEY_KPENTER);
    assert_says(room, "1, quedan 57");
}

static void lost_keys_are_no_order(void **state)
{
    struct room *room = *state;

    agent_comes(room);
    plug_in(room, 0);
    send_event(room, 0, EV_SYN, SYN_DROPPED, 0); /* it may have been a 1 */
    press(room, 0, KEY_KP2);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "se perdieron teclas");
    assert_int_equal(room->sold, 0);
}

static void while_the_agent_is_away_a_sale_waits_and_is_one(void **state)
{
    struct room *room = *state;

    plug_in(room, 0);
    press(room, 0, KEY_KP3);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "espere");
    room->drops = 2; /* killed twice between the sale and its answer */
    agent_comes(room);
    assert_says(room, "3, quedan 57");
    assert_int_equal(room->sold, 1);
    assert_int_equal(room->asked, 3);
    agent_goes(room);
    press(room, 0, KEY_KP4);
    press(room, 0, KEY_KPENTER);
    pump(room, 50);
    unplug(room, 0);
    assert_true(station_is_busy(room->station));
    agent_comes(room);
    assert_says(room, "4, quedan 53"); /* what was asked is told, though nobody is there to ask */
    assert_false(station_is_busy(room->station));
}

static void an_offer_is_said_and_answered_by_its_keys(void **state)
{
    struct room *room = *state;

    agent_comes(room);
    plug_in(room, 0);
    plug_in(room, 1);
    press(room, 0, KEY_KP3); /* a sale has begun */
    room->offers = true;
    assert_says(room, "pedido de 2, a 350 metros al noreste, quedan ");
    press(room, 0, KEY_KPENTER);
    assert_says(room, "3, quedan 57");
    let_them_look(room);
    press(room, 1, KEY_KPSLASH);
    press(room, 1, KEY_KPENTER);
    assert_says(room, "pedido 1 tomado");
    assert_string_equal(room->step, "a1 preparando");
    room->offers = true;
    let_them_look(room);
    press(room, 0, KEY_KPSLASH);
    press(room, 0, KEY_KPMINUS);
    press(room, 0, KEY_KPENTER);
    assert_says(room, "pedido 1 devuelto");
    assert_string_equal(room->step, "a1 rechazado");
}

/* Where nobody would hear it, another cart is asked. */
static void a_keypad_without_a_voice_is_offered_nothing(void **state)
{
    static char none[] = "none";
    struct room *room = *state;

    agent_comes(room);
    plug_in(room, 0);
    let_them_look(room);
    assert_true(room->hears_a_till);
    station_close(room->station);
    room->settings.till_voice = none;
    room->station = station_open(&room->settings, "input");
    let_them_look(room);
    assert_false(room->hears_a_till);
}

static void without_keypads_it_waits(void **state)
{
    struct room *room = *state;

    remove("input");
    for (int i = 0; i < 20; i++)
        station_turn(room->station, 5);
    assert_string_equal(station_status(room->station), "waits for a keypad");
    assert_false(station_is_busy(room->station));
    assert_string_equal(spoken_so_far(&room->scratch), "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a keypad sells and says what is left", a_keypad_sells_and_says_what_is_left, make_room,
          clear_room, NULL },
        { "a held or bounced key sells nothing", a_held_or_bounced_key_sells_nothing, make_room,
          clear_room, NULL },
        { "a line ends with its keypad", a_line_ends_with_its_keypad, make_room, clear_room, NULL },
        { "two keypads have two lines", two_keypads_have_two_lines, make_room, clear_room, NULL },
        { "lost keys are no order", lost_keys_are_no_order, make_room, clear_room, NULL },
        { "while the agent is away a sale waits, and is one",
          while_the_agent_is_away_a_sale_waits_and_is_one, make_room, clear_room, NULL },
        { "an offer is said, and answered by its keys", an_offer_is_said_and_answered_by_its_keys,
          make_room, clear_room, NULL },
        { "a keypad without a voice is offered nothing",
          a_keypad_without_a_voice_is_offered_nothing, make_room, clear_room, NULL },
        { "without keypads it waits", without_keypads_it_waits, make_room, clear_room, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
