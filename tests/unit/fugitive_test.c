/* Claims about reports and fugitives: what makes a cart one, what is kept of it, and how it ends.
 */
#include "location_office.h"

#include "collector/location/fugitive.h"

#define ALERTS                                                                                     \
    "SELECT COALESCE(GROUP_CONCAT(kind || ' ' || subject || CASE WHEN ended_ms IS NULL THEN '' "   \
    "ELSE ' ended' END, '; '), '') FROM alerts"
#define REPORTS                                                                                    \
    "SELECT COALESCE(GROUP_CONCAT(id || ' ' || status, '; '), '') FROM (SELECT * FROM reports "    \
    "ORDER BY id)"
#define FUGITIVES                                                                                  \
    "SELECT COALESCE(GROUP_CONCAT(cart, ' '), '') FROM (SELECT * FROM fugitives WHERE ended_ms "   \
    "IS NULL ORDER BY cart)"
#define TRAIL                                                                                      \
    "SELECT COALESCE(GROUP_CONCAT(time_ms - 1790000000000, ' '), '') FROM (SELECT * FROM trail "   \
    "ORDER BY time_ms)"

static void report(struct office *office, const char *id, const char *cart, int64_t at_ms)
{
    char text[EVENT_MAX], named[64] = "";

    if (cart != NULL)
        snprintf(named, sizeof named, ",\"cart\":\"%s\"", cart);
    snprintf(text, sizeof text,
             "{\"id\":\"%s\",\"ts_ms\":%lld%s,\"lat\":-33.4372,\"lon\":-70.6506,\"note\":\"¿?\"}",
             id, (long long)(NOON + at_ms), named);
    take(office, "carrito.reports", text, NOON + at_ms + 20);
}

static void fix_at(struct office *office, const char *cart, int64_t at_ms, double lat, double lon)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"location\",\"cart\":\"%s\",\"epoch\":\"" EPOCH
             "\",\"seq\":%lld,\"ts_ms\":%lld,\"clock\":\"gps\",\"lat\":%f,\"lon\":%f}",
             cart, (long long)(at_ms + 1000000), (long long)(NOON + at_ms), lat, lon);
    take(office, "carrito.locations", text, NOON + at_ms + 20);
}

static void fix(struct office *office, const char *cart, int64_t at_ms, double lat)
{
    fix_at(office, cart, at_ms, lat, -70.6506);
}

static void own(struct office *office, const char *plate, const char *status)
{
    assert_true(store_run(office->store,
                          "INSERT INTO members (id, person, name, lastname, email, plate, premium, "
                          "status, applied_ms) VALUES ($1, $1, 'A', 'S', 'a@b', $1, 0, $2, 1)",
                          "tt", plate, status));
}

