/* Proves that an order goes forward only, and that the sentence for people names each step. */
#include "common/order_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void a_name_is_one_state(void **unused)
{
    (void)unused;
    for (enum order_state state = 0; state < ORDER_STATES; state++)
        assert_int_equal(order_state_from_name(order_state_names[state]), state);
    assert_int_equal(order_state_from_name("rechazado"), ORDER_STATES);
    assert_int_equal(order_state_from_name(""), ORDER_STATES);
    assert_null(order_state_names[ORDER_STATES]);
}

static void the_sentence_names_each_step(void **unused)
{
    char sentence[200] = "";

    (void)unused;
    for (enum order_state state = 0; state < ORDER_STATES; state++) {
        if (!order_state_is_step(state))
            continue;
        if (sentence[0] != '\0')
            strcat(sentence, ", ");
        strcat(sentence, order_state_names[state]);
    }
    assert_string_equal(sentence, ORDER_STEPS_FIRST ", " ORDER_STEPS_LAST);
    assert_false(order_state_is_step(ORDER_RECEIVED));
    assert_false(order_state_is_step(ORDER_STATES));
}

static void an_order_goes_forward_only(void **unused)
{
    (void)unused;
    assert_true(order_may_move(ORDER_RECEIVED, ORDER_DONE));
    assert_true(order_may_move(ORDER_DELIVERING, ORDER_FAILED));
    assert_false(order_may_move(ORDER_DELIVERING, ORDER_PREPARING));
    assert_false(order_may_move(ORDER_PREPARING, ORDER_PREPARING));
    for (enum order_state to = 0; to < ORDER_STATES; to++) {
        assert_false(order_may_move(ORDER_DONE, to));
        assert_false(order_may_move(ORDER_FAILED, to));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a name is one state", a_name_is_one_state, NULL, NULL, NULL },
        { "the sentence names each step", the_sentence_names_each_step, NULL, NULL, NULL },
        { "an order goes forward only", an_order_goes_forward_only, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
