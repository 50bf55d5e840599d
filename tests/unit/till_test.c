/* Proves what a line of the keypad does, that a stuck or bounced key sells nothing, and that much
 * is asked for twice. */
#include "till_desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void each_line_is_its_request(void **state)
{
    static const struct {
        const char *keys;
        enum till_act act;
        int64_t number;
    } table[] = {
        { "3\n", TILL_SELL, 3 },    { "020\n", TILL_SELL, 20 },    { "-\n", TILL_VOID, 120 },
        { "-77\n", TILL_VOID, 77 }, { "+60\n", TILL_RESTOCK, 60 }, { "+0\n", TILL_RESTOCK, 0 },
        { "*\n", TILL_TODAY, 0 },   { "/\n", TILL_ORDERS, 0 },     { "32\b\n", TILL_SELL, 3 },
        { "x3q\n", TILL_SELL, 3 },  { "//\n", TILL_LISTEN, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct desk desk = new_desk();
        status(&desk, "{\"ok\":true,\"last_receipt\":120}");
        press(&desk, table[i].keys);
        assert_int_equal(desk.requests, 1);
        assert_int_equal(desk.request.act, table[i].act);
        if (table[i].act <= TILL_RESTOCK)
            assert_int_equal(desk.request.number, table[i].number);
    }
}

static void what_is_no_line_does_nothing(void **state)
{
    static const char *const table[] = {
        "\n",   "0\n",   "00\n", "3.\n",  "3.5\n",        "3+\n",         "3-\n",
        "+\n",  "+-3\n", "--\n", "-\n",   "***\n",        "*3\n",         "/1\n",
        "/0\n", "/9-\n", "/-\n", "///\n", "1234567890\n", "-1234567890\n"
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct desk desk = new_desk(); /* has no receipt and no orders */
        press(&desk, table[i]);
        assert_int_equal(desk.requests, 0);
        assert_int_equal(desk.till.length, 0);
        assert_true(i == 0 || desk.till.wrong);
        press(&desk, "3\n");
        assert_int_equal(desk.requests, 1);
    }
}

static void sixty_six_digits_are_no_sale(void **state)
{
    char line[67];
    struct desk desk = new_desk();

    (void)state;
    memset(line, '1', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    press(&desk, line);
    press(&desk, "\n");
    press(&desk, "\n");
    desk.requests += till_line(&desk.till, line, strlen(line), &desk.request);
    desk.requests += till_line(&desk.till, "3\0", 2, &desk.request);
    desk.requests += till_line(&desk.till, "3 pan", 5, &desk.request);
    assert_int_equal(desk.requests, 0);
    desk.requests += till_line(&desk.till, "3", 1, &desk.request);
    assert_int_equal(desk.requests, 1);
}

static void a_bounced_key_counts_once(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "3");
    press_each(&desk, "3", TILL_BOUNCE_MS - 1 - FINGER_MS); /* press() has waited */
    assert_string_equal(desk.till.line, "3");
    press(&desk, "\n");
    assert_int_equal(desk.request.number, 3);
    answer(&desk, "{\"ok\":true,\"receipt\":1}");
    press(&desk, "11\n"); /* a finger's twice is twice */
    assert_int_equal(desk.request.number, 11);
    assert_int_equal(desk.requests, 2);
}

static void a_held_key_sells_nothing(void **state)
{
    static const int64_t periods[] = { 10, 33, 40, 92 };

    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        struct desk desk = new_desk();
        press(&desk, "1");
        press_each(&desk, "1", 300);
        press_each(&desk, "111", periods[i]);
        press(&desk, "\n");
        press(&desk, "\n");
        assert_int_equal(desk.requests, 0);
        assert_true(desk.till.wrong);
        press(&desk, "1\n");
        assert_int_equal(desk.requests, 1);
    }
}

/* By a keypad that says so itself. */
static void a_key_that_is_down_for_too_long_sells_nothing(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "1");
    till_held(&desk.till, '1');
    press(&desk, "2\n");
    assert_int_equal(desk.requests, 0);
    assert_string_equal(desk.till.text, "tecla pegada; no se hizo nada");
    press(&desk, "21\n");
    desk.requests += till_key(&desk.till, '\n', desk.now_ms + FINGER_MS, &desk.request);
    till_held(&desk.till, '\n'); /* confirms nothing */
    tick(&desk, 1000);
    assert_int_equal(desk.requests, 0);
    press(&desk, "3\n");
    till_held(&desk.till, '\n'); /* what is sent is sent */
    assert_int_equal(desk.requests, 1);
}

