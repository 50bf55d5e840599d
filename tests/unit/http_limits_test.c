/* Proves the limits by address and time: who counts as the client, how many sign-ins and
 * connections it has, and that a connection's time runs out however busy it looks. */
#include "collector/http/address.h"
#include "collector/http/http_guard.h"
#include "collector/http/rate_limit.h"
#include "common/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct address address_of(const char *text)
{
    struct address address;
    assert_true(address_from_text(text, strlen(text), &address));
    return address;
}

static void the_client_is_behind_our_proxies_only(void **state)
{
    static const struct {
        const char *peer, *forwarded, *client;
    } rows[] = {
        { "192.0.2.9", "203.0.113.5", "192.0.2.9" },
        { "10.0.0.1", NULL, "10.0.0.1" },
        { "10.0.0.1", "203.0.113.5", "203.0.113.5" },
        { "10.0.0.1", "1.2.3.4, 203.0.113.5", "203.0.113.5" },
        { "10.0.0.1", "203.0.113.5, ::1", "203.0.113.5" },
        { "10.0.0.1", "1.2.3.4, nonsense", "10.0.0.1" },
        { "10.0.0.1", "nonsense, 203.0.113.5", "203.0.113.5" },
        { "10.0.0.1", " , ", "10.0.0.1" },
        { "::1", "2001:db8::7", "2001:db8::7" },
        { "10.0.0.1", "203.0.113.7:51008", "203.0.113.7" },
        { "10.0.0.1", "[2001:db8::7]:443", "2001:db8::7" },
        { "10.0.0.1", "[2001:db8::7]", "2001:db8::7" },
        { "10.0.0.1", "\"[2001:db8::7]:443\"", "2001:db8::7" },
        { "10.0.0.1", "1.2.3.4,\t203.0.113.5\t ,, ", "203.0.113.5" },
        { "10.0.0.1", "1.2.3.4, 203.0.113.5, 10.0.0.1:80, [::1]:9", "203.0.113.5" },
        { "172.16.9.9", "1.2.3.4, 203.0.113.5, 172.31.0.1", "203.0.113.5" },
        { "172.32.0.1", "203.0.113.5", "172.32.0.1" },
        { "2001:db8:ffff::1", "203.0.113.5", "203.0.113.5" },
        { "2001:db9::1", "203.0.113.5", "2001:db9::1" },
    };
    struct address_list proxies;
    (void)state;
    assert_true(address_list_read("10.0.0.1, ::1\t172.16.0.0/12,2001:db8:1:2::/32", &proxies));
    assert_int_equal(proxies.count, 4);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct address peer = address_of(rows[i].peer);
        char text[ADDRESS_TEXT_SIZE], unread[ADDRESS_UNREAD_SIZE];
        struct address client = address_client(&peer, rows[i].forwarded, &proxies, unread);
        address_text(&client, text);
        assert_string_equal(text, rows[i].client);
    }
}

static void what_cannot_be_read_is_told_and_is_the_proxy(void **state)
{
    static const char *const rows[] = { "unknown",        "_hidden",      "203.0.113.7:",
                                        "203.0.113.7:x",  "[2001:db8::7", "[2001:db8::7]443",
                                        "[2001:db8::7]:", "\"",           "1.2.3.4 5.6.7.8",
                                        "203.0.113.256",  "fe80::1%eth0", "203.0.113.7:123456" };
    struct address proxy = address_of("10.0.0.1");
    struct address_list proxies;
    char value[ADDRESS_UNREAD_SIZE], unread[ADDRESS_UNREAD_SIZE];
    (void)state;
    assert_true(address_list_read("10.0.0.0/8", &proxies));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(value, sizeof value, "1.2.3.4, %s, 10.1.1.1", rows[i]);
        struct address client = address_client(&proxy, value, &proxies, unread);
        struct address last = address_of("10.1.1.1");
        assert_true(address_equal(&client, &last));
        assert_string_equal(unread, rows[i]);
    }
    address_client(&proxy, "nonsense, 203.0.113.7", &proxies, unread);
    assert_string_equal(unread, "");
}

