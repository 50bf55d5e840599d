/* Proves what mqtt_link makes of libmosquitto, against a broker that is a few bytes in this file:
 * that nothing blocks, what CONNECT says, that held PUBACKs stay here until the flush (it is a
 * property of the library's inside: this test pins it), and that attempts back off. */
#include "common/mqtt_link.h"

#include "common/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 3000

static const char connack[] = { 0x20, 3, 0, 0, 0 };
static const char refusal[] = { 0x20, 3, 0, (char)0x87, 0 };
/* QoS 1, topic "t", packet id 1, correlation data "e:1", payload "hi" */
static const char message_1[] = { 0x32, 14, 0, 1, 't', 0, 1, 6, 9, 0, 3, 'e', ':', '1', 'h', 'i' };
static const char message_2[] = { 0x32, 8, 0, 1, 't', 0, 2, 0, 'h', 'o' };

static struct world {
    int listener, peer; /* -1: none */
    int port;
    struct mqtt_link *link;
    int connected, disconnected, messages, pubacks;
    int puback_mid, puback_reason;
    char why[128], correlation[32], payload[32];
    bool say_hello; /* publish and subscribe at CONNACK */
} world;

static void on_connected(void *owner, bool session_present)
{
    struct world *heard = owner;
    assert_false(session_present);
    heard->connected++;
    if (heard->say_hello) {
        struct mqtt_publish hello = {
            .topic = "hello", .payload = "x", .length = 1, .qos = 1, .expiry_s = 9
        };
        assert_true(mqtt_link_publish(heard->link, &hello) > 0);
        assert_true(mqtt_link_subscribe(heard->link, "t", 1));
    }
}

static void on_disconnected(void *owner, const char *why)
{
    struct world *heard = owner;
    heard->disconnected++;
    snprintf(heard->why, sizeof heard->why, "%s", why);
}

static void on_message(void *owner, const struct mqtt_message *message)
{
    struct world *heard = owner;
    heard->messages++;
    snprintf(heard->correlation, sizeof heard->correlation, "%s",
             message->correlation ? message->correlation : "-");
    snprintf(heard->payload, sizeof heard->payload, "%.*s", (int)message->length, message->payload);
}

static void on_puback(void *owner, int mid, int reason_code)
{
    struct world *heard = owner;
    heard->pubacks++;
    heard->puback_mid = mid;
    heard->puback_reason = reason_code;
}

static const struct mqtt_link_events events = {
    .connected = on_connected,
    .disconnected = on_disconnected,
    .message = on_message,
    .puback = on_puback,
};

static void listen_somewhere(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    world.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(world.listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(world.listener, 8), 0);
    assert_int_equal(getsockname(world.listener, (struct sockaddr *)&address, &size), 0);
    world.port = ntohs(address.sin_port);
}

static int begin(void **state)
{
    (void)state;
    memset(&world, 0, sizeof world);
    world.peer = -1;
    listen_somewhere();
    return 0;
}

static int finish(void **state)
{
    (void)state;
    mqtt_link_close(world.link);
    if (world.peer >= 0)
        close(world.peer);
    close(world.listener);
    return 0;
}

enum writes { WRITES_AT_ONCE, WRITES_HELD };

static void open_link_by(const char *hosts, enum writes writes, const char *cafile)
{
    const struct mqtt_publish will = {
        .topic = "state", .payload = "lost", .length = 4, .qos = 1, .retain = true
    };
    const struct mqtt_link_options options = {
        .hosts = hosts,
        .port = world.port,
        .client_id = "carrito-test",
        .cafile = cafile,
        .keepalive_s = 30,
        .session_expiry_s = 0x01020304,
        .receive_max = 1000,
        .hold_writes = writes == WRITES_HELD,
        .will = &will,
        .events = &events,
        .owner = &world,
    };
    world.link = mqtt_link_open(&options);
    assert_non_null(world.link);
}

static void open_link(const char *hosts, enum writes writes)
{
    open_link_by(hosts, writes, NULL);
}

/* One turn of a caller's loop, at most 20 ms. */
static void turn(void)
{
    struct pollfd ready = { .fd = mqtt_link_fd(world.link),
                            .events = mqtt_link_poll_events(world.link) };
    if (poll(&ready, 1, 20) <= 0)
        ready.revents = 0;
    mqtt_link_turn(world.link, ready.revents, clock_mono_ms(), MQTT_LINK_MAY_ALL);
}

