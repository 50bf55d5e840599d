/* Proves how an answer of the agent is told: what goes over the socket is a sentence's name and
 * arguments, which every reader has in a language of its own, and programs of earlier and later
 * releases understand each other as far as they can. */
#include "agent/words.h"

#include "command_words.h"
#include "voice_words.h"
#include "why_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct sentence *const *const catalogues[] = { answer_sentences, command_sentences,
                                                            screen_sentences, brief_sentences,
                                                            voice_sentences,  why_sentences };

static bool is_refusal(const struct sentence *sentence)
{
    return strncmp(sentence->name, "ok-", 3) != 0;
}

/* Something said, with numbers for its arguments. */
static struct saying saying_of(const struct sentence *sentence)
{
    struct saying saying = { .sentence = sentence };

    for (int i = 0; i < SENTENCE_ARGUMENTS_MAX; i++)
        saying.words[i] = said_number(i + 1);
    return saying;
}

static cJSON *answer_of(const struct saying *saying, enum words_verdict verdict, enum lang lang)
{
    struct buffer text = { 0 };
    struct json_writer json = json_write_to(&text);

    json_object_begin(&json, NULL);
    words_write(&json, verdict, saying, lang);
    json_object_end(&json);
    cJSON *answer = cJSON_ParseWithLength(text.bytes, text.length);
    assert_non_null(answer);
    buffer_free(&text);
    return answer;
}

static void assert_told(const cJSON *answer, enum lang lang, const char *expected,
                        const struct sentence *sentence)
{
    struct buffer text = { 0 };

    assert_ptr_equal(words_read(answer, lang, &text), sentence);
    assert_string_equal(text.bytes, expected);
    buffer_free(&text);
}

/* Whatever language the agent has, each reader has its own. */
static void every_answer_is_told_in_the_readers_language(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct sentence *const *at = answer_sentences; *at != NULL; at++, count++)
        for (enum lang agent = 0; agent < LANGS; agent++)
            for (enum lang reader = 0; reader < LANGS; reader++) {
                const struct saying saying = saying_of(*at);
                char expected[512];
                cJSON *answer =
                    answer_of(&saying, is_refusal(*at) ? WORDS_WRONG : WORDS_DONE, agent);
                say_text(&saying, reader, expected, sizeof expected);
                if (*at == &answer_unreadable) /* without its why there is only the text */
                    say_text(&saying, agent, expected, sizeof expected);
                assert_told(answer, reader, expected, *at);
                say_text(&saying, agent, expected, sizeof expected);
                assert_string_equal(cJSON_GetObjectItem(answer, "text")->valuestring, expected);
                cJSON_Delete(answer);
            }
    assert_in_range(count, 20, 100);
}

/* What programs of before look at: the verdict, the text, and for some refusals `reason`. */
static void an_earlier_reader_finds_what_it_knows(void **state)
{
    static const struct {
        enum words_verdict verdict;
        const char *answer;
    } table[] = {
        { WORDS_DONE, "{\"ok\":true,\"said\":{\"say\":\"no-receipt\",\"receipt\":9},"
                      "\"text\":\"no hay una venta 9 en este carro\"}" },
        { WORDS_WRONG, "{\"ok\":false,\"input\":true,\"said\":{\"say\":\"no-receipt\",\"receipt\":"
                       "9},\"text\":\"no hay una venta 9 en este carro\",\"reason\":"
                       "\"no-receipt\"}" },
        { WORDS_FAILED, "{\"ok\":false,\"input\":false,\"said\":{\"say\":\"no-receipt\","
                        "\"receipt\":9},\"text\":\"no hay una venta 9 en este carro\",\"reason\":"
                        "\"no-receipt\"}" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cJSON *answer = answer_of(&SAY_ANSWER_NO_RECEIPT(9), table[i].verdict, LANG_ES);
        char *text = cJSON_PrintUnformatted(answer);
        assert_string_equal(text, table[i].answer);
        cJSON_free(text);
        cJSON_Delete(answer);
    }
    /* These were there before `said`: a keypad of before says why by them. */
    static const char *const reasons[] = { "quantity",  "no-receipt",    "disk-full", "disk-broken",
                                           "read-only", "other-release", "too-late",  "no-plate" };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        assert_non_null(sentence_find(answer_sentences, reasons[i]));
}

static void what_is_not_known_is_told_as_it_came(void **state)
{
    static const struct {
        const char *answer, *text;
        const struct sentence *sentence;
    } table[] = {
        { "{\"ok\":false,\"input\":false,\"text\":\"NO registrado\",\"reason\":\"disk-full\"}",
          "NO registrado", &answer_disk_full }, /* an agent of before */
        { "{\"ok\":true,\"text\":\"ok venta 7\",\"receipt\":7}", "ok venta 7", NULL },
        { "{\"ok\":false,\"said\":{\"say\":\"of-tomorrow\"},\"text\":\"no\",\"reason\":"
          "\"of-tomorrow\"}",
          "no", NULL },
        { "{\"ok\":false,\"said\":{\"say\":\"unreadable\"},\"why\":{\"say\":\"of-tomorrow\"},"
          "\"text\":\"no: x\",\"reason\":\"unreadable\"}",
          "no: x", &answer_unreadable },
        { "{\"ok\":true}", "", NULL },
        { "{\"ok\":true,\"said\":7,\"text\":7}", "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        cJSON *answer = cJSON_Parse(table[i].answer);
        struct buffer text = { 0 };
        buffer_text(&text, "");
        assert_ptr_equal(words_read(answer, LANG_EN, &text), table[i].sentence);
        assert_string_equal(text.bytes, table[i].text);
        buffer_free(&text);
        cJSON_Delete(answer);
    }
}

static void why_it_cannot_be_read_is_told_in_each_language(void **state)
{
    struct json_reason why;
    struct buffer text = { 0 };
    struct json_writer json = json_write_to(&text);

    (void)state;
    json_refuse(&why, "id", SAY_REASON_STRING("id"));
    json_object_begin(&json, NULL);
    words_write_unreadable(&json, &why, LANG_ES);
    json_object_end(&json);
    cJSON *answer = cJSON_ParseWithLength(text.bytes, text.length);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(answer, "input")));
    assert_string_equal(cJSON_GetObjectItem(answer, "text")->valuestring,
                        "no se entiende la petición: id debe ser un texto");
    assert_told(answer, LANG_ES, "no se entiende la petición: id debe ser un texto",
                &answer_unreadable);
    assert_told(answer, LANG_EN, "the request is not understood: id must be a string",
                &answer_unreadable);
    cJSON_Delete(answer);
    buffer_free(&text);
}