static void a_list_has_addresses_and_networks_or_is_none(void **state)
{
    static const char *const bad[] = { "10.0.0.1,example.org",
                                       "10.0.0.0/33",
                                       "10.0.0.0/0",
                                       "::/0",
                                       "2001:db8::/129",
                                       "10.0.0.0/",
                                       "10.0.0.0/8x",
                                       "10.0.0/8",
                                       "/8",
                                       "10.0.0.0/-8",
                                       "10.0.0.0/0008",
                                       "127.0.0.1:80" };
    struct buffer many = { 0 };
    struct address_list list;
    (void)state;
    assert_true(address_list_read(NULL, &list));
    assert_int_equal(list.count, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(address_list_is_valid(bad[i]));
    for (int i = 0; i < ADDRESS_LIST_MAX; i++)
        buffer_format(&many, "10.%d.%d.0/24,", i / 256, i % 256);
    assert_true(address_list_read(many.bytes, &list));
    struct address in = address_of("10.3.255.9"), out = address_of("10.4.0.9");
    assert_true(address_list_has(&list, &in));
    assert_false(address_list_has(&list, &out));
    buffer_text(&many, "10.4.0.0/24");
    assert_false(address_list_is_valid(many.bytes));
    buffer_free(&many);
    /* The IPv4 addresses are in ::/1 as bytes, and not as anybody means it. */
    assert_true(address_list_read("::/1", &list));
    assert_false(address_list_has(&list, &out));
}

static void sixty_a_minute(void **state)
{
    struct rate_limit *limit = rate_limit_open(60);
    struct address one = address_of("192.0.2.1"), other = address_of("192.0.2.2");
    (void)state;
    for (int i = 0; i < 60; i++)
        assert_int_equal(rate_limit_take(limit, &one, 1000 + i, NULL), 0);
    assert_int_equal(rate_limit_take(limit, &one, 1100, NULL), 60);
    assert_int_equal(rate_limit_take(limit, &one, 60999, NULL), 1);
    assert_int_equal(rate_limit_take(limit, &other, 60999, NULL), 0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(rate_limit_take(limit, &one, 61000 + i, NULL), 0);
    assert_int_equal(rate_limit_take(limit, &one, 61100, NULL), 60);
    rate_limit_close(limit);
}

static void a_household_is_one_address(void **state)
{
    struct rate_limit *limit = rate_limit_open(1);
    struct address one = address_of("2001:db8::1"), two = address_of("2001:db8::ffff:2");
    struct address next = address_of("2001:db8:0:1::1");
    (void)state;
    assert_int_equal(rate_limit_take(limit, &one, 0, NULL), 0);
    assert_int_not_equal(rate_limit_take(limit, &two, 0, NULL), 0);
    assert_int_equal(rate_limit_take(limit, &next, 0, NULL), 0);
    rate_limit_close(limit);
}

static void a_customer_of_many_networks_has_four_shares(void **state)
{
    struct rate_limit *limit = rate_limit_open(10);
    struct address elsewhere = address_of("2001:db8:2::1");
    char text[40];
    int taken = 0;
    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "2001:db8:1:%x::1", i);
        struct address one = address_of(text);
        taken += rate_limit_take(limit, &one, i, NULL) == 0;
    }
    assert_int_equal(taken, 10 * CUSTOMER_SHARE);
    assert_int_equal(rate_limit_take(limit, &elsewhere, 500, NULL), 0);
    /* What a household is refused costs its customer nothing. */
    for (int i = 0; i < 100; i++)
        rate_limit_take(limit, &elsewhere, 501, NULL);
    struct address neighbour = address_of("2001:db8:2:1::1");
    assert_int_equal(rate_limit_take(limit, &neighbour, 502, NULL), 0);
    rate_limit_close(limit);
}

/* Ten times as many as it has room for, of both kinds. */
static void no_flood_of_networks_makes_a_window_begin_anew(void **state)
{
    struct rate_limit *limit = rate_limit_open(60);
    struct address first = address_of("192.0.2.1"), home = address_of("2001:db8:1::1");
    char text[40];
    (void)state;
    for (int i = 0; i < 60; i++) {
        assert_int_equal(rate_limit_take(limit, &first, i, NULL), 0);
        assert_int_equal(rate_limit_take(limit, &home, i, NULL), 0);
    }
    for (int i = 0; i < 80000; i++) {
        snprintf(text, sizeof text, i % 2 != 0 ? "10.%d.%d.1" : "2001:%x:%x::1", i / 512,
                 i / 2 % 256);
        struct address one = address_of(text);
        assert_int_equal(rate_limit_take(limit, &one, 100 + i / 4, NULL), 0);
    }
    assert_int_equal(rate_limit_take(limit, &first, 30000, NULL), 30);
    assert_int_equal(rate_limit_take(limit, &home, 30000, NULL), 30);
    assert_int_equal(rate_limit_take(limit, &first, 60000, NULL), 0);
    rate_limit_close(limit);
}