static void half_a_line_is_no_order(void **state)
{
    static const char *const typed[] = { "", "1" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct desk desk = new_desk();
        press(&desk, typed[i]);
        till_lost(&desk.till);
        press(&desk, "2\n\n");
        assert_int_equal(desk.requests, 0);
        assert_string_equal(desk.till.text, "se perdieron teclas; no se hizo nada");
        press(&desk, "2\n");
        assert_int_equal(desk.requests, 1);
    }
}

static void a_held_enter_sells_once_and_confirms_nothing(void **state)
{
    static const int64_t periods[] = { 33, 92 };

    (void)state;
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        struct desk desk = new_desk();
        press(&desk, "3\n");
        press_each(&desk, "\n\n\n\n\n", periods[i]);
        answer(&desk, "{\"ok\":true,\"receipt\":1}");
        press_each(&desk, "\n\n\n", periods[i]);
        assert_int_equal(desk.requests, 1);
        press(&desk, "21\n");
        press_each(&desk, "\n", 300); /* the first repetition comes late */
        press_each(&desk, "\n\n\n", periods[i]);
        tick(&desk, 1000);
        assert_int_equal(desk.requests, 1);
    }
}

static void much_wants_a_second_enter(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "20\n");
    assert_int_equal(desk.requests, 1);
    answer(&desk, "{\"ok\":true,\"receipt\":1}");
    press(&desk, "21\n");
    assert_int_equal(desk.requests, 1);
    press(&desk, "3\n"); /* another line is no yes */
    assert_int_equal(desk.requests, 2);
    assert_int_equal(desk.request.number, 3);
    answer(&desk, "{\"ok\":true,\"receipt\":2,\"stock\":5}");
    press(&desk, "21\n\n");
    assert_int_equal(desk.requests, 3);
    assert_int_equal(desk.request.number, 21);
    answer(&desk, "{\"ok\":true,\"receipt\":3,\"stock\":4}");
    press(&desk, "5\n"); /* more than there are */
    assert_int_equal(desk.requests, 3);
    assert_string_equal(desk.till.text, "quedan 4: Enter otra vez si es así");
    press(&desk, "\n");
    assert_int_equal(desk.requests, 4);
    answer(&desk, "{\"ok\":true,\"receipt\":4,\"stock\":0}");
    desk.requests += till_line(&desk.till, "500", 3, &desk.request);
    assert_int_equal(desk.requests, 4);
    desk.requests += till_line(&desk.till, "", 0, &desk.request);
    assert_int_equal(desk.request.number, 500);
    assert_int_equal(desk.requests, 5);
}

static void nothing_is_asked_while_an_answer_is_out(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "3\n4\n");
    assert_int_equal(desk.requests, 1);
    assert_string_equal(desk.till.line, "4"); /* and is not lost */
    answer(&desk, "{\"ok\":true,\"receipt\":1}");
    press(&desk, "\n");
    assert_int_equal(desk.request.number, 4);
    till_answer(&desk.till, &desk.request, NULL);
    assert_true(desk.till.wrong && desk.till.receipt == 1);
}

static void the_last_receipt_is_taken_back_once(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "3\n");
    answer(&desk, "{\"ok\":true,\"receipt\":7,\"seq\":9}");
    press(&desk, "-\n");
    assert_int_equal(desk.request.number, 7);
    answer(&desk, "{\"ok\":true,\"receipt\":7}");
    press(&desk, "-\n");
    assert_int_equal(desk.requests, 2);
    status(&desk, "{\"ok\":true,\"last_receipt\":8}"); /* sold by another command */
    press(&desk, "-\n");
    assert_int_equal(desk.request.number, 8);
}

