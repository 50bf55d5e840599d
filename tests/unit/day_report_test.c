/* Claims about what people are told of a day that stays open: `day-open` after an hour, with the
 * mail of the day as far as it is known, and one correction once it is closed. */
#include "sales_office.h"

#define HOUR_MS 3600000LL

static int64_t close_of(int32_t day)
{
    return day_start_ms(day + 1) + GRACE_S * 1000;
}

/* Kafka's time goes on, and what was consumed does not. */
static void look_at(struct office *office, int64_t kafka_ms, int64_t watermark_ms)
{
    struct role_time time = { .now_ms = kafka_ms,
                              .kafka_ms = kafka_ms,
                              .watermark_ms = watermark_ms };

    role_sales.due(office->role, office->store, &time);
    assert_true(store_begin(office->store));
    role_sales.begin(office->role, office->store, kafka_ms);
    role_sales.tick(office->role, &time);
    role_sales.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static const char open_day_sql[] =
    "SELECT subject || ' ' || (started_ms) || ' ' || CASE WHEN ended_ms IS NULL THEN 'open' ELSE "
    "'ended' END FROM alerts WHERE kind = 'day-open'";

static void a_day_that_stays_open_for_an_hour_is_told(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, NOON);
    look_at(office, close_of(DAY) + HOUR_MS - 1, NOON);
    assert_lines(office, open_day_sql, "");
    look_at(office, close_of(DAY) + HOUR_MS, NOON);
    look_at(office, close_of(DAY) + HOUR_MS + 1, NOON);
    assert_lines(office, open_day_sql, "2026-09-21 1790046300000 open\n");
    look_at(office, close_of(DAY) + HOUR_MS + 2, close_of(DAY) + SKEW_MS);
    assert_lines(office, open_day_sql, "2026-09-21 1790046300000 ended\n");
}

static const char letters_sql[] =
    "SELECT template || ' ' || json_extract(parameters, '$.day') || ' ' || COUNT(*) FROM mails "
    "GROUP BY template, parameters ORDER BY MIN(turn)";

/* To two addresses each. */
static void its_mail_goes_then_and_one_correction_at_the_close(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, NOON);
    look_at(office, close_of(DAY) + HOUR_MS - 1, NOON);
    assert_lines(office, letters_sql, "");
    look_at(office, close_of(DAY) + HOUR_MS, NOON);
    look_at(office, close_of(DAY) + 2 * HOUR_MS, NOON);
    assert_lines(office, letters_sql, "report-open 2026-09-21 2\n");
    /* An operator clears the alert, and it is raised again. */
    store_run(office->store, "UPDATE alerts SET ended_ms = 1 WHERE kind = 'day-open'", "");
    look_at(office, close_of(DAY) + 3 * HOUR_MS, NOON);
    assert_lines(office, letters_sql, "report-open 2026-09-21 2\n");
    office->now_ms = close_of(DAY) + 3 * HOUR_MS;
    take_sale_at(office, 2, office->now_ms, "gps");
    look_at(office, close_of(DAY + 1) + SKEW_MS, close_of(DAY + 1) + SKEW_MS);
    look_at(office, close_of(DAY + 1) + 2 * SKEW_MS, close_of(DAY + 1) + 2 * SKEW_MS);
    assert_lines(office, letters_sql,
                 "report-open 2026-09-21 2\nreport 2026-09-22 2\n"
                 "report-correction 2026-09-21 2\n");
}

/* Whoever was told of it open is told of the close, however late that is. */
static void a_correction_has_no_age(void **state)
{
    struct office *office = *state;
    int64_t late_ms = close_of(DAY) + 9 * 24 * HOUR_MS;

    take(office, sale(1, 1, "Ana"));
    pass_to(office, NOON);
    look_at(office, close_of(DAY) + HOUR_MS, NOON);
    look_at(office, late_ms, late_ms);
    assert_lines(office, letters_sql, "report-open 2026-09-21 2\nreport-correction 2026-09-21 2\n");
}

/* A collector that was away over midnight has an hour to read what came. */
static void who_has_just_begun_tells_of_no_open_day(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, "Ana"));
    look_at(office, close_of(DAY) + 3 * HOUR_MS, NOON);
    look_at(office, close_of(DAY) + 4 * HOUR_MS - 1, NOON);
    assert_lines(office, open_day_sql, "");
    look_at(office, close_of(DAY) + 4 * HOUR_MS, NOON);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM alerts WHERE kind = 'day-open'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a day that stays open for an hour is told",
              a_day_that_stays_open_for_an_hour_is_told),
        CLAIM("its mail goes then, and one correction at the close",
              its_mail_goes_then_and_one_correction_at_the_close),
        CLAIM("a correction has no age", a_correction_has_no_age),
        CLAIM("who has just begun tells of no open day", who_has_just_begun_tells_of_no_open_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
