/* Claims about the role `location`: what is a word of a cart and what is not, that a position never
 * goes back in time, and that what is read side by side ends in the same state. */
#include "location_office.h"

static void take_fix(struct office *office, int seq, int64_t ts_ms, double lat)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"location\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH
             "\",\"seq\":%d,\"ts_ms\":%lld,\"clock\":\"gps\",\"lat\":%f,\"lon\":-70.6}",
             seq, (long long)ts_ms, lat);
    take(office, "carrito.locations", text, NOON);
}

static void take_sale(struct office *office, const char *epoch, int seq, const char *rest)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"%s\",\"seq\":%d,"
             "\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":%d,\"quantity\":3%s}",
             epoch, seq, NOON + seq, seq, rest);
    take(office, "carrito.sales", text, NOON);
}

static void a_position_moves_only_forward_in_time(void **state)
{
    struct office *office = *state;

    take_fix(office, 2, NOON - 1000, -33.5001);
    take_fix(office, 1, NOON - 2000, -33.51);
    assert_int_equal(number(office, "CAST(lat * 10000 AS INTEGER)"), -335001);
    assert_int_equal(number(office, "fix_ms"), NOON - 1000);
    assert_int_equal(number(office, "(SELECT COUNT(*) FROM track)"), 2);
    take_fix(office, 3, NOON, -33.5002);
    assert_int_equal(number(office, "CAST(lat * 10000 AS INTEGER)"), -335002);
}

static void a_clock_from_the_future_does_not_hold_the_position(void **state)
{
    struct office *office = *state;

    take_fix(office, 1, NOON + 250000000000, -33.51); /* week rollover: 2034 */
    assert_int_equal(number(office, "fix_ms"), NOON);
    take_fix(office, 2, NOON + 1, -33.5001);
    assert_int_equal(number(office, "CAST(lat * 10000 AS INTEGER)"), -335001);
}

static void what_is_typed_at_the_centre_is_no_word(void **state)
{
    struct office *office = *state;

    take_sale(office, EPOCH, 1,
              ",\"lat\":-33.4,\"lon\":-70.6,\"fix_ms\":1789999999000,\"source\":\"desk\"");
    assert_int_equal(number(office, "COALESCE(heard_ms, 0)"), 0);
    assert_int_equal(number(office, "state <> 'heard'"), 1);
    assert_int_equal(number(office, "sale_ms"), NOON + 1);
}

static void a_sale_brings_a_position_too(void **state)
{
    struct office *office = *state;

    take_sale(office, EPOCH, 1, ",\"lat\":-33.4,\"lon\":-70.6,\"fix_ms\":1789999999000");
    assert_int_equal(number(office, "fix_ms"), 1789999999000);
    assert_int_equal(number(office, "sale_ms"), NOON + 1);
    assert_int_equal(number(office, "heard_ms"), NOON);
    take_sale(office, EPOCH, 2, "");
    assert_int_equal(number(office, "fix_ms"), 1789999999000);
}

static void a_phone_has_a_position_without_identity(void **state)
{
    struct office *office = *state;

    headers.retained = "1";
    take(office, "carrito.locations",
         "{\"v\":1,\"type\":\"location\",\"cart\":\"BBCL23\",\"source\":\"owntracks\","
         "\"ts_ms\":1789999990000,\"clock\":\"gps\",\"lat\":-33.4,\"lon\":-70.6}",
         NOON);
    assert_int_equal(number(office, "fix_ms"), 1789999990000);
    assert_int_equal(number(office, "heard_ms"), -1);
    assert_state(office, "silent");
}

static void a_will_and_a_retained_state_are_no_word(void **state)
{
    struct office *office = *state;

    headers.retained = "1";
    take_state(office, "online", NOON);
    assert_int_equal(number(office, "heard_ms"), -1);
    headers.retained = NULL;
    take_state(office, "lost", NOON + 1);
    assert_int_equal(number(office, "heard_ms"), -1);
    assert_state(office, "silent");
    headers.bridge = "b1";
    take_state(office, "online", NOON + 2);
    assert_int_equal(number(office, "heard_ms"), NOON + 2);
    assert_int_equal(number(office, "session"), 3);
    assert_int_equal(number(office, "bridge = 'b1'"), 1);
    assert_state(office, "heard");
}

