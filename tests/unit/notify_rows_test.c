/* Claims about what becomes of mails and alerts in the store: each end is written once, with its
 * record; what is held comes to its digest's end; an alert is told when it begins and ends. */
#include "collector/alerts/alert.h"
#include "collector/base/settings.h"
#include "collector/effects/effect.h"
#include "collector/effects/mail.h"
#include "collector/notify/notify_alerts.h"
#include "collector/notify/notify_compose.h"
#include "collector/notify/notify_former.h"
#include "collector/notify/notify_rows.h"
#include "common/day.h"

#include "notify_sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define NOW 1790000000000LL

static char lang[] = "es", addresses[] = "a@x.cl, b@x.cl", hook[] = "http://127.0.0.1:1/";
static const struct settings settings = { .lang = lang, .alert_mail = addresses, .webhook = hook };

static void queue(struct store *store, const char *id, const char *order)
{
    mail_add(store,
             &(struct mail){ .id = id,
                             .recipient = "ana@x.cl",
                             .reader = MAIL_STRANGER,
                             .template = "order",
                             .parameters = "{\"order\":\"1\",\"product\":\"Pan\",\"quantity\":1,"
                                           "\"price\":100,\"status\":\"recibido\"}",
                             .order = order },
             NOW);
}

static int64_t count_due(struct store *store, const char *sql, int64_t at_ms)
{
    struct store_rows *rows = store_query(store, sql, "ii", at_ms, (int64_t)100);
    int64_t count = 0;

    while (store_next(rows))
        count++;
    store_rows_end(rows);
    return count;
}

static int64_t due_mails(struct store *store, int64_t at_ms)
{
    return count_due(store, SQL_NOTIFY_DUE, at_ms);
}

static int64_t due_posts(struct store *store, int64_t at_ms)
{
    return count_due(store, SQL_NOTIFY_POSTS_DUE, at_ms);
}

/* The next that is due comes to this end. */
static bool end_next(struct store *store, enum mail_outcome outcome, int64_t at_ms)
{
    struct store_rows *rows = mail_rows_due(store, at_ms, 1);
    struct mail_row row = { 0 };
    bool found = store_next(rows);

    if (found)
        mail_row_read(&row, rows);
    store_rows_end(rows);
    struct mail_end end = { .row = &row,
                            .verdict = { outcome, at_ms + 60000 },
                            .answer = "250 so be it",
                            .at_ms = at_ms,
                            .written_ms = at_ms };
    bool written = found && mail_end_write(store, &end);
    assert_false(found && outcome != MAIL_DEFERRED && mail_end_write(store, &end));
    mail_row_free(&row);
    return written;
}

static void an_end_is_written_once_with_its_record(void **state)
{
    struct store *store = *state;

    queue(store, "order/1/recibido", "1");
    queue(store, "member/1/accepted", NULL);
    assert_true(end_next(store, MAIL_SENT, NOW));
    assert_true(end_next(store, MAIL_FAILED, NOW));
    assert_false(end_next(store, MAIL_SENT, NOW));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE topic = "
                                "'carrito.order-notifications' AND id = 'order/1/recibido/sent'"),
                     1);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects"), 1);
    assert_int_equal(ask(store, "SELECT attempts FROM mails WHERE status = 'sent'"), 1);
}

static void a_deferred_one_is_due_again(void **state)
{
    struct store *store = *state;

    queue(store, "order/1/recibido", "1");
    assert_true(end_next(store, MAIL_DEFERRED, NOW));
    assert_false(end_next(store, MAIL_SENT, NOW + 59999));
    assert_true(end_next(store, MAIL_DEFERRED, NOW + 60000));
    assert_true(end_next(store, MAIL_SENT, NOW + 120000));
    assert_int_equal(ask(store, "SELECT first_ms FROM mails"), NOW);
    assert_int_equal(ask(store, "SELECT attempts FROM mails"), 3);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'kafka'"), 3);
}