static void orders_go_on_and_end(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "/\n");
    answer(&desk, ORDERS);
    press(&desk, "/1\n");
    assert_string_equal(desk.request.order, "a1");
    assert_string_equal(desk.request.status, "preparando");
    answer(&desk, "{\"ok\":true}");
    assert_string_equal(desk.till.text, "pedido 1 suyo: prepárelo; /1 sigue");
    press(&desk, "/1\n"); /* its number is the same */
    assert_string_equal(desk.request.order, "a1");
    assert_string_equal(desk.request.status, "entregando");
    answer(&desk, "{\"ok\":true}");
    assert_string_equal(desk.till.text, "pedido 1 en camino; /1 al entregar");
    press(&desk, "/2-\n");
    assert_int_equal(desk.requests, 3); /* asks first */
    assert_string_equal(desk.till.text, "devolver el pedido 2: Enter otra vez");
    press(&desk, "\n");
    assert_string_equal(desk.request.order, "c3");
    assert_string_equal(desk.request.status, "rechazado");
    answer(&desk, "{\"ok\":false,\"text\":\"no\"}");
    press(&desk, "/2\n");
    assert_string_equal(desk.request.status, "finalizado");
    answer(&desk, "{\"ok\":true,\"receipt\":7,\"seq\":9,\"stock\":1,\"quantity\":3}");
    assert_string_equal(desk.till.text, "pedido 2 entregado, venta 7");
    assert_int_equal(desk.till.receipt, 7);
    assert_int_equal(desk.till.quantity, 3);
    press(&desk, "/2\n"); /* it is over */
    assert_true(desk.till.wrong);
    press(&desk, "/1\n"); /* two pieces, one left */
    assert_string_equal(desk.till.text, "quedan 1: Enter otra vez si es así");
    press(&desk, "-\n"); /* another line is no yes */
    assert_int_equal(desk.request.act, TILL_VOID);
    assert_int_equal(desk.request.number, 7);
}

static void the_day_is_closed_by_a_second_enter(void **state)
{
    struct desk desk = new_desk();

    (void)state;
    press(&desk, "**\n");
    assert_int_equal(desk.requests, 0);
    press(&desk, "3"); /* something else was meant */
    press(&desk, "\b\n");
    assert_int_equal(desk.requests, 0);
    press(&desk, "**\n\n");
    assert_int_equal(desk.requests, 1);
    assert_int_equal(desk.request.act, TILL_CLOSE);
    answer(&desk, "{\"ok\":true,\"text\":\"x\",\"sales\":41,\"quantity\":123,\"amount\":61500}");
    assert_string_equal(desk.till.text, "cerrado: 41 ventas, $61500, 123 sopaipillas");
    status(&desk, "{\"ok\":true,\"day\":\"closed\"}");
    assert_int_equal(desk.till.day, TILL_DAY_CLOSED);
    press(&desk, "3\n");
    answer(&desk, "{\"ok\":true,\"text\":\"ok venta 42\",\"receipt\":42}");
    assert_int_equal(desk.till.day, TILL_DAY_OPEN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "each line is its request", each_line_is_its_request, NULL, NULL, NULL },
        { "what is no line does nothing", what_is_no_line_does_nothing, NULL, NULL, NULL },
        { "66 digits are no sale", sixty_six_digits_are_no_sale, NULL, NULL, NULL },
        { "a bounced key counts once", a_bounced_key_counts_once, NULL, NULL, NULL },
        { "a held key sells nothing", a_held_key_sells_nothing, NULL, NULL, NULL },
        { "a key that is down for too long sells nothing",
          a_key_that_is_down_for_too_long_sells_nothing, NULL, NULL, NULL },
        { "half a line is no order", half_a_line_is_no_order, NULL, NULL, NULL },
        { "a held Enter sells once and confirms nothing",
          a_held_enter_sells_once_and_confirms_nothing, NULL, NULL, NULL },
        { "much wants a second Enter", much_wants_a_second_enter, NULL, NULL, NULL },
        { "nothing is asked while an answer is out", nothing_is_asked_while_an_answer_is_out, NULL,
          NULL, NULL },
        { "the last receipt is taken back once", the_last_receipt_is_taken_back_once, NULL, NULL,
          NULL },
        { "orders go on and end", orders_go_on_and_end, NULL, NULL, NULL },
        { "the day is closed by a second Enter", the_day_is_closed_by_a_second_enter, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