static void offline_stands_against_older_words(void **state)
{
    struct office *office = *state;

    take_state(office, "online", NOON - 5);
    take_state(office, "offline", NOON);
    assert_state(office, "offline");
    /* Read later, said before: the same instant in Kafka, and an earlier one. */
    take_sale(office, EPOCH, 1, "");
    assert_state(office, "offline");
    take_state(office, "online", NOON + 1);
    assert_state(office, "heard");
    /* Read the other way round. */
    take_state(office, "offline", NOON);
    assert_state(office, "heard");
}

static void a_heartbeat_tells_how_the_cart_is(void **state)
{
    struct office *office = *state;

    take_state(office, "online", NOON);
    headers.type = "heartbeat";
    take(office, "carrito.presence",
         "{\"ts_ms\":1790000001000,\"waiting\":7,\"batt\":80,\"gps\":\"fix\",\"counts\":["
         "{\"day\":\"2026-09-21\",\"sales\":4,\"quantity\":12,\"amount\":6000},"
         "{\"day\":\"2026-09-20\",\"sales\":1,\"quantity\":2,\"amount\":1000}]}",
         NOON + 1000);
    assert_int_equal(number(office, "waiting"), 7);
    assert_int_equal(number(office, "heard_ms"), NOON + 1000);
    assert_int_equal(number(office, "(SELECT COUNT(*) FROM cart_counts WHERE epoch = '" EPOCH
                                    "' AND final = 0)"),
                     2);
    assert_int_equal(number(office, "(SELECT quantity FROM cart_counts WHERE day = 20717)"), 12);
}

static void counts_move_only_forward_in_the_carts_time(void **state)
{
    static const char newer[] = "{\"ts_ms\":2000,\"counts\":[{\"day\":\"2026-09-21\",\"sales\":4,"
                                "\"quantity\":12,\"amount\":6000}]}";
    static const char older[] = "{\"ts_ms\":1000,\"counts\":[{\"day\":\"2026-09-21\",\"sales\":3,"
                                "\"quantity\":9,\"amount\":4500}]}";
    struct office *office = *state;

    take_state(office, "online", NOON);
    headers.type = "heartbeat";
    take(office, "carrito.presence", newer, NOON);
    take(office, "carrito.presence", older, NOON);
    assert_int_equal(number(office, "(SELECT sales FROM cart_counts)"), 4);
}

/* 2034-05-01. */
static void a_clock_that_is_ahead_makes_no_later_day(void **state)
{
    static const char ahead[] = "{\"ts_ms\":2030000000000,\"counts\":[{\"day\":\"2026-09-21\","
                                "\"sales\":3,\"quantity\":9,\"amount\":4500}]}";
    static const char right[] = "{\"ts_ms\":1790000020000,\"counts\":[{\"day\":\"2026-09-21\","
                                "\"sales\":4,\"quantity\":12,\"amount\":6000}]}";
    struct office *office = *state;

    take_state(office, "online", NOON);
    headers.type = "heartbeat";
    take(office, "carrito.presence", ahead, NOON + 1000);
    assert_int_equal(number(office, "(SELECT at_ms FROM cart_counts)"), NOON + 1000);
    take(office, "carrito.presence", right, NOON + 20100);
    assert_int_equal(number(office, "(SELECT sales FROM cart_counts)"), 4);
}

static void say_totals(struct office *office, const char *head, int upto)
{
    char text[512];

    snprintf(text, sizeof text,
             "%s\"counts\":{\"from\":1,\"upto\":%d,\"made\":%d,\"receipts\":%d,\"voided\":0,"
             "\"quantity\":6,\"amount\":0,\"earlier\":[]}}",
             head, upto, upto, upto);
    take(office, "carrito.presence", text, NOON + upto);
}

