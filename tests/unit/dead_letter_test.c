/* Proves what becomes of a dead letter that is tried again, and when somebody is told that some
 * came. */
#include "collector/alerts/alert.h"
#include "collector/letters/dead_letter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define SALE                                                                                       \
    "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"9f0c9f0c9f0c9f0c\",\"seq\":4,"     \
    "\"ts_ms\":1790000000000,\"clock\":\"gps\",\"receipt\":3,\"quantity\":2}"

static const char *rule; /* the header of the bridge's rule; NULL: older, or of no phone */

bool kafka_in_header(const struct kafka_record *record, const char *name, char *value, size_t size)
{
    (void)record;
    if (rule == NULL || strcmp(name, "owntracks-cart") != 0)
        return false;
    snprintf(value, size, "%s", rule);
    return true;
}

static bool retry(struct store *store, const char *source, const char *text,
                  struct json_reason *why)
{
    struct kafka_record record = { .topic = "carrito.dead-letters",
                                   .partition = 1,
                                   .offset = 7,
                                   .append_ms = 1790000000500,
                                   .key = "BBCL23",
                                   .key_length = 6,
                                   .value = text,
                                   .value_length = strlen(text) };

    store_begin(store);
    bool good = dead_letter_retry(store, &record, source, why);
    assert_int_equal(store_commit(store), STORE_OK);
    return good;
}

static void assert_queued(struct store *store, const char *topic, const char *id)
{
    struct store_rows *rows = store_query(store, "SELECT topic, id FROM effects", "");

    if (topic != NULL) {
        assert_true(store_next(rows));
        assert_string_equal(store_text(rows, 0), topic);
        assert_string_equal(store_text(rows, 1), id);
    }
    assert_false(store_next(rows));
    store_rows_end(rows);
    store_run(store, "DELETE FROM effects", "");
}

