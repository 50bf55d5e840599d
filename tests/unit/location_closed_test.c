/* Claims about a cart that has closed its day: nothing is expected of it, whatever it still says
 * because it was asked, in whatever order its topics are read, until it says that it is open. */
#include "location_scene.h"

#define CLOSINGS                                                                                   \
    "SELECT COALESCE(GROUP_CONCAT(x, '; '), '') FROM (SELECT cart || ' ' || (closed_ms - "         \
    "1790000000000) || ' ' || COALESCE(CAST(opened_ms - 1790000000000 AS TEXT), '-') AS x FROM "   \
    "closings ORDER BY closed_ms)"

/* `rest` begins with a comma where there is any. */
static void close_day(struct office *office, int64_t at_ms, const char *rest)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"state\":\"offline\",\"reason\":\"closed\",\"epoch\":\"" EPOCH
             "\",\"session\":3,\"version\":\"0.1.0\",\"ts_ms\":%lld%s}",
             NOON + at_ms, rest);
    headers.type = "state";
    take(office, "carrito.presence", text, NOON + at_ms);
    headers.type = NULL;
}

static void beat_heart(struct office *office, int64_t at_ms, const char *rest)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text, "{\"ts_ms\":%lld%s}", NOON + at_ms, rest);
    headers.type = "heartbeat";
    take(office, "carrito.presence", text, NOON + at_ms);
    headers.type = NULL;
}

static void be_at(struct office *office, int64_t at_ms, const char *rest)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"location\",\"cart\":\"" CART "\",\"ts_ms\":%lld,"
             "\"clock\":\"gps\",\"lat\":-33.4,\"lon\":-70.6,%s}",
             NOON + at_ms, rest);
    take(office, "carrito.locations", text, NOON + at_ms);
}

static void answers_and_phones_set_no_timer(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1200);
    close_day(office, 1300, "");
    live(office, 1500, 2000);
    be_at(office, 2100, "\"epoch\":\"" EPOCH "\",\"seq\":1"); /* it was located */
    beat_heart(office, 2200, ",\"gps\":\"nofix\",\"closed\":true,\"done\":[\"c1\"]");
    be_at(office, 2300, "\"source\":\"owntracks\"");
    assert_state(office, "offline");
    assert_int_equal(number(office, "heard_ms"), NOON + 2300);
    assert_int_equal(number(office, "fix_ms"), NOON + 2300);
    live(office, 2500, 70000);
    restart(office);
    live(office, 70500, 150000);
    assert_state(office, "offline");
    assert_string_equal(ask(office, ALERTS), "");
    assert_string_equal(ask(office, CLOSINGS), "BBCL23 1300 -");
}

/* What becomes of carts.listens, by a heartbeat, a state, the will and a closed day. */
static void it_listens_as_its_last_word_says(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1200);
    assert_int_equal(number(office, "listens"), 0);
    beat_heart(office, 1300, ",\"orders\":true");
    assert_int_equal(number(office, "listens"), 1);
    hear(office, 1350); /* a state that does not speak of it */
    assert_int_equal(number(office, "listens"), 1);
    headers.retained = "1";
    beat_heart(office, 1400, ",\"orders\":false");
    headers.retained = NULL;
    assert_int_equal(number(office, "listens"), 1);
    beat_heart(office, 1500, "");
    assert_int_equal(number(office, "listens"), 0);
    beat_heart(office, 1600, ",\"orders\":true");
    close_day(office, 1700, "");
    assert_int_equal(number(office, "listens"), 0);
    beat_heart(office, 1800, ",\"orders\":true");
    headers.type = "state";
    take(office, "carrito.presence", "{\"state\":\"lost\",\"ts_ms\":1}", NOON + 1900);
    headers.type = NULL;
    assert_int_equal(number(office, "listens"), 0);
}

static void who_vanishes_listens_no_more(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1200);
    beat_heart(office, 1300, ",\"orders\":true");
    live(office, 1500, 70000);
    assert_state(office, "vanished");
    assert_int_equal(number(office, "listens"), 0);
}

static void an_outage_of_its_bridge_is_no_word(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1200);
    close_day(office, 1300, "");
    live(office, 1500, 30000);
    live(office, 100000, 200000); /* the bridge was away for 70 s */
    assert_state(office, "offline");
    assert_string_equal(ask(office, ALERTS), "link-down b1 30000 100000");
}

static void its_next_word_is_judged_as_any(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1200);
    close_day(office, 1300, "");
    live(office, 1500, 100000);
    hear(office, 100100);
    assert_state(office, "heard");
    assert_int_equal(number(office, "closed_ms"), -1);
    assert_string_equal(ask(office, CLOSINGS), "BBCL23 1300 100100");
    live(office, 100500, 160500);
    assert_state(office, "vanished");
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 160100 -");
}

