/* Claims about the role `orders`: an order counts once and moves forward only; every state that it
 * comes into is told once, to Kafka and to the buyer, whatever is rolled back and applied again. */
#include "orders_office.h"

static int open_at_once(void **state)
{
    return open_with(state, "auto", 0);
}

static int open_stepping(void **state)
{
    return open_with(state, "auto", 1000);
}

/* It moves by itself in an hour: vendors are faster. */
static int open_slowly(void **state)
{
    return open_with(state, "auto", 3600000);
}

static const char *request(const char *id)
{
    static char text[256];

    snprintf(text, sizeof text,
             "{\"id\":\"%s\",\"product\":\"Sopaipilla\",\"price\":500,\"quantity\":2,"
             "\"email\":\"ana@example.cl\",\"time_ms\":%lld}",
             id, NOON - 3);
    return text;
}

static void request_order(struct office *office, const char *id)
{
    take(office, TOPIC_ORDER_REQUESTS, request(id));
}

static void step_by(struct office *office, const char *cart, const char *status)
{
    char text[320];

    snprintf(
        text, sizeof text,
        "{\"v\":1,\"type\":\"order\",\"cart\":\"%s\",\"epoch\":\"9f0c9f0c9f0c9f0c\",\"seq\":%lld,"
        "\"ts_ms\":%lld,\"clock\":\"gps\",\"order\":\"" ID "\",\"status\":\"%s\"}",
        cart, (long long)office->offset + 1, NOON + 10, status);
    take(office, TOPIC_ORDER_STEPS, text);
}

static struct order read_order(struct office *office)
{
    struct order order;

    assert_true(order_book_read(office->store, ID, &order));
    return order;
}

#define CHANGES "SELECT id FROM effects WHERE topic = 'carrito.order-processing' ORDER BY position"
#define LETTERS "SELECT COUNT(*) FROM effects WHERE topic = 'carrito.dead-letters'"
#define FOUR    ID "/recibido " ID "/preparando " ID "/entregando " ID "/finalizado"

static void at_once_it_comes_into_four_states(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    struct order order = read_order(office);
    assert_int_equal(order.state, ORDER_DONE);
    assert_int_equal(order.times[ORDER_RECEIVED], NOON - 3);
    assert_int_equal(order.times[ORDER_DONE], NOON + 5);
    assert_int_equal(order.times[ORDER_CANCELLED], ORDER_NEVER);
    assert_int_equal(order.quantity, 2);
    assert_words(office, CHANGES, FOUR);
    assert_words(office, "SELECT id FROM mails ORDER BY created_ms, id",
                 "order/" ID "/recibido order/" ID "/entregando order/" ID "/finalizado order/" ID
                 "/preparando");
    assert_int_equal(count(office, "SELECT COUNT(*) FROM mails WHERE order_id = '" ID
                                   "' AND recipient = 'ana@example.cl' AND template = 'order'"),
                     4);
}

static void an_id_counts_once(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    request_order(office, ID);
    begin(office, NOON + 6);
    apply(office, TOPIC_ORDER_REQUESTS, request(ID_2));
    apply(office, TOPIC_ORDER_REQUESTS, request(ID_2));
    commit(office);
    assert_int_equal(count(office, "SELECT COUNT(*) FROM orders"), 2);
    assert_int_equal(count(office, "SELECT COUNT(*) FROM mails"), 8);
    assert_int_equal(count(office, LETTERS), 0);
}

/* What was sent is gone from the table: it must not come again either. */
static void a_repetition_after_it_was_sent_tells_nothing(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    store_run(office->store, "DELETE FROM effects", "");
    request_order(office, ID);
    assert_int_equal(count(office, "SELECT COUNT(*) FROM effects"), 0);
}

static void a_rollback_and_a_repetition_are_one(void **state)
{
    struct office *office = *state;

    begin(office, NOON + 1);
    apply(office, TOPIC_ORDER_REQUESTS, request(ID));
    role_orders.end(office->role);
    store_rollback(office->store);
    role_orders.forget(office->role);
    assert_int_equal(count(office, "SELECT COUNT(*) FROM orders"), 0);
    request_order(office, ID);
    assert_words(office, CHANGES, FOUR);
    assert_int_equal(count(office, "SELECT COUNT(*) FROM mails"), 4);
}

static void with_a_pause_each_state_has_its_time(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    assert_words(office, CHANGES, ID "/recibido");
    tick(office, NOON + 996);
    assert_int_equal(read_order(office).state, ORDER_RECEIVED);
    tick(office, NOON + 1100);
    struct order order = read_order(office);
    assert_int_equal(order.state, ORDER_PREPARING);
    assert_int_equal(order.times[ORDER_PREPARING], NOON - 3 + 1000);
    tick(office, NOON + 2100);
    tick(office, NOON + 3100);
    order = read_order(office);
    assert_int_equal(order.state, ORDER_DONE);
    assert_int_equal(order.times[ORDER_DONE], NOON - 3 + 3000);
    tick(office, NOON + 9000);
    assert_words(office, CHANGES, FOUR);
}

