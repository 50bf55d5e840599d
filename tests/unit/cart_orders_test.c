/* Proves what a cart makes of the centre's orders: each word of the centre in any order of arrival,
 * each step of the vendor judged, who listens, and all that is kept bounded. */
#include "agent/course.h"
#include "agent/listening.h"
#include "agent/order_judge.h"

#include "orders_room.h"

#include <math.h>

#include <cmocka.h>

/* What the centre says, in any order of arrival, and what the row is then. */
static void each_word_of_the_centre_counts_by_its_turn(void **state)
{
    static const struct {
        const char *words[5]; /* a word that begins with > is the vendor's step of o-1 */
        const char *row;
    } table[] = {
        { { OFFERED("o-1", "1", "") }, "o-1/1=ofrecido " },
        { { OFFERED("o-1", "2", ""), OFFERED("o-1", "1", "") }, "o-1/2=ofrecido " },
        { { OFFERED("o-1", "1", ""), TAKEN("o-1", "1") }, "o-1/1=preparando " },
        { { TAKEN("o-1", "1"), OFFERED("o-1", "1", "") }, "o-1/1=preparando " },
        { { TAKEN("o-1", "1") }, "o-1/1=preparando " }, /* assigned */
        { { OFFERED("o-1", "1", ""), ">rechazado", TAKEN("o-1", "1") }, "o-1/1=rechazado " },
        { { OFFERED("o-1", "1", ""), ">rechazado", TAKEN("o-1", "2") }, "o-1/2=preparando " },
        { { OFFERED("o-1", "1", ""), ">rechazado", OFFERED("o-1", "3", "") }, "o-1/3=ofrecido " },
        { { OFFERED("o-1", "1", ""), CANCELLED("o-1", "1", "cancelled") },
          "o-1/1=cancelado:cancelled " },
        { { CANCELLED("o-1", "1", "expired"), OFFERED("o-1", "1", "") },
          "o-1/1=cancelado:expired " },
        { { CANCELLED("o-1", "1", "taken-back"), TAKEN("o-1", "1") },
          "o-1/1=cancelado:taken-back " },
        { { OFFERED("o-1", "1", ""), ">preparando", CANCELLED("o-1", "1", "taken-back"),
            TAKEN("o-1", "1") },
          "o-1/1=cancelado:taken-back " },
        { { CANCELLED("o-1", "2", "expired"), TAKEN("o-1", "1") }, "o-1/2=cancelado:expired " },
        { { OFFERED("o-1", "3", ""), CANCELLED("o-1", "1", "expired") }, "o-1/3=ofrecido " },
        { { CANCELLED("o-1", "1", "taken-back"), OFFERED("o-1", "2", "") }, "o-1/2=ofrecido " },
        { { OFFERED("o-1", "1", ""), ">preparando", OFFERED("o-1", "3", "") }, "o-1/3=ofrecido " },
        { { OFFERED("o-1", "1", ""), ">preparando", ">entregando", OFFERED("o-1", "3", "") },
          "o-1/3=entregando " },
        { { OFFERED("o-1", "1", ""), ">preparando", ">entregando", TAKEN("o-1", "1") },
          "o-1/1=entregando " },
        { { OFFERED("o-1", "1", ""), ">preparando", ">entregando", ">finalizado",
            OFFERED("o-1", "3", "") },
          "o-1/3=finalizado " },
        { { OFFERED("o-1", "1", ""), ">preparando", ">entregando", ">finalizado",
            CANCELLED("o-1", "1", "expired") },
          "o-1/1=finalizado:expired " },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (size_t k = 0; k < 5 && table[i].words[k] != NULL; k++)
            if (table[i].words[k][0] == '>')
                step(state, "o-1", table[i].words[k] + 1);
            else
                hear(state, table[i].words[k]);
        if (strcmp(rows(state), table[i].row) != 0)
            fail_msg("row %zu: %s", i, rows(state));
        anew(state);
    }
}

