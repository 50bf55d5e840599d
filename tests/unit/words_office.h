/* A role `sales` and the words of its cart, for the tests of what they confirm. */
#ifndef CARRITO_TESTS_WORDS_OFFICE_H
#define CARRITO_TESTS_WORDS_OFFICE_H

#include "collector/carts/cart_word.h"
#include "collector/sales/daily_row.h"

#include "sales_office.h"

#define HOUR_MS  3600000LL
#define EPOCH_2  "0a0a0a0a0a0a0a0a"
#define NEXT_DAY day_start_ms(DAY + 1)
#define AFTER_MS 3000 /* a word is judged by then */

/* Totals: of sales of 3 pieces and 1500 pesos each. */
struct told {
    const char *epoch;
    int from, upto, made, receipts, voided;
};

static inline void write_told(const struct told *told, char text[EVENT_MAX])
{
    int standing = told->receipts - told->voided;

    snprintf(text, EVENT_MAX,
             "\"from\":%d,\"upto\":%d,\"made\":%d,\"receipts\":%d,\"voided\":%d,\"quantity\":%d,"
             "\"amount\":%d",
             told->from, told->upto, told->made, told->receipts, told->voided, 3 * standing,
             1500 * standing);
}

static inline void say_json(struct office *office, const char *text, int64_t at_ms,
                            struct cart_word_way way)
{
    cJSON *counts = cJSON_Parse(text);

    assert_non_null(counts);
    assert_true(store_begin(office->store));
    cart_word_keep(
        office->store, counts,
        &(struct cart_word){
            .cart = "BBCL23", .epoch = EPOCH, .at_ms = at_ms, .now_ms = at_ms, .way = way });
    assert_int_equal(store_commit(office->store), STORE_OK);
    cJSON_Delete(counts);
}

static inline void keep(struct office *office, const struct told *told, int64_t at_ms,
                        struct cart_word_way way)
{
    char totals[EVENT_MAX], text[2 * EVENT_MAX];

    write_told(told, totals);
    snprintf(text, sizeof text, "{%s%s%s%s}", told->epoch != NULL ? "\"epoch\":\"" : "",
             told->epoch != NULL ? told->epoch : "", told->epoch != NULL ? "\"," : "", totals);
    say_json(office, text, at_ms, way);
}

/* A word, and the look that judges it. */
static inline void say(struct office *office, const struct told *told, int64_t at_ms)
{
    keep(office, told, at_ms, (struct cart_word_way){ 0 });
    pass_to(office, at_ms + AFTER_MS);
}

static inline void say_offline(struct office *office, const struct told *told, int64_t at_ms)
{
    keep(office, told, at_ms, (struct cart_word_way){ .offline = 1 });
    pass_to(office, at_ms + AFTER_MS);
}

static inline void assert_complete(struct office *office, int32_t day, const char *expected)
{
    assert_string_equal(daily_complete(office->store, "BBCL23", day), expected);
    assert_int_equal(store_status(office->store), STORE_OK);
}

static inline void sell(struct office *office, int from, int to)
{
    for (int receipt = from; receipt <= to; receipt++)
        take(office, sale(receipt, receipt, NULL));
}

static inline void sell_on(struct office *office, int seq, int64_t at_ms)
{
    office->now_ms = at_ms;
    take(office, sale_at(seq, seq, at_ms, NULL));
}

/* As write_told(), of what is all there. */
#define ALL(n)                                                                                     \
    &(struct told)                                                                                 \
    {                                                                                              \
        NULL, 1, n, n, n, 0                                                                        \
    }

#endif