/* A collector that was away for an hour does not say that it was at work. */
static void after_an_absence_it_goes_on_from_now(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    tick(office, NOON + 3600000);
    struct order order = read_order(office);
    assert_int_equal(order.state, ORDER_PREPARING);
    assert_int_equal(order.times[ORDER_PREPARING], NOON + 3600000);
    tick(office, NOON + 3600999);
    assert_int_equal(read_order(office).state, ORDER_PREPARING);
    tick(office, NOON + 3601000);
    assert_int_equal(read_order(office).state, ORDER_DELIVERING);
}

static void cancel(struct office *office, enum order_state expected)
{
    struct order_book book = { office->store, "es" };
    struct order order = read_order(office);

    store_begin(office->store);
    bool moved = order_book_move(&book, &order, ORDER_CANCELLED, NOON + 500);
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_int_equal(moved, expected == ORDER_CANCELLED);
    assert_int_equal(read_order(office).state, expected);
}

static void a_cancelled_order_stays_so(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    cancel(office, ORDER_CANCELLED);
    tick(office, NOON + 1100);
    request_order(office, ID);
    step_by(office, "BBCL23", "preparando");
    assert_int_equal(read_order(office).state, ORDER_CANCELLED);
    assert_words(office, CHANGES, ID "/recibido " ID "/cancelado");
    assert_int_equal(count(office, LETTERS), 0);
}

static void what_has_ended_cannot_be_cancelled(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    cancel(office, ORDER_DONE);
    assert_words(office, CHANGES, FOUR);
}

/* The API places and cancels what the role has not seen yet. */
static void cancelled_before_it_was_seen(void **state)
{
    struct office *office = *state;
    struct order_book book = { office->store, "es" };
    struct json_reason why;
    struct order order;

    assert_true(order_read_request(request(ID), strlen(request(ID)), NOON, &order, &why));
    store_begin(office->store);
    assert_true(order_book_add(&book, &order, ORDER_STAYS));
    assert_true(order_book_move(&book, &order, ORDER_CANCELLED, NOON));
    assert_int_equal(store_commit(office->store), STORE_OK);
    request_order(office, ID);
    assert_words(office, CHANGES, ID "/recibido " ID "/cancelado");
}

static void a_vendor_may_be_faster(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    tick(office, NOON + 100000);
    assert_int_equal(read_order(office).state, ORDER_RECEIVED);
    step_by(office, "BBCL23", "preparando");
    struct order order = read_order(office);
    assert_int_equal(order.state, ORDER_PREPARING);
    assert_string_equal(order.cart, "BBCL23");
    assert_int_equal(order.times[ORDER_PREPARING], NOON + 10);
    step_by(office, "BBCL23", "finalizado");
    step_by(office, "BBCL23", "entregando");
    step_by(office, "BBCL23", "finalizado");
    assert_int_equal(read_order(office).state, ORDER_DONE);
    assert_words(office, CHANGES, ID "/recibido " ID "/preparando " ID "/finalizado");
    assert_int_equal(count(office, LETTERS), 0);
}

static void a_wrong_step_is_a_dead_letter(void **state)
{
    struct office *office = *state;

    step_by(office, "BBCL23", "preparando");
    request_order(office, ID);
    step_by(office, "BBCL23", "preparando");
    step_by(office, "OTHER1", "entregando");
    step_by(office, "BBCL23", "frito");
    step_by(office, "BBCL23", "recibido");
    take(office, TOPIC_ORDER_STEPS, "{}");
    assert_int_equal(read_order(office).state, ORDER_PREPARING);
    assert_words(office,
                 "SELECT error FROM effects WHERE topic = 'carrito.dead-letters' AND error LIKE "
                 "'the%' ORDER BY position",
                 "there is no order with this id the order is another cart's");
    assert_int_equal(count(office, LETTERS), 5);
}

static void a_failed_order_raises_an_alert(void **state)
{
    struct office *office = *state;

    request_order(office, ID);
    step_by(office, "BBCL23", "fallido");
    assert_int_equal(read_order(office).state, ORDER_FAILED);
    assert_words(office, "SELECT kind || '/' || subject FROM alerts", "order-failed/" ID);
}

static void bad_requests_are_dead_letters(void **state)
{
    static const char *const bad[] = {
        "",
        "{}",
        "{\"id\":\"" ID "\",\"product\":\"\",\"price\":1,\"email\":\"a@b.cl\"}",
        "{\"id\":\"" ID "\",\"product\":\"x\",\"price\":-1,\"email\":\"a@b.cl\"}",
        "{\"id\":\"" ID "\",\"product\":\"x\",\"price\":1,\"email\":\"nobody\"}",
        "{\"id\":\"" ID "\",\"product\":\"x\",\"price\":1,\"quantity\":0,\"email\":\"a@b.cl\"}",
        "{\"id\":\"" ID "\",\"product\":\"x\",\"price\":1,\"lat\":1,\"email\":\"a@b.cl\"}",
        "{\"id\":\"short\",\"product\":\"x\",\"price\":1,\"email\":\"a@b.cl\"}",
    };
    struct office *office = *state;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        take(office, TOPIC_ORDER_REQUESTS, bad[i]);
    assert_int_equal(count(office, LETTERS), sizeof bad / sizeof *bad);
    assert_int_equal(count(office, "SELECT COUNT(*) FROM orders"), 0);
}

