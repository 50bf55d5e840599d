/* Proves how a till offers an order: it rings for a while, is answered only by a line that was
 * begun while it rang, and takes no key from whoever sells; and what is told of one that was taken
 * away. */
#include "agent/till_orders.h"
#include "agent/till_screen.h"
#include "agent/till_session.h"

#include "till_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROW(id, number, state, more)                                                               \
    "{\"order\":\"" id "\",\"number\":" number ",\"turn\":1,\"status\":\"" state                   \
    "\",\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":500,\"distance_m\":346,"               \
    "\"bearing_deg\":40" more "}"
#define HEARD(orders, untold)                                                                      \
    "{\"ok\":true,\"network\":\"online\",\"stock\":60,\"listening\":\"yes\",\"orders\":[" orders   \
    "],\"untold\":[" untold "]}"
#define RINGING HEARD(ROW("a1", "1", "ofrecido", ",\"left_ms\":42000"), "")

static int calls_within(struct desk *desk, int64_t ms)
{
    int calls = 0;

    for (int64_t i = 0; i < ms; i += 200) {
        tick(desk, 200);
        calls += desk->till.calls;
        desk->till.calls = false;
    }
    return calls;
}

static void an_offer_rings_for_a_while(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    tick(&desk, 5000);
    assert_int_equal(calls_within(&desk, 10000), 0);
    status(&desk, RINGING);
    assert_int_equal(calls_within(&desk, 200), 1); /* at once */
    assert_int_equal(calls_within(&desk, 8000), 2);
    for (int i = 0; i < 100; i++) { /* the agent still says so */
        status(&desk, RINGING);
        tick(&desk, 400);
    }
    desk.till.calls = false;
    status(&desk, RINGING);
    assert_int_equal(calls_within(&desk, 20000), 0); /* it is not for ever */
    status(&desk, HEARD(ROW("a1", "1", "ofrecido", ",\"left_ms\":100"), ""));
    tick(&desk, 200);
    assert_null(till_offer(&desk.till)); /* it has ended, whatever the agent does */
    status(&desk, HEARD(ROW("d4", "1", "ofrecido", ",\"left_ms\":42000"), ""));
    assert_int_equal(calls_within(&desk, 200), 1); /* another one */
}

static void a_slash_takes_it_and_a_minus_refuses_it(void **state)
{
    static const struct {
        const char *keys, *status;
    } table[] = {
        { "/\n", "preparando" },
        { "/-\n", "rechazado" },
        { "/1\n", "preparando" },
        { "/1-\n", "rechazado" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct desk desk = new_desk();
        status(&desk, RINGING);
        press(&desk, table[i].keys);
        assert_int_equal(desk.requests, 1);
        assert_int_equal(desk.request.act, TILL_STEP);
        assert_string_equal(desk.request.order, "a1");
        assert_string_equal(desk.request.status, table[i].status);
    }
}

static void an_offer_takes_no_key_from_a_sale(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "1");
    status(&desk, RINGING); /* in the midst of it */
    press(&desk, "2");
    assert_string_equal(desk.till.line, "12");
    press(&desk, "\n");
    assert_int_equal(desk.request.act, TILL_SELL);
    assert_int_equal(desk.request.number, 12);
    answer(&desk, "{\"ok\":true,\"receipt\":1,\"stock\":48}");
    press(&desk, "\n\n.\n"); /* nothing of this answers it */
    assert_int_equal(desk.requests, 1);
    press(&desk, "-\n");
    assert_int_equal(desk.request.act, TILL_VOID);
    answer(&desk, "{\"ok\":true,\"receipt\":1}");
    status(&desk, RINGING);
    press(&desk, "/\n");
    assert_int_equal(desk.request.act, TILL_STEP);
}

/* Whoever wanted to see the orders has not taken one. */
static void a_line_that_was_begun_before_it_rang_is_no_answer(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "/");
    status(&desk, RINGING);
    press(&desk, "\n");
    assert_int_equal(desk.request.act, TILL_ORDERS);
    answer(&desk, RINGING);
    press(&desk, "/");
    status(&desk, HEARD(ROW("z9", "1", "ofrecido", ",\"left_ms\":60000"), "")); /* another one */
    press(&desk, "-\n");
    assert_int_equal(desk.requests, 1);
    assert_true(desk.till.wrong);
}

