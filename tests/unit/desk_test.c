/* Claims about what is typed at the centre: it goes the way of a cart's own events, without a gap
 * in its numbers; any receipt can be taken back once; what is absurd is refused. */
#include "collector/base/hash.h"
#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "collector/sales/daily_row.h"
#include "collector/sales/desk.h"
#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON    1790000000000LL /* 2026-09-21 09:53 in Santiago */
#define DAY     20717
#define HOUR_MS 3600000LL
#define OWN     "9f0c9f0c9f0c9f0c" /* the cart's own epoch */
#define ROLES   2

struct office {
    struct settings settings;
    struct store *store;
    const struct role_calls *calls[ROLES];
    void *roles[ROLES];
    int64_t offset;
};

static int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL || !day_set_zone("America/Santiago") || !hash_init())
        return -1;
    office->settings = (struct settings){
        .restock_threshold = 20, .restock_batch = 5, .restock_count = "carts", .lang = "es"
    };
    office->calls[0] = &role_sales;
    office->calls[1] = &role_stock;
    for (size_t i = 0; i < ROLES; i++)
        office->roles[i] = office->calls[i]->open(&office->settings);
    office->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    *state = office;
    return store_migrate(office->store) == STORE_OK ? 0 : -1;
}

static int close_office(void **state)
{
    struct office *office = *state;

    for (size_t i = 0; i < ROLES; i++)
        office->calls[i]->close(office->roles[i]);
    store_close(office->store);
    free(office);
    return 0;
}

/* What the stock means is judged where the log ends. */
static void judge_stock(struct office *office, int64_t now_ms)
{
    struct role_watermark marks = { TOPIC_SALES, 0, now_ms, true };
    struct role_time time = {
        .now_ms = now_ms, .kafka_ms = now_ms, .watermarks = &marks, .watermark_count = 1
    };

    assert_true(store_begin(office->store));
    role_stock.begin(office->roles[1], office->store, now_ms);
    role_stock.tick(office->roles[1], &time);
    role_stock.end(office->roles[1]);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

/* One record through the roles. */
static void take(struct office *office, const char *value, int64_t append_ms)
{
    for (size_t i = 0; i < ROLES; i++) {
        struct kafka_record record = { .topic = TOPIC_SALES,
                                       .offset = office->offset,
                                       .append_ms = append_ms,
                                       .key = "BBCL23",
                                       .key_length = 6,
                                       .value = value,
                                       .value_length = strlen(value) };
        assert_true(store_begin(office->store));
        office->calls[i]->begin(office->roles[i], office->store, append_ms);
        office->calls[i]->apply(office->roles[i], &record);
        office->calls[i]->end(office->roles[i]);
        assert_int_equal(store_commit(office->store), STORE_OK);
    }
    judge_stock(office, append_ms);
    office->offset++;
}

/* What is queued for carrito.sales comes back out of Kafka, and is queued no longer. */
static void round_trip(struct office *office)
{
    char values[16][1024];
    size_t count = 0;
    struct store_rows *rows = store_query(
        office->store, "SELECT value FROM effects WHERE topic = 'carrito.sales' ORDER BY position",
        "");

    while (count < 16 && store_next(rows)) {
        size_t length;
        const char *bytes = store_bytes(rows, 0, &length);
        snprintf(values[count++], sizeof values[0], "%.*s", (int)length, bytes);
    }
    store_rows_end(rows);
    store_run(office->store, "DELETE FROM effects WHERE topic = 'carrito.sales'", "");
    for (size_t i = 0; i < count; i++)
        take(office, values[i], NOON + 100);
}

static void take_own_sale(struct office *office, int receipt, int quantity, int stock)
{
    char text[512];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"BBCL23\",\"epoch\":\"" OWN
             "\",\"seq\":%d,\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":%d,\"quantity\":%d,"
             "\"amount\":500,\"stock\":%d}",
             receipt, NOON - 60000 + receipt, receipt, quantity, stock);
    take(office, text, NOON - 50000);
}

static struct event typed(enum event_type type)
{
    struct event event;

    event_clear(&event);
    event.type = type;
    event.ts_ms = NOON;
    snprintf(event.cart, sizeof event.cart, "BBCL23");
    return event;
}