static void what_is_good_now_goes_where_it_belongs(void **state)
{
    static const struct {
        const char *source, *text, *topic, *id;
    } cases[] = {
        { "mqtt:carrito/v1/BBCL23/events", SALE, "carrito.sales", "BBCL23/9f0c9f0c9f0c9f0c/4" },
        { "mqtt:carrito/v1/BBCL23/state", "{\"state\":\"online\",\"ts_ms\":1}", "carrito.presence",
          "BBCL23/state/1790000000500" },
        { "kafka:carrito.locations/2/88", SALE, "carrito.sales", "BBCL23/9f0c9f0c9f0c9f0c/4" },
        { "kafka:carrito.reports/0/1", "{\"id\":\"x\"}", "carrito.reports", "retry/1/7" },
        { "import:office", SALE, "carrito.sales", "BBCL23/9f0c9f0c9f0c9f0c/4" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_reason why = { 0 };
        assert_true(retry(*state, cases[i].source, cases[i].text, &why));
        assert_queued(*state, cases[i].topic, cases[i].id);
    }
}

static void what_is_still_bad_owes_nothing_and_says_why(void **state)
{
    static const struct {
        const char *source, *text, *reason;
    } cases[] = {
        { "mqtt:carrito/v1/OTHER1/events", SALE, "the topic's is OTHER1" },
        { "mqtt:carrito/v1/BBCL23/events", "{\"v\":1}", "type" },
        { "mqtt:carrito/v1/BBCL23/nothing", SALE, "no message is expected" },
        { "mqtt:carrito/v1/BBCL23/state", "", "nothing in it" },
        { "kafka:carrito.sales/2/88", "rubbish", "not a JSON object" },
        { "kafka:carrito.members/0/1", "{\"id\":\"x\"}", "" },
        { "kafka:carrito.order-requests/0/1", "{}", "" },
        { "kafka:elsewhere/0/1", "{}", "nothing is read from the topic elsewhere" },
        { "pigeon:post", SALE, "where it came from" },
        { NULL, SALE, "where it came from" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json_reason why = { 0 };
        assert_false(retry(*state, cases[i].source, cases[i].text, &why));
        assert_non_null(strstr(why.text, cases[i].reason));
        assert_true(why.text[0] != '\0');
        assert_queued(*state, NULL, NULL);
    }
}

/* What the role `location` refused was a stranger's; who is heard meanwhile is none. */
static void a_strangers_position_needs_a_cart(void **state)
{
    static const char fix[] = "{\"v\":1,\"type\":\"location\",\"cart\":\"BBCL23\","
                              "\"source\":\"owntracks\",\"ts_ms\":1790000000000,"
                              "\"clock\":\"ntp\",\"lat\":-33.4,\"lon\":-70.6}";
    struct json_reason why = { 0 };

    assert_false(retry(*state, "kafka:carrito.locations/2/88", fix, &why));
    assert_non_null(strstr(why.text, "no cart is known"));
    assert_queued(*state, NULL, NULL);
    store_begin(*state);
    assert_true(store_run(*state,
                          "INSERT INTO carts (cart, state, fugitive) VALUES ('BBCL23', "
                          "'heard', 0)",
                          ""));
    assert_int_equal(store_commit(*state), STORE_OK);
    assert_true(retry(*state, "kafka:carrito.locations/2/88", fix, &why));
    assert_queued(*state, "carrito.locations", "BBCL23/owntracks/1790000000000");
}

/* As the bridge that refused it read the topic; the user is a cart only where one is known. */
static void a_phones_message_is_read_by_its_bridges_rule(void **state)
{
    static const char fix[] = "{\"_type\":\"location\",\"lat\":-33.4,\"lon\":-70.6,"
                              "\"tst\":1790000000}",
                      topic[] = "mqtt:owntracks/bbcl23/sim-11",
                      two[] = "mqtt:owntracks/bbcl23/xxyy11";
    struct json_reason why = { 0 };

    assert_true(retry(*state, "mqtt:owntracks/ana/sim-11", fix, &why));
    assert_queued(*state, "carrito.locations", "SIM-11/owntracks/1790000000000");
    assert_false(retry(*state, two, fix, &why));
    assert_non_null(strstr(why.text, "nobody speaks for two"));
    assert_queued(*state, NULL, NULL);
    rule = "user";
    assert_false(retry(*state, topic, fix, &why));
    assert_non_null(strstr(why.text, "no cart is known by the name BBCL23"));
    assert_queued(*state, NULL, NULL);
    store_begin(*state);
    assert_true(store_run(*state,
                          "INSERT INTO carts (cart, state, fugitive) VALUES ('BBCL23', "
                          "'heard', 0)",
                          ""));
    assert_int_equal(store_commit(*state), STORE_OK);
    assert_true(retry(*state, topic, fix, &why));
    assert_queued(*state, "carrito.locations", "BBCL23/owntracks/1790000000000");
    assert_false(retry(*state, two, fix, &why));
    rule = NULL;
}

static void trying_twice_in_a_row_owes_it_once(void **state)
{
    struct json_reason why = { 0 };

    for (int i = 0; i < 2; i++)
        assert_true(retry(*state, "mqtt:carrito/v1/BBCL23/events", SALE, &why));
    for (int i = 0; i < 2; i++)
        assert_true(retry(*state, "kafka:carrito.sales/0/3", SALE, &why));
    assert_queued(*state, "carrito.sales", "BBCL23/9f0c9f0c9f0c9f0c/4");
}

static int64_t see(struct store *store, int64_t end)
{
    store_begin(store);
    dead_letter_see(store, &(struct dead_letter_end){ 0, end }, "es", 1790000000000);
    assert_int_equal(store_commit(store), STORE_OK);
    struct store_rows *rows = store_query(
        store, "SELECT COUNT(*), COUNT(ended_ms) FROM alerts WHERE kind = 'dead-letter'", "");
    assert_true(store_next(rows));
    int64_t open = store_int(rows, 0) - store_int(rows, 1);
    store_rows_end(rows);
    return open;
}

static void somebody_is_told_when_some_came_and_again_after_the_alert_was_cleared(void **state)
{
    struct store *store = *state;

    assert_int_equal(see(store, 0), 0);
    assert_int_equal(see(store, 2), 1);
    assert_int_equal(see(store, 5), 1);
    assert_true(alert_end(store, ALERT_DEAD_LETTER, "dead-letters", 1790000001000));
    assert_int_equal(see(store, 5), 0);
    assert_int_equal(see(store, 1), 0); /* the topic was made anew */
    assert_int_equal(see(store, 2), 1);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("what is good now goes where it belongs", what_is_good_now_goes_where_it_belongs),
        CLAIM("what is still bad queues nothing and says why",
              what_is_still_bad_owes_nothing_and_says_why),
        CLAIM("a stranger's position needs a cart that is known",
              a_strangers_position_needs_a_cart),
        CLAIM("a phone's message is read by its bridge's rule",
              a_phones_message_is_read_by_its_bridges_rule),
        CLAIM("trying twice in a row queues it once", trying_twice_in_a_row_owes_it_once),
        CLAIM("somebody is told when some came, and again after the alert was cleared",
              somebody_is_told_when_some_came_and_again_after_the_alert_was_cleared),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
