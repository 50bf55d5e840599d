/* Proves that a simulated cart lives by its seed, says only valid events in a gapless order, and
 * that its truth is what those events add up to when they are read back and summed another way. */
#include "sim/cart.h"

#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EVENTS 20000
#define START  1790000000000
#define RUN    77

struct receipt {
    char client[CLIENT_CODE_POINTS_MAX * 4 + 1];
    int64_t quantity, amount;
    int32_t day;
    bool voided;
};

/* What a stranger makes of the events' bytes. */
struct reading {
    struct receipt *receipts; /* by number - 1 */
    int64_t count, voids, locations, stocks;
};

/* The cart lives a few days and each event is read back from its bytes. */
static void live(struct sim_cart *cart, struct reading *reading)
{
    struct buffer bytes = { 0 };
    reading->receipts = calloc(EVENTS, sizeof *reading->receipts);
    for (int64_t i = 0; i < EVENTS; i++) {
        struct event event, back;
        struct json_reason why;
        int64_t now = START + i * 15000;
        sim_cart_next(cart, now, day_of_ms(now), &event);
        buffer_clear(&bytes);
        event_write(&event, &bytes);
        if (!event_read(bytes.bytes, bytes.length, &back, &why))
            fail_msg("%s: %s", why.text, bytes.bytes);
        assert_int_equal(back.seq, i + 1);
        assert_int_equal(back.ts_ms, now);
        assert_string_equal(back.cart, cart->plate);
        assert_string_equal(back.epoch, cart->epoch);
        reading->locations += back.type == EVENT_LOCATION;
        reading->stocks += back.type == EVENT_STOCK;
        if (back.type == EVENT_SALE) {
            struct receipt *receipt = &reading->receipts[reading->count++];
            assert_int_equal(back.receipt, reading->count);
            assert_true(back.has_position && back.fix_ms >= START && back.stock >= 0);
            receipt->quantity = back.quantity;
            receipt->amount = back.amount == EVENT_ABSENT ? 0 : back.amount;
            receipt->day = day_of_ms(back.ts_ms);
            snprintf(receipt->client, sizeof receipt->client, "%s", back.client);
        } else if (back.type == EVENT_VOID) {
            reading->voids++;
            assert_in_range(back.receipt, 1, reading->count);
            assert_false(reading->receipts[back.receipt - 1].voided);
            reading->receipts[back.receipt - 1].voided = true;
        }
    }
    buffer_free(&bytes);
}

static bool bought_before(const struct reading *reading, int64_t index)
{
    const struct receipt *receipt = &reading->receipts[index];
    for (int64_t i = 0; i < index; i++)
        if (!reading->receipts[i].voided && reading->receipts[i].day == receipt->day &&
            strcmp(reading->receipts[i].client, receipt->client) == 0)
            return true;
    return false;
}

/* The rows as the truth must write them, from the receipts alone. */
static void write_rows(const struct reading *reading, const char *cart, struct json_writer *json)
{
    int32_t last = reading->receipts[reading->count - 1].day;
    for (int32_t day = reading->receipts[0].day; day <= last; day++) {
        int64_t quantity = 0, amount = 0, sales = 0, clients = 0;
        char text[DAY_TEXT_SIZE];
        for (int64_t i = 0; i < reading->count; i++) {
            const struct receipt *receipt = &reading->receipts[i];
            if (receipt->voided || receipt->day != day)
                continue;
            sales++;
            quantity += receipt->quantity;
            amount += receipt->amount;
            clients += receipt->client[0] == '\0' || !bought_before(reading, i);
        }
        day_text(day, text);
        json_object_begin(json, NULL);
        json_text(json, "day", text);
        json_text(json, "cart", cart);
        json_int(json, "sales", sales);
        json_int(json, "quantity", quantity);
        json_int(json, "amount", amount);
        json_int(json, "clients", clients);
        json_object_end(json);
    }
}

static void the_truth_is_what_the_events_add_up_to(void **state)
{
    (void)state;
    struct sim_cart cart;
    struct reading reading = { 0 };
    struct buffer truth = { 0 }, expected = { 0 };
    sim_cart_init(&cart, 5, RUN, 0);
    live(&cart, &reading);
    struct json_writer json = json_write_to(&truth);
    json_array_begin(&json, NULL);
    truth_write_rows(&cart.truth, cart.plate, &json);
    json_array_end(&json);
    json = json_write_to(&expected);
    json_array_begin(&json, NULL);
    write_rows(&reading, cart.plate, &json);
    json_array_end(&json);
    assert_string_equal(truth.bytes, expected.bytes);
    assert_true(cart.truth.count >= 3);
    buffer_free(&truth);
    buffer_free(&expected);
    free(reading.receipts);
    sim_cart_free(&cart);
}

static void the_mix_is_as_promised(void **state)
{
    (void)state;
    struct sim_cart cart;
    struct reading reading = { 0 };
    sim_cart_init(&cart, 6, RUN, 3);
    live(&cart, &reading);
    assert_in_range(reading.locations, EVENTS * 13 / 100, EVENTS * 17 / 100);
    assert_in_range(reading.voids, EVENTS * 5 / 1000, EVENTS * 15 / 1000);
    assert_true(reading.stocks > 10);
    free(reading.receipts);
    sim_cart_free(&cart);
}