static void a_bad_offer_is_done_and_keeps_nothing(void **state)
{
    static const char *const bad[] = {
        OFFERED("o-1", "0", ""),
        OFFERED("o-1", "-1", ""),
        OFFERED("o-1", "1", ",\"distance_m\":-1"),
        OFFERED("o-1", "1", ",\"bearing_deg\":360"),
        OFFERED("o-1", "1", ",\"lat\":91,\"lon\":0"),
        OFFERED("o-1", "1", ",\"lat\":1"),
        OFFERED("o-1", "1", ",\"place\":\"a\\nb\""),
        OFFERED("o-1", "1", ",\"place\":\"\\u001b[2J\""),
        OFFERED("o-1", "1", ",\"place\":\"\\u009b2J\""),
        OFFERED("o-1", "1", ",\"taken\":1"),
        OFFERED("o-1", "1", ",\"pickup\":\"yes\""),
        OFFERED("o-1", "1", ",\"offer_s\":0"),
        "{\"id\":\"offer/o-1/1\",\"command\":\"order-offer\",\"order\":\"o-1\",\"turn\":1,"
        "\"product\":\"x\",\"quantity\":1000,\"price\":1000001}", /* over what a sale may be */
        "{\"id\":\"offer/o-1/1\",\"command\":\"order-offer\",\"order\":\"o-1\",\"turn\":1,"
        "\"product\":\"x\",\"quantity\":0,\"price\":1}",
        "{\"id\":\"offer/o-1/1\",\"command\":\"order-offer\",\"order\":\"o-1\",\"turn\":1,"
        "\"product\":\"\",\"quantity\":1,\"price\":1}",
        "{\"id\":\"offer/o-1/1\",\"command\":\"order-cancel\",\"order\":\"o-1\",\"turn\":1}",
        "{\"id\":\"offer/o-1/1\",\"command\":\"order-cancel\",\"order\":7,\"turn\":1,"
        "\"reason\":\"expired\"}",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        hear(state, bad[i]);
        if (rows(state)[0] != '\0')
            fail_msg("kept: %s", bad[i]);
        cJSON *command = cJSON_Parse(bad[i]);
        assert_true(
            outbox_is_done(outbox_of(state), cJSON_GetObjectItem(command, "id")->valuestring));
        cJSON_Delete(command);
        anew(state);
    }
}

static void what_is_no_next_step_is_refused_in_words(void **state)
{
    int64_t before;

    offer_order(state, "o-1", 1);
    offer_order(state, "o-2", 1);
    hear(state, CANCELLED("o-2", "1", "cancelled"));
    before = last_seq(state);
    assert_holds(ask(state, STEP("o-9", "preparando")), "\"reason\":\"order-unknown\"");
    assert_holds(ask(state, STEP("9", "preparando")), "\"reason\":\"order-unknown\"");
    assert_holds(ask(state, STEP("o-1", "entregando")), "lo que sigue es preparando");
    assert_holds(ask(state, STEP("o-1", "finalizado")), "\"reason\":\"order-step\"");
    assert_holds(ask(state, STEP("o-2", "preparando")), "ya terminó: cancelado");
    assert_holds(ask(state, "{\"request\":\"sell\",\"quantity\":1,\"order\":\"o-9\"}"),
                 "\"reason\":\"order-unknown\"");
    assert_holds(ask(state, "{\"request\":\"sell\",\"quantity\":1,\"order\":\"o-1\"}"),
                 "\"reason\":\"order-step\"");
    assert_int_equal(last_seq(state), before);
    step(state, "1", "preparando"); /* by its number */
    assert_holds(ask(state, STEP("o-1", "preparando")), "lo que sigue es entregando");
    step(state, "o-1", "rechazado");
    assert_holds(ask(state, STEP("o-1", "entregando")), "ya terminó: rechazado");
}

/* By a right clock an offer ends when the centre says; by another one when it has stood for long
 * enough here, however wrong the time is. */