static void mails_come_in_the_order_in_which_they_were_owed(void **state)
{
    static const char *const ids[] = { "order/1/recibido", "order/1/preparando",
                                       "order/1/entregando", "order/1/finalizado" };
    struct mail_row row;

    for (size_t i = 0; i < 4; i++)
        queue(*state, ids[i], "1");
    for (size_t i = 0; i < 4; i++) {
        struct store_rows *rows = mail_rows_due(*state, NOW, 10);
        assert_true(store_next(rows));
        mail_row_read(&row, rows);
        assert_string_equal(row.id, ids[i]);
        mail_row_free(&row);
        assert_false(store_next(rows)); /* the next when this one has come to its end */
        store_rows_end(rows);
        assert_true(end_next(*state, MAIL_SENT, NOW));
    }
}

static void what_is_held_comes_to_its_digests_end(void **state)
{
    struct store *store = *state;
    struct mail_letter letter = { 0 };
    struct mail_row row;

    queue(store, "order/1/recibido", "1");
    queue(store, "order/2/recibido", "2");
    assert_true(end_next(store, MAIL_HELD, NOW));
    assert_true(end_next(store, MAIL_HELD, NOW));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE template = 'digest'"), 1);
    struct store_rows *rows = mail_rows_due(store, NOW + 60000, 10);
    assert_true(store_next(rows));
    mail_row_read(&row, rows);
    assert_false(store_next(rows));
    assert_true(mail_compose(store, &settings, &row, &letter));
    assert_non_null(strstr(letter.subject.bytes, "2"));
    assert_non_null(strstr(strstr(letter.body.bytes, "== Tu pedido de un producto") + 1,
                           "== Tu pedido de un producto"));
    mail_letter_free(&letter);
    mail_row_free(&row);
    assert_true(end_next(store, MAIL_SENT, NOW + 60000));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE status = 'digested'"), 2);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE id LIKE '%/deferred'"), 2);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE id LIKE '%/digested'"), 2);
}

/* The time of the first one's digest has come before the second one's end is written. */
static void what_is_held_late_goes_into_the_next_digest(void **state)
{
    struct store *store = *state;
    int64_t due_ms = notify_digest_ms(NOW + 1000);

    queue(store, "order/1/recibido", "1");
    queue(store, "order/2/recibido", "2");
    for (int i = 0; i < 2; i++) {
        struct store_rows *rows = mail_rows_due(store, NOW, 1);
        struct mail_row row = { 0 };
        assert_true(store_next(rows));
        mail_row_read(&row, rows);
        store_rows_end(rows);
        struct mail_end end = { .row = &row,
                                .verdict = { MAIL_HELD, due_ms },
                                .answer = "",
                                .at_ms = NOW,
                                .written_ms = i == 0 ? NOW : due_ms };
        assert_true(mail_end_write(store, &end));
        mail_row_free(&row);
    }
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails WHERE template = 'digest'"), 2);
    assert_int_equal(due_mails(store, due_ms), 1);
    assert_int_equal(due_mails(store, due_ms + 60000), 2);
}

static void the_flow_counts_the_last_hour(void **state)
{
    struct store *store = *state;
    struct mail_row row = { .recipient = "ana@x.cl", .mailbox = "ana@x.cl" };
    struct mail_row other = { .recipient = "berta@x.cl", .mailbox = "berta@x.cl" };
    struct mail_flow flow = { .limit = 2, .now_ms = NOW + 2000 };

    queue(store, "order/1/recibido", "1");
    queue(store, "order/1/preparando", "1");
    assert_true(end_next(store, MAIL_SENT, NOW));
    assert_true(end_next(store, MAIL_SENT, NOW + 1000));
    static const enum mail_share theirs[] = { SHARE_STRANGER, SHARE_MAILBOX, SHARE_STRANGERS };
    for (size_t i = 0; i < 3; i++) {
        mail_flow_read(store, theirs[i], &row, &flow);
        assert_int_equal(flow.sent, 2);
        assert_int_equal(flow.oldest_ms, NOW);
    }
    mail_flow_read(store, SHARE_GUILD, &row, &flow);
    assert_int_equal(flow.sent, 0);
    mail_flow_read(store, SHARE_MAILBOX, &other, &flow);
    assert_int_equal(flow.sent, 0);
    flow.now_ms = NOW + NOTIFY_HOUR_MS;
    for (size_t i = 0; i < 3; i++) {
        mail_flow_read(store, theirs[i], &row, &flow);
        assert_int_equal(flow.sent, 1);
    }
}