static void clear(struct office *office, const char *cart, int64_t at_ms, bool expected)
{
    assert_true(store_begin(office->store));
    assert_int_equal(fugitive_clear(office->store, cart, NOON + at_ms), expected);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void tick(struct office *office, int64_t at_ms)
{
    struct role_time time = { .now_ms = NOON + at_ms };

    assert_true(store_begin(office->store));
    role_location.begin(office->role, office->store, time.now_ms);
    role_location.tick(office->role, &time);
    role_location.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void a_named_cart_becomes_a_fugitive(void **state)
{
    struct office *office = *state;

    fix(office, CART, -1000, -33.4372);
    own(office, CART, "accepted"); /* its member may be the one who lost it */
    report(office, "r1", "bbcl23", 0);
    assert_int_equal(number(office, "fugitive"), 1);
    assert_string_equal(ask(office, ALERTS), "cart-fugitive BBCL23");
    assert_string_equal(ask(office, REPORTS), "r1 open");
    assert_string_equal(ask(office, "SELECT details FROM alerts"),
                        "Cart BBCL23: reported by its plate.");
}

static void a_cart_that_was_never_heard_can_be_one(void **state)
{
    struct office *office = *state;

    report(office, "r1", "NEW-1", 0);
    assert_string_equal(ask(office, "SELECT cart || ' ' || fugitive || ' ' || state FROM carts"),
                        "NEW-1 1 silent");
    assert_string_equal(ask(office, FUGITIVES), "NEW-1");
}

static void an_id_counts_once(void **state)
{
    struct office *office = *state;

    report(office, "r1", CART, 0);
    clear(office, CART, 1000, true);
    report(office, "r1", CART, 2000);
    assert_string_equal(ask(office, FUGITIVES), "");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM reports"), "1");
    assert_int_equal(number(office, "fugitive"), 0);
}

static void its_positions_are_its_trail_until_it_is_cleared(void **state)
{
    struct office *office = *state;

    fix(office, CART, -60000, -33.4372);
    fix(office, CART, -30000, -33.4373);
    report(office, "r1", CART, 0);
    fix(office, CART, 10000, -33.4374);
    fix(office, CART, 20000, -33.4375);
    fix(office, CART, 15000, -33.4376);  /* late, on the way */
    fix(office, CART, -40000, -33.4376); /* from before */
    fix(office, CART, 21000, -12);       /* cannot be */
    assert_string_equal(ask(office, TRAIL), "-30000 10000 15000 20000");
    clear(office, CART, 30000, true);
    fix(office, CART, 31000, -33.4377);
    assert_string_equal(ask(office, TRAIL), "-30000 10000 15000 20000");
    assert_string_equal(ask(office, ALERTS), "cart-fugitive BBCL23 ended");
    assert_string_equal(ask(office, REPORTS), "r1 closed");
    clear(office, CART, 31000, false);
    clear(office, "NOBODY", 31000, false);
}

static void a_place_makes_fugitives_of_carts_of_nobody(void **state)
{
    struct office *office = *state;

    own(office, "MEMBER-1", "accepted");
    own(office, "ASKED-1", "pending");
    fix(office, "MEMBER-1", 0, -33.4372);
    fix(office, "ASKED-1", 0, -33.4372);
    fix(office, "NEAR-1", 0, -33.43799);               /* 88 m */
    fix(office, "FAR-1", 0, -33.4382);                 /* 111 m */
    fix_at(office, "CORNER-1", 0, -33.4380, -70.6515); /* 122 m, though 89 and 84 by axis */
    fix(office, "OLD-1", -301000, -33.4372);           /* more than 5 min */
    fix(office, "STILL-1", -299000, -33.4372);
    report(office, "r1", NULL, 0);
    assert_string_equal(ask(office, FUGITIVES), "ASKED-1 NEAR-1 STILL-1");
    assert_string_equal(ask(office, REPORTS), "r1 open");
    report(office, "r2", CART, 1000);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM fugitive_reports"), "4");
}

static void a_place_without_a_cart_is_a_sighting(void **state)
{
    struct office *office = *state;

    fix(office, CART, 0, -33.5);
    report(office, "r1", NULL, 0);
    assert_string_equal(ask(office, REPORTS), "r1 sighting");
    assert_string_equal(ask(office, ALERTS), "");
    assert_int_equal(number(office, "fugitive"), 0);
}

/* Topics are read side by side: the report may be read before the position of the same batch. */
static void a_place_is_held_against_all_of_its_batch(void **state)
{
    struct office *office = *state;
    static const char place[] = "{\"id\":\"r1\",\"lat\":-33.4372,\"lon\":-70.6506}";
    static const char event[] = "{\"v\":1,\"type\":\"location\",\"cart\":\"" CART
                                "\",\"epoch\":\"" EPOCH "\",\"seq\":1,\"ts_ms\":1790000000000,"
                                "\"clock\":\"gps\",\"lat\":-33.4372,\"lon\":-70.6506}";
    struct kafka_record records[] = {
        { .topic = "carrito.reports", .append_ms = NOON, .value = place },
        { .topic = "carrito.locations", .append_ms = NOON, .value = event },
    };

    assert_true(store_begin(office->store));
    role_location.begin(office->role, office->store, NOON);
    for (size_t i = 0; i < 2; i++) {
        records[i].value_length = strlen(records[i].value);
        role_location.apply(office->role, &records[i]);
    }
    role_location.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_string_equal(ask(office, FUGITIVES), CART);
}

static void more_reports_of_one_cart_are_one_alert(void **state)
{
    struct office *office = *state;

    report(office, "r1", CART, 0);
    report(office, "r2", CART, 1000);
    assert_string_equal(ask(office, ALERTS), "cart-fugitive BBCL23");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM fugitives"), "1");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM fugitive_reports"), "2");
    clear(office, CART, 2000, true);
    report(office, "r3", CART, 3000);
    assert_string_equal(ask(office, ALERTS), "cart-fugitive BBCL23 ended; cart-fugitive BBCL23");
    assert_string_equal(ask(office, REPORTS), "r1 closed; r2 closed; r3 open");
}

