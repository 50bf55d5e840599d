/* Proves which cause is told when nothing reaches the centre, and in which words. */
#include "agent/net_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
    assert_int_equal(net_cause(false, false, MQTT_ANSWER_NONE, no), NET_NO_SIGNAL);
    assert_int_equal(net_cause(false, false, MQTT_ANSWER_NO_NAME, no), NET_NO_SIGNAL);
    assert_int_equal(net_cause(false, false, MQTT_ANSWER_UNKNOWN, no), NET_NO_SIGNAL);
    assert_int_equal(net_cause(false, false, MQTT_ANSWER_UNKNOWN, yes), NET_CONNECTING);
    assert_int_equal(net_cause(false, true, MQTT_ANSWER_NONE, no),
                     NET_NO_SIGNAL); /* what was heard of a bridge is old */
    assert_int_equal(net_cause(false, false, MQTT_ANSWER_NONE, yes), NET_NO_ANSWER);
    assert_int_equal(net_cause(false, false, MQTT_ANSWER_NO_NAME, yes), NET_NO_NAME);
    asked = 0;
    assert_int_equal(net_cause(true, false, MQTT_ANSWER_NONE, no), NET_NO_BRIDGE);
    assert_int_equal(net_cause(true, true, MQTT_ANSWER_NONE, no),
                     NET_ONLINE); /* by a cable, without a default route */
    assert_int_equal(asked, 0);
}

/* Somebody answers: there is internet, and credit, whatever routes there are. */
static void who_answers_is_no_missing_credit(void **state)
{
    static const struct {
        enum mqtt_answer answer;
        enum net_cause cause;
    } table[] = {
        { MQTT_ANSWER_OWN_FILES, NET_FILES },     { MQTT_ANSWER_NO_BROKER, NET_NO_BROKER },
        { MQTT_ANSWER_NOT_YET_VALID, NET_CLOCK }, { MQTT_ANSWER_EXPIRED, NET_EXPIRED },
        { MQTT_ANSWER_STRANGER, NET_STRANGER },   { MQTT_ANSWER_NOT_ACCEPTED, NET_CERTIFICATE },
        { MQTT_ANSWER_REFUSED, NET_REFUSED },
    };

    (void)state;
    asked = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(net_cause(false, false, table[i].answer, no), table[i].cause);
        assert_string_equal(net_cause_name(table[i].cause), "no-centre");
    }
    assert_int_equal(asked, 0);
}

static void two_names_are_one_cause(void **state)
{
    (void)state;
    for (enum net_cause cause = 0; cause < NET_CAUSES; cause++) {
        const char *why = net_cause_why(cause);
        assert_int_equal(net_cause_from_names(net_cause_name(cause), why != NULL ? why : ""),
                         cause);
    }
    assert_int_equal(net_cause_from_names("mud", ""), NET_CAUSES);
    assert_int_equal(net_cause_from_names("no-centre", ""), NET_NO_BRIDGE);
    assert_int_equal(net_cause_from_names("no-centre", "mud"), NET_NO_BRIDGE);
    assert_int_equal(net_cause_from_names("no-internet", ""), NET_NO_ANSWER);
}

static size_t width(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static void each_cause_has_words_that_fit(void **state)
{
    (void)state;
    for (enum lang lang = 0; lang < LANGS; lang++)
        for (enum net_cause cause = 0; cause <= NET_CAUSES; cause++) {
            const char *brief = net_word(cause)->text[lang];
            const char *more = net_word_long(net_word(cause))->text[lang];
            assert_in_range(width(brief), 2, 12);
            assert_in_range(width(more), 2, 39);
            assert_int_equal(strstr(more, lang == LANG_ES ? "saldo" : "credit") != NULL,
                             cause == NET_NO_ANSWER || cause == NET_NO_NAME);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "the nearest gap is the cause", the_nearest_gap_is_the_cause, NULL, NULL, NULL },
        { "who answers is no missing credit", who_answers_is_no_missing_credit, NULL, NULL, NULL },
        { "two names are one cause", two_names_are_one_cause, NULL, NULL, NULL },
        { "each cause has words that fit, and only no internet speaks of credit",
          each_cause_has_words_that_fit, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