static bool notices(struct store *store)
{
    struct lease lease = { .name = "notify" };
    bool more;

    assert_true(lease_keep(&lease, store, 0));
    more = notify_alerts(&settings, store, &lease, NOW);
    lease_release(&lease, store);
    return more;
}

static void raise_alert(struct store *store, enum alert_kind kind)
{
    assert_true(store_begin(store));
    assert_true(alert_raise(store, &(struct alert){ .kind = kind,
                                                    .subject = "BBCL23",
                                                    .cart = "BBCL23",
                                                    .says = SAY_ALERT_STOCK_OUT("BBCL23"),
                                                    .at_ms = NOW }));
    assert_int_equal(store_commit(store), STORE_OK);
}

/* As of the only alert. */
static void enqueue_notice(struct store *store, const char *status)
{
    char alert[ALERT_ID_SIZE], id[64];
    struct store_rows *rows = store_query(store, "SELECT id FROM alerts", "");

    assert_true(store_next(rows));
    snprintf(alert, sizeof alert, "%s", store_text(rows, 0));
    store_rows_end(rows);
    snprintf(id, sizeof id, "%s/%s", alert, status);
    effect_add(store, &(struct effect){ .lane = EFFECT_ALERT,
                                        .id = id,
                                        .topic = alert,
                                        .type = status,
                                        .partition = -1,
                                        .created_ms = NOW,
                                        .due_ms = EFFECT_AT_ONCE });
}

static void an_alert_is_told_when_it_begins_and_when_it_ends(void **state)
{
    struct store *store = *state;

    raise_alert(store, ALERT_CART_VANISHED);
    assert_false(notices(store));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 2);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'alert'"), 0);
    assert_true(store_begin(store));
    assert_true(alert_end(store, ALERT_CART_VANISHED, "BBCL23", NOW + 1));
    assert_int_equal(store_commit(store), STORE_OK);
    notices(store);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 4);
    /* That it was seen afterwards is no news. */
    enqueue_notice(store, "CLEARED_ACK");
    notices(store);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 4);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'post'"), 3);
}

static void what_is_told_of_an_alert_comes_in_the_order_of_its_life(void **state)
{
    struct store *store = *state;
    static const char posts[] = "SELECT id FROM effects WHERE lane = 'post' ORDER BY position";

    raise_alert(store, ALERT_CART_VANISHED);
    notices(store);
    assert_true(store_begin(store));
    assert_true(alert_end(store, ALERT_CART_VANISHED, "BBCL23", NOW + 1));
    assert_int_equal(store_commit(store), STORE_OK);
    notices(store);
    assert_int_equal(due_mails(store, NOW), 2); /* the first one to each address */
    assert_int_equal(due_posts(store, NOW), 1);
    /* The first is refused for now: the second waits behind it. */
    struct store_rows *rows = store_query(store, posts, "");
    assert_true(store_next(rows));
    assert_non_null(strstr(store_text(rows, 0), "/ACTIVE_UNACK"));
    effect_later(store, EFFECT_POST, store_text(rows, 0), NOW + 60000);
    store_rows_end(rows);
    assert_int_equal(due_posts(store, NOW), 0);
    assert_true(end_next(store, MAIL_DEFERRED, NOW));
    assert_int_equal(due_mails(store, NOW), 1);
    assert_true(end_next(store, MAIL_SENT, NOW));
    assert_int_equal(due_mails(store, NOW), 1);
    assert_int_equal(due_mails(store, NOW + 60000), 2);
}

/* Somebody stood still for a day, or a backup was restored. */
static void what_is_a_day_old_is_no_news(void **state)
{
    struct lease lease = { .name = "notify" };

    raise_alert(*state, ALERT_CART_VANISHED);
    assert_true(lease_keep(&lease, *state, 0));
    assert_false(notify_alerts(&settings, *state, &lease, NOW + NOTIFY_GIVE_UP_MS));
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM mails"), 0);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM effects WHERE lane <> 'kafka'"), 0);
}