static struct event sell(struct office *office, int64_t quantity)
{
    struct event event = typed(EVENT_SALE);
    struct json_reason why;

    event.quantity = quantity;
    assert_true(desk_check(&event, NOON, &why));
    assert_true(store_begin(office->store));
    desk_write(office->store, &event);
    assert_int_equal(store_commit(office->store), STORE_OK);
    return event;
}

static void count(struct office *office, int64_t stock)
{
    struct event event = typed(EVENT_STOCK);
    struct json_reason why;

    event.stock = stock;
    assert_true(desk_check(&event, NOON, &why));
    assert_true(store_begin(office->store));
    desk_write(office->store, &event);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static struct event receipt_of(const char *epoch, int64_t receipt)
{
    struct event event = typed(EVENT_VOID);
    struct json_reason why;

    event.receipt = receipt;
    snprintf(event.sale_epoch, sizeof event.sale_epoch, "%s", epoch);
    assert_true(desk_check(&event, NOON, &why));
    return event;
}

static enum desk_verdict take_back_by(struct office *office, struct event *event,
                                      const char *teller)
{
    assert_true(store_begin(office->store));
    enum desk_verdict verdict = desk_void(office->store, event, teller);
    if (verdict == DESK_WRITTEN)
        assert_int_equal(store_commit(office->store), STORE_OK);
    else
        store_rollback(office->store);
    return verdict;
}

static enum desk_verdict take_back(struct office *office, const char *epoch, int64_t receipt)
{
    struct event event = receipt_of(epoch, receipt);
    return take_back_by(office, &event, NULL);
}

static const char *ask(struct office *office, const char *sql)
{
    static char text[512];
    struct store_rows *rows = store_query(office->store, sql, "");

    snprintf(text, sizeof text, "%s", store_next(rows) ? store_text(rows, 0) : "nothing");
    store_rows_end(rows);
    assert_int_equal(store_status(office->store), STORE_OK);
    return text;
}

#define DAILY "SELECT sales || ' ' || quantity || ' ' || voided FROM daily WHERE cart = 'BBCL23'"
#define LEVEL "SELECT stock FROM stock_levels WHERE cart = 'BBCL23'"
#define OWED                                                                                       \
    "SELECT CAST(value AS TEXT) FROM effects WHERE topic = 'carrito.sales' "                       \
    "ORDER BY position DESC"

static void numbers_have_no_gap(void **state)
{
    struct office *office = *state;
    struct event first = sell(office, 2);
    char id[80];

    assert_true(epoch_is_valid(first.epoch));
    assert_true(first.seq == 1 && first.receipt == 1);
    assert_true(store_begin(office->store));
    struct event undone = typed(EVENT_SALE);
    undone.quantity = 1;
    desk_write(office->store, &undone);
    store_rollback(office->store);
    count(office, 30);
    struct event third = sell(office, 1);
    assert_string_equal(third.epoch, first.epoch);
    assert_true(third.seq == 3 && third.receipt == 2);
    snprintf(id, sizeof id, "BBCL23/%s/3", first.epoch);
    assert_string_equal(ask(office, "SELECT id FROM effects ORDER BY position DESC"), id);
    round_trip(office);
    assert_string_equal(ask(office, DAILY), "2 3 0");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM receipt_gaps"), "0");
}

static void an_older_backup_gives_no_number_twice(void **state)
{
    struct office *office = *state;

    sell(office, 2);
    sell(office, 2);
    round_trip(office);
    store_run(office->store, "UPDATE desk_epochs SET seq = 1, receipt = 1", "");
    struct event next = sell(office, 2);
    assert_true(next.seq == 3 && next.receipt == 3);
}

static void it_is_told_from_the_carts_own(void **state)
{
    struct office *office = *state;

    sell(office, 2);
    assert_non_null(strstr(ask(office, OWED), "\"source\":\"desk\""));
    assert_non_null(strstr(ask(office, OWED), "\"clock\":\"ntp\""));
}

static void what_is_left_is_counted_on(void **state)
{
    struct office *office = *state;

    assert_true(sell(office, 2).stock == EVENT_ABSENT);
    count(office, 30);
    assert_true(sell(office, 4).stock == 26);
    round_trip(office);
    assert_string_equal(ask(office, LEVEL), "26");
    assert_true(sell(office, 40).stock == 0); /* no sale is refused */
    round_trip(office);
    assert_string_equal(ask(office, LEVEL), "0");
    assert_string_equal(ask(office, "SELECT kind || ' ' || subject FROM alerts"),
                        "stock-out BBCL23");
}

static void it_goes_on_from_the_carts_own_count(void **state)
{
    struct office *office = *state;

    take_own_sale(office, 1, 3, 57);
    assert_true(sell(office, 7).stock == 50);
    round_trip(office);
    assert_string_equal(ask(office, LEVEL), "50");
}

static void a_sale_has_the_place_where_the_cart_was(void **state)
{
    struct office *office = *state;

    assert_false(sell(office, 1).has_position);
    store_run(office->store,
              "INSERT INTO track (cart, fix_ms, lat, lon) VALUES ('BBCL23', 1789999990000, -33.4, "
              "-70.6), ('BBCL23', 1790000001000, -33.5, -70.7)",
              "");
    struct event event = sell(office, 1);
    assert_true(event.has_position && event.fix_ms == 1789999990000);
    assert_true(event.lat == -33.4 && event.lon == -70.6);
}

static void its_own_sale_is_taken_back_once(void **state)
{
    struct office *office = *state;

    count(office, 30);
    struct event sale = sell(office, 4);
    assert_int_equal(take_back(office, sale.epoch, 1), DESK_WRITTEN);
    assert_null(strstr(ask(office, OWED), "sale_epoch"));
    assert_int_equal(take_back(office, sale.epoch, 1), DESK_VOIDED);
    assert_int_equal(take_back(office, sale.epoch, 2), DESK_UNKNOWN);
    round_trip(office);
    assert_string_equal(ask(office, DAILY), "0 0 1");
    assert_string_equal(ask(office, LEVEL), "30");
    assert_int_equal(take_back(office, sale.epoch, 1), DESK_VOIDED);
}

static void who_takes_back_again_hears_the_same(void **state)
{
    struct office *office = *state;
    struct event sale = sell(office, 4);
    struct event first = receipt_of(sale.epoch, 1), again = first, other = first, own, same;

    take_own_sale(office, 1, 3, 57);
    assert_int_equal(take_back_by(office, &first, "ana"), DESK_WRITTEN);
    own = same = receipt_of(OWN, 1);
    assert_int_equal(take_back_by(office, &own, "ana"), DESK_WRITTEN);
    round_trip(office);
    assert_int_equal(take_back_by(office, &other, "luis"), DESK_VOIDED);
    assert_int_equal(take_back_by(office, &again, "ana"), DESK_REPEATED);
    assert_true(again.seq == first.seq && strcmp(again.epoch, first.epoch) == 0);
    assert_int_equal(take_back_by(office, &same, "ana"), DESK_REPEATED);
    assert_true(same.seq == own.seq && strcmp(same.epoch, first.epoch) == 0);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.sales'"),
                        "0");
}