/* An argument is a number alone, or one with what it counts. */
static size_t count_of(const char *text, const char *argument)
{
    char place[40];
    size_t count = 0;

    for (int i = 0; i < 2; i++) {
        const char *at = text;
        snprintf(place, sizeof place, i == 0 ? "{%s}" : "{%s ", argument);
        for (; (at = strstr(at, place)) != NULL; at++)
            count++;
    }
    return count;
}

static void every_sentence_has_both_languages(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof catalogues / sizeof *catalogues; c++)
        for (const struct sentence *const *at = catalogues[c]; *at != NULL; at++) {
            for (const char *const *one = (*at)->arguments; *one != NULL; one++)
                for (enum lang lang = 0; lang < LANGS; lang++)
                    assert_true(count_of((*at)->text[lang], *one) >= 1);
            assert_string_not_equal((*at)->text[LANG_ES], (*at)->text[LANG_EN]);
        }
}

/* `recibido` and `fallido` are states of an order, `rechazado` is said of an application. */
static void an_orders_words_are_said_of_nothing_else(void **state)
{
    static const char *const words[] = { "rechazad", "recibid", "fallid", "oleta" };

    (void)state;
    for (size_t c = 0; c < sizeof catalogues / sizeof *catalogues; c++)
        for (const struct sentence *const *at = catalogues[c]; *at != NULL; at++)
            for (size_t i = 0; i < sizeof words / sizeof *words; i++)
                if (strstr((*at)->text[LANG_ES], words[i]) != NULL)
                    fail_msg("%s: %s", (*at)->name, (*at)->text[LANG_ES]);
}

static void one_is_told_as_one(void **state)
{
    char text[256];

    (void)state;
    say_text(&SAY_COMMAND_TODAY(1, 1, 500, 1, 0), LANG_ES, text, sizeof text);
    assert_string_equal(text, "1 venta, 1 sopaipilla, $500, 1 anulada, 0 por enviar");
    say_text(&SAY_COMMAND_TODAY(2, 0, 500, 3, 1), LANG_ES, text, sizeof text);
    assert_string_equal(text, "2 ventas, 0 sopaipillas, $500, 3 anuladas, 1 por enviar");
    say_text(&SAY_COMMAND_TODAY(1, 2, 500, 3, 1), LANG_EN, text, sizeof text);
    assert_string_equal(text, "1 receipt, 2 pieces, $500, 3 voided, 1 waiting");
    say_text(&SAY_ANSWER_OK_CLOSE(1, 1, 500, 1, 0), LANG_ES, text, 6);
    assert_string_equal(text, "ok d"); /* not half of the í */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "every answer is told in the reader's language",
          every_answer_is_told_in_the_readers_language, NULL, NULL, NULL },
        { "an earlier reader finds what it knows", an_earlier_reader_finds_what_it_knows, NULL,
          NULL, NULL },
        { "what is not known is told as it came", what_is_not_known_is_told_as_it_came, NULL, NULL,
          NULL },
        { "why it cannot be read is told in each language",
          why_it_cannot_be_read_is_told_in_each_language, NULL, NULL, NULL },
        { "every sentence has both languages", every_sentence_has_both_languages, NULL, NULL,
          NULL },
        { "an order's words are said of nothing else", an_orders_words_are_said_of_nothing_else,
          NULL, NULL, NULL },
        { "one is told as one", one_is_told_as_one, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