/* The owner stands still between the look at its lease and the transaction. */
static void a_lost_lease_leaves_no_transaction_open(void **state)
{
    struct store *store = *state;
    struct lease a = { .name = "notify" }, b = { .name = "notify" };

    raise_alert(store, ALERT_CART_VANISHED);
    assert_true(lease_keep(&a, store, 0));
    assert_false(lease_keep(&b, store, 0));
    assert_true(lease_keep(&b, store, LEASE_MS));
    assert_false(notify_alerts(&settings, store, &a, NOW));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 0);
    assert_true(store_begin(store)); /* a role's */
    assert_int_equal(store_commit(store), STORE_OK);
    assert_false(notify_alerts(&settings, store, &b, NOW));
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM mails"), 2);
}

/* As a release before this one left it: rows of its tables, and mails without an effect. */
static void what_a_former_release_owes_is_taken_over(void **state)
{
    struct store *store = *state;

    raise_alert(store, ALERT_CART_VANISHED);
    queue(store, "order/1/recibido", "1");
    queue(store, "order/1/preparando", "1");
    store_run(store, "INSERT INTO alert_notices SELECT id, 'ACTIVE_UNACK', started_ms FROM alerts",
              "");
    store_run(store,
              "INSERT INTO webhook_posts SELECT id || '/ACTIVE_ACK', '{}', 5, 6, 1 FROM alerts",
              "");
    store_run(store, "DELETE FROM effects", "");
    assert_true(notify_has_former(store));
    assert_true(store_begin(store));
    assert_false(notify_take_former(store));
    assert_int_equal(store_commit(store), STORE_OK);
    assert_false(notify_has_former(store));
    assert_int_equal(due_mails(store, NOW), 1);
    assert_int_equal(due_posts(store, NOW), 1);
    notices(store);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'mail'"), 4);
    assert_int_equal(ask(store, "SELECT COUNT(*) FROM effects WHERE lane = 'post'"), 2);
}

static void a_small_alert_is_not_mailed(void **state)
{
    raise_alert(*state, ALERT_CLOCK_BAD);
    notices(*state);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM mails"), 0);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM effects WHERE lane = 'post'"), 1);
}

static void a_report_shows_all_carts_and_totals(void **state)
{
    struct store *store = *state;
    struct mail_row row = { .id = "report/2026-09-21/1",
                            .recipient = "jefa@x.cl",
                            .template = "report",
                            .parameters = "{\"day\":\"2026-09-21\",\"revision\":1}" };
    struct mail_letter letter = { 0 };

    store_run(store,
              "INSERT INTO daily (day, cart, quantity, amount, sales, named_clients, anonymous, "
              "voided, unpriced, revision, closed) VALUES (20717, 'BBCL23', 3, 1500, 2, 1, 1, 0, 0,"
              " 1, 1), (20717, 'CCDD45', 4, 2000, 1, 1, 0, 0, 0, 1, 1), "
              "(20718, 'CCDD45', 9, 9, 9, 9, 9, 0, 0, 1, 1)",
              "");
    store_run(store,
              "INSERT INTO day_clients (day, cart, client, bought) VALUES "
              "(20717, 'BBCL23', 'Ana', 1), (20717, 'CCDD45', 'Ana', 1)",
              "");
    store_run(store, "INSERT INTO client_counts (level, span, clients) VALUES (0, 20717, 1)", "");
    assert_int_equal(store_status(store), STORE_OK);
    assert_true(mail_compose(store, &settings, &row, &letter));
    assert_string_equal(letter.subject.bytes, "Ventas del 2026-09-21, revisión 1");
    /* First whether it agrees, and who is missing. */
    static const char first[] =
        "0 de 2 carros cuadran; faltan BBCL23 (nunca se ha oído), CCDD45 (nunca se ha oído).\n\n"
        "BBCL23           nunca se ha oído\nCCDD45           nunca se ha oído\n\n"
        "Ventas del día 2026-09-21, revisión 1.";
    assert_memory_equal(letter.body.bytes, first, sizeof first - 1);
    assert_non_null(
        strstr(letter.body.bytes,
               "\nBBCL23                      3         1500            2            2\n"));
    assert_non_null(
        strstr(letter.body.bytes,
               "\nTotal                       7         3500            3            2\n"));
    assert_string_equal(letter.attachment_name, "daily-sales-2026-09-21.csv");
    /* For Excel in Spanish: its mark and separator, its comma, and whose heads they are. */
    assert_memory_equal(letter.attachment.bytes,
                        "\xef\xbb\xbf"
                        "día;carro;cantidad;pesos;ventas;",
                        36);
    assert_non_null(strstr(letter.attachment.bytes, "\r\n2026-09-21;CCDD45;4;2000;1;1;4;"));
    assert_non_null(strstr(letter.attachment.bytes, "\r\nTotal;;7;3500;3;2;3,5;"));
    assert_null(strstr(letter.attachment.bytes, "2026-09-22"));
    mail_letter_free(&letter);
    struct settings english = settings;
    english.lang = "en";
    letter = (struct mail_letter){ 0 };
    assert_true(mail_compose(store, &english, &row, &letter));
    assert_memory_equal(letter.attachment.bytes, "day,cart,quantity,amount,", 25);
    assert_null(strstr(letter.attachment.bytes, "Total"));
    mail_letter_free(&letter);
}

