/* Claims about `complete` by the older form of carts' own sums, a list by day: true only where what
 * was said at `offline` or on a later day agrees with ours in every epoch of the day; never false,
 * as such sums hang on the cart's clock. */
#include "collector/sales/daily_row.h"

#include "sales_office.h"

#define HOUR_MS 3600000LL
#define EPOCH_2 "0a0a0a0a0a0a0a0a"

static void say(struct office *office, const char *epoch, int32_t day, int64_t sales, int64_t at_ms,
                int64_t final)
{
    assert_true(store_run(office->store,
                          "INSERT INTO cart_counts (cart, epoch, day, sales, quantity, amount, "
                          "at_ms, final) VALUES ('BBCL23', $1, $2, $3, $4, $5, $6, $7)",
                          "tiiiiii", epoch, (int64_t)day, sales, 3 * sales, 1500 * sales, at_ms,
                          final));
}

static void assert_complete(struct office *office, int32_t day, const char *expected)
{
    assert_string_equal(daily_complete(office->store, "BBCL23", day), expected);
    assert_int_equal(store_status(office->store), STORE_OK);
}

static void take_other_epoch(struct office *office, int64_t ts_ms)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"" EPOCH_2
             "\",\"seq\":1,\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":1,\"quantity\":3,"
             "\"amount\":1500}",
             (long long)ts_ms);
    take(office, text);
}

#define NEXT_DAY   day_start_ms(DAY + 1)
#define NOT_FINAL  0
#define AT_OFFLINE 1

struct word {
    const char *epoch;
    int sales, hours_before_midnight, final;
};

static const struct {
    const char *claim;
    int sold, sold_in_other_epoch;
    struct word words[2];
    const char *complete;
} cases[] = {
    { "nothing said", 2, 0, { { .epoch = NULL } }, "null" },
    { "agrees in the evening", 2, 0, { { EPOCH, 2, 1, NOT_FINAL } }, "null" },
    { "disagrees in the evening", 2, 0, { { EPOCH, 3, 1, NOT_FINAL } }, "null" },
    { "agrees at its offline", 2, 0, { { EPOCH, 2, 1, AT_OFFLINE } }, "true" },
    { "disagrees at its offline", 2, 0, { { EPOCH, 3, 1, AT_OFFLINE } }, "null" },
    { "agrees on the next day", 2, 0, { { EPOCH, 2, 0, NOT_FINAL } }, "true" },
    { "disagrees on the next day", 2, 0, { { EPOCH, 1, 0, NOT_FINAL } }, "null" },
    { "one epoch agrees, of the other nothing", 2, 1, { { EPOCH, 2, 0, NOT_FINAL } }, "null" },
    { "one epoch disagrees, of the other nothing", 2, 1, { { EPOCH, 5, 0, NOT_FINAL } }, "null" },
    { "both agree", 2, 1, { { EPOCH, 2, 0, 0 }, { EPOCH_2, 1, 1, AT_OFFLINE } }, "true" },
    { "one disagrees", 2, 1, { { EPOCH, 2, 0, 0 }, { EPOCH_2, 2, 0, NOT_FINAL } }, "null" },
    /* A card that was never read: the cart counted, and none of it is here. */
    { "an epoch of which nothing came",
      2,
      0,
      { { EPOCH, 2, 0, 0 }, { EPOCH_2, 4, 1, 0 } },
      "null" },
    { "and its end was said", 2, 0, { { EPOCH, 2, 0, 0 }, { EPOCH_2, 4, 1, 1 } }, "null" },
    { "an epoch that sold nothing", 2, 0, { { EPOCH, 2, 0, 0 }, { EPOCH_2, 0, 0, 0 } }, "true" },
};

static void complete_is_what_the_table_says(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct office *office = *state;
        for (int receipt = 1; receipt <= cases[i].sold; receipt++)
            take(office, sale(receipt, receipt, NULL));
        if (cases[i].sold_in_other_epoch)
            take_other_epoch(office, NOON);
        for (int k = 0; k < 2 && cases[i].words[k].epoch != NULL; k++) {
            const struct word *word = &cases[i].words[k];
            say(office, word->epoch, DAY, word->sales,
                NEXT_DAY - word->hours_before_midnight * HOUR_MS, word->final);
        }
        if (strcmp(daily_complete(office->store, "BBCL23", DAY), cases[i].complete) != 0)
            fail_msg("%s: not %s", cases[i].claim, cases[i].complete);
        close_office(state);
        assert_int_equal(open_office(state), 0);
    }
}

static void receipts_that_are_missing_are_never_complete(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, NULL));
    take(office, sale(3, 3, NULL));
    say(office, EPOCH, DAY, 2, NEXT_DAY, NOT_FINAL);
    assert_complete(office, DAY, "null");
    take(office, sale_at(2, 2, NOON - 24 * HOUR_MS, NULL));
    assert_complete(office, DAY, "true");
}

static void what_is_taken_back_is_in_no_count(void **state)
{
    struct office *office = *state;

    take(office, sale(1, 1, NULL));
    take(office, sale(2, 2, NULL));
    take(office, taken_back(3, 2));
    say(office, EPOCH, DAY, 1, NEXT_DAY, NOT_FINAL);
    assert_complete(office, DAY, "true");
}

static void the_last_word_of_a_long_day_is_of_that_day(void **state)
{
    struct office *office = *state;
    int32_t day;

    assert_true(day_from_text("2026-04-04", &day)); /* 25 hours */
    take(office, sale_at(1, 1, day_start_ms(day), NULL));
    say(office, EPOCH, day, 1, day_start_ms(day) + 25 * HOUR_MS - 1, NOT_FINAL);
    assert_complete(office, day, "null");
    store_run(office->store, "UPDATE cart_counts SET at_ms = at_ms + 1", "");
    assert_complete(office, day, "true");
}

/* What a boot's clock event moved away leaves no epoch behind that says nothing. */
static void a_day_that_a_boot_left_needs_no_word(void **state)
{
    struct office *office = *state;

    take_other_epoch(office, NOON);
    take(office, event_at("sale", 1, 5,
                          ",\"clock\":\"none\",\"boot\":\"b\",\"boot_ms\":9,\"receipt\":1,"
                          "\"quantity\":3,\"amount\":1500"));
    say(office, EPOCH_2, DAY, 1, NEXT_DAY, NOT_FINAL);
    assert_complete(office, DAY, "null");
    take(office, event_at("clock", 2, NOON - 24 * HOUR_MS, ",\"boot\":\"b\",\"boot_ms\":10"));
    assert_complete(office, DAY, "true");
    assert_complete(office, DAY - 1, "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("complete is what the table says", complete_is_what_the_table_says),
        CLAIM("receipts that are missing are never complete",
              receipts_that_are_missing_are_never_complete),
        CLAIM("what is taken back is in no count", what_is_taken_back_is_in_no_count),
        CLAIM("the last word of a long day is of that day",
              the_last_word_of_a_long_day_is_of_that_day),
        CLAIM("a day that a boot left needs no word", a_day_that_a_boot_left_needs_no_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