/* So the windows bound what all of them together may send, however many come. */
static void a_newcomer_takes_over_what_was_counted(void **state)
{
    enum { WINDOWS = 8192, EACH = 2 };
    struct rate_limit *limit = rate_limit_open(EACH);
    int taken = 0;
    char text[40];
    (void)state;
    for (int i = 0; i < 10 * WINDOWS; i++) {
        snprintf(text, sizeof text, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        struct address one = address_of(text);
        taken += rate_limit_take(limit, &one, i / 10000, NULL) == 0;
    }
    assert_int_equal(taken, WINDOWS * EACH);
    rate_limit_close(limit);
}

static void what_is_left_is_told(void **state)
{
    struct rate_limit *limit = rate_limit_open(2), *none = rate_limit_open(0);
    struct address one = address_of("10.1.2.3"), home = address_of("2001:db8:1:1::1");
    static const struct rate_left expected[] = { { 2, 1, 60 }, { 2, 0, 31 }, { 2, 0, 31 } };
    static const int64_t times[] = { 0, 29001, 29999 };
    struct rate_left left;
    char text[40];
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        assert_int_equal(rate_limit_take(limit, &one, times[i], &left), i < 2 ? 0 : 31);
        assert_memory_equal(&left, &expected[i], sizeof left);
    }
    for (int i = 2; i <= 8; i++) { /* seven of the customer's eight */
        snprintf(text, sizeof text, "2001:db8:1:%d::1", i);
        struct address next = address_of(text);
        rate_limit_take(limit, &next, 0, &left);
    }
    assert_int_equal(left.limit, 2);
    rate_limit_take(limit, &home, 0, &left);
    assert_int_equal(left.limit, 8);
    assert_int_equal(left.remaining, 0);
    rate_limit_take(none, &one, 0, &left);
    assert_int_equal(left.limit, 0);
    rate_limit_close(limit);
    rate_limit_close(none);
}

static int ended[8];
static enum guard_end ended_why[8];
static size_t ended_count;
/* What the kernel would say of a connection, by its descriptor. */
static struct guard_progress sent[GUARD_CROWD + 64];

static void note(void *owner, const struct guarded *guarded, enum guard_end why)
{
    (void)owner;
    assert_true(ended_count < sizeof ended / sizeof *ended);
    ended[ended_count] = guarded->fd;
    ended_why[ended_count++] = why;
}

static bool progress(int fd, struct guard_progress *now)
{
    *now = sent[fd];
    return true;
}

static struct guard *open_guard(const char *proxies, size_t per_address_max)
{
    struct guard_options options = { .per_address_max = per_address_max,
                                     .progress = progress,
                                     .end = note };
    assert_true(address_list_read(proxies, &options.proxies));
    ended_count = 0;
    memset(sent, 0, sizeof sent);
    return guard_open(&options);
}

static struct guarded *add(struct guard *guard, int fd, const char *from, int64_t mono_ms)
{
    struct address address = address_of(from);
    return guard_add(guard, fd, &address, mono_ms);
}

static void time_runs_out_once(void **state)
{
    struct guard *guard = open_guard(NULL, 0);
    struct guarded *slow = add(guard, 7, "192.0.2.1", 0);
    struct guarded *busy = add(guard, 8, "192.0.2.1", 0);
    (void)state;
    guard_wait(busy, GUARDED_REQUEST, 10000);
    guard_expire(guard, GUARD_REQUEST_MS - 1);
    assert_int_equal(ended_count, 0);
    guard_expire(guard, GUARD_REQUEST_MS);
    guard_expire(guard, GUARD_REQUEST_MS + 500);
    assert_int_equal(ended_count, 1);
    assert_int_equal(ended[0], 7);
    guard_remove(guard, slow);
    guard_expire(guard, 20000);
    assert_int_equal(ended_count, 2);
    assert_int_equal(ended[1], 8);
    assert_int_equal(ended_why[1], GUARD_END_TIME);
    guard_close(guard);
}

/* Three that have something to take: one that takes nothing, one that takes a little less than it
 * must, one that takes a little more, for longer than an answer may take to be made. A listener
 * that has taken all is left alone. */