static void an_offer_ends_by_the_clock_that_is_right(void **state)
{
    static const struct {
        enum event_clock clock;
        int64_t wall_ms, boot_ms; /* since it came */
        const char *boot;
        bool stands;
    } table[] = {
        { CLOCK_NTP, 59999, 59999, "boot", true },
        { CLOCK_GPS, 60000, 60000, "boot", false },
        { CLOCK_NONE, 400LL * 86400000, 59999, "boot", true },
        { CLOCK_RTC, -400LL * 86400000, 59999, "boot", true },
        { CLOCK_NONE, 0, 60000, "boot", false },
        { CLOCK_NONE, 0, 0, "another", false },
        { CLOCK_NTP, 1000, 0, "another", true },
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct room *room = *state;
        room->requests.moment.clock = table[i].clock;
        offer_order(state, "o-1", 1);
        room->requests.moment.wall_ms += table[i].wall_ms;
        room->requests.moment.boot_ms += table[i].boot_ms;
        room->requests.moment.boot = table[i].boot;
        const char *answer = ask(state, STEP("o-1", "preparando"));
        if ((strstr(answer, "\"ok\":true") != NULL) != table[i].stands)
            fail_msg("row %zu: %s", i, answer);
        anew(state);
    }
}

static void three_offers_without_an_answer_end_the_listening(void **state)
{
    static const char *const back[] = { "{\"request\":\"sell\",\"quantity\":1}",
                                        "{\"request\":\"restock\",\"stock\":9}",
                                        "{\"request\":\"listen\",\"listen\":\"resume\"}" };
    struct listening_facts facts = { .recording = true, .counted = true, .till_open = true };

    for (size_t i = 0; i < sizeof back / sizeof *back; i++) {
        for (int turn = 1; turn <= OFFERS_MISSED; turn++) {
            facts.kept = outbox_listening(outbox_of(state));
            assert_int_equal(listening_judge(&facts), LISTENING);
            offer_order(state, "o-1", turn);
            assert_int_equal(outbox_expire_order(outbox_of(state), "o-1", NOW_MS), OUTBOX_OK);
        }
        assert_holds(ask(state, STEP("o-1", "preparando")), "\"reason\":\"order-expired\"");
        open_again(state);
        facts.kept = outbox_listening(outbox_of(state));
        assert_int_equal(listening_judge(&facts), LISTENING_MISSED);
        assert_holds(ask(state, back[i]), "\"ok\":true");
        open_again(state);
        facts.kept = outbox_listening(outbox_of(state));
        assert_int_equal(listening_judge(&facts), LISTENING);
        anew(state);
    }
}

static void who_listens_is_kept(void **state)
{
    static const struct {
        const char *said, *text;
        bool on, paused;
    } table[] = {
        { "on", "apenas diga cuánto lleva", true, false },
        { "pause", "no recibe pedidos", true, true },
        { "resume", "apenas diga cuánto lleva", true, false },
        { "off", "no recibe pedidos", false, true },
        { "resume", "apenas diga cuánto lleva", false, false },
    };
    char request[128];

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        snprintf(request, sizeof request, "{\"request\":\"listen\",\"listen\":\"%s\"}",
                 table[i].said);
        assert_holds(ask(state, request), table[i].text);
        open_again(state);
        assert_int_equal(outbox_listening(outbox_of(state)).on, table[i].on);
        assert_int_equal(outbox_listening(outbox_of(state)).paused, table[i].paused);
    }
    assert_holds(ask(state, "{\"request\":\"listen\",\"listen\":\"yes\"}"),
                 "\"reason\":\"listen\"");
    assert_holds(ask(state, "{\"request\":\"listen\"}"), "\"reason\":\"listen\"");
}

static void the_first_reason_against_it_is_told(void **state)
{
    struct listening_facts facts = { .kept = { .on = false, .paused = true, .missed = 3 },
                                     .closed = true };

    (void)state;
    assert_int_equal(listening_judge(&facts), LISTENING_CARD);
    facts.recording = true;
    assert_int_equal(listening_judge(&facts), LISTENING_CLOSED);
    facts.closed = false;
    assert_int_equal(listening_judge(&facts), LISTENING_PAUSED);
    facts.kept.paused = false;
    assert_int_equal(listening_judge(&facts), LISTENING_UNCOUNTED);
    facts.counted = true;
    assert_int_equal(listening_judge(&facts), LISTENING_MISSED);
    facts.kept.missed = 2;
    assert_int_equal(listening_judge(&facts), LISTENING_NOBODY);
    facts.kept.on = true;
    assert_int_equal(listening_judge(&facts), LISTENING);
    for (enum listening one = 0; one < LISTENING_STATES; one++)
        assert_int_equal(listening_from_name(listening_name(one)), one);
    assert_int_equal(listening_from_name("?"), LISTENING_STATES);
}

