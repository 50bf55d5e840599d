/* Proves who is said to have answered where a link does not connect: against listeners that are a
 * few lines in this file. What TLS says is proved against a broker (e2e). */
#include "common/mqtt_link.h"

#include "common/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define HOURS_MS 3600000LL /* of a clock that is stepped here */
#define STEP_MS  50
#define LABEL    "aaaaaaaaaaaaaaaa"
#define NO_NAME  LABEL LABEL LABEL LABEL /* longer than a name's part may be: no server is asked */

static void never_connected(void *owner, bool session_present)
{
    (void)owner, (void)session_present;
    fail_msg("connected");
}

static void never_disconnected(void *owner, const char *why)
{
    (void)owner;
    fail_msg("%s", why);
}

static void no_message(void *owner, const struct mqtt_message *message)
{
    (void)owner, (void)message;
}

static const struct mqtt_link_events events = {
    .connected = never_connected,
    .disconnected = never_disconnected,
    .message = no_message,
};

struct listener {
    int fd, port;
};

static struct listener listen_somewhere(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    struct listener listener = { .fd = socket(AF_INET, SOCK_STREAM, 0) };

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener.fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener.fd, 8), 0);
    assert_int_equal(getsockname(listener.fd, (struct sockaddr *)&address, &size), 0);
    listener.port = ntohs(address.sin_port);
    return listener;
}

static int closed_port(void)
{
    struct listener listener = listen_somewhere();

    close(listener.fd);
    return listener.port;
}

static struct mqtt_link *open_link_for(const struct mqtt_link_events *heard, const char *hosts,
                                       int port, const char *cafile)
{
    const struct mqtt_link_options options = { .hosts = hosts,
                                               .port = port,
                                               .client_id = "carrito-test",
                                               .cafile = cafile,
                                               .keepalive_s = 30,
                                               .quiet = true,
                                               .events = heard };
    struct mqtt_link *link = mqtt_link_open(&options);

    assert_non_null(link);
    return link;
}

static struct mqtt_link *open_link(const char *hosts, int port, const char *cafile)
{
    return open_link_for(&events, hosts, port, cafile);
}

/* Steps the clock until the link knows something, or for an hour of it. What waits at `broker` is
 * answered by `bytes` and hung up on; NULL: it is hung up on. */
static enum mqtt_answer answer_of(struct mqtt_link *link, const struct listener *broker,
                                  const char *bytes, size_t length)
{
    for (int64_t now = 1; now < HOURS_MS && mqtt_link_answer(link) == MQTT_ANSWER_UNKNOWN;
         now += STEP_MS) {
        struct pollfd ready = { .fd = mqtt_link_fd(link), .events = mqtt_link_poll_events(link) };
        if (poll(&ready, 1, 1) <= 0)
            ready.revents = 0;
        mqtt_link_turn(link, ready.revents, now, MQTT_LINK_MAY_ALL);
        if (broker == NULL || poll(&(struct pollfd){ broker->fd, POLLIN, 0 }, 1, 0) <= 0)
            continue;
        int peer = accept(broker->fd, NULL, NULL);
        char connect_packet[512];
        assert_true(poll(&(struct pollfd){ peer, POLLIN, 0 }, 1, 0) >= 0);
        if (bytes != NULL)
            assert_int_equal(send(peer, bytes, length, MSG_NOSIGNAL), length);
        shutdown(peer, SHUT_WR);
        while (poll(&(struct pollfd){ peer, POLLIN, 0 }, 1, 1) > 0 &&
               recv(peer, connect_packet, sizeof connect_packet, 0) > 0)
            ;
        close(peer);
    }
    enum mqtt_answer answer = mqtt_link_answer(link);
    mqtt_link_close(link);
    return answer;
}

static void a_closed_port_is_an_answer(void **state)
{
    (void)state;
    assert_int_equal(answer_of(open_link("127.0.0.1", closed_port(), NULL), NULL, NULL, 0),
                     MQTT_ANSWER_NO_BROKER);
}

