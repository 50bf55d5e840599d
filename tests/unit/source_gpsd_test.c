/* Claims about source_gpsd, against a gpsd that this test plays on a socket of its own: reports
 * become fixes, and whatever gpsd does or does not, no call waits and it is tried again. */
#include "agent/source_gpsd.h"
#include "captured_log.h"

#include <arpa/inet.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define VERSION                                                                                    \
    "{\"class\":\"VERSION\",\"release\":\"3.22\",\"proto_major\":3,\"proto_minor\":14}\r\n"
#define TPV                                                                                        \
    "{\"class\":\"TPV\",\"device\":\"/dev/x\",\"mode\":3,\"time\":\"2026-09-06T12:00:00.250Z\","   \
    "\"lat\":-33.44,\"lon\":-70.65,\"altHAE\":590.0,\"altMSL\":570.5,\"track\":84.4,"              \
    "\"speed\":1.5,\"eph\":4.5}\r\n"
#define TPV_2040                                                                                   \
    "{\"class\":\"TPV\",\"device\":\"/dev/x\",\"mode\":3,\"time\":\"2040-01-01T00:00:00.000Z\","   \
    "\"lat\":-33.44,\"lon\":-70.65,\"altMSL\":570.5}\r\n"
#define NO_FIX "{\"class\":\"TPV\",\"device\":\"/dev/x\",\"mode\":1}\r\n"
#define SKY    "{\"class\":\"SKY\",\"device\":\"/dev/x\",\"hdop\":1.2}\r\n"

/* The played gpsd and its client. */
struct play {
    int listener, peer;
    struct source_gpsd *gpsd;
};

static void play_open(struct play *play)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof address;
    char place[40];

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    play->peer = -1;
    play->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_return_code(bind(play->listener, (struct sockaddr *)&address, length), 0);
    assert_return_code(listen(play->listener, 4), 0);
    getsockname(play->listener, (struct sockaddr *)&address, &length);
    snprintf(place, sizeof place, "localhost:%d", ntohs(address.sin_port));
    play->gpsd = source_gpsd_open(place);
    assert_non_null(play->gpsd);
}

static void play_close(struct play *play)
{
    source_gpsd_close(play->gpsd);
    close(play->listener);
    if (play->peer >= 0) {
        close(play->peer);
    }
}

/* The turn after what the peer sent has come. */
static bool turn(struct play *play, int64_t mono_ms, struct fix *fix)
{
    struct pollfd poll_fd = { .fd = source_gpsd_fd(play->gpsd), .events = POLLIN };

    poll(&poll_fd, 1, 1000);
    return source_gpsd_turn(play->gpsd, poll_fd.revents, mono_ms, fix);
}

static void say(struct play *play, const char *text)
{
    assert_true(send(play->peer, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text));
}

static void assert_hears(struct play *play, const char *text)
{
    char heard[200];
    ssize_t length = recv(play->peer, heard, sizeof heard - 1, 0);

    assert_true(length > 0);
    heard[length] = '\0';
    assert_string_equal(heard, text);
}

/* Connected, greeted, and asked to watch at `mono_ms`. */
static void greet(struct play *play, int64_t mono_ms)
{
    struct fix fix;

    assert_false(source_gpsd_turn(play->gpsd, 0, mono_ms, &fix));
    play->peer = accept(play->listener, NULL, NULL);
    assert_true(play->peer >= 0);
    say(play, VERSION);
    assert_false(turn(play, mono_ms, &fix));
    assert_hears(play, "?WATCH={\"enable\":true,\"json\":true};\n");
}

static void makes_fixes_of_reports(void **state)
{
    struct play play;
    struct fix fix;

    (void)state;
    play_open(&play);
    assert_int_equal(source_gpsd_timeout_ms(play.gpsd, 0), 0);
    greet(&play, 0);
    assert_string_equal(source_gpsd_state(play.gpsd), "absent");
    say(&play, SKY TPV SKY NO_FIX);
    assert_true(turn(&play, 10, &fix));
    assert_true(fix.lat == -33.44 && fix.lon == -70.65 && fix.alt == 570.5 && fix.acc == 4.5);
    assert_true(fabs(fix.vel - 5.4) < 1e-9 && fix.cog == 84.4);
    assert_true(fix.time_ms == 1788696000250);
    assert_int_equal(fix.mode, FIX_3D);
    assert_string_equal(source_gpsd_state(play.gpsd), "fix");
    assert_true(source_gpsd_turn(play.gpsd, 0, 10, &fix));
    assert_int_equal(fix.mode, FIX_NONE);
    assert_true(isnan(fix.lat) && isnan(fix.vel) && fix.time_ms == FIX_TIME_ABSENT);
    assert_string_equal(source_gpsd_state(play.gpsd), "nofix");
    assert_false(source_gpsd_turn(play.gpsd, 0, 10, &fix));
    play_close(&play);
}