static void what_was_taken_away_is_told_once_and_loudly(void **state)
{
    static const struct {
        const char *untold, *text;
    } table[] = {
        { "\"status\":\"cancelado\",\"reason\":\"cancelled\"",
          "pedido 2 cancelado: no lo entregue" },
        { "\"status\":\"cancelado\",\"reason\":\"expired\"",
          "pedido 2 tarde: lo lleva otro; véndalas" },
        { "\"status\":\"cancelado\",\"reason\":\"taken-back\"",
          "pedido 2: ya no es suyo; venda esas" },
        { "\"status\":\"finalizado\",\"reason\":\"expired\"",
          "pedido 2 ya no era suyo; la venta queda" },
    };
    char heard[512];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct desk desk = new_desk();
        snprintf(heard, sizeof heard, HEARD("", "{\"order\":\"c3\",\"turn\":4,\"number\":2,%s}"),
                 table[i].untold);
        status(&desk, heard);
        assert_string_equal(desk.till.text, table[i].text);
        assert_true(desk.till.wrong && desk.till.calls);
        assert_string_equal(desk.till.told, "c3"); /* which the agent hears next */
        assert_int_equal(desk.till.told_turn, 4);
        assert_in_range(calls_within(&desk, 9000), 2, 3);
        press(&desk, "3\n"); /* heard */
        answer(&desk, "{\"ok\":true,\"receipt\":1,\"stock\":57}");
        status(&desk, heard); /* the agent has not heard that it was told */
        assert_int_equal(calls_within(&desk, 60000), 0);
        status(&desk, HEARD("", ""));
        assert_int_equal(desk.till.told_turn, 0);
        assert_int_equal(calls_within(&desk, 60000), 0);
    }
}

static void a_till_says_why_no_offer_comes(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    status(&desk, "{\"ok\":true,\"listening\":\"uncounted\"}");
    assert_string_equal(desk.till.text, "cuente con + N para recibir pedidos");
    status(&desk, "{\"ok\":true,\"listening\":\"yes\"}");
    desk.till.bell = false;
    status(&desk, "{\"ok\":true,\"listening\":\"missed\"}");
    assert_string_equal(desk.till.text, "3 pedidos sin respuesta: // sigue");
    assert_true(desk.till.bell);
    press(&desk, "//\n");
    assert_int_equal(desk.request.act, TILL_LISTEN);
    assert_string_equal(desk.request.status, "resume");
    answer(&desk, "{\"ok\":true,\"text\":\"x\"}");
    assert_string_equal(desk.till.text, "se reciben pedidos");
    press(&desk, "//\n");
    assert_string_equal(desk.request.status, "pause");
    answer(&desk, "{\"ok\":true,\"text\":\"x\"}");
    assert_string_equal(desk.till.text, "pedidos en pausa: // sigue");
    press(&desk, "//\n");
    assert_string_equal(desk.request.status, "resume");
}

static void where_it_is_reads_well(void **state)
{
    static const struct {
        int64_t metres, degrees;
        bool pickup;
        const char *es, *en;
    } table[] = {
        { 346, 40, false, "350 m al noreste", "350 m northeast" },
        { 4, 359, false, "0 m al norte", "0 m north" },
        { 999, 180, false, "1000 m al sur", "1000 m south" },
        { 1240, 247, false, "1,2 km al suroeste", "1.2 km southwest" },
        { 12000, 270, false, "12,0 km al oeste", "12.0 km west" },
        { 80, 337, false, "80 m al noroeste", "80 m northwest" },
        { 80, 338, false, "80 m al norte", "80 m north" },
        { 80, 112, false, "80 m al este", "80 m east" },
        { 80, 113, false, "80 m al sureste", "80 m southeast" },
        { 80, -1, false, "80 m", "80 m" },
        { -1, -1, false, "", "" },
        { 80, 0, true, "retiro en el carro", "picked up here" },
    };
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct till_order order = { .distance_m = table[i].metres,
                                          .bearing_deg = table[i].degrees,
                                          .pickup = table[i].pickup };
        till_where(&order, LANG_ES, text, sizeof text);
        assert_string_equal(text, table[i].es);
        till_where(&order, LANG_EN, text, sizeof text);
        assert_string_equal(text, table[i].en);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "an offer rings for a while", an_offer_rings_for_a_while, NULL, NULL, NULL },
        { "a slash takes it, and a minus refuses it", a_slash_takes_it_and_a_minus_refuses_it, NULL,
          NULL, NULL },
        { "an offer takes no key from a sale", an_offer_takes_no_key_from_a_sale, NULL, NULL,
          NULL },
        { "a line that was begun before it rang is no answer",
          a_line_that_was_begun_before_it_rang_is_no_answer, NULL, NULL, NULL },
        { "what was taken away is told once, and loudly",
          what_was_taken_away_is_told_once_and_loudly, NULL, NULL, NULL },
        { "a till says why no offer comes", a_till_says_why_no_offer_comes, NULL, NULL, NULL },
        { "where it is reads well", where_it_is_reads_well, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