/* What the peer has received within some turns; the length. */
static size_t receive(char *bytes, size_t size)
{
    size_t length = 0;
    for (int64_t end = clock_mono_ms() + PATIENCE_MS; clock_mono_ms() < end;) {
        turn();
        if (world.peer < 0 && poll(&(struct pollfd){ world.listener, POLLIN, 0 }, 1, 0) > 0)
            world.peer = accept(world.listener, NULL, NULL);
        ssize_t got =
            world.peer < 0 ? -1 : recv(world.peer, bytes + length, size - length, MSG_DONTWAIT);
        if (got > 0)
            length += (size_t)got;
        else if (length > 0)
            break;
    }
    return length;
}

static void say(const char *bytes, size_t length)
{
    assert_int_equal(send(world.peer, bytes, length, MSG_NOSIGNAL), length);
}

static void turn_until(const int *counter, int value)
{
    for (int64_t end = clock_mono_ms() + PATIENCE_MS; *counter < value && clock_mono_ms() < end;)
        turn();
    assert_int_equal(*counter, value);
}

static void connect_link(enum writes writes)
{
    char bytes[512];
    open_link("127.0.0.1", writes);
    assert_true(receive(bytes, sizeof bytes) > 0);
    say(connack, sizeof connack);
    turn_until(&world.connected, 1);
}

static bool contains(const char *bytes, size_t length, const char *what, size_t what_length)
{
    return memmem(bytes, length, what, what_length) != NULL;
}
#define CONTAINS(BYTES, LENGTH, ...)                                                               \
    contains(BYTES, LENGTH, (const char[]){ __VA_ARGS__ }, sizeof((const char[]){ __VA_ARGS__ }))

static void connect_says_what_was_asked_for(void **state)
{
    (void)state;
    char bytes[512];
    open_link("127.0.0.1", WRITES_AT_ONCE);
    size_t length = receive(bytes, sizeof bytes);
    assert_int_equal(bytes[0], 0x10);
    assert_true(CONTAINS(bytes, length, 0, 4, 'M', 'Q', 'T', 'T', 5));
    assert_true(CONTAINS(bytes, length, 0x11, 1, 2, 3, 4));    /* session expiry */
    assert_true(CONTAINS(bytes, length, 0x21, 3, (char)0xe8)); /* receive maximum */
    assert_true(CONTAINS(bytes, length, 0x27, 0, 16, 4, 0));   /* maximum packet size */
    assert_true(contains(bytes, length, "\0\4lost", 6));
    assert_true(contains(bytes, length, "carrito-test", 12));
}

static void what_is_said_at_connack_leaves_once(void **state)
{
    (void)state;
    char bytes[512];
    world.say_hello = true;
    connect_link(WRITES_AT_ONCE);
    size_t length = receive(bytes, sizeof bytes);
    assert_int_equal((unsigned char)bytes[0], 0x32);
    assert_true(CONTAINS(bytes, length, 2, 0, 0, 0, 9)); /* message expiry */
    char *subscribe = memchr(bytes + 1, (char)0x82, length - 1);
    assert_non_null(subscribe);
    assert_false(contains(subscribe, length - (size_t)(subscribe - bytes), "hello", 5));
}

static void a_puback_is_reported_with_its_reason(void **state)
{
    (void)state;
    char bytes[512];
    connect_link(WRITES_AT_ONCE);
    struct mqtt_publish twice = { .topic = "t", .payload = "x", .length = 1 };
    assert_int_equal(mqtt_link_publish(world.link, &twice), 0);
    twice.qos = 1;
    int mid = mqtt_link_publish(world.link, &twice);
    assert_true(receive(bytes, sizeof bytes) > 0);
    assert_int_equal(world.pubacks, 0); /* QoS 0 has none, though the library reports it */
    say((char[]){ 0x40, 3, (char)(mid >> 8), (char)mid, 16 }, 5);
    turn_until(&world.pubacks, 1);
    assert_int_equal(world.puback_mid, mid);
    assert_int_equal(world.puback_reason, 16);
}

static void held_pubacks_stay_until_the_flush(void **state)
{
    (void)state;
    char bytes[64];
    connect_link(WRITES_HELD);
    assert_true(mqtt_link_flush(world.link));
    say(message_1, sizeof message_1);
    say(message_2, sizeof message_2);
    for (int i = 0; i < 5; i++) {
        turn();
        assert_true(mqtt_link_read(world.link));
    }
    assert_int_equal(world.messages, 2);
    assert_true(mqtt_link_wants_write(world.link));
    assert_true(recv(world.peer, bytes, sizeof bytes, MSG_DONTWAIT) < 0);
    assert_true(mqtt_link_flush(world.link));
    usleep(10000);
    assert_int_equal(recv(world.peer, bytes, sizeof bytes, MSG_DONTWAIT), 8);
    assert_memory_equal(bytes, "\x40\2\0\1\x40\2\0\2", 8);
}