static void it_is_asked_where_it_is_until_it_is_cleared(void **state)
{
    struct office *office = *state;

    report(office, "r1", CART, 0);
    tick(office, 100);
    tick(office, 300);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE type = 'locate'"), "1");
    assert_string_equal(
        ask(office,
            "SELECT INSTR(CAST(value AS TEXT), '\"interval_s\":5,\"until_ms\":1790000600100') > 0 "
            "FROM effects WHERE type = 'locate'"),
        "1");
    tick(office, 479000);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE type = 'locate'"), "1");
    tick(office, 481000); /* two minutes before it ends */
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE type = 'locate'"), "2");
    clear(office, CART, 500000, true);
    assert_string_equal(ask(office,
                            "SELECT INSTR(CAST(value AS TEXT), '\"until_ms\":1790000500000') > 0 "
                            "FROM effects WHERE type = 'locate' ORDER BY position DESC"),
                        "1");
    tick(office, 2000000);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE type = 'locate'"), "3");
}

static void what_is_no_report_is_a_dead_letter(void **state)
{
    struct office *office = *state;
    static const char *const bad[] = {
        "rubbish",
        "{\"lat\":1,\"lon\":1}",
        "{\"id\":\"x\",\"lat\":91,\"lon\":1}",
        "{\"id\":\"x\",\"lat\":1}",
        "{\"id\":\"x\",\"lat\":1,\"lon\":\"1\"}",
        "{\"id\":\"x\",\"lat\":1,\"lon\":1,\"cart\":\"no plate\"}",
        "{\"id\":\"x\",\"lat\":1,\"lon\":1,\"note\":7}",
        "{\"id\":\"\",\"lat\":1,\"lon\":1}",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        take(office, "carrito.reports", bad[i], NOON);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE error IS NOT NULL"), "8");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM reports"), "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a cart that is named becomes a fugitive", a_named_cart_becomes_a_fugitive),
        CLAIM("a cart that was never heard can be one", a_cart_that_was_never_heard_can_be_one),
        CLAIM("an id counts once", an_id_counts_once),
        CLAIM("its positions are its trail, until it is cleared",
              its_positions_are_its_trail_until_it_is_cleared),
        CLAIM("a place makes fugitives of carts of nobody",
              a_place_makes_fugitives_of_carts_of_nobody),
        CLAIM("a place without a cart is a sighting", a_place_without_a_cart_is_a_sighting),
        CLAIM("a place is held against all of its batch", a_place_is_held_against_all_of_its_batch),
        CLAIM("more reports of one cart are one alert", more_reports_of_one_cart_are_one_alert),
        CLAIM("it is asked where it is until it is cleared",
              it_is_asked_where_it_is_until_it_is_cleared),
        CLAIM("what is no report is a dead letter", what_is_no_report_is_a_dead_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