/* No packet leaves for it: TCP has no broadcast. */
static void an_attempt_that_nobody_answers_has_ended(void **state)
{
    (void)state;
    assert_int_equal(answer_of(open_link("255.255.255.255", 1883, NULL), NULL, NULL, 0),
                     MQTT_ANSWER_NONE);
}

static void a_name_without_an_address_is_told_apart(void **state)
{
    (void)state;
    assert_int_equal(answer_of(open_link(NO_NAME, 1883, NULL), NULL, NULL, 0), MQTT_ANSWER_NO_NAME);
}

static void who_hangs_up_is_no_broker(void **state)
{
    struct listener broker = listen_somewhere();

    (void)state;
    assert_int_equal(answer_of(open_link("127.0.0.1", broker.port, NULL), &broker, NULL, 0),
                     MQTT_ANSWER_NO_BROKER);
    close(broker.fd);
}

/* Nobody accepts, so only the patience ends it: but the machine took the connection. */
static void who_says_nothing_is_no_broker(void **state)
{
    struct listener broker = listen_somewhere();

    (void)state;
    assert_int_equal(answer_of(open_link("127.0.0.1", broker.port, NULL), NULL, NULL, 0),
                     MQTT_ANSWER_NO_BROKER);
    close(broker.fd);
}

static void connack_says_who_is_refused(void **state)
{
    static const struct {
        unsigned char reason;
        enum mqtt_answer answer;
    } table[] = {
        { 0x87, MQTT_ANSWER_REFUSED },   { 0x86, MQTT_ANSWER_REFUSED },
        { 0x85, MQTT_ANSWER_REFUSED },   { 0x8a, MQTT_ANSWER_REFUSED },
        { 0x88, MQTT_ANSWER_NO_BROKER }, { 0x89, MQTT_ANSWER_NO_BROKER },
        { 0x97, MQTT_ANSWER_NO_BROKER },
    };
    struct listener broker = listen_somewhere();

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const char connack[] = { 0x20, 3, 0, (char)table[i].reason, 0 };
        assert_int_equal(
            answer_of(open_link("127.0.0.1", broker.port, NULL), &broker, connack, sizeof connack),
            table[i].answer);
    }
    close(broker.fd);
}

static void unusable_files_are_no_silence(void **state)
{
    (void)state;
    assert_int_equal(
        answer_of(open_link("127.0.0.1", closed_port(), CORPUS_DIR "/nothing.pem"), NULL, NULL, 0),
        MQTT_ANSWER_OWN_FILES);
}

static void certificates_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(mqtt_answer_of_certificate(X509_V_ERR_CERT_NOT_YET_VALID),
                     MQTT_ANSWER_NOT_YET_VALID);
    assert_int_equal(mqtt_answer_of_certificate(X509_V_ERR_CERT_HAS_EXPIRED), MQTT_ANSWER_EXPIRED);
    assert_int_equal(mqtt_answer_of_certificate(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN),
                     MQTT_ANSWER_STRANGER);
    assert_int_equal(mqtt_answer_of_certificate(X509_V_ERR_HOSTNAME_MISMATCH),
                     MQTT_ANSWER_STRANGER);
}

/* Of two hosts, the second is silent: what the first said stands until it, too, is silent. */
static void the_farthest_of_a_pass_counts(void **state)
{
    struct mqtt_answers answers = { 0 };

    (void)state;
    for (int pass = 0; pass < 3; pass++) {
        mqtt_answers_note(&answers, MQTT_ANSWER_REFUSED);
        assert_int_equal(answers.known, MQTT_ANSWER_REFUSED);
        mqtt_answers_note(&answers, MQTT_ANSWER_NONE);
        mqtt_answers_pass(&answers);
        assert_int_equal(answers.known, MQTT_ANSWER_REFUSED);
    }
    mqtt_answers_note(&answers, MQTT_ANSWER_NONE);
    mqtt_answers_note(&answers, MQTT_ANSWER_NO_NAME);
    mqtt_answers_pass(&answers);
    assert_int_equal(answers.known, MQTT_ANSWER_NO_NAME);
}