static void a_person_says_what_is_left_and_where(void **state)
{
    struct office *office = *state;
    struct event event = typed(EVENT_SALE);
    struct json_reason why;

    count(office, 30);
    event.quantity = 4;
    event.stock = 11;
    event.has_position = true;
    event.lat = -33.4;
    event.lon = -70.6;
    event.fix_ms = NOON;
    assert_true(desk_check(&event, NOON, &why));
    assert_true(store_begin(office->store));
    desk_write(office->store, &event);
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_true(event.stock == 11 && event.lat == -33.4 && event.fix_ms == NOON);
    assert_true(sell(office, 1).stock == 10);
    round_trip(office);
    assert_string_equal(ask(office, LEVEL), "10");
}

static void a_carts_own_receipt_is_taken_back(void **state)
{
    struct office *office = *state;

    take_own_sale(office, 1, 3, 57);
    take_own_sale(office, 2, 2, 55);
    assert_int_equal(take_back(office, OWN, 3), DESK_UNKNOWN);
    assert_int_equal(take_back(office, "0123456789abcdef", 1), DESK_UNKNOWN);
    assert_int_equal(take_back(office, OWN, 1), DESK_WRITTEN);
    assert_non_null(strstr(ask(office, OWED), "\"sale_epoch\":\"" OWN "\""));
    assert_null(strstr(ask(office, OWED), "\"stock\"")); /* the cart counts its own */
    round_trip(office);
    assert_string_equal(ask(office, DAILY), "1 2 1");
    assert_string_equal(ask(office, "SELECT highest_seq FROM sources WHERE epoch = '" OWN "'"),
                        "2");
    assert_int_equal(take_back(office, OWN, 1), DESK_VOIDED);
}

