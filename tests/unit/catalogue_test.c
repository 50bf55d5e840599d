/* Proves that what is said to people is kept without a language and told in each: every sentence of
 * the catalogues has both, with the same arguments, and comes back from the store as it went in. */
#include "collector/alerts/alert.h"
#include "collector/location/fugitive.h"

#include "buyer_words.h"
#include "closing_words.h"
#include "fugitive_words.h"
#include "mail_words.h"
#include "member_words.h"
#include "phrase_words.h"
#include "problem_words.h"
#include "value_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SENTENCE_BYTES_MAX 160 /* a line of a mail, and of a log */

static void assert_said(const struct saying *saying, enum lang lang, const char *expected)
{
    struct buffer text = { 0 };

    say_in(saying, lang, &text);
    assert_string_equal(text.bytes, expected);
    buffer_free(&text);
}

static void a_saying_is_told_in_each_language(void **unused)
{
    struct saying saying = SAY_ALERT_MISSING_RECEIPTS((int64_t)3, "BBCL23", 7, 12);
    struct saying real = SAY_FUGITIVE_PLATE();

    (void)unused;
    assert_said(&saying, LANG_ES,
                "Desde hace más de 10 minutos faltan 3 ventas de BBCL23, entre la 7 y la 12.");
    assert_said(
        &saying, LANG_EN,
        "For more than 10 minutes 3 receipts of BBCL23 have been missing, between 7 and 12.");
    assert_said(&real, LANG_ES, "denunciado por su patente");
}

static void braces_without_an_argument_stay(void **unused)
{
    static const struct sentence pattern = { "p", { "a", NULL }, { "{2,15} {a} {b}", "{" } };
    struct saying saying = { .sentence = &pattern, .words = { SAID_WORD(1.5) } };

    (void)unused;
    assert_said(&saying, LANG_ES, "{2,15} 1.5 {b}");
    assert_said(&saying, LANG_EN, "{");
}

static size_t count_of(const char *text, const char *argument)
{
    char place[40];
    size_t count = 0;

    snprintf(place, sizeof place, "{%s}", argument);
    for (; (text = strstr(text, place)) != NULL; text++)
        count++;
    return count;
}

/* What stands in braces and could be a name is an argument; [A-Z]{2,15} and a/{path} are none. */
static void assert_braces_hold_arguments(const struct sentence *sentence, const char *text)
{
    for (const char *begin = text; (text = strchr(text, '{')) != NULL;) {
        if (text > begin && text[-1] == '/') {
            text++;
            continue;
        }
        size_t length = strspn(++text, "abcdefghijklmnopqrstuvwxyz_");
        const char *const *one = sentence->arguments;
        while (*one != NULL && (strlen(*one) != length || strncmp(*one, text, length) != 0))
            one++;
        if (length > 0 && text[length] == '}' && *one == NULL)
            fail_msg("%s: {%.*s} is no argument", sentence->name, (int)length, text);
    }
}