static void what_is_taken_away_is_told_once(void **state)
{
    offer_order(state, "o-1", 1);
    hear(state, CANCELLED("o-1", "1", "cancelled"));
    assert_int_equal(untold(state), 0); /* nobody had taken it */
    offer_order(state, "o-2", 1);
    deliver(state, "o-2");
    hear(state, CANCELLED("o-2", "1", "taken-back"));
    offer_order(state, "o-3", 1);
    deliver(state, "o-3");
    step(state, "o-3", "finalizado");
    hear(state, CANCELLED("o-3", "1", "expired"));
    offer_order(state, "o-4", 1);
    step(state, "o-4", "preparando");
    hear(state, CANCELLED("o-4", "1", "ended"));
    open_again(state);
    assert_int_equal(untold(state), 2);
    assert_holds(ask(state, "{\"request\":\"status\"}"), "\"untold\":[{\"order\":\"o-2\"");
    ask(state, "{\"request\":\"status\",\"till\":true,\"told\":[{\"order\":\"o-2\",\"turn\":1},"
               "{\"order\":7},8,{\"order\":\"o-9\",\"turn\":1}]}");
    assert_int_equal(untold(state), 1);
    assert_true(((struct room *)*state)->requests.till_asks);
    open_again(state);
    assert_holds(ask(state, "{\"request\":\"status\"}"),
                 "\"untold\":[{\"order\":\"o-3\",\"status\":\"finalizado\"");
    assert_false(((struct room *)*state)->requests.till_asks);
    assert_holds(ask(state, "{\"request\":\"today\"}"), "\"sales\":1"); /* a sale stays one */
}

static void a_till_learns_what_waits(void **state)
{
    struct room *room = *state;

    room->requests.fix = (struct sale_fix){ true, -33.44, -70.65, NOW_MS };
    offer_order(state, "o-1", 1);
    room->requests.moment.wall_ms += 1000;
    room->requests.moment.boot_ms += 1000;
    assert_holds(ask(state, "{\"request\":\"status\"}"),
                 "\"turn\":1,\"number\":1,\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,"
                 "\"distance_m\":350,\"bearing_deg\":45,\"left_ms\":59000}]");
    hear(state, TAKEN("o-1", "1")); /* from where the cart is now */
    assert_holds(ask(state, "{\"request\":\"status\"}"),
                 "\"status\":\"preparando\",\"at_ms\":1790006401000,\"turn\":1,\"number\":1,"
                 "\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,\"place\":\"Plaza 1\","
                 "\"distance_m\":1112,\"bearing_deg\":0}]");
}

static void nine_are_open_at_once_each_with_its_number(void **state)
{
    char id[16];

    for (int i = 1; i <= ORDERS_OPEN_MAX + 2; i++) {
        snprintf(id, sizeof id, "o-%d", i);
        offer_order(state, id, 1);
    }
    assert_null(strstr(rows(state), "o-10/"));
    assert_true(outbox_is_done(outbox_of(state), "offer/o-10/1"));
    step(state, "o-4", "rechazado");
    offer_order(state, "o-20", 1);
    step(state, "4", "preparando"); /* the lowest that is free */
    assert_holds(rows(state), "o-20/1=preparando");
    step(state, "9", "preparando"); /* and the others are as they were */
    assert_holds(rows(state), "o-9/1=preparando");
}

