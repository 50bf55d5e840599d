/* Proves that the table of a cart's states says what was said in six places before there was one:
 * any row of causes leads to the same states and the same alerts as the rules typed here again. */
#include "collector/carts/cart_row.h"

#include "common/backoff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WALKS 2000
#define STEPS 40

/* A cart as it was told by words, and whether its alert is open: the hours are always open. */
struct model {
    const char *state;
    bool alert;
};

static bool is(const struct model *model, const char *state)
{
    return strcmp(model->state, state) == 0;
}

static void spoke(struct model *model)
{
    if (is(model, "vanished") || is(model, "absent"))
        model->alert = false;
    model->state = "heard";
}

static void spoke_closed(struct model *model)
{
    if (is(model, "absent"))
        model->state = "offline";
}

static void signed_off(struct model *model)
{
    if (is(model, "vanished"))
        model->alert = false;
    model->state = "offline";
}

static void opened(struct model *model)
{
    model->state = "heard";
}

static void link_lost(struct model *model)
{
    if (is(model, "heard"))
        model->state = "silent";
}

static void link_back(struct model *model)
{
    if (is(model, "silent"))
        model->state = "heard";
}

static void silence_over(struct model *model)
{
    model->state = "vanished";
    model->alert = true;
}

static void unheard(struct model *model)
{
    if (is(model, "offline") || is(model, "vanished") || is(model, "silent"))
        model->state = "absent";
}

static void (*const rules[CART_CAUSES])(struct model *model) = {
    [CART_SPOKE] = spoke,
    [CART_SPOKE_CLOSED] = spoke_closed,
    [CART_SIGNED_OFF] = signed_off,
    [CART_OPENED] = opened,
    [CART_LINK_LOST] = link_lost,
    [CART_LINK_BACK] = link_back,
    [CART_SILENCE_OVER] = silence_over,
    [CART_UNHEARD] = unheard,
};

static void any_row_of_causes_ends_where_the_rules_end(void **unused)
{
    uint64_t random = 12;

    (void)unused;
    for (int walk = 0; walk < WALKS; walk++) {
        struct cart_row cart = { .state = CART_STATE_NEW };
        struct model model = { CART_STATE_NEW, false };
        bool alert = false;
        for (int i = 0; i < STEPS; i++) {
            enum cart_cause cause = (enum cart_cause)(random_next(&random) % CART_CAUSES);
            enum cart_alert said = cart_row_move(&cart, cause);
            if (said != CART_ALERT_STAYS)
                alert = said == CART_ALERT_BEGINS;
            rules[cause](&model);
            assert_string_equal(cart.state, model.state);
            assert_int_equal(alert, model.alert);
        }
    }
}

static void a_name_is_one_state(void **unused)
{
    static const char *const names[] = { "heard", "silent", "vanished", "offline", "absent" };

    (void)unused;
    for (enum cart_state state = 0; state < CART_STATES; state++) {
        assert_string_equal(cart_state_names[state], names[state]);
        assert_int_equal(cart_state_from_name(names[state]), state);
    }
    assert_null(cart_state_names[CART_STATES]);
    assert_int_equal(cart_state_from_name("lost"), CART_STATES);
}

/* Of another release's word nothing is known; the cart goes on from there. */
static void an_unknown_word_is_a_cart_of_which_nothing_is_known(void **unused)
{
    struct cart_row cart = { .state = "parked" };

    (void)unused;
    assert_int_equal(cart_row_move(&cart, CART_SPOKE), CART_ALERT_STAYS);
    assert_string_equal(cart.state, "heard");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "any row of causes ends where the rules end", any_row_of_causes_ends_where_the_rules_end,
          NULL, NULL, NULL },
        { "a name is one state", a_name_is_one_state, NULL, NULL, NULL },
        { "an unknown word is a cart of which nothing is known",
          an_unknown_word_is_a_cart_of_which_nothing_is_known, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
