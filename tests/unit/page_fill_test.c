/* Claims about the pages that the program fills in: each can be filled in in both languages, and
 * nothing of a template is left in it; a value is text and never markup; a line without its value
 * is left out. */
#include "collector/api/page_fill.h"

#include "common/order_state.h"

#include "buyer_words.h"
#include "page_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The caller frees. */
static struct buffer filled(const char *name, enum lang lang, const char *values)
{
    struct buffer out = { 0 };
    cJSON *object = cJSON_Parse(values);
    assert_non_null(object);
    page_fill(name, lang, object, &out);
    cJSON_Delete(object);
    return out;
}

static const char everything[] =
    "{\"lang\":\"es\",\"once\":\"0f\",\"quantity\":\"2\",\"product\":\"x\",\"price\":\"500\","
    "\"pesos\":\"$500\",\"total\":\"$1.000\",\"state\":\"recibido\",\"said\":\"s\",\"problem\":"
    "\"p\","
    "\"products\":\"<b>\",\"rows\":\"<i>\"}";

static void each_page_is_filled_in_in_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof page_files / sizeof *page_files; i++)
        for (enum lang lang = 0; lang < LANGS; lang++) {
            struct buffer page = filled(page_files[i].name, lang, everything);
            struct buffer bare = filled(page_files[i].name, lang, "{}");
            assert_true(page.length > 0);
            assert_null(strstr(page.bytes, "{{"));
            assert_null(strstr(page.bytes, "}}"));
            assert_true(bare.length < page.length || strcmp(bare.bytes, page.bytes) == 0);
            buffer_free(&page);
            buffer_free(&bare);
        }
}

static void a_value_is_text_and_never_markup(void **state)
{
    (void)state;
    struct buffer page =
        filled("pedir_product", LANG_ES,
               "{\"product\":\"\\\"'><img src=x onerror=alert(1)>&{{t:buy-title}}\","
               "\"price\":\"1\",\"pesos\":\"$1\"}");
    assert_null(strstr(page.bytes, "<img"));
    assert_non_null(strstr(page.bytes, "value=\"&quot;&#39;&gt;&lt;img src=x onerror=alert(1)&gt;"
                                       "&amp;{{t:buy-title}}\""));
    buffer_free(&page);
}

static void a_line_without_its_value_is_left_out(void **state)
{
    (void)state;
    struct buffer without = filled("pedir", LANG_ES, "{\"lang\":\"es\",\"problem\":\"\"}");
    struct buffer with = filled("pedir", LANG_ES, "{\"lang\":\"es\",\"problem\":\"lat <falta>\"}");
    assert_null(strstr(without.bytes, "class=\"problem\""));
    assert_non_null(
        strstr(with.bytes, "<p class=\"problem\" role=\"alert\">lat &lt;falta&gt;</p>\n"));
    assert_non_null(strstr(without.bytes, "name=\"email\""));
    buffer_free(&without);
    buffer_free(&with);
}

static void pieces_follow_each_other_in_a_page(void **state)
{
    (void)state;
    cJSON *values = cJSON_CreateObject();
    cJSON *row = cJSON_Parse("{\"product\":\"Té\",\"price\":\"900\",\"pesos\":\"$900\"}");
    struct buffer page = { 0 };
    page_fill_member("pedir_product", LANG_EN, row, values, "rows");
    page_fill_member("pedir_product", LANG_EN, row, values, "rows");
    page_fill("pedir_list", LANG_EN, values, &page);
    const char *first = strstr(page.bytes, "value=\"Té\"");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "value=\"Té\""));
    cJSON_Delete(row);
    cJSON_Delete(values);
    buffer_free(&page);
}

static void every_state_of_an_order_has_a_sentence(void **state)
{
    (void)state;
    for (enum order_state one = 0; one < ORDER_STATES; one++)
        assert_non_null(sentence_of_value(buyer_sentences, "follow", order_state_names[one]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "each page is filled in in both languages", each_page_is_filled_in_in_both_languages,
          NULL, NULL, NULL },
        { "a value is text and never markup", a_value_is_text_and_never_markup, NULL, NULL, NULL },
        { "a line without its value is left out", a_line_without_its_value_is_left_out, NULL, NULL,
          NULL },
        { "pieces follow each other in a page", pieces_follow_each_other_in_a_page, NULL, NULL,
          NULL },
        { "every state of an order has a sentence", every_state_of_an_order_has_a_sentence, NULL,
          NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