/* Which carts may still change stands before the table, and no more than 200 of them. */
static void a_report_of_an_open_day_names_the_open_carts(void **state)
{
    struct store *store = *state;
    struct mail_row row = { .id = "report/2026-09-21/open",
                            .recipient = "jefa@x.cl",
                            .template = "report-open",
                            .parameters = "{\"day\":\"2026-09-21\",\"revision\":1}" };
    struct mail_letter letter = { 0 };

    store_run(store,
              "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 250) "
              "INSERT INTO daily (day, cart, quantity, amount, sales, named_clients, anonymous, "
              "voided, unpriced, revision, closed) SELECT 20717, printf('SIM-%04d', i), 3, 1500, "
              "2, 0, 2, 0, 0, i % 250 = 0, i % 250 = 0 FROM n",
              "");
    assert_true(mail_compose(store, &settings, &row, &letter));
    assert_string_equal(letter.subject.bytes, "Ventas del 2026-09-21, día aún abierto");
    assert_non_null(strstr(letter.body.bytes,
                           "llegará una corrección.\n\nCarros con el día abierto:\n"
                           "SIM-0001 SIM-0002 SIM-0003 SIM-0004 SIM-0005\n"));
    assert_non_null(strstr(letter.body.bytes,
                           "SIM-0199 SIM-0200\nLos demás carros están en la tabla adjunta.\n\n"));
    mail_letter_free(&letter);
    store_run(store, "UPDATE daily SET closed = 1", "");
    assert_true(mail_compose(store, &settings, &row, &letter));
    assert_null(strstr(letter.body.bytes, "Carros con el día abierto"));
    mail_letter_free(&letter);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("an end is written once, with its record", an_end_is_written_once_with_its_record),
        CLAIM("a deferred one is due again", a_deferred_one_is_due_again),
        CLAIM("mails come in the order in which they were owed",
              mails_come_in_the_order_in_which_they_were_owed),
        CLAIM("what is held comes to its digest's end", what_is_held_comes_to_its_digests_end),
        CLAIM("what is held late goes into the next digest",
              what_is_held_late_goes_into_the_next_digest),
        CLAIM("what is told of an alert comes in the order of its life",
              what_is_told_of_an_alert_comes_in_the_order_of_its_life),
        CLAIM("what is a day old is no news", what_is_a_day_old_is_no_news),
        CLAIM("a lost lease leaves no transaction open", a_lost_lease_leaves_no_transaction_open),
        CLAIM("what a former release queues is taken over",
              what_a_former_release_owes_is_taken_over),
        CLAIM("the flow counts the last hour", the_flow_counts_the_last_hour),
        CLAIM("an alert is told when it begins and when it ends",
              an_alert_is_told_when_it_begins_and_when_it_ends),
        CLAIM("a small alert is not mailed", a_small_alert_is_not_mailed),
        CLAIM("a report shows all carts and totals", a_report_shows_all_carts_and_totals),
        CLAIM("a report of an open day names the open carts",
              a_report_of_an_open_day_names_the_open_carts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
