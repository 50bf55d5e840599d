/* Claims about the end of a day: which carts it has, what each is told to do, and the sentence. */
#include "collector/sales/closing.h"
#include "collector/store/store_schema.h"
#include "common/day.h"
#include "common/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DAY     20717 /* 2026-09-21 */
#define HOUR_MS 3600000LL
#define NOON    (day_start_ms(DAY) + 12 * HOUR_MS)
#define AFTER   (day_start_ms(DAY + 1) + HOUR_MS)

static void each_case_has_its_answer(void **state)
{
    const struct {
        const char *state, *complete;
        int64_t sales, waiting, heard_ms, closed_ms, missing;
        enum closing_todo todo;
    } cases[] = {
        { "vanished", "true", 3, 9, NOON, EVENT_ABSENT, 0, CLOSING_AGREES },
        { "heard", "false", 3, 0, NOON, EVENT_ABSENT, 2, CLOSING_GAPS },
        { "heard", "null", 3, 0, NOON, EVENT_ABSENT, 1, CLOSING_GAPS },
        { "offline", "false", 3, 0, NOON, NOON, 0, CLOSING_DIFFERS },
        { "heard", "null", 3, 4, NOON, EVENT_ABSENT, 0, CLOSING_WAITING },
        { "heard", "null", 3, 0, NOON, EVENT_ABSENT, 0, CLOSING_OPEN },
        { "heard", "null", 0, 0, NOON, EVENT_ABSENT, 0, CLOSING_OPEN },
        { "heard", "null", 3, 0, AFTER, EVENT_ABSENT, 0, CLOSING_NOT_SAID },
        { "offline", "null", 3, 0, NOON, EVENT_ABSENT, 0, CLOSING_NOT_SAID },
        { "offline", "null", 0, 0, NOON, EVENT_ABSENT, 0, CLOSING_NOTHING },
        { "heard", "null", 0, 0, AFTER, EVENT_ABSENT, 0, CLOSING_NOTHING },
        /* It may have sold and not been able to say so. */
        { "offline", "null", 0, 0, NOON - 24 * HOUR_MS, EVENT_ABSENT, 0, CLOSING_SILENT },
        { "vanished", "null", 0, 0, NOON, EVENT_ABSENT, 0, CLOSING_SILENT },
        { "vanished", "null", 3, 7, NOON, EVENT_ABSENT, 0, CLOSING_SILENT },
        { "silent", "null", 3, 0, NOON, EVENT_ABSENT, 0, CLOSING_SILENT },
        { "absent", "null", 0, 0, EVENT_ABSENT, EVENT_ABSENT, 0, CLOSING_NEVER },
        { "", "null", 0, EVENT_ABSENT, EVENT_ABSENT, EVENT_ABSENT, 0, CLOSING_NEVER },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct closing_row row = { .day = DAY,
                                   .sales = cases[i].sales,
                                   .waiting = cases[i].waiting,
                                   .heard_ms = cases[i].heard_ms,
                                   .closed_ms = cases[i].closed_ms,
                                   .missing = cases[i].missing,
                                   .complete = cases[i].complete };
        snprintf(row.state, sizeof row.state, "%s", cases[i].state);
        assert_string_equal(closing_todo_name(closing_judge(&row)),
                            closing_todo_name(cases[i].todo));
    }
}

static const char *say(const struct closing_row *row, enum lang lang)
{
    static char text[128];
    struct buffer out = { 0 };

    closing_todo_text(row, lang, &out);
    snprintf(text, sizeof text, "%s", out.bytes);
    buffer_free(&out);
    return text;
}

static void words_have_their_figures(void **state)
{
    struct closing_row row = { .day = DAY, .heard_ms = NOON, .waiting = 4, .missing = 2 };

    (void)state;
    row.todo = CLOSING_SILENT;
    assert_string_equal(say(&row, LANG_ES), "sin señal desde 12:00");
    row.day++;
    assert_string_equal(say(&row, LANG_EN), "no signal since 2026-09-21 12:00");
    row.todo = CLOSING_GAPS;
    assert_string_equal(say(&row, LANG_ES),
                        "faltan ventas (2): que se conecte, o traer su tarjeta");
    row.todo = CLOSING_WAITING;
    assert_string_equal(say(&row, LANG_EN), "has 4 to send: leave it on where there is a signal");
}

static int open_store(void **state)
{
    struct store *store = store_open("sqlite://:memory:", STORE_REPEATABLE);

    *state = store;
    return day_set_zone("America/Santiago") && store_migrate(store) == STORE_OK ? 0 : -1;
}

static int close_store(void **state)
{
    store_close(*state);
    return 0;
}

static void run(struct store *store, const char *sql)
{
    assert_true(store_begin(store));
    assert_true(store_script(store, sql));
    assert_int_equal(store_commit(store), STORE_OK);
}

static void add_cart(struct store *store, const char *plate, const char *state, int64_t heard_ms)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "INSERT INTO carts (cart, state, fugitive, waiting, heard_ms) "
             "VALUES ('%s', '%s', 0, 0, %lld)",
             plate, state, (long long)heard_ms);
    run(store, sql);
}

static void add_member(struct store *store, const char *plate, const char *status,
                       int64_t decided_ms)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "INSERT INTO members (id, person, name, lastname, email, plate, premium, status, "
             "applied_ms, decided_ms) VALUES ('%s', '%s', 'A', 'B', 'a@b.cl', '%s', 0, '%s', 1, "
             "%lld)",
             plate, plate, plate, status, (long long)decided_ms);
    run(store, sql);
}