static void without_holding_a_puback_leaves_in_the_same_turn(void **state)
{
    (void)state;
    char bytes[64];
    connect_link(WRITES_AT_ONCE);
    say(message_1, sizeof message_1);
    assert_int_equal(receive(bytes, sizeof bytes), 4);
    assert_string_equal(world.correlation, "e:1");
    assert_string_equal(world.payload, "hi");
}

static void dropped_pubacks_never_leave(void **state)
{
    (void)state;
    char bytes[64];
    connect_link(WRITES_HELD);
    assert_true(mqtt_link_flush(world.link));
    say(message_1, sizeof message_1);
    turn_until(&world.messages, 1);
    mqtt_link_drop(world.link, "test");
    assert_int_equal(world.disconnected, 1);
    assert_string_equal(world.why, "test");
    assert_int_equal(recv(world.peer, bytes, sizeof bytes, 0), 0); /* no DISCONNECT either */
    assert_false(mqtt_link_read(world.link));
    mqtt_link_turn(world.link, 0, clock_mono_ms() + 60000, 0);
    assert_int_equal(mqtt_link_fd(world.link), -1);
    assert_true(mqtt_link_timeout_ms(world.link, clock_mono_ms() + 60000) > 0); /* no busy loop */
    mqtt_link_turn(world.link, 0, clock_mono_ms() + 60000, MQTT_LINK_MAY_CONNECT);
    assert_true(mqtt_link_fd(world.link) >= 0);
}

static void closing_says_disconnect(void **state)
{
    (void)state;
    char bytes[64];
    connect_link(WRITES_AT_ONCE);
    mqtt_link_close(world.link);
    world.link = NULL;
    assert_true(recv(world.peer, bytes, sizeof bytes, 0) >= 2);
    assert_int_equal((unsigned char)bytes[0], 0xe0);
}

/* Attempts in `ms` of a clock that is stepped here; the broker of this file answers each. */
static int attempts_in(int64_t ms, const char *answer, size_t length)
{
    int attempts = 0;
    for (int64_t now = 1000000; now < 1000000 + ms; now += 50) {
        struct pollfd ready = { .fd = mqtt_link_fd(world.link),
                                .events = mqtt_link_poll_events(world.link) };
        if (poll(&ready, 1, 0) <= 0)
            ready.revents = 0;
        mqtt_link_turn(world.link, ready.revents, now, MQTT_LINK_MAY_ALL);
        if (poll(&(struct pollfd){ world.listener, POLLIN, 0 }, 1, 0) <= 0)
            continue;
        int peer = accept(world.listener, NULL, NULL);
        attempts++;
        if (answer)
            send(peer, answer, length, MSG_NOSIGNAL);
        shutdown(peer, SHUT_WR);
        char rest[512];
        while (poll(&(struct pollfd){ peer, POLLIN, 0 }, 1, 1) > 0 && recv(peer, rest, 512, 0) > 0)
            ;
        close(peer);
    }
    return attempts;
}

static void a_broker_that_accepts_and_kicks_is_not_hammered(void **state)
{
    (void)state;
    open_link("127.0.0.1", WRITES_AT_ONCE);
    int attempts = attempts_in(120000, connack, sizeof connack);
    assert_true(world.connected >= 4);
    assert_in_range(attempts, 6, 40);
    assert_int_equal(world.connected, world.disconnected);
}

static void a_broker_that_refuses_is_not_hammered(void **state)
{
    (void)state;
    open_link("127.0.0.1", WRITES_AT_ONCE);
    assert_in_range(attempts_in(120000, refusal, sizeof refusal), 6, 40);
    assert_int_equal(world.connected, 0);
    assert_int_equal(world.disconnected, 0);
}

static void a_broker_that_does_not_answer_is_given_up(void **state)
{
    (void)state;
    open_link("127.0.0.1", WRITES_AT_ONCE);
    mqtt_link_turn(world.link, 0, 1000000, MQTT_LINK_MAY_ALL);
    int first = mqtt_link_fd(world.link);
    assert_true(first >= 0);
    assert_in_range(mqtt_link_timeout_ms(world.link, 1000000), 9000, 10000);
    mqtt_link_turn(world.link, 0, 1010000, MQTT_LINK_MAY_ALL);
    assert_int_equal(mqtt_link_fd(world.link), -1);
}

/* An attempt that begins at or after `now_ms`, and runs out of patience. Returns how much it had.
 */
static int64_t patience_of_attempt(int64_t *now_ms)
{
    for (int i = 0; i < 1000 && mqtt_link_fd(world.link) < 0; i++, *now_ms += 100)
        mqtt_link_turn(world.link, 0, *now_ms, MQTT_LINK_MAY_ALL);
    *now_ms -= 100;
    int64_t patience_ms = mqtt_link_timeout_ms(world.link, *now_ms);
    *now_ms += patience_ms;
    mqtt_link_turn(world.link, 0, *now_ms, MQTT_LINK_MAY_ALL);
    assert_int_equal(mqtt_link_fd(world.link), -1);
    return patience_ms;
}