/* A heartbeat is of the outbox that the cart's own state named last. */
static void totals_are_words_unless_retained_or_a_will(void **state)
{
    struct office *office = *state;

    take_state(office, "online", NOON);
    headers.type = "heartbeat";
    say_totals(office, "{\"ts_ms\":1,", 1);
    assert_int_equal(number(office, "(SELECT upto FROM words WHERE epoch = '" EPOCH "')"), 1);
    headers.retained = "1";
    headers.type = "state";
    say_totals(office, "{\"state\":\"online\",\"epoch\":\"" EPOCH "\",\"ts_ms\":1,", 2);
    headers.retained = NULL;
    say_totals(office, "{\"state\":\"lost\",\"epoch\":\"" EPOCH "\",\"ts_ms\":1,", 3);
    assert_int_equal(number(office, "(SELECT MAX(upto) FROM words)"), 1);
    say_totals(office, "{\"state\":\"offline\",\"epoch\":\"" EPOCH "\",\"ts_ms\":1,", 4);
    assert_int_equal(number(office, "(SELECT upto FROM words WHERE offline = 1)"), 4);
    assert_int_equal(number(office, "(SELECT COUNT(*) FROM cart_counts)"), 0);
}

static void a_beat_is_no_word_of_a_cart(void **state)
{
    struct office *office = *state;
    struct store_rows *rows;

    headers.type = "beat";
    take(office, "carrito.presence", "{\"bridge\":\"b1\",\"mqtt\":true,\"ts_ms\":1}", NOON);
    rows = store_query(office->store, "SELECT 1 FROM carts UNION SELECT 1 FROM effects", "");
    assert_false(store_next(rows));
}

static void what_cannot_be_read_is_a_dead_letter_once(void **state)
{
    struct office *office = *state;
    struct store_rows *rows;

    take(office, "carrito.locations", "not json", NOON);
    take(office, "carrito.sales", "not json", NOON); /* the role `sales` says it */
    headers.type = "state";
    take(office, "carrito.presence", "[]", NOON);
    headers.type = NULL;
    take(office, "carrito.locations",
         "{\"v\":1,\"type\":\"stock\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH
         "\",\"seq\":1,\"ts_ms\":1,\"clock\":\"gps\",\"stock\":3}",
         NOON);
    rows = store_query(office->store, "SELECT COUNT(*), MIN(LENGTH(error)) FROM effects", "");
    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), 3);
    assert_true(store_int(rows, 1) > 0);
    store_rows_end(rows);
}

/* It is asked of users only: on a broker of its own a device may be new. */
static void a_strangers_phone_makes_no_cart(void **state)
{
    static const char carts[] = "SELECT COUNT(*) FROM carts",
                      letters[] = "SELECT COUNT(*) FROM effects WHERE error LIKE 'no cart%'";
    static const char fix[] = "{\"v\":1,\"type\":\"location\",\"cart\":\"" CART
                              "\",\"source\":\"owntracks\",\"ts_ms\":1790000000000,"
                              "\"clock\":\"ntp\",\"lat\":-33.4,\"lon\":-70.6}";
    struct office *office = *state;

    headers.rule = "user";
    take(office, "carrito.locations", fix, NOON);
    assert_string_equal(ask(office, carts), "0");
    assert_string_equal(ask(office, letters), "1");
    assert_true(
        store_run(office->store,
                  "INSERT INTO members (id, person, rut, name, lastname, email, plate, "
                  "premium, status, applied_ms) VALUES ('a', 'a', 'a', 'a', 'a', 'a', '" CART
                  "', 0, 'accepted', 1)",
                  ""));
    take(office, "carrito.locations", fix, NOON + 1000);
    assert_string_equal(ask(office, carts), "1");
    assert_string_equal(ask(office, letters), "1");
    store_run(office->store, "DELETE FROM members", "");
    take(office, "carrito.locations", fix, NOON + 2000); /* it was heard */
    assert_string_equal(ask(office, letters), "1");
    store_run(office->store, "DELETE FROM carts", "");
    headers.rule = NULL;
    take(office, "carrito.locations", fix, NOON + 3000);
    assert_string_equal(ask(office, carts), "1");
}

