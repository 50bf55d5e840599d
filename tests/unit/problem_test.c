/* Proves that a problem is a whole RFC 9457 document in the language that the client prefers. */
#include "collector/http/problem.h"

#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_problem_is_whole(void **state)
{
    (void)state;
    for (enum problem problem = 0; problem < PROBLEMS; problem++) {
        for (enum lang lang = 0; lang < LANGS; lang++) {
            struct response response = { 0 };
            struct problem_about about = { .field = "f\"ield", .what = "wh\nat" };
            problem_answer(&response, problem, lang, &about);
            cJSON *json = cJSON_ParseWithLength(response.body.bytes, response.body.length);
            assert_non_null(json);
            assert_string_equal(response.content_type, "application/problem+json");
            assert_int_equal(response.status, problem_status(problem));
            assert_true(response.status >= 400 && response.status < 600);
            assert_int_equal(cJSON_GetObjectItem(json, "status")->valueint, response.status);
            assert_string_equal(cJSON_GetObjectItem(json, "field")->valuestring, "f\"ield");
            static const char *const texts[] = { "type", "title", "detail", "code" };
            for (size_t i = 0; i < 4; i++) {
                const char *text = cJSON_GetObjectItem(json, texts[i])->valuestring;
                assert_true(strlen(text) > 0);
                assert_null(strchr(text, '{'));
            }
            cJSON_Delete(json);
            response_clear(&response);
        }
    }
}

static void what_was_there_is_dropped(void **state)
{
    struct response response = { .status = 200 };
    (void)state;
    buffer_text(&response.body, "half an answer");
    response_header(&response, "X-Half", "1");
    problem_answer(&response, PROBLEM_STORE, LANG_EN, NULL);
    assert_null(strstr(response.body.bytes, "half"));
    assert_string_equal(response.headers[0].name, "Content-Language");
    response_clear(&response);
}

static void a_reason_is_told_in_each_language(void **state)
{
    const struct {
        const char *field;
        struct saying saying;
        const char *spanish, *english;
    } rows[] = {
        { "cart", SAY_REASON_MISSING("cart"), "cart no es válido: falta.",
          "cart is not valid: cart is missing." },
        { "text", SAY_REASON_MISSING("cart"), "text no es válido: cart falta.",
          "text is not valid: cart is missing." },
        { "car", SAY_REASON_MISSING("cart"), "car no es válido: cart falta.",
          "car is not valid: cart is missing." },
        { "quantity", SAY_REASON_RANGE("quantity", 1, 10000),
          "quantity no es válido: debe estar entre 1 y 10000.",
          "quantity is not valid: quantity must be from 1 to 10000." },
        { "topic", SAY_REASON_PHONE_TOPIC_CART("user"),
          "topic no es válido: en el tópico, user debe ser una patente, [A-Z0-9][A-Z0-9-]{2,15}.",
          "topic is not valid: the user of the topic must be a plate, [A-Z0-9][A-Z0-9-]{2,15}." },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const details[LANGS] = { rows[i].spanish, rows[i].english };
        struct json_reason why;
        json_refuse(&why, "any", rows[i].saying);
        for (enum lang lang = 0; lang < LANGS; lang++) {
            struct response response = { 0 };
            struct problem_about about = { .field = rows[i].field, .why = &why };
            problem_answer(&response, PROBLEM_INVALID, lang, &about);
            cJSON *json = cJSON_ParseWithLength(response.body.bytes, response.body.length);
            assert_string_equal(cJSON_GetObjectItem(json, "detail")->valuestring, details[lang]);
            cJSON_Delete(json);
            response_clear(&response);
        }
    }
}

static void the_language_is_the_preferred_one(void **state)
{
    static const struct {
        const char *accept;
        enum lang lang;
    } rows[] = {
        { NULL, LANG_ES },
        { "", LANG_ES },
        { "en", LANG_EN },
        { "EN-us,es;q=0.5", LANG_EN },
        { "en;q=0.5, es;q=0.9", LANG_ES },
        { "es-CL,en;q=0.9", LANG_ES },
        { "de,fr", LANG_ES },
        { "eno,ens;q=1", LANG_ES },
        { "en;q=0", LANG_ES },
        { "en;q=nan", LANG_EN },
        { ",,;;q=,e", LANG_ES },
        { "de, en;q=0.1", LANG_EN },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(lang_choose(rows[i].accept, LANG_ES), rows[i].lang);
    assert_int_equal(lang_choose("de", LANG_EN), LANG_EN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "every problem is whole in both languages", every_problem_is_whole, NULL, NULL, NULL },
        { "a reason is told in each language", a_reason_is_told_in_each_language, NULL, NULL,
          NULL },
        { "a problem drops what was there", what_was_there_is_dropped, NULL, NULL, NULL },
        { "the language is the client's preferred one", the_language_is_the_preferred_one, NULL,
          NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