/* Debian 12's libgps for armhf counts seconds in 32 bits: there such a time is none. */
static void a_time_past_2038_is_right_or_none(void **state)
{
    struct play play;
    struct fix fix;

    (void)state;
    play_open(&play);
    greet(&play, 0);
    say(&play, TPV_2040);
    assert_true(turn(&play, 10, &fix));
    assert_true(fix.lat == -33.44 && fix.lon == -70.65 && fix.alt == 570.5);
    assert_true(fix.time_ms == 2208988800000 ||
                (sizeof(long) == 4 && fix.time_ms == FIX_TIME_ABSENT));
    play_close(&play);
}

static void puts_pieces_together(void **state)
{
    struct play play;
    struct fix fix;
    char half[40] = "";

    (void)state;
    play_open(&play);
    greet(&play, 0);
    snprintf(half, sizeof half, "%.30s", TPV);
    say(&play, half);
    assert_false(turn(&play, 10, &fix));
    say(&play, &TPV[30]);
    assert_true(turn(&play, 20, &fix));
    assert_true(fix.lat == -33.44);
    play_close(&play);
}

/* gpsd dies in the middle of a line: libgps's own gps_read would say "nothing" for ever. */
static void comes_back_after_a_death(void **state)
{
    struct play play;
    struct fix fix;

    (void)state;
    play_open(&play);
    greet(&play, 0);
    say(&play, TPV "{\"class\":");
    assert_true(turn(&play, 10, &fix));
    assert_false(source_gpsd_turn(play.gpsd, 0, 10, &fix));
    close(play.peer);
    assert_false(turn(&play, 20, &fix));
    assert_string_equal(source_gpsd_state(play.gpsd), "absent");
    assert_int_equal(source_gpsd_fd(play.gpsd), -1);
    int wait_ms = source_gpsd_timeout_ms(play.gpsd, 20);
    assert_in_range(wait_ms, 1000, 30000);
    greet(&play, 20 + wait_ms);
    say(&play, TPV);
    assert_true(turn(&play, 20 + wait_ms, &fix));
    assert_string_equal(source_gpsd_state(play.gpsd), "fix");
    play_close(&play);
}

/* Most carts of a guild may have no receiver, and then this is their log. */
static void tells_an_absence_once(void **state)
{
    struct play play;
    struct fix fix;
    int saved;

    (void)state;
    play_open(&play);
    FILE *file = capture(&saved);
    greet(&play, 0);
    say(&play, SKY);
    turn(&play, 0, &fix);
    close(play.peer);
    turn(&play, 0, &fix);
    for (int i = 1; i < 10; i++) { /* what only greets is not there yet */
        greet(&play, i * INT64_C(60000));
        close(play.peer);
        turn(&play, i * INT64_C(60000), &fix);
    }
    greet(&play, 6000000);
    say(&play, SKY SKY TPV);
    turn(&play, 6000000, &fix);
    close(play.peer);
    play.peer = -1;
    while (source_gpsd_fd(play.gpsd) >= 0) {
        turn(&play, 6000001, &fix);
    }
    char *text = captured(file, saved);
    assert_int_equal(count(text, "watching gpsd"), 1);
    assert_int_equal(count(text, "no gpsd"), 2);
    assert_int_equal(count(text, "gpsd is back"), 1);
    free(text);
    play_close(&play);
}

static void is_absent_without_reports(void **state)
{
    struct play play;
    struct fix fix;

    (void)state;
    play_open(&play);
    greet(&play, 0);
    say(&play, TPV);
    assert_true(turn(&play, 0, &fix));
    say(&play, SKY); /* gpsd lives, the receiver says nothing */
    assert_false(turn(&play, 5000, &fix));
    assert_int_equal(source_gpsd_timeout_ms(play.gpsd, 5000), 5000);
    assert_false(source_gpsd_turn(play.gpsd, 0, 9999, &fix));
    assert_string_equal(source_gpsd_state(play.gpsd), "fix");
    assert_false(source_gpsd_turn(play.gpsd, 0, 10000, &fix));
    assert_string_equal(source_gpsd_state(play.gpsd), "absent");
    assert_true(source_gpsd_fd(play.gpsd) >= 0);
    play_close(&play);
}