static void assert_is_a_line(const char *text)
{
    size_t length = strlen(text);

    assert_in_range(length, 1, SENTENCE_BYTES_MAX);
    assert_true(utf8_is_valid(text, length));
    assert_true(text[0] != ' ' && text[length - 1] != ' ');
    for (size_t i = 0; i < length; i++)
        assert_true((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

/* Each argument once in each language. Single words may be the same in both, as Total. */
static void every_sentence_has_both_languages(void **unused)
{
    const struct sentence *const *const catalogues[] = {
        alert_sentences,  buyer_sentences,  closing_sentences, fugitive_sentences, mail_sentences,
        member_sentences, phrase_sentences, problem_sentences, reason_sentences,   value_sentences,
    };
    size_t count = 0;

    (void)unused;
    for (size_t c = 0; c < sizeof catalogues / sizeof *catalogues; c++)
        for (const struct sentence *const *at = catalogues[c]; *at != NULL; at++, count++) {
            const char *const *text = (*at)->text;
            for (enum lang lang = 0; lang < LANGS; lang++) {
                assert_is_a_line(text[lang]);
                assert_braces_hold_arguments(*at, text[lang]);
                for (const char *const *one = (*at)->arguments; *one != NULL; one++)
                    assert_int_equal(count_of(text[lang], *one), 1);
            }
            assert_true(strchr(text[LANG_ES], ' ') == NULL ||
                        strcmp(text[LANG_ES], text[LANG_EN]) != 0);
            assert_ptr_equal(sentence_find(catalogues[c], (*at)->name), *at);
        }
    assert_true(count > 100);
}

static bool begins_with(const char *name, const char *kind)
{
    size_t length = strlen(kind);

    return strncmp(name, kind, length) == 0 && (name[length] == '\0' || name[length] == '-');
}

/* `recibido` and `fallido` are states of an order, `rechazada` is an application. */
static void an_orders_words_are_said_of_nothing_else(void **unused)
{
    static const char *const words[] = { "rechazad", "recibid", "fallid" };
    const struct sentence *const *const catalogues[] = { alert_sentences, fugitive_sentences,
                                                         value_sentences };
    size_t said = 0;

    (void)unused;
    for (size_t c = 0; c < sizeof catalogues / sizeof *catalogues; c++)
        for (const struct sentence *const *at = catalogues[c]; *at != NULL; at++)
            for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
                if (strstr((*at)->text[LANG_ES], words[i]) == NULL)
                    continue;
                said++;
                if (strstr((*at)->name, "order-") == NULL && strstr((*at)->name, "member-") == NULL)
                    fail_msg("%s: %s", (*at)->name, (*at)->text[LANG_ES]);
            }
    assert_in_range(said, 3, 20);
}

static void every_kind_of_alert_has_a_sentence(void **unused)
{
    (void)unused;
    for (enum alert_kind kind = 0; kind < ALERT_KINDS; kind++) {
        const struct sentence *const *at = alert_sentences;
        while (*at != NULL && !begins_with((*at)->name, alert_kind_name(kind)))
            at++;
        if (*at == NULL)
            fail_msg("nothing is said of %s", alert_kind_name(kind));
    }
}

static void what_was_kept_is_told_again(void **unused)
{
    struct saying saying = SAY_ALERT_RESTOCK_BATCH(7, "BBCL23 (4), \"x\" (0)");
    struct buffer kept = { 0 }, text = { 0 };

    (void)unused;
    say_keep(&saying, &kept);
    assert_string_equal(kept.bytes, "{\"say\":\"restock-batch\",\"number\":7,"
                                    "\"carts\":\"BBCL23 (4), \\\"x\\\" (0)\"}");
    alert_say(kept.bytes, "Algo.", LANG_EN, &text);
    assert_string_equal(text.bytes, "Restock batch 7: BBCL23 (4), \"x\" (0).");
    buffer_free(&kept);
    buffer_free(&text);
}

static void assert_reason(const struct json_reason *why, const char *es, const char *en)
{
    struct buffer text = { 0 };

    assert_string_equal(why->spanish, es);
    assert_string_equal(why->text, en);
    json_reason_say(why->about, "as it was", LANG_ES, &text);
    assert_string_equal(text.bytes, es);
    text.length = 0;
    json_reason_say(why->about, "as it was", LANG_EN, &text);
    assert_string_equal(text.bytes, en);
    buffer_free(&text);
}

static void a_reason_is_told_later_as_at_once(void **unused)
{
    struct json_reason why;

    (void)unused;
    json_refuse(&why, "quantity", SAY_REASON_MISSING("quantity"));
    assert_reason(&why, "quantity falta", "quantity is missing");
    json_refuse(&why, "lat", SAY_REASON_NUMBER_RANGE("lat", -90.5, 90.0));
    assert_reason(&why, "lat debe ser un número entre -90.5 y 90",
                  "lat must be a number from -90.5 to 90");
    json_refuse(&why, "", SAY_REASON_BATCH_BYTES((int64_t)2700000, 32768));
    json_reason_cut(&why, 900000);
    assert_reason(
        &why, "un lote de 2700000 bytes, a lo más 32768; solo se guardan sus primeros 900000 bytes",
        "a batch of 2700000 bytes, at most 32768; only its first 900000 bytes are kept");
}

static void a_reason_without_its_sentence_is_told_as_it_was(void **unused)
{
    static const char *const abouts[] = { NULL, "", "{", "{\"say\":\"of-tomorrow\"}" };
    char key[3 * JSON_ABOUT_MAX];
    struct json_reason why;

    (void)unused;
    for (size_t i = 0; i < sizeof abouts / sizeof *abouts; i++) {
        struct buffer text = { 0 };
        json_reason_say(abouts[i], "as it was", LANG_ES, &text);
        assert_string_equal(text.bytes, "as it was");
        buffer_free(&text);
    }
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    json_refuse(&why, "", SAY_REASON_MISSING(key));
    json_reason_cut(&why, 1);
    assert_string_equal(why.about, "");
}

/* Rows of before have none; a newer release may have other sentences, or fewer arguments. */
static void what_cannot_be_told_is_as_it_was_written(void **unused)
{
    static const char *const kept[] = { NULL, "", "[]", "{\"say\":\"from-a-later-release\"}",
                                        "{\"say\":7}" };
    struct buffer text = { 0 };

    (void)unused;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        buffer_clear(&text);
        alert_say(kept[i], "Al carro BBCL23 no le quedan sopaipillas.", LANG_EN, &text);
        assert_string_equal(text.bytes, "Al carro BBCL23 no le quedan sopaipillas.");
    }
    buffer_clear(&text);
    alert_say("{\"say\":\"stock-out\"}", "", LANG_EN, &text);
    assert_string_equal(text.bytes, "Cart ? has nothing left to sell.");
    buffer_free(&text);
}

static void a_reason_of_an_earlier_release_stays(void **unused)
{
    static const char *const table[][2] = {
        { FUGITIVE_BY_PLATE, "reported by its plate" },
        { "place", "no member's, near a place that was reported" },
        { "denunciado por su patente", "denunciado por su patente" },
    };

    (void)unused;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buffer text = { 0 };
        fugitive_say_reason(table[i][0], LANG_EN, &text);
        assert_string_equal(text.bytes, table[i][1]);
        buffer_free(&text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a saying is told in each language", a_saying_is_told_in_each_language, NULL, NULL,
          NULL },
        { "braces without an argument stay", braces_without_an_argument_stay, NULL, NULL, NULL },
        { "every sentence has both languages", every_sentence_has_both_languages, NULL, NULL,
          NULL },
        { "a reason is told later as at once", a_reason_is_told_later_as_at_once, NULL, NULL,
          NULL },
        { "a reason without its sentence is told as it was",
          a_reason_without_its_sentence_is_told_as_it_was, NULL, NULL, NULL },
        { "an order's words are said of nothing else", an_orders_words_are_said_of_nothing_else,
          NULL, NULL, NULL },
        { "every kind of alert has a sentence", every_kind_of_alert_has_a_sentence, NULL, NULL,
          NULL },
        { "what was kept is told again", what_was_kept_is_told_again, NULL, NULL, NULL },
        { "what cannot be told is as it was written", what_cannot_be_told_is_as_it_was_written,
          NULL, NULL, NULL },
        { "a reason of an earlier release stays", a_reason_of_an_earlier_release_stays, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