static void passes(struct mqtt_answers *answers, enum mqtt_answer answer)
{
    mqtt_answers_note(answers, answer);
    mqtt_answers_pass(answers);
}

/* Once is the broker's fault with other clients, twice is so. */
static void one_reset_between_refusals_is_none(void **state)
{
    struct mqtt_answers answers = { 0 };

    (void)state;
    passes(&answers, MQTT_ANSWER_NOT_ACCEPTED);
    passes(&answers, MQTT_ANSWER_NO_BROKER);
    assert_int_equal(answers.known, MQTT_ANSWER_NOT_ACCEPTED);
    passes(&answers, MQTT_ANSWER_NO_BROKER);
    assert_int_equal(answers.known, MQTT_ANSWER_NO_BROKER);
    passes(&answers, MQTT_ANSWER_NOT_ACCEPTED);
    passes(&answers, MQTT_ANSWER_NONE);
    assert_int_equal(answers.known, MQTT_ANSWER_NONE);
}

/* A list goes on to its next host after each: the first one's refusal is not forgotten for it. */
static void a_refusal_outlives_the_other_host(void **state)
{
    struct listener broker = listen_somewhere();
    const char connack[] = { 0x20, 3, 0, (char)0x87, 0 };
    char hosts[64];

    (void)state;
    snprintf(hosts, sizeof hosts, "127.0.0.1:%d,127.0.0.1:%d", broker.port, closed_port());
    struct mqtt_link *link = open_link(hosts, 1883, NULL);
    int refusals = 0;
    assert_int_equal(mqtt_link_answer(link), MQTT_ANSWER_UNKNOWN);
    for (int64_t now = 1; now < HOURS_MS && refusals < 3; now += STEP_MS) {
        struct pollfd ready = { .fd = mqtt_link_fd(link), .events = mqtt_link_poll_events(link) };
        if (poll(&ready, 1, 1) <= 0)
            ready.revents = 0;
        mqtt_link_turn(link, ready.revents, now, MQTT_LINK_MAY_ALL);
        if (refusals > 0 && mqtt_link_fd(link) < 0)
            assert_int_equal(mqtt_link_answer(link), MQTT_ANSWER_REFUSED);
        if (poll(&(struct pollfd){ broker.fd, POLLIN, 0 }, 1, 0) <= 0)
            continue;
        int peer = accept(broker.fd, NULL, NULL);
        assert_int_equal(send(peer, connack, sizeof connack, MSG_NOSIGNAL), sizeof connack);
        while (mqtt_link_fd(link) >= 0) {
            ready =
                (struct pollfd){ .fd = mqtt_link_fd(link), .events = mqtt_link_poll_events(link) };
            poll(&ready, 1, 10);
            mqtt_link_turn(link, ready.revents, now, MQTT_LINK_MAY_READ);
        }
        close(peer);
        refusals++;
    }
    assert_int_equal(refusals, 3);
    mqtt_link_close(link);
    close(broker.fd);
}

static int times_connected, times_disconnected;

static void was_connected(void *owner, bool session_present)
{
    (void)owner, (void)session_present;
    times_connected++;
}

static void was_disconnected(void *owner, const char *why)
{
    (void)owner, (void)why;
    times_disconnected++;
}

static const struct mqtt_link_events counting = {
    .connected = was_connected,
    .disconnected = was_disconnected,
    .message = no_message,
};

/* Turns until the counter is 1, for three seconds. */
static void turn_until(struct mqtt_link *link, const int *counter)
{
    for (int64_t end = clock_mono_ms() + 3000; *counter == 0 && clock_mono_ms() < end;) {
        struct pollfd ready = { .fd = mqtt_link_fd(link), .events = mqtt_link_poll_events(link) };
        if (poll(&ready, 1, 20) <= 0)
            ready.revents = 0;
        mqtt_link_turn(link, ready.revents, clock_mono_ms(), MQTT_LINK_MAY_ALL);
    }
    assert_int_equal(*counter, 1);
}