static void asks_who_is_silent(void **state)
{
    struct play play;
    struct fix fix;

    (void)state;
    play_open(&play);
    greet(&play, 0);
    assert_false(source_gpsd_turn(play.gpsd, 0, 10000, &fix));
    assert_hears(&play, "?DEVICES;\n");
    say(&play, "{\"class\":\"DEVICES\",\"devices\":[]}\r\n");
    assert_false(turn(&play, 11000, &fix));
    assert_false(source_gpsd_turn(play.gpsd, 0, 21000, &fix));
    assert_hears(&play, "?DEVICES;\n");
    assert_false(source_gpsd_turn(play.gpsd, 0, 30999, &fix));
    assert_true(source_gpsd_fd(play.gpsd) >= 0);
    assert_false(source_gpsd_turn(play.gpsd, 0, 31000, &fix));
    assert_int_equal(source_gpsd_fd(play.gpsd), -1);
    play_close(&play);
}

/* A stopped gpsd: the kernel takes connections for it until its queue is full, then none. */
static void never_waits_for_a_stopped_one(void **state)
{
    struct play play;
    struct fix fix;
    int64_t mono_ms = 0;
    int waits = 0;

    (void)state;
    play_open(&play);
    for (int i = 0; i < 60; i++) {
        alarm(5); /* a call that waits ends the test */
        assert_false(source_gpsd_turn(play.gpsd, 0, mono_ms, &fix));
        int wait_ms = source_gpsd_timeout_ms(play.gpsd, mono_ms);
        assert_in_range(wait_ms, 1, 30000);
        waits += source_gpsd_fd(play.gpsd) < 0 ? 1 : 0;
        mono_ms += wait_ms;
    }
    alarm(0);
    assert_in_range(waits, 25, 35);
    assert_string_equal(source_gpsd_state(play.gpsd), "absent");
    play_close(&play);
}

static void drops_what_is_no_gpsd(void **state)
{
    static const char *const greetings[] = { "SSH-2.0-x\r\n", "\n", TPV };
    struct play play;
    struct fix fix;

    (void)state;
    for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
        play_open(&play);
        assert_false(source_gpsd_turn(play.gpsd, 0, 0, &fix));
        play.peer = accept(play.listener, NULL, NULL);
        say(&play, greetings[i]);
        assert_false(turn(&play, 0, &fix));
        assert_int_equal(source_gpsd_fd(play.gpsd), -1);
        play_close(&play);
    }
}

static void bears_nonsense(void **state)
{
    struct play play;
    struct fix fix;
    char flood[4000];

    (void)state;
    play_open(&play);
    greet(&play, 0);
    say(&play,
        "\r\n{\"class\":\"TPV\"}\r\n{\"class\":\"TPV\",\"mode\":\"x\"\r\n\"class\":\"TPV\"\r\n"
        "{\"class\":\"TPV\",\"mode\":3,\"lat\":[[[[\r\n" TPV);
    while (!turn(&play, 10, &fix)) {
    }
    for (int i = 0; i < 10 && fix.mode != FIX_3D; i++) {
        assert_true(isnan(fix.lat));
        source_gpsd_turn(play.gpsd, 0, 10, &fix);
    }
    assert_true(fix.lat == -33.44);
    memset(flood, 'x', sizeof flood - 1);
    flood[sizeof flood - 1] = '\0';
    for (int i = 0; i < 5; i++) {
        say(&play, flood);
    }
    for (int i = 0; i < 10 && source_gpsd_fd(play.gpsd) >= 0; i++) {
        turn(&play, 20, &fix);
    }
    assert_int_equal(source_gpsd_fd(play.gpsd), -1);
    play_close(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "reports become fixes, in the event's units", makes_fixes_of_reports, NULL, NULL, NULL },
        { "a time past 2038 is right, or none where libgps cannot hold it",
          a_time_past_2038_is_right_or_none, NULL, NULL, NULL },
        { "lines in pieces are put together", puts_pieces_together, NULL, NULL, NULL },
        { "a gpsd that died in a line is found again", comes_back_after_a_death, NULL, NULL, NULL },
        { "an absence is told once, and once that it is over", tells_an_absence_once, NULL, NULL,
          NULL },
        { "without a report for 10 s the receiver is absent", is_absent_without_reports, NULL, NULL,
          NULL },
        { "a silent gpsd is asked, and left when it does not answer", asks_who_is_silent, NULL,
          NULL, NULL },
        { "a stopped gpsd is never waited for", never_waits_for_a_stopped_one, NULL, NULL, NULL },
        { "what does not greet like gpsd is left", drops_what_is_no_gpsd, NULL, NULL, NULL },
        { "nonsense is passed over, a line without end ends the connection", bears_nonsense, NULL,
          NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
