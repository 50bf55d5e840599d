/* Claims about the gaps in what is produced of a closed day: a late event tells a row of a bounded
 * size, however many ranges are missing, and the list in the API has them all. */
#include "collector/sales/daily_row.h"

#include "sales_office.h"

#define RECORD_BYTES_MAX (600 + 80 * DAILY_MISSING_MAX)
#define NEWEST           "FROM effects WHERE topic = 'carrito.daily-sales' ORDER BY position DESC LIMIT 1"

/* Every second receipt is missing; then the day closes, and the first gap is filled. */
static void miss(struct office *office, int gaps)
{
    begin(office);
    for (int receipt = 1; receipt <= 2 * gaps + 1; receipt += 2)
        apply_at(office, sale(receipt, receipt, NULL), office->now_ms);
    commit(office);
    pass_to(office, day_start_ms(DAY + 1) + GRACE_S * 1000LL);
    take(office, sale(2, 2, NULL));
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM receipt_gaps"), gaps - 1);
    assert_int_equal(ask(office, "SELECT MAX(revision) FROM revisions"), 2);
}

static void with_a_thousand_gaps_it_is_short(void **state)
{
    struct office *office = *state;
    struct buffer json = { 0 }, table = { 0 };

    miss(office, 1000);
    assert_true(ask(office, "SELECT MAX(LENGTH(value)) FROM effects") < RECORD_BYTES_MAX);
    assert_int_equal(ask(office, "SELECT json_array_length(value, '$.missing') " NEWEST),
                     DAILY_MISSING_MAX);
    assert_int_equal(ask(office, "SELECT json_extract(value, '$.missing[0].from') " NEWEST), 4);
    assert_int_equal(ask(office, "SELECT json_extract(value, '$.missing_more') " NEWEST), 1);
    daily_missing(office->store, "BBCL23", DAY, &json, &table);
    assert_non_null(strstr(json.bytes, "\"from\":2000,"));
    buffer_free(&json);
    buffer_free(&table);
}

static void as_many_as_it_holds_are_all(void **state)
{
    struct office *office = *state;

    miss(office, DAILY_MISSING_MAX + 1);
    assert_int_equal(ask(office, "SELECT json_array_length(value, '$.missing') " NEWEST),
                     DAILY_MISSING_MAX);
    assert_int_equal(ask(office, "SELECT json_extract(value, '$.missing_more') " NEWEST), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("with a thousand gaps a record is short and says that there are more",
              with_a_thousand_gaps_it_is_short),
        CLAIM("as many as it holds are all that there are", as_many_as_it_holds_are_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