static void states_go_forward_only(void **state)
{
    (void)state;
    for (enum order_state from = 0; from < ORDER_STATES; from++)
        for (enum order_state to = 0; to < ORDER_STATES; to++)
            assert_int_equal(order_may_move(from, to), from < ORDER_DONE && to > from);
    assert_true(order_may_move(ORDER_DELIVERING, ORDER_CANCELLED));
    assert_false(order_may_move(ORDER_DONE, ORDER_CANCELLED));
    assert_false(order_may_move(ORDER_CANCELLED, ORDER_FAILED));
}

static void a_product_has_up_to_100_characters(void **state)
{
    struct json_reason why;
    struct order order;
    char text[400];

    (void)state;
    for (int length = 100; length <= 101; length++) {
        char product[256] = "";
        for (int i = 0; i < length; i++)
            strcat(product, "ñ");
        snprintf(text, sizeof text, "{\"product\":\"%s\",\"price\":10000000,\"email\":\"a@b.cl\"}",
                 product);
        cJSON *object = cJSON_Parse(text);
        assert_int_equal(order_read(object, ORDER_PRICE_REQUIRED, &order, &why), length == 100);
        cJSON_Delete(object);
    }
    assert_string_equal(why.field, "product");
}

static void a_place_is_one_line(void **state)
{
    static const struct {
        const char *said, *field; /* NULL: it is taken */
    } cases[] = {
        { "\"place\":\"Plaza Ñuñoa, banco verde\"", NULL },
        { "\"place\":\"a\\nb\"", "place" },
        { "\"place\":7", "place" },
        { "\"pickup\":true", NULL },
        { "\"pickup\":\"true\"", "pickup" },
    };
    struct office *office = *state;
    struct json_reason why;
    struct order order;
    char text[400];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(text, sizeof text, "{\"product\":\"x\",\"price\":1,\"email\":\"a@b.cl\",%s}",
                 cases[i].said);
        cJSON *object = cJSON_Parse(text);
        assert_int_equal(order_read(object, ORDER_PRICE_REQUIRED, &order, &why),
                         cases[i].field == NULL);
        if (cases[i].field != NULL)
            assert_string_equal(why.field, cases[i].field);
        cJSON_Delete(object);
    }
    take(office, TOPIC_ORDER_REQUESTS,
         "{\"id\":\"" ID "\",\"product\":\"x\",\"price\":1,\"email\":\"a@b.cl\","
         "\"place\":\"el kiosco\",\"pickup\":true}");
    order = read_order(office);
    assert_string_equal(order.place, "el kiosco");
    assert_true(order.pickup);
}

#define CLAIM(text, function, opened)                                                              \
    {                                                                                              \
        text, function, opened, close_office, NULL                                                 \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("at once, an order comes into four states, each told to Kafka and the buyer",
              at_once_it_comes_into_four_states, open_at_once),
        CLAIM("an id counts once", an_id_counts_once, open_at_once),
        CLAIM("a repetition after it was sent tells nothing",
              a_repetition_after_it_was_sent_tells_nothing, open_at_once),
        CLAIM("what is rolled back and applied again counts once",
              a_rollback_and_a_repetition_are_one, open_at_once),
        CLAIM("with a pause each state has its time", with_a_pause_each_state_has_its_time,
              open_stepping),
        CLAIM("after an absence it goes on from now", after_an_absence_it_goes_on_from_now,
              open_stepping),
        CLAIM("a cancelled order stays so", a_cancelled_order_stays_so, open_stepping),
        CLAIM("what has ended cannot be cancelled", what_has_ended_cannot_be_cancelled,
              open_at_once),
        CLAIM("an order that was cancelled before the role saw it is not placed again",
              cancelled_before_it_was_seen, open_at_once),
        CLAIM("a vendor may be faster than the pause, forward only", a_vendor_may_be_faster,
              open_slowly),
        CLAIM("a wrong step is a dead letter", a_wrong_step_is_a_dead_letter, open_slowly),
        CLAIM("a failed order raises an alert", a_failed_order_raises_an_alert, open_slowly),
        CLAIM("bad requests are dead letters", bad_requests_are_dead_letters, open_at_once),
        CLAIM("where it goes is a line of the buyer's", a_place_is_one_line, open_at_once),
        cmocka_unit_test(states_go_forward_only),
        cmocka_unit_test(a_product_has_up_to_100_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