static void take_own_void(struct office *office, int seq, int receipt)
{
    char text[512];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"void\",\"cart\":\"BBCL23\",\"epoch\":\"" OWN
             "\",\"seq\":%d,\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":%d}",
             seq, NOON, receipt);
    take(office, text, NOON + 500);
}

static void say_counts(struct office *office, int sales, int quantity)
{
    store_run(office->store,
              "INSERT INTO cart_counts (cart, epoch, day, sales, quantity, amount, at_ms, final) "
              "VALUES ('BBCL23', $1, 20717, $2, $3, $4, $5, 1) ON CONFLICT (cart, epoch, day) "
              "DO UPDATE SET sales = excluded.sales, quantity = excluded.quantity, "
              "amount = excluded.amount",
              "tiiii", OWN, (int64_t)sales, (int64_t)quantity, (int64_t)sales * 500, NOON);
}

static void the_carts_own_sums_still_agree(void **state)
{
    struct office *office = *state;

    take_own_sale(office, 1, 3, 57);
    take_own_sale(office, 2, 2, 55);
    say_counts(office, 2, 5);
    sell(office, 9); /* the centre's own sales are in no cart's sums */
    round_trip(office);
    assert_string_equal(daily_complete(office->store, "BBCL23", DAY), "true");
    assert_int_equal(take_back(office, OWN, 1), DESK_WRITTEN);
    round_trip(office);
    assert_string_equal(daily_complete(office->store, "BBCL23", DAY), "true");
    take_own_void(office, 3, 1); /* the vendor takes it back as well */
    assert_string_equal(ask(office, DAILY), "2 11 1");
    say_counts(office, 1, 2);
    assert_string_equal(daily_complete(office->store, "BBCL23", DAY), "true");
    say_counts(office, 2, 5);
    assert_string_equal(daily_complete(office->store, "BBCL23", DAY), "null");
}

static void what_is_absurd_is_refused(void **state)
{
    struct event sale = typed(EVENT_SALE), event;
    struct json_reason why;
    (void)state;

    sale.quantity = 1;
    event = sale;
    event.ts_ms = NOON + DESK_FUTURE_MS_MAX + 1;
    assert_false(desk_check(&event, NOON, &why));
    assert_string_equal(why.field, "ts");
    event = sale;
    event.ts_ms = NOON - DESK_PAST_MS_MAX - 1;
    assert_false(desk_check(&event, NOON, &why));
    assert_string_equal(why.field, "ts");
    event = sale;
    snprintf(event.client, sizeof event.client, " \t ");
    assert_false(desk_check(&event, NOON, &why));
    assert_string_equal(why.field, "client");
    event = sale;
    snprintf(event.client, sizeof event.client, "  Ana ");
    event.ts_ms = NOON - 30 * 24 * HOUR_MS;
    assert_true(desk_check(&event, NOON, &why));
    assert_string_equal(event.client, "Ana");
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_office, close_office, NULL                                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("numbers have no gap", numbers_have_no_gap),
        CLAIM("an older backup gives no number twice", an_older_backup_gives_no_number_twice),
        CLAIM("it is told from the cart's own", it_is_told_from_the_carts_own),
        CLAIM("what is left is counted on", what_is_left_is_counted_on),
        CLAIM("it goes on from the cart's own count", it_goes_on_from_the_carts_own_count),
        CLAIM("a sale has the place where the cart was", a_sale_has_the_place_where_the_cart_was),
        CLAIM("its own sale is taken back once", its_own_sale_is_taken_back_once),
        CLAIM("who takes back again hears the same", who_takes_back_again_hears_the_same),
        CLAIM("a person says what is left and where", a_person_says_what_is_left_and_where),
        CLAIM("a cart's own receipt is taken back", a_carts_own_receipt_is_taken_back),
        CLAIM("the cart's own sums still agree", the_carts_own_sums_still_agree),
        CLAIM("what is absurd is refused", what_is_absurd_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