static void what_is_sent_must_be_taken(void **state)
{
    enum { LAZY, SLOW, STEADY, LISTENER, ALL };
    static const uint64_t bytes_s[ALL] = { 0, GUARD_TAKE_BYTES_S / 2, GUARD_TAKE_BYTES_S + 10, 0 };
    struct guard *guard = open_guard(NULL, 0);
    struct guarded *all[ALL];
    int64_t ended_at[ALL] = { 0 };
    (void)state;
    for (int fd = 0; fd < ALL; fd++) {
        all[fd] = add(guard, fd, "192.0.2.1", 0);
        guard_wait(all[fd], GUARDED_ANSWER, 0);
        sent[fd].waiting = fd != LISTENER ? 50000 : 0;
    }
    for (int64_t ms = 0; ms <= 3 * GUARD_ANSWER_MS; ms += 1000) {
        size_t before = ended_count;
        for (int fd = 0; fd < ALL; fd++)
            sent[fd].taken += ms > 0 ? bytes_s[fd] : 0;
        guard_wait(all[LISTENER], GUARDED_ANSWER, ms); /* it is told something each second */
        guard_expire(guard, ms);
        for (; before < ended_count; before++)
            ended_at[ended[before]] = ms;
    }
    assert_int_equal(ended_count, 2);
    assert_int_equal(ended_why[0], GUARD_END_SLOW);
    assert_int_equal(ended_at[LAZY], GUARD_TAKE_MS);
    assert_int_equal(ended_at[SLOW], 2 * GUARD_TAKE_MS);
    guard_close(guard);
}

/* What was taken quickly is patience for later, to a bound. */
static void a_quick_reader_may_lose_its_link(void **state)
{
    struct guard *guard = open_guard(NULL, 0);
    struct guarded *quick = add(guard, 0, "192.0.2.1", 0);
    (void)state;
    guard_wait(quick, GUARDED_ANSWER, 0);
    sent[0] = (struct guard_progress){ 0, 50000 };
    guard_expire(guard, 0);
    sent[0].taken = 10000000;
    guard_expire(guard, 1000);
    guard_expire(guard, 1000 + GUARD_TAKE_MS_MAX - 1);
    assert_int_equal(ended_count, 0);
    guard_expire(guard, 1000 + GUARD_TAKE_MS_MAX);
    assert_int_equal(ended_count, 1);
    guard_close(guard);
}

/* Ten addresses with sixty connections each that wait for nothing of ours: readers in the one test,
 * senders in the other. In between an operator who takes an answer, alone at his address. */
static void crowd(struct guard *guard, enum guarded_phase phase)
{
    char from[32];
    guard_wait(add(guard, GUARD_CROWD + 32, "198.51.100.1", 0), GUARDED_ANSWER, 0);
    sent[GUARD_CROWD + 32].waiting = 1;
    for (int i = 0; i < GUARD_CROWD - 1; i++) {
        snprintf(from, sizeof from, "192.0.2.%d", 1 + i % 10);
        guard_wait(add(guard, i, from, 1 + i), phase, 1 + i);
        sent[i].waiting = phase == GUARDED_ANSWER;
    }
}

static void assert_the_slowest_go(struct guard *guard)
{
    int64_t now_ms = 2 * GUARD_CROWD;
    for (int i = 0; i < 3; i++) {
        char from[32];
        snprintf(from, sizeof from, "203.0.113.%d", i);
        guard_make_room(guard, add(guard, GUARD_CROWD + i, from, now_ms), now_ms);
    }
    assert_int_equal(ended_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(ended[i] < GUARD_CROWD - 1);
        assert_int_equal(ended_why[i], GUARD_END_CROWD);
    }
    assert_int_not_equal(ended[0], ended[1]);
    assert_int_not_equal(ended[1], ended[2]);
}

static void a_crowd_loses_its_slowest(void **state)
{
    static const enum guarded_phase phases[] = { GUARDED_REQUEST, GUARDED_ANSWER };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct guard *guard = open_guard(NULL, 0);
        crowd(guard, phases[i]);
        assert_the_slowest_go(guard);
        guard_close(guard);
    }
}

/* Listeners that take all they are told, and nobody else: the one who comes stays, too. */
static void who_waits_for_us_is_left_alone(void **state)
{
    struct guard *guard = open_guard(NULL, 0);
    (void)state;
    for (int i = 0; i < GUARD_CROWD; i++)
        guard_wait(add(guard, i, "192.0.2.1", 0), GUARDED_ANSWER, 0);
    guard_make_room(guard, add(guard, GUARD_CROWD, "192.0.2.2", 0), 0);
    assert_int_equal(ended_count, 0);
    guard_close(guard);
}

/* One home has a /56: its /64s are counted together, too. */
static void a_crowd_of_one_home_loses_its_own(void **state)
{
    struct guard *guard = open_guard(NULL, 0);
    char from[40];
    (void)state;
    for (int i = 0; i < 8; i++)
        add(guard, i, "192.0.2.1", 0);
    for (int i = 8; i < GUARD_CROWD; i++) {
        snprintf(from, sizeof from, "2001:db8:7:%x::1", i);
        add(guard, i, from, i);
    }
    guard_make_room(guard, add(guard, GUARD_CROWD, "192.0.2.2", 1000), 1000);
    assert_int_equal(ended_count, 1);
    assert_int_equal(ended[0], 8);
    guard_close(guard);
}