/* A connection that stands, by a broker of this file, whose socket is `peer`. */
static struct mqtt_link *connected_link(const struct listener *broker, int *peer)
{
    static const char connack[] = { 0x20, 3, 0, 0, 0 };
    char packet[512];
    struct mqtt_link *link = open_link_for(&counting, "127.0.0.1", broker->port, NULL);

    times_connected = times_disconnected = 0;
    mqtt_link_turn(link, 0, clock_mono_ms(), MQTT_LINK_MAY_ALL);
    *peer = accept(broker->fd, NULL, NULL);
    assert_int_equal(send(*peer, connack, sizeof connack, MSG_NOSIGNAL), sizeof connack);
    turn_until(link, &times_connected);
    assert_true(recv(*peer, packet, sizeof packet, 0) > 0);
    return link;
}

/* Whoever closes, resets or says DISCONNECT is there, whatever the next attempt will find. */
static void who_ended_a_connection_has_answered(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        bool resets;
        enum mqtt_answer answer;
    } table[] = {
        { "", 0, false, MQTT_ANSWER_NO_BROKER },
        { "", 0, true, MQTT_ANSWER_NO_BROKER },
        { "\xe0\1\x8b", 3, false, MQTT_ANSWER_NO_BROKER }, /* the server shuts down */
        { "\xe0\1\x87", 3, false, MQTT_ANSWER_REFUSED },   /* not authorised */
    };
    struct listener broker = listen_somewhere();

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct linger reset = { .l_onoff = 1 };
        int peer;
        struct mqtt_link *link = connected_link(&broker, &peer);
        assert_int_equal(send(peer, table[i].bytes, table[i].length, MSG_NOSIGNAL),
                         table[i].length);
        if (table[i].resets)
            setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(peer);
        turn_until(link, &times_disconnected);
        assert_int_equal(mqtt_link_answer(link), table[i].answer);
        mqtt_link_close(link);
    }
    close(broker.fd);
}

static void what_ends_here_says_nothing_of_there(void **state)
{
    struct listener broker = listen_somewhere();
    int peer;
    struct mqtt_link *link = connected_link(&broker, &peer);

    (void)state;
    mqtt_link_drop(link, "test");
    assert_int_equal(mqtt_link_answer(link), MQTT_ANSWER_UNKNOWN);
    mqtt_link_close(link);
    close(peer);
    close(broker.fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a closed port is an answer", a_closed_port_is_an_answer, NULL, NULL, NULL },
        { "an attempt that nobody answers has ended", an_attempt_that_nobody_answers_has_ended,
          NULL, NULL, NULL },
        { "a name without an address is told apart", a_name_without_an_address_is_told_apart, NULL,
          NULL, NULL },
        { "who hangs up is no broker", who_hangs_up_is_no_broker, NULL, NULL, NULL },
        { "who takes the connection and says nothing is no broker", who_says_nothing_is_no_broker,
          NULL, NULL, NULL },
        { "CONNACK says who is refused", connack_says_who_is_refused, NULL, NULL, NULL },
        { "files that cannot be used are no silence", unusable_files_are_no_silence, NULL, NULL,
          NULL },
        { "certificates are told apart", certificates_are_told_apart, NULL, NULL, NULL },
        { "the farthest of a pass counts", the_farthest_of_a_pass_counts, NULL, NULL, NULL },
        { "one reset between refusals is none", one_reset_between_refusals_is_none, NULL, NULL,
          NULL },
        { "a refusal outlives the other host's closed port", a_refusal_outlives_the_other_host,
          NULL, NULL, NULL },
        { "who ended a connection has answered", who_ended_a_connection_has_answered, NULL, NULL,
          NULL },
        { "what ends here says nothing of there", what_ends_here_says_nothing_of_there, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