static void patience_grows_with_the_attempts(void **state)
{
    (void)state;
    int64_t now_ms = 1000000;
    open_link("127.0.0.1", WRITES_AT_ONCE);
    static const int64_t expected_ms[] = { 10000, 20000, 40000, 80000, 80000 };
    for (size_t i = 0; i < sizeof expected_ms / sizeof *expected_ms; i++)
        assert_int_equal(patience_of_attempt(&now_ms), expected_ms[i]);
}

/* A caller that waits as long as the link says, for what the link says. */
static int turns_in(int64_t ms, unsigned may)
{
    int turns = 0;
    for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end; turns++) {
        int wait_ms = mqtt_link_timeout_ms(world.link, clock_mono_ms());
        struct pollfd ready = { .fd = mqtt_link_fd(world.link),
                                .events = mqtt_link_poll_events(world.link) };
        if (poll(&ready, 1, wait_ms < ms ? wait_ms : (int)ms) <= 0)
            ready.revents = 0;
        mqtt_link_turn(world.link, ready.revents, clock_mono_ms(), may);
    }
    return turns;
}

#define FILLERS 2

/* Fills the listener's queue, so that one more connection takes its time, as through a network. */
static void fill_queue(int fillers[FILLERS])
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)world.port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(listen(world.listener, FILLERS - 1), 0);
    for (int i = 0; i < FILLERS; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(fillers[i], (struct sockaddr *)&address, sizeof address), 0);
    }
}

/* TCP stands once the queue is empty, and nothing comes: from then on the library says all the time
 * that it wants to write. */
static void mute_broker_turns(void **state, unsigned may)
{
    (void)state;
    int fillers[FILLERS];
    fill_queue(fillers);
    open_link_by("127.0.0.1", WRITES_HELD, CORPUS_DIR "/certificate/02-authority-past-2050.pem");
    turns_in(200, may);
    for (int i = 0; i < FILLERS; i++) {
        close(accept(world.listener, NULL, NULL));
        close(fillers[i]);
    }
    assert_in_range(turns_in(2000, may), 1, 10);
    assert_true(poll(&(struct pollfd){ world.listener, POLLIN, 0 }, 1, 0) > 0);
}

static void a_mute_broker_costs_no_turns(void **state)
{
    mute_broker_turns(state, MQTT_LINK_MAY_ALL);
}

static void nor_where_reading_is_a_stage(void **state)
{
    mute_broker_turns(state, MQTT_LINK_MAY_CONNECT);
}

static void the_next_host_has_its_turn(void **state)
{
    (void)state;
    char hosts[64];
    int port = world.port;
    close(world.listener);
    listen_somewhere();
    snprintf(hosts, sizeof hosts, "127.0.0.1:%d,localhost:%d", port, world.port);
    open_link(hosts, WRITES_AT_ONCE);
    char bytes[512];
    assert_true(receive(bytes, sizeof bytes) > 0);
}

#define CLAIM(TEXT, TEST)                                                                          \
    {                                                                                              \
        TEXT, TEST, begin, finish, NULL                                                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("CONNECT says what was asked for", connect_says_what_was_asked_for),
        CLAIM("what is said at CONNACK leaves once", what_is_said_at_connack_leaves_once),
        CLAIM("a PUBACK is reported with its reason", a_puback_is_reported_with_its_reason),
        CLAIM("held PUBACKs stay until the flush", held_pubacks_stay_until_the_flush),
        CLAIM("without holding a PUBACK leaves in the same turn",
              without_holding_a_puback_leaves_in_the_same_turn),
        CLAIM("dropped PUBACKs never leave", dropped_pubacks_never_leave),
        CLAIM("closing says DISCONNECT", closing_says_disconnect),
        CLAIM("a broker that accepts and kicks is not hammered",
              a_broker_that_accepts_and_kicks_is_not_hammered),
        CLAIM("a broker that refuses is not hammered", a_broker_that_refuses_is_not_hammered),
        CLAIM("a broker that does not answer is given up",
              a_broker_that_does_not_answer_is_given_up),
        CLAIM("patience grows with the attempts", patience_grows_with_the_attempts),
        CLAIM("a broker that is mute during TLS costs no turns", a_mute_broker_costs_no_turns),
        CLAIM("nor where reading is the caller's stage", nor_where_reading_is_a_stage),
        CLAIM("the next host has its turn", the_next_host_has_its_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
