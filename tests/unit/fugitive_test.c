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

static void a_report_finds_its_cart_however_it_is_spelt(void **state)
{
    struct office *office = *state;

    fix(office, CART, -1000, -33.4372);
    report(office, "r1", "B-BCL23", 0);
    report(office, "r2", "bb\u00b7cl-23", 0);
    assert_string_equal(ask(office, FUGITIVES), CART);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM reports WHERE cart = '" CART "'"), "2");
}

/* A release before this one took BBCL-23 for the plate; the board still sends as that. */
static void a_cart_of_before_keeps_its_name(void **state)
{
    struct office *office = *state;

    fix(office, "BBCL-23", -1000, -33.4372);
    report(office, "r1", "bbcl23", 0);
    assert_string_equal(ask(office, FUGITIVES), "BBCL-23");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM carts"), "1");
}

static const char *locates(struct office *office)
{
    return ask(office, "SELECT COUNT(*) FROM effects WHERE type = 'locate'");
}

static void what_nobody_knows_costs_a_row(void **state)
{
    struct office *office = *state;
    char id[16], plate[16];

    for (int i = 0; i < 50; i++) {
        snprintf(id, sizeof id, "r%d", i);
        snprintf(plate, sizeof plate, "ZZ%d-X", i);
        report(office, id, plate, i * 1000);
    }
    tick(office, 60000);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM reports WHERE status = 'sighting'"),
                        "50");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM carts"), "0");
    assert_string_equal(ask(office, FUGITIVES), "");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM alerts"), "0");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects"), "0");
}

static void a_sighting_counts_when_its_cart_is_first_heard(void **state)
{
    struct office *office = *state;

    report(office, "r1", "NEW-1", -86400000);
    report(office, "r2", "NEW-1", 0);
    fix(office, "NEW-1", 5000, -33.4372);
    fix(office, "NEW-1", 15000, -33.4373);
    assert_string_equal(ask(office, FUGITIVES), "NEW-1");
    assert_string_equal(ask(office, ALERTS), "cart-fugitive NEW-1");
    assert_string_equal(ask(office, REPORTS), "r1 open; r2 open");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM fugitive_reports"), "2");
    assert_string_equal(ask(office, "SELECT fugitive FROM carts"), "1");
    assert_string_equal(ask(office, TRAIL), "5000 15000");
    tick(office, 16000);
    assert_string_equal(locates(office), "1");
}

static void confirm(struct office *office, const char *cart, int64_t at_ms)
{
    assert_true(store_begin(office->store));
    assert_true(fugitive_confirm(office->store, cart, NOON + at_ms));
    assert_int_equal(store_commit(office->store), STORE_OK);
}

#define HOUR 3600000LL

/* Heard each half hour, from one time to another; says how often it was asked where it is. */
static int asked_between(struct office *office, int64_t from_ms, int64_t to_ms)
{
    int before = atoi(locates(office));

    for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += HOUR / 2) {
        fix(office, CART, at_ms, -33.4372);
        tick(office, at_ms + 100);
    }
    return atoi(locates(office)) - before;
}

static void a_members_cart_is_followed_once_that_is_confirmed(void **state)
{
    struct office *office = *state;

    own(office, CART, "accepted");
    fix(office, CART, -1000, -33.4372);
    report(office, "r1", CART, 0);
    assert_string_equal(ask(office, ALERTS), "cart-fugitive BBCL23");
    assert_int_equal(asked_between(office, 1000, HOUR), 0);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM trail"), "3");
    confirm(office, CART, HOUR);
    assert_true(asked_between(office, HOUR, 24 * HOUR) > 40);
    asked_between(office, 24 * HOUR, 26 * HOUR);
    assert_int_equal(asked_between(office, 26 * HOUR, 30 * HOUR), 0);
    confirm(office, CART, 30 * HOUR);
    assert_true(asked_between(office, 30 * HOUR, 31 * HOUR) > 0);
    clear(office, CART, 31 * HOUR, true);
}

static void whom_one_believes_needs_no_confirmation(void **state)
{
    struct office *office = *state;
    char text[EVENT_MAX];

    own(office, CART, "accepted");
    fix(office, CART, -1000, -33.4372);
    for (int i = 0; i < 2; i++) { /* first anybody, then its vendor */
        snprintf(text, sizeof text,
                 "{\"id\":\"r%d\",\"ts_ms\":%lld,\"cart\":\"" CART "\",\"lat\":1,\"lon\":1%s}", i,
                 NOON, i == 1 ? ",\"trusted\":true" : "");
        take(office, "carrito.reports", text, NOON + 20);
        tick(office, 100);
        assert_string_equal(locates(office), i == 1 ? "1" : "0");
    }
}

static void a_cart_that_is_not_heard_is_not_asked(void **state)
{
    struct office *office = *state;

    fix(office, CART, 0, -33.4372);
    report(office, "r1", CART, HOUR + 1000);
    tick(office, HOUR + 2000);
    assert_string_equal(locates(office), "0");
    clear(office, CART, HOUR + 3000, true); /* nothing to take back */
    assert_string_equal(locates(office), "0");
    report(office, "r2", CART, HOUR + 4000);
    fix(office, CART, HOUR + 5000, -33.4372);
    tick(office, HOUR + 6000);
    assert_string_equal(locates(office), "1");
}