/* Its `online` may be lost with a broker. */
static void an_open_heart_opens(void **state)
{
    struct office *office = *state;

    close_day(office, 0, "");
    beat_heart(office, 1000, ",\"closed\":true");
    assert_state(office, "offline");
    beat_heart(office, 2000, "");
    assert_state(office, "heard");
    assert_int_equal(number(office, "closed_ms"), -1);
}

/* Topics are read side by side. */
static void any_order_of_topics_ends_alike(void **state)
{
    struct office *office = *state;

    hear(office, 0);
    live(office, 500, 500);
    be_at(office, 1500, "\"epoch\":\"" EPOCH "\",\"seq\":1"); /* it was located, read first */
    close_day(office, 1000, "");
    assert_state(office, "offline");
    live(office, 2000, 70000);
    assert_string_equal(ask(office, ALERTS), "");
    be_at(office, 71500, "\"epoch\":\"" EPOCH "\",\"seq\":2"); /* after it was opened, read first */
    assert_state(office, "offline");
    hear(office, 71000);
    assert_state(office, "heard");
    assert_int_equal(number(office, "heard_ms"), NOON + 71500);
    live(office, 72000, 131000);
    assert_state(office, "heard");
    live(office, 131500, 132000);
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 131500 -");
}

static void it_may_be_told_long_after(void **state)
{
    struct office *office = *state;

    live(office, 0, 0);
    hear(office, 100);
    live(office, 500, 61000);
    assert_state(office, "vanished"); /* its plug was pulled without a network */
    close_day(office, 40000000, ",\"closed_ms\":1790000005000");
    assert_state(office, "offline");
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 60100 40000000");
    assert_int_equal(number(office, "closed_ms"), NOON + 5000);
    close_day(office, 40001000, ",\"closed_ms\":1790000006000"); /* said again at a connect */
    assert_string_equal(ask(office, CLOSINGS), "BBCL23 5000 -");
}

static void its_own_clock_may_be_wrong(void **state)
{
    struct office *office = *state;

    close_day(office, 1000, ",\"closed_ms\":5000");
    assert_int_equal(number(office, "closed_ms"), NOON + 1000);
    hear(office, 2000);
    close_day(office, 3000, ",\"closed_ms\":1990000000000");
    assert_int_equal(number(office, "closed_ms"), NOON + 3000);
}

/* The bridge was away and its session is gone: the broker still knows. Where that is older than
 * what the cart has said since, its heart tells. */
static void a_retained_close_counts_until_a_word(void **state)
{
    struct office *office = *state;

    hear(office, 0);
    headers.retained = "1";
    close_day(office, 500, "");
    assert_state(office, "offline");
    assert_int_equal(number(office, "heard_ms"), NOON);
    take_state(office, "online", NOON + 600);
    assert_state(office, "offline");
    headers.retained = NULL;
    beat_heart(office, 1000, "");
    assert_state(office, "heard");
}

static void a_closed_cart_needs_no_fix(void **state)
{
    struct office *office = *state;

    hear(office, 0);
    for (int at = 0; at <= 120000; at += 20000)
        beat_heart(office, at, ",\"gps\":\"nofix\"");
    assert_string_equal(ask(office, ALERTS), "gps-stuck BBCL23 120000 -");
    close_day(office, 121000, "");
    assert_string_equal(ask(office, ALERTS), "gps-stuck BBCL23 120000 121000");
    beat_heart(office, 200000, ",\"gps\":\"nofix\",\"closed\":true");
    hear(office, 40000000);
    beat_heart(office, 40000100, ",\"gps\":\"nofix\"");
    assert_string_equal(ask(office, ALERTS), "gps-stuck BBCL23 120000 121000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("answers and phones set no timer", answers_and_phones_set_no_timer),
        CLAIM("it listens for offers as its last word says, and not once it is gone",
              it_listens_as_its_last_word_says),
        CLAIM("who vanishes listens no more", who_vanishes_listens_no_more),
        CLAIM("an outage of its bridge is no word", an_outage_of_its_bridge_is_no_word),
        CLAIM("its next word is judged as any", its_next_word_is_judged_as_any),
        CLAIM("an open heart opens", an_open_heart_opens),
        CLAIM("any order of topics ends alike", any_order_of_topics_ends_alike),
        CLAIM("it may be told long after", it_may_be_told_long_after),
        CLAIM("its own clock may be wrong", its_own_clock_may_be_wrong),
        CLAIM("a retained close counts until a word", a_retained_close_counts_until_a_word),
        CLAIM("a closed cart needs no fix", a_closed_cart_needs_no_fix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