static void those_that_are_over_go_but_for_the_last(void **state)
{
    char id[16], told[32];
    struct seen seen = { .count = 0 };

    offer_order(state, "open", 1);
    for (int i = 0; i < 3 * ORDERS_KEPT; i++) {
        struct order_cancelled over = { id, "ended", 1, NOW_MS };
        struct command_effect ends = { .cancelled = &over };
        snprintf(id, sizeof id, "o-%d", i);
        offer_order(state, id, 1);
        snprintf(told, sizeof told, "c-%d", i);
        assert_int_equal(outbox_carry_out(outbox_of(state), told, &ends), OUTBOX_OK);
    }
    outbox_each_order(outbox_of(state), 1000, see, &seen);
    assert_in_range(seen.count, ORDERS_KEPT, ORDERS_KEPT + 1);
    step(state, "open", "preparando");
}

/* A file of the release before, with orders of its own. */
static void an_older_file_goes_on(void **state)
{
    struct room *room = *state;
    sqlite3 *db = NULL;

    outbox_close(room->commit.outbox);
    assert_int_equal(sqlite3_open(room->scratch.path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db,
                     "ALTER TABLE orders DROP COLUMN turn; ALTER TABLE orders DROP COLUMN number;"
                     "ALTER TABLE orders DROP COLUMN expires_ms;"
                     "ALTER TABLE orders DROP COLUMN heard_boot;"
                     "ALTER TABLE orders DROP COLUMN heard_boot_ms;"
                     "ALTER TABLE orders DROP COLUMN reason; ALTER TABLE orders DROP COLUMN told;"
                     "UPDATE schema_number SET number = 9;"
                     "INSERT INTO orders VALUES ('o-1', '{}', 'preparando', 1)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_non_null(room->commit.outbox);
    assert_string_equal(rows(state), "o-1/0=preparando ");
    assert_holds(ask(state, STEP("o-1", "entregando")), "\"reason\":\"order-unknown\"");
    offer_order(state, "o-1", 1);
    assert_string_equal(rows(state), "o-1/1=ofrecido ");
}

static void a_course_is_as_on_a_map(void **state)
{
    static const struct {
        struct place to;
        double metres, degrees;
    } table[] = {
        { { -33.4272, -70.6506 }, 1112, 0 },   { { -33.4472, -70.6506 }, 1112, 180 },
        { { -33.4372, -70.6398 }, 1002, 90 },  { { -33.4372, -70.6614 }, 1002, 270 },
        { { -33.4372, -70.6506 }, 0, 0 },      { { 33.4372, 109.3494 }, 20015115, 0 },
        { { -33.43498, -70.64796 }, 348, 45 },
    };
    const struct place from = { -33.4372, -70.6506 };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double metres = course_distance_m(&from, &table[i].to);
        double degrees = course_bearing_deg(&from, &table[i].to);
        if (fabs(metres - table[i].metres) > 2)
            fail_msg("row %zu: %f m", i, metres);
        assert_true(degrees >= 0 && degrees < 360);
        if (metres > 1 && metres < 1e7 && fabs(degrees - table[i].degrees) > 0.5)
            fail_msg("row %zu: %f degrees", i, degrees);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("each word of the centre counts by its turn",
              each_word_of_the_centre_counts_by_its_turn),
        CLAIM("a bad offer is done, and keeps nothing", a_bad_offer_is_done_and_keeps_nothing),
        CLAIM("what is no next step is refused in words", what_is_no_next_step_is_refused_in_words),
        CLAIM("an offer ends by the clock that is right", an_offer_ends_by_the_clock_that_is_right),
        CLAIM("three offers without an answer end the listening",
              three_offers_without_an_answer_end_the_listening),
        CLAIM("who listens is kept", who_listens_is_kept),
        CLAIM("the first reason against it is told", the_first_reason_against_it_is_told),
        CLAIM("what is taken away is told once", what_is_taken_away_is_told_once),
        CLAIM("a till learns what waits", a_till_learns_what_waits),
        CLAIM("nine are open at once, each with its number",
              nine_are_open_at_once_each_with_its_number),
        CLAIM("those that are over go, but for the last", those_that_are_over_go_but_for_the_last),
        CLAIM("an older file goes on", an_older_file_goes_on),
        CLAIM("a course is as on a map", a_course_is_as_on_a_map),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