/* The totals told are those of all that was made up to `upto`, which is acknowledged. */
static void assert_told(const struct totals *told, const struct totals_at made[], int64_t acked)
{
    const struct totals_at *right = &made[told->acked.upto];

    assert_true(told->acked.upto <= acked);
    assert_int_equal(told->acked.receipts, right->receipts);
    assert_int_equal(told->acked.voided, right->voided);
    assert_int_equal(told->acked.quantity, right->quantity);
    assert_int_equal(told->acked.amount, right->amount);
}

static void the_counts_are_of_what_is_acknowledged(void **state)
{
    (void)state;
    enum { ALL = 3000 };
    static struct totals_at made[ALL + 1]; /* by seq */
    struct sim_cart cart;
    struct buffer text = { 0 };
    int64_t acked = 0;

    sim_cart_init(&cart, 7, RUN, 1);
    for (int64_t seq = 1; seq <= ALL; seq++) {
        struct event event;
        struct json_writer json = json_write_to(&text);
        sim_cart_next(&cart, START, 20000, &event);
        made[seq] = cart.totals.made;
        if (seq % 64 == 0)
            acked = seq - seq % 7;
        buffer_clear(&text);
        json_object_begin(&json, NULL);
        totals_write(&cart.totals, acked, &json);
        json_object_end(&json);
        assert_told(&cart.totals, made, acked);
    }
    struct json_writer json = json_write_to(&text);
    totals_write(&cart.totals, ALL, &json);
    assert_int_equal(cart.totals.acked.upto, cart.totals.made.upto);
    assert_told(&cart.totals, made, ALL);
    assert_true(cart.totals.acked.voided > 10);
    buffer_free(&text);
    sim_cart_free(&cart);
}

static void the_counts_are_an_object_as_the_contract_has_it(void **state)
{
    (void)state;
    struct totals totals = { 0 };
    struct buffer text = { 0 };
    struct json_writer json = json_write_to(&text);

    totals_sell(&totals, 2, 3, 1500);
    totals_sell(&totals, 4, 2, 0);
    totals_take_back(&totals, 7, 3, 1500);
    json_object_begin(&json, NULL);
    totals_write(&totals, 7, &json);
    totals_sell(&totals, 8, 1, 500);
    totals_write(&totals, 7, &json);
    json_object_end(&json);
    assert_string_equal(text.bytes,
                        "{\"counts\":{\"from\":1,\"upto\":7,\"made\":7,\"receipts\":2,\"voided\":1,"
                        "\"quantity\":2,\"amount\":0,\"earlier\":[]},"
                        "\"counts\":{\"from\":1,\"upto\":7,\"made\":8,\"receipts\":2,\"voided\":1,"
                        "\"quantity\":2,\"amount\":0,\"earlier\":[]}}");
    buffer_free(&text);
}

static void the_same_seed_lives_the_same_life(void **state)
{
    (void)state;
    struct sim_cart one, other;
    sim_cart_init(&one, 9, RUN, 2);
    sim_cart_init(&other, 9, RUN + 1, 2);
    assert_string_not_equal(one.epoch, other.epoch);
    assert_string_not_equal(one.plate, other.plate);
    for (int i = 0; i < 1000; i++) {
        struct event a, b;
        sim_cart_next(&one, START, 20000, &a);
        sim_cart_next(&other, START, 20000, &b);
        memcpy(b.cart, a.cart, sizeof b.cart);
        memcpy(b.epoch, a.epoch, sizeof b.epoch);
        struct buffer left = { 0 }, right = { 0 };
        event_write(&a, &left);
        event_write(&b, &right);
        assert_string_equal(left.bytes, right.bytes);
        buffer_free(&left);
        buffer_free(&right);
    }
    sim_cart_free(&one);
    sim_cart_free(&other);
}

static void carts_of_a_fleet_differ(void **state)
{
    (void)state;
    struct sim_cart one, other;
    sim_cart_init(&one, 9, RUN, 0);
    sim_cart_init(&other, 9, RUN, 1);
    assert_true(cart_is_valid(one.plate) && epoch_is_valid(one.epoch));
    assert_string_not_equal(one.plate, other.plate);
    assert_string_not_equal(one.epoch, other.epoch);
    assert_int_not_equal(one.random, other.random);
}

static int use_the_guilds_zone(void **state)
{
    (void)state;
    return day_set_zone("America/Santiago") ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the truth is what the events add up to", the_truth_is_what_the_events_add_up_to, NULL,
          NULL, NULL },
        { "the mix is as promised", the_mix_is_as_promised, NULL, NULL, NULL },
        { "the counts are of what is acknowledged", the_counts_are_of_what_is_acknowledged, NULL,
          NULL, NULL },
        { "the counts are an object as the contract has it",
          the_counts_are_an_object_as_the_contract_has_it, NULL, NULL, NULL },
        { "the same seed lives the same life", the_same_seed_lives_the_same_life, NULL, NULL,
          NULL },
        { "carts of a fleet differ", carts_of_a_fleet_differ, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, use_the_guilds_zone, NULL);
}
