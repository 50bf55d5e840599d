/* Claims about what hangs on a person who is erased: alerts of a blocked account, as rows, records
 * for Kafka and mails; and the vendors and phones of a member's cart. */
#include "collector/alerts/alert.h"
#include "collector/effects/mail.h"
#include "collector/people/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "empty_store.h"

#define NOW_MS 1790000000000LL
#define USER   "anasoto"

static void erase(struct store *store, enum person_kind kind, const char *text)
{
    struct person_key key;
    struct buffer told = { 0 };
    struct json_writer json = json_write_to(&told);

    assert_true(store_begin(store));
    person_key_make(store, kind, text, &key);
    json_object_begin(&json, NULL);
    person_erase(store, &key, NOW_MS, &json);
    json_object_end(&json);
    assert_int_equal(store_commit(store), STORE_OK);
    buffer_free(&told);
}

/* As role `access` does it. */
static bool block(struct store *store)
{
    assert_true(store_begin(store));
    bool raised =
        alert_raise(store, &(struct alert){ .kind = ALERT_LOGIN_BLOCKED,
                                            .subject = USER,
                                            .says = SAY_ALERT_LOGIN_BLOCKED(USER, 5, "12:15"),
                                            .lang = LANG_ES,
                                            .at_ms = NOW_MS });
    assert_int_equal(store_commit(store), STORE_OK);
    return raised;
}

/* As `notify` does it. */
static void mail_alert(struct store *store)
{
    char id[128];
    struct store_rows *rows = store_query(store, "SELECT id FROM alerts", "");

    assert_true(store_next(rows));
    snprintf(id, sizeof id, "alert/%s/raised/12345678", store_text(rows, 0));
    store_rows_end(rows);
    assert_true(store_begin(store));
    mail_add(store,
             &(struct mail){ .id = id,
                             .recipient = "gremio@example.cl",
                             .template = "alert",
                             .parameters = "{\"subject\":\"" USER "\"}" },
             NOW_MS);
    assert_int_equal(store_commit(store), STORE_OK);
}

#define NAMED                                                                                      \
    "SELECT (SELECT COUNT(*) FROM effects WHERE CAST(value AS TEXT) LIKE '%anasoto%' OR topic "    \
    "LIKE '%anasoto%') + (SELECT COUNT(*) FROM mails WHERE parameters LIKE '%anasoto%') + "        \
    "(SELECT "                                                                                     \
    "COUNT(*) FROM alerts WHERE subject || details || COALESCE(about, '') LIKE '%anasoto%')"

static void no_record_or_mail_of_an_alert_names_the_account(void **state)
{
    struct store *store = *state;

    assert_true(block(store));
    mail_alert(store);
    assert_int_equal(ask(store, NAMED), 3);
    erase(store, PERSON_USER, USER);
    assert_int_equal(ask(store, NAMED), 0);
    /* Of a compacted topic the newest record of the key stands: it says that the alert is over. */
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.alerts' AND "
                                "CAST(value AS TEXT) LIKE '%\"status\":\"CLEARED_ACK\"%'"),
                     1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE lane IN ('mail', 'alert')"), 0);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE status = 'skipped'"), 1);
}

static void an_account_of_that_name_begins_anew(void **state)
{
    struct store *store = *state;

    assert_true(block(store));
    erase(store, PERSON_USER, USER);
    assert_true(block(store));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts WHERE ended_ms IS NULL"), 1);
}

static void an_alert_that_named_somebody_is_told_anew(void **state)
{
    struct store *store = *state;

    assert_true(store_begin(store));
    alert_raise(store, &(struct alert){ .kind = ALERT_ORDER_FAILED,
                                        .subject = "o",
                                        .says = SAY_ALERT_ORDER_FAILED("o", 1, "para Ana Soto"),
                                        .lang = LANG_ES,
                                        .at_ms = NOW_MS });
    store_run(store, "DELETE FROM effects", ""); /* it has left */
    assert_int_equal(store_commit(store), STORE_OK);
    erase(store, PERSON_CLIENT, "Ana Soto");
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.alerts' AND "
                                "CAST(value AS TEXT) LIKE '%para ~%'"),
                     1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM alerts WHERE ended_ms IS NULL"), 1);
}

static void who_speaks_for_a_members_cart_ends(void **state)
{
    static const char member[] =
        "INSERT INTO members (id, person, rut, name, lastname, email, plate, premium, status, "
        "applied_ms, decided_ms) VALUES ('m', '12345678-5', '12345678-5', 'Ana', 'Soto', "
        "'a@example.cl', 'BBCL23', 0, 'accepted', 1, 2);"
        "INSERT INTO users (name, role, cart, password, created_ms) VALUES "
        "('pedro', 'vendor', 'BBCL23', 'x', 1), ('luis', 'vendor', 'CDFG45', 'x', 1);"
        "INSERT INTO tokens (hash, id, name, role, cart, created_ms, expires_ms) VALUES "
        "('a', 'a', 'bbcl23', 'tracker', NULL, 1, 9), ('b', 'b', 'x', 'tracker', 'BBCL23', 1, 9), "
        "('c', 'c', 'pedro', 'vendor', 'BBCL23', 1, 9), ('d', 'd', 'luis', 'vendor', 'CDFG45', 1, "
        "9);"
        "INSERT INTO sources (source, cart, epoch, highest_seq, highest_receipt, duplicates, "
        "set_aside, "
        "member_checked) VALUES (1, 'BBCL23', 'e', 1, 1, 0, 0, 1)";
    struct store *store = *state;

    assert_true(store_begin(store));
    assert_true(store_script(store, member));
    assert_int_equal(store_commit(store), STORE_OK);
    erase(store, PERSON_RUT, "12345678-5");
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM tokens WHERE name = 'luis'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM tokens"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM users WHERE name = 'luis'"), 1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM users"), 1);
    assert_int_equal(ask(store, "SELECT member_checked FROM sources"), 0);
}

#define CLAIM(name, function)                                                                      \
    {                                                                                              \
        name, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("no record or mail of an alert names the account",
              no_record_or_mail_of_an_alert_names_the_account),
        CLAIM("an account of that name begins anew", an_account_of_that_name_begins_anew),
        CLAIM("an alert that named somebody is told anew",
              an_alert_that_named_somebody_is_told_anew),
        CLAIM("who speaks for a member's cart ends", who_speaks_for_a_members_cart_ends),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