static void so_many_are_fugitives_by_anybodys_word(void **state)
{
    struct office *office = *state;
    char text[EVENT_MAX], cart[16];

    for (int i = 0; i <= FUGITIVES_OPEN_MAX; i++) {
        snprintf(cart, sizeof cart, "MANY-%03d", i);
        fix(office, cart, 0, -33.4372);
        report(office, cart, cart, 1000);
    }
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM fugitives"), "100");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM alerts"), "100");
    assert_string_equal(ask(office, "SELECT id FROM reports WHERE status = 'sighting'"),
                        "MANY-100");
    snprintf(text, sizeof text,
             "{\"id\":\"own\",\"cart\":\"MANY-100\",\"lat\":1,\"lon\":1,\"trusted\":true}");
    take(office, "carrito.reports", text, NOON + 2000);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM fugitives"), "101");
    confirm(office, "MANY-000", 3000);
    report(office, "again", "MANY-000", 3000);
    fix(office, "MANY-101", 0, -33.4372);
    report(office, "room", "MANY-101", 4000);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM fugitives"), "102");
}

static bool dismiss(struct office *office, const char *id, int64_t at_ms)
{
    assert_true(store_begin(office->store));
    bool done = report_dismiss(office->store, id, NOON + at_ms);
    assert_int_equal(store_commit(office->store), STORE_OK);
    return done;
}

static void what_is_dismissed_makes_no_fugitive(void **state)
{
    struct office *office = *state;

    fix(office, CART, -1000, -33.4372);
    report(office, "r1", CART, 0);
    report(office, "r2", CART, 1000);
    assert_true(dismiss(office, "r1", 2000));
    assert_string_equal(ask(office, FUGITIVES), CART);
    assert_true(dismiss(office, "r2", 3000));
    assert_string_equal(ask(office, FUGITIVES), "");
    assert_string_equal(ask(office, ALERTS), "cart-fugitive BBCL23 ended");
    assert_string_equal(ask(office, REPORTS), "r1 dismissed; r2 dismissed");
    report(office, "r3", CART, 4000);
    clear(office, CART, 5000, true);
    assert_false(dismiss(office, "r3", 6000));
    assert_false(dismiss(office, "nobody's", 6000));
    assert_string_equal(ask(office, REPORTS), "r1 dismissed; r2 dismissed; r3 closed");
}

static void an_id_counts_once(void **state)
{
    struct office *office = *state;

    fix(office, CART, -1000, -33.4372);
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
    fix(office, CART, 21000, -12);       /* not believed, but said */
    fix_at(office, CART, 22000, 0, 0);   /* no place */
    assert_string_equal(ask(office, TRAIL), "-30000 10000 15000 20000 21000");
    clear(office, CART, 30000, true);
    fix(office, CART, 31000, -33.4377);
    assert_string_equal(ask(office, TRAIL), "-30000 10000 15000 20000 21000");
    assert_string_equal(ask(office, ALERTS), "cart-fugitive BBCL23 ended");
    assert_string_equal(ask(office, REPORTS), "r1 closed");
    clear(office, CART, 31000, false);
    clear(office, "NOBODY", 31000, false);
}

/* 30.6 m/s, a point each 5 s: more than a cart can go by itself. */
static void on_a_lorry_it_is_followed(void **state)
{
    struct office *office = *state;

    fix(office, CART, 0, -33.6);
    report(office, "r1", CART, 1);
    for (int i = 1; i < 120; i++)
        fix(office, CART, i * 5000, -33.6 - i * 0.001374);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM trail"), "120");
    assert_string_equal(ask(office, "SELECT ROUND(lat, 6) FROM carts"), "-33.763506");
    assert_string_equal(ask(office, "SELECT fix_ms - 1790000000000 FROM carts"), "595000");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM track"), "118"); /* two were claims */
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
    fix(office, CART, 0, -33.5);
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

    fix(office, CART, -1000, -33.4372);
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

    fix(office, CART, -1000, -33.4372);
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
        CLAIM("a report finds its cart however its plate is spelt",
              a_report_finds_its_cart_however_it_is_spelt),
        CLAIM("a cart of before keeps its name", a_cart_of_before_keeps_its_name),
        CLAIM("a plate that nobody knows costs a row, and no alert or command",
              what_nobody_knows_costs_a_row),
        CLAIM("a sighting counts when its cart is first heard",
              a_sighting_counts_when_its_cart_is_first_heard),
        CLAIM("a member's cart is followed once that is confirmed, for a day",
              a_members_cart_is_followed_once_that_is_confirmed),
        CLAIM("an operator or its own vendor needs no confirmation",
              whom_one_believes_needs_no_confirmation),
        CLAIM("a cart that is not heard is not asked", a_cart_that_is_not_heard_is_not_asked),
        CLAIM("so many are fugitives by anybody's word", so_many_are_fugitives_by_anybodys_word),
        CLAIM("what is dismissed makes no fugitive", what_is_dismissed_makes_no_fugitive),
        CLAIM("an id counts once", an_id_counts_once),
        CLAIM("its positions are its trail, until it is cleared",
              its_positions_are_its_trail_until_it_is_cleared),
        CLAIM("on a lorry it is followed", on_a_lorry_it_is_followed),
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