/* `ts_ms` as OwnTracks' tst in milliseconds makes it, or as a phone that has lost its clock. */
static void phone_at(struct office *office, long long ts_ms, long long created_ms, int64_t at_ms)
{
    char text[EVENT_MAX], created[64] = "";

    if (created_ms > 0)
        snprintf(created, sizeof created, ",\"created_ms\":%lld", created_ms);
    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"location\",\"cart\":\"" CART
             "\",\"source\":\"owntracks\",\"ts_ms\":%lld,\"clock\":\"ntp\",\"lat\":-33.4,"
             "\"lon\":-70.6%s}",
             ts_ms, created);
    take(office, "carrito.locations", text, NOON + at_ms);
}

#define CLOCK_ALERTS                                                                               \
    "SELECT COUNT(*) || ' ' || COUNT(ended_ms) FROM alerts WHERE kind = 'clock-bad'"

static void a_phones_time_that_cannot_be_is_not_kept(void **state)
{
    struct office *office = *state;

    phone_at(office, NOON * 1000, 0, 0);
    assert_int_equal(number(office, "fix_ms"), NOON);
    assert_string_equal(ask(office, "SELECT MAX(fix_ms) FROM track"), "1790000000000");
    assert_string_equal(ask(office, CLOCK_ALERTS), "0 0"); /* it may be this message */
    phone_at(office, NOON * 1000, NOON + 8000, 10000);
    assert_int_equal(number(office, "fix_ms"), NOON + 8000);
    assert_string_equal(ask(office, CLOCK_ALERTS), "1 0");
    phone_at(office, 3600000, NOON * 1000, 20000); /* 1970; and no better */
    assert_int_equal(number(office, "fix_ms"), NOON + 20000);
    assert_string_equal(ask(office, CLOCK_ALERTS), "1 0");
    phone_at(office, NOON + 29000, 0, 30000);
    assert_int_equal(number(office, "fix_ms"), NOON + 29000);
    assert_string_equal(ask(office, CLOCK_ALERTS), "1 1");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM track"), "4");
}

/* As a release before this one kept it: the year 58882. */
static void a_last_fix_from_the_future_is_forgotten(void **state)
{
    struct office *office = *state;

    phone_at(office, NOON, 0, 0);
    assert_true(store_run(office->store, "UPDATE carts SET fix_ms = 1790000000000000", ""));
    phone_at(office, NOON + 10000, 0, 10000);
    assert_int_equal(number(office, "fix_ms"), NOON + 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a position moves only forward in time", a_position_moves_only_forward_in_time),
        CLAIM("a clock from the future does not hold the position",
              a_clock_from_the_future_does_not_hold_the_position),
        CLAIM("a sale brings a position too", a_sale_brings_a_position_too),
        CLAIM("what is typed at the centre is no word of the cart",
              what_is_typed_at_the_centre_is_no_word),
        CLAIM("a phone's retained position is no word", a_phone_has_a_position_without_identity),
        CLAIM("a will and a retained state are no word", a_will_and_a_retained_state_are_no_word),
        CLAIM("offline stands against older words", offline_stands_against_older_words),
        CLAIM("a heartbeat tells how the cart is", a_heartbeat_tells_how_the_cart_is),
        CLAIM("a cart's counts move only forward in its time",
              counts_move_only_forward_in_the_carts_time),
        CLAIM("totals are words unless retained, or a will's",
              totals_are_words_unless_retained_or_a_will),
        CLAIM("a clock that is ahead makes no later day", a_clock_that_is_ahead_makes_no_later_day),
        CLAIM("a beat is no word of a cart", a_beat_is_no_word_of_a_cart),
        CLAIM("a phone of a user that is no cart we know makes none",
              a_strangers_phone_makes_no_cart),
        CLAIM("a phone's time that cannot be is not kept",
              a_phones_time_that_cannot_be_is_not_kept),
        CLAIM("a last fix from the future is forgotten", a_last_fix_from_the_future_is_forgotten),
        CLAIM("what cannot be read is a dead letter, once",
              what_cannot_be_read_is_a_dead_letter_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
