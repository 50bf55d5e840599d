/* Proves which cause is told when nothing reaches the centre. */
#include "agent/net_cause.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int asked;

static bool yes(void)
{
    asked++;
    return true;
}

static bool no(void)
{
    asked++;
    return false;
}

static void the_nearest_gap_is_the_cause(void **state)
{
    (void)state;
    assert_int_equal(net_cause(false, false, no), NET_NO_SIGNAL);
    assert_int_equal(net_cause(false, true, no),
                     NET_NO_SIGNAL); /* what was heard of a bridge is old */
    assert_int_equal(net_cause(false, false, yes), NET_NO_INTERNET);
    asked = 0;
    assert_int_equal(net_cause(true, false, no), NET_NO_CENTRE);
    assert_int_equal(net_cause(true, true, no),
                     NET_ONLINE); /* by a cable, without a default route */
    assert_int_equal(asked, 0);
}

static void a_name_is_one_cause(void **state)
{
    (void)state;
    for (enum net_cause cause = 0; cause < NET_CAUSES; cause++)
        assert_int_equal(net_cause_from_name(net_cause_name(cause)), cause);
    assert_int_equal(net_cause_from_name("mud"), NET_CAUSES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "the nearest gap is the cause", the_nearest_gap_is_the_cause, NULL, NULL, NULL },
        { "a name is one cause", a_name_is_one_cause, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
