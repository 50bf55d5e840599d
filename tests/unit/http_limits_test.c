/* Proves the limits by address and time: who counts as the client, how many sign-ins and
 * connections it has, and that a connection's time runs out however busy it looks. */
#include "collector/http/address.h"
#include "collector/http/http_guard.h"
#include "collector/http/rate_limit.h"

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
    };
    struct address_list proxies;
    (void)state;
    assert_true(address_list_read("10.0.0.1, ::1", &proxies));
    assert_int_equal(proxies.count, 2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct address peer = address_of(rows[i].peer);
        struct address client = address_client(&peer, rows[i].forwarded, &proxies);
        char text[ADDRESS_TEXT_SIZE];
        address_text(&client, text);
        assert_string_equal(text, rows[i].client);
    }
    assert_false(address_list_read("10.0.0.1,example.org", &proxies));
    assert_true(address_list_read(NULL, &proxies));
}

static void sixty_a_minute(void **state)
{
    struct rate_limit *limit = rate_limit_open(60);
    struct address one = address_of("192.0.2.1"), other = address_of("192.0.2.2");
    (void)state;
    for (int i = 0; i < 60; i++)
        assert_int_equal(rate_limit_take(limit, &one, 1000 + i), 0);
    assert_int_equal(rate_limit_take(limit, &one, 1100), 60);
    assert_int_equal(rate_limit_take(limit, &one, 60999), 1);
    assert_int_equal(rate_limit_take(limit, &other, 60999), 0);
    for (int i = 0; i < 60; i++)
        assert_int_equal(rate_limit_take(limit, &one, 61000 + i), 0);
    assert_int_equal(rate_limit_take(limit, &one, 61100), 60);
    rate_limit_close(limit);
}

static void a_household_is_one_address(void **state)
{
    struct rate_limit *limit = rate_limit_open(1);
    struct address one = address_of("2001:db8::1"), two = address_of("2001:db8::ffff:2");
    struct address next = address_of("2001:db8:0:1::1");
    (void)state;
    assert_int_equal(rate_limit_take(limit, &one, 0), 0);
    assert_int_not_equal(rate_limit_take(limit, &two, 0), 0);
    assert_int_equal(rate_limit_take(limit, &next, 0), 0);
    rate_limit_close(limit);
}

static void a_flood_forgets_the_oldest(void **state)
{
    struct rate_limit *limit = rate_limit_open(1);
    struct address first = address_of("10.0.0.0");
    char text[32];
    (void)state;
    assert_int_equal(rate_limit_take(limit, &first, 0), 0);
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "10.1.%d.%d", i / 250, i % 250);
        struct address one = address_of(text);
        assert_int_equal(rate_limit_take(limit, &one, 1 + i), 0);
    }
    assert_int_equal(rate_limit_take(limit, &first, 5001), 0);
    rate_limit_close(limit);
}

static int expired[4];
static size_t expired_count;

static void note(int fd)
{
    assert_true(expired_count < 4);
    expired[expired_count++] = fd;
}

static void time_runs_out_once(void **state)
{
    struct address_list none = { .count = 0 };
    struct guard *guard = guard_open(&none, 0);
    struct address one = address_of("192.0.2.1");
    struct guarded *slow = guard_add(guard, 7, &one, 0);
    struct guarded *busy = guard_add(guard, 8, &one, 0);
    (void)state;
    expired_count = 0;
    busy->deadline_ms = 20000;
    guard_expire(guard, GUARD_REQUEST_MS - 1, note);
    assert_int_equal(expired_count, 0);
    guard_expire(guard, GUARD_REQUEST_MS, note);
    guard_expire(guard, GUARD_REQUEST_MS + 500, note);
    assert_int_equal(expired_count, 1);
    assert_int_equal(expired[0], 7);
    guard_remove(guard, slow);
    guard_expire(guard, 20000, note);
    assert_int_equal(expired_count, 2);
    assert_int_equal(expired[1], 8);
    guard_close(guard);
}

static void a_crowd_drives_out_who_keeps_us_waiting(void **state)
{
    struct address_list none = { .count = 0 };
    struct guard *guard = guard_open(&none, 0);
    struct address one = address_of("192.0.2.1");
    (void)state;
    expired_count = 0;
    for (int i = 0; i < GUARD_CROWD; i++) {
        struct guarded *guarded = guard_add(guard, i, &one, i);
        guarded->is_awaited = i != 0; /* the first one listens */
        guard_make_room(guard, note);
    }
    assert_int_equal(expired_count, 0);
    guard_add(guard, GUARD_CROWD, &one, GUARD_CROWD);
    guard_make_room(guard, note);
    guard_add(guard, GUARD_CROWD + 1, &one, GUARD_CROWD + 1);
    guard_make_room(guard, note);
    assert_int_equal(expired_count, 2);
    assert_int_equal(expired[0], 1);
    assert_int_equal(expired[1], 2);
    guard_close(guard);
}

static void connections_are_counted_by_address(void **state)
{
    struct address_list proxies;
    (void)state;
    assert_true(address_list_read("10.0.0.1", &proxies));
    struct guard *guard = guard_open(&proxies, 2);
    struct address one = address_of("2001:db8::1"), two = address_of("2001:db8::2");
    struct address other = address_of("192.0.2.1"), proxy = address_of("10.0.0.1");
    struct guarded *first = guard_add(guard, 1, &one, 0);
    guard_add(guard, 2, &two, 0);
    for (int i = 0; i < 5; i++)
        guard_add(guard, 3 + i, &proxy, 0);
    assert_false(guard_admits(guard, &one));
    assert_true(guard_admits(guard, &other));
    assert_true(guard_admits(guard, &proxy));
    guard_remove(guard, first);
    assert_true(guard_admits(guard, &one));
    guard_close(guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "only our proxies say who the client is", the_client_is_behind_our_proxies_only, NULL,
          NULL, NULL },
        { "so many a minute, then the seconds to wait", sixty_a_minute, NULL, NULL, NULL },
        { "an IPv6 household counts as one", a_household_is_one_address, NULL, NULL, NULL },
        { "a flood of addresses is forgotten oldest first", a_flood_forgets_the_oldest, NULL, NULL,
          NULL },
        { "a connection's time runs out, once", time_runs_out_once, NULL, NULL, NULL },
        { "a crowd drives out who keeps us waiting longest, never who is answered",
          a_crowd_drives_out_who_keeps_us_waiting, NULL, NULL, NULL },
        { "connections are counted by address, but not a proxy's",
          connections_are_counted_by_address, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