static void add_sales(struct store *store, const char *plate)
{
    char sql[512];

    snprintf(sql, sizeof sql,
             "INSERT INTO daily (day, cart, quantity, amount, sales, named_clients, anonymous, "
             "voided, unpriced, revision, closed) VALUES (%d, '%s', 7, 3500, 2, 1, 1, 0, 0, 0, 0)",
             DAY, plate);
    run(store, sql);
}

static void members_and_who_sold_are_the_carts(void **state)
{
    struct store *store = *state;
    struct closing_page page = { .day = DAY };
    struct closing_row rows[2];

    add_member(store, "AA1111", "accepted", NOON - 100 * HOUR_MS);
    add_member(store, "BB2222", "accepted", AFTER); /* later */
    add_member(store, "CC3333", "pending", NOON);
    add_cart(store, "AA1111", "vanished", NOON);
    add_cart(store, "ZZ9999", "heard", NOON); /* nobody's, and sells nothing */
    add_sales(store, "STRANGER");
    add_sales(store, "AA1111");
    add_member(store, "DD4444", "accepted", NOON);
    assert_int_equal(closing_read(store, &page, rows, 2), 2);
    assert_string_equal(rows[0].cart, "AA1111");
    assert_int_equal(rows[0].quantity, 7);
    assert_int_equal(rows[0].amount, 3500);
    assert_int_equal(rows[0].sales, 2);
    assert_int_equal(rows[0].heard_ms, NOON);
    assert_int_equal(rows[0].todo, CLOSING_SILENT);
    assert_string_equal(rows[1].cart, "DD4444");
    assert_int_equal(rows[1].todo, CLOSING_NEVER);
    assert_int_equal(closing_read(store, &page, rows, 2), 1);
    assert_string_equal(rows[0].cart, "STRANGER");
    assert_int_equal(closing_read(store, &page, rows, 2), 0);
}

static int64_t closed(struct store *store)
{
    struct closing_page page = { .day = DAY };
    struct closing_row row;

    assert_int_equal(closing_read(store, &page, &row, 1), 1);
    return row.closed_ms;
}

static void add_close(struct store *store, int64_t closed_ms, int64_t opened_ms)
{
    char sql[160], opened[32] = "NULL";

    if (opened_ms != EVENT_ABSENT)
        snprintf(opened, sizeof opened, "%lld", (long long)opened_ms);
    snprintf(sql, sizeof sql,
             "INSERT INTO closings (cart, closed_ms, opened_ms) VALUES ('AA1111', %lld, %s)",
             (long long)closed_ms, opened);
    run(store, sql);
}

static void closed_is_the_close_that_lasted(void **state)
{
    struct store *store = *state;

    add_member(store, "AA1111", "accepted", NOON - 48 * HOUR_MS);
    add_close(store, NOON - 15 * HOUR_MS, NOON - 2 * HOUR_MS); /* the evening before */
    assert_int_equal(closed(store), EVENT_ABSENT);
    add_close(store, NOON, NOON + HOUR_MS); /* for lunch */
    assert_int_equal(closed(store), EVENT_ABSENT);
    add_close(store, AFTER, EVENT_ABSENT); /* past midnight */
    assert_int_equal(closed(store), AFTER);
    add_close(store, NOON + 9 * HOUR_MS, AFTER - 1);
    assert_int_equal(closed(store), NOON + 9 * HOUR_MS);
}

static void says(struct store *store, enum lang lang, const char *text)
{
    struct closing_sum sum;

    closing_sum(store, DAY, lang, &sum);
    assert_string_equal(sum.text.bytes, text);
    buffer_free(&sum.text);
}

static void one_sentence_says_it(void **state)
{
    struct store *store = *state;

    says(store, LANG_ES, "No hay carros en este día.");
    add_member(store, "AA1111", "accepted", NOON);
    add_cart(store, "AA1111", "offline", NOON);
    says(store, LANG_ES, "El carro cuadra.");
    add_member(store, "BB2222", "accepted", NOON);
    add_cart(store, "BB2222", "offline", NOON);
    says(store, LANG_EN, "All 2 carts agree.");
    add_member(store, "CC3333", "accepted", NOON);
    add_cart(store, "CC3333", "vanished", NOON);
    says(store, LANG_ES, "2 de 3 carros cuadran; falta CC3333 (sin señal desde 12:00).");
    add_sales(store, "BB2222");
    says(store, LANG_EN,
         "1 of 3 carts agree; missing: BB2222 (not confirmed yet), "
         "CC3333 (no signal since 12:00).");
    for (char plate[] = "DD4441"; plate[5] <= '6'; plate[5]++)
        add_member(store, plate, "accepted", NOON);
    says(store, LANG_ES,
         "1 de 9 carros cuadran; faltan BB2222 (falta que confirme), "
         "CC3333 (sin señal desde 12:00), DD4441 (nunca se ha oído), DD4442 (nunca se ha oído), "
         "DD4443 (nunca se ha oído), DD4444 (nunca se ha oído) y 2 más.");
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("each case has its answer", each_case_has_its_answer),
        CLAIM("words have their figures", words_have_their_figures),
        CLAIM("members and who sold are the carts of a day", members_and_who_sold_are_the_carts),
        CLAIM("closed is the close that lasted", closed_is_the_close_that_lasted),
        CLAIM("one sentence says it, with six names at most", one_sentence_says_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