static void connections_are_counted_by_address(void **state)
{
    struct guard *guard = open_guard("10.0.0.1", 2);
    struct guarded *first = add(guard, 1, "2001:db8::1", 0);
    struct guarded *second = add(guard, 2, "2001:db8::2", 0);
    struct guarded *third = add(guard, 3, "2001:db8::1", 0);
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_false(guard_is_over(guard, add(guard, 4 + i, "10.0.0.1", 0)));
    assert_false(guard_is_over(guard, first) || guard_is_over(guard, second));
    assert_true(guard_is_over(guard, third));
    assert_false(guard_is_over(guard, add(guard, 20, "192.0.2.1", 0)));
    guard_remove(guard, first);
    assert_false(guard_is_over(guard, third));
    assert_true(guard_is_over(guard, add(guard, 21, "2001:db8::3", 0)));
    guard_close(guard);
}

static void who_is_signed_in_counts_no_more(void **state)
{
    struct guard *guard = open_guard(NULL, 1);
    struct guarded *first = add(guard, 1, "192.0.2.1", 0);
    struct guarded *second = add(guard, 2, "192.0.2.1", 0);
    struct guarded *third = add(guard, 3, "192.0.2.1", 0);
    (void)state;
    guard_know(second);
    assert_false(guard_is_over(guard, second));
    assert_true(guard_is_over(guard, third));
    guard_know(first);
    assert_false(guard_is_over(guard, third));
    guard_close(guard);
}

static void the_sites_of_a_net_are_counted_together(void **state)
{
    struct guard *guard = open_guard(NULL, 2);
    char from[40];
    (void)state;
    for (int i = 0; i < 2 * GUARD_SITES_PER_NET; i++) {
        snprintf(from, sizeof from, "2001:db8:7:%x::1", i);
        assert_false(guard_is_over(guard, add(guard, i, from, 0)));
    }
    assert_true(guard_is_over(guard, add(guard, 30, "2001:db8:7:ff::1", 0)));
    assert_false(guard_is_over(guard, add(guard, 31, "2001:db8:8::1", 0)));
    guard_close(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "only our proxies say who the client is", the_client_is_behind_our_proxies_only, NULL,
          NULL, NULL },
        { "what cannot be read is told, and is the proxy",
          what_cannot_be_read_is_told_and_is_the_proxy, NULL, NULL, NULL },
        { "a list has addresses and networks, or is none",
          a_list_has_addresses_and_networks_or_is_none, NULL, NULL, NULL },
        { "so many a minute, then the seconds to wait", sixty_a_minute, NULL, NULL, NULL },
        { "an IPv6 household counts as one", a_household_is_one_address, NULL, NULL, NULL },
        { "a customer of many networks has four shares",
          a_customer_of_many_networks_has_four_shares, NULL, NULL, NULL },
        { "no flood of networks makes a window begin anew",
          no_flood_of_networks_makes_a_window_begin_anew, NULL, NULL, NULL },
        { "a newcomer takes over what was counted", a_newcomer_takes_over_what_was_counted, NULL,
          NULL, NULL },
        { "what is left is told", what_is_left_is_told, NULL, NULL, NULL },
        { "a connection's time runs out, once", time_runs_out_once, NULL, NULL, NULL },
        { "what is sent must be taken, a little at least", what_is_sent_must_be_taken, NULL, NULL,
          NULL },
        { "a quick reader may lose its link for a while", a_quick_reader_may_lose_its_link, NULL,
          NULL, NULL },
        { "a crowd loses its slowest, readers too, by site, never the newest",
          a_crowd_loses_its_slowest, NULL, NULL, NULL },
        { "who waits for us is left alone in a crowd", who_waits_for_us_is_left_alone, NULL, NULL,
          NULL },
        { "a crowd of one home loses its own", a_crowd_of_one_home_loses_its_own, NULL, NULL,
          NULL },
        { "connections are counted by address, but not a proxy's",
          connections_are_counted_by_address, NULL, NULL, NULL },
        { "who is signed in counts no more", who_is_signed_in_counts_no_more, NULL, NULL, NULL },
        { "an IPv6 /48 has a limit of its own", the_sites_of_a_net_are_counted_together, NULL, NULL,
          NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
