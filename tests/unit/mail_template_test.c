/* Claims about what mails say: every mail can be written in both languages, nothing of a template
 * is left in it, and parameters stay on their line. */
#include "collector/alerts/alert.h"
#include "collector/effects/mail_template.h"
#include "collector/orders/order.h"
#include "common/day.h"
#include "common/order_state.h"

#include "mail_files.h"
#include "phrase_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct said {
    struct buffer subject, body;
};

static bool say(struct said *said, const struct mail_template *mail)
{
    buffer_clear(&said->subject);
    buffer_clear(&said->body);
    return mail_template_fill(mail, &said->subject, &said->body);
}

static void forget(struct said *said)
{
    buffer_free(&said->subject);
    buffer_free(&said->body);
}

static const struct {
    const char *name, *parameters;
} samples[] = {
    { "order",
      "{\"order\":\"0f\",\"key\":\"7a\",\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":1500,"
      "\"status\":\"preparando\",\"said\":\"preparando\"}" },
    { "member", "{\"name\":\"Ana\",\"status\":\"rejected\",\"reason\":\"patente ajena\","
                "\"plate\":\"BBCL23\"}" },
    { "alert", "{\"id\":\"0f\",\"kind\":\"cart-vanished\",\"subject\":\"BBCL23\",\"cart\":"
               "\"BBCL23\",\"severity\":\"CRITICAL\",\"status\":\"ACTIVE_UNACK\",\"details\":"
               "\"Sin noticias.\",\"started_ms\":1790000000000,\"ended_ms\":null}" },
    { "report", "{\"day\":\"2026-09-21\",\"revision\":1}" },
    { "report-open", "{\"day\":\"2026-09-21\",\"revision\":1}" },
    { "report-correction", "{\"day\":\"2026-09-21\",\"revision\":1}" },
    { "test", "{\"user\":\"ana\"}" },
    { "digest", "{\"count\":1234}" },
};

static void every_mail_can_be_written_in_both_languages(void **state)
{
    struct said said = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        for (enum lang lang = 0; lang < LANGS; lang++) {
            struct mail_template mail = { samples[i].name, lang, samples[i].parameters,
                                          "https://carrito.example/" };
            assert_true(say(&said, &mail));
            assert_true(said.subject.length > 0 && said.body.length > 0);
            assert_null(strstr(said.subject.bytes, "{{"));
            assert_null(strstr(said.body.bytes, "{{"));
            assert_null(strchr(said.subject.bytes, '\n'));
        }
    forget(&said);
}

static void values_are_written_as_people_write_them(void **state)
{
    struct said said = { 0 };
    struct mail_template order = { "order", LANG_ES, samples[0].parameters,
                                   "https://carrito.example/" };
    struct mail_template alert = { "alert", LANG_EN, samples[2].parameters, NULL };

    (void)state;
    assert_true(say(&said, &order));
    assert_string_equal(said.subject.bytes, "Tu pedido de Sopaipilla: preparando");
    assert_non_null(strstr(said.body.bytes, "$1.500\n"));
    assert_non_null(strstr(said.body.bytes, " https://carrito.example/pedidos/0f#7a\n"));
    assert_true(say(&said, &alert));
    assert_string_equal(said.subject.bytes, "[alert] cart vanished: BBCL23");
    assert_non_null(strstr(said.body.bytes, "2026-09-21 11:13"));
    forget(&said);
}

static void lines_without_a_value_are_left_out(void **state)
{
    struct said said = { 0 };
    struct mail_template mail = { "alert", LANG_ES, samples[2].parameters, NULL };

    (void)state;
    assert_true(say(&said, &mail));
    assert_null(strstr(said.body.bytes, "Hasta"));
    assert_null(strstr(said.body.bytes, "Consola"));
    assert_non_null(strstr(said.body.bytes, "Desde"));
    mail.name = "order";
    mail.parameters = samples[0].parameters;
    assert_true(say(&said, &mail));
    assert_null(strstr(said.body.bytes, "seguirlo")); /* without the address of the page */
    forget(&said);
}

/* A link in each mail where pages can be had from elsewhere; where not, no word that leads to one.
 */
static void has_its_link_or_no_word_of_one(const char *parameters, enum lang lang)
{
    static const char link[] = ": https://carrito.example/pedidos/0f#7a\n";
    static const char *const none[] = { NULL, "" };
    struct mail_template mail = { "order", lang, parameters, "https://carrito.example" };
    struct said said = { 0 };

    assert_true(say(&said, &mail));
    assert_non_null(strstr(said.body.bytes, link));
    assert_null(strstr(said.body.bytes, "\n\n\n"));
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        mail.url = none[i];
        assert_true(say(&said, &mail));
        assert_null(strstr(said.body.bytes, "pedidos"));
        assert_null(strstr(said.body.bytes, lang == LANG_ES ? "aquí:" : "here:"));
        assert_null(strstr(said.body.bytes, "\n\n\n"));
    }
    forget(&said);
}

static void every_mail_of_an_order_has_its_link_or_no_word_of_one(void **state)
{
    static const char *const more[] = { "", ",\"way\":\"pickup\"", ",\"reason\":\"no-cart\"",
                                        ",\"reason\":\"nobody-there\"" };

    (void)state;
    for (const char *const *status = order_state_names; *status != NULL; status++)
        for (size_t i = 0; i < sizeof more / sizeof *more; i++)
            for (enum lang lang = 0; lang < LANGS; lang++) {
                char parameters[200];
                snprintf(parameters, sizeof parameters,
                         "{\"order\":\"0f\",\"key\":\"7a\",\"product\":\"x\",\"quantity\":2,"
                         "\"price\":1500,\"status\":\"%s\",\"said\":\"%s\"%s}",
                         *status, *status, more[i]);
                has_its_link_or_no_word_of_one(parameters, lang);
            }
}

static void a_parameter_stays_on_its_line(void **state)
{
    struct said said = { 0 };
    struct mail_template mail = { "order", LANG_ES,
                                  "{\"order\":\"0f\",\"product\":\"x\\r\\nBcc: b@x.cl\\n{{url}}\","
                                  "\"quantity\":1,\"price\":0,\"status\":\"recibido\"}",
                                  "https://carrito.example" };

    (void)state;
    assert_true(say(&said, &mail));
    assert_null(strpbrk(said.subject.bytes, "\r\n"));
    assert_null(strstr(said.body.bytes, "\nBcc"));
    assert_non_null(strstr(said.body.bytes, "x  Bcc: b@x.cl {{url}}\n"));
    forget(&said);
}

static void what_cannot_be_written_is_said(void **state)
{
    static const struct mail_template bad[] = { { "nothing", LANG_ES, "{}", NULL },
                                                { "../order", LANG_ES, "{}", NULL },
                                                { "order", LANG_ES, "", NULL },
                                                { "order", LANG_ES, "[]", NULL } };
    struct said said = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(say(&said, &bad[i]));
    forget(&said);
}

/* The text of a mail in this language. */
static const char *file_of(const char *name, enum lang lang)
{
    char wanted[64];

    snprintf(wanted, sizeof wanted, "%s.%s", name, lang_name(lang));
    for (size_t i = 0; i < sizeof mail_files / sizeof *mail_files; i++)
        if (strcmp(mail_files[i].name, wanted) == 0)
            return mail_files[i].text;
    fail_msg("there is no %s", wanted);
    return "";
}

/* Bodies are a file per language: nothing but their words may differ. */
static void both_bodies_of_a_mail_have_the_same_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const char *es = file_of(samples[i].name, LANG_ES);
        const char *en = file_of(samples[i].name, LANG_EN);
        while ((es = strstr(es, "{{")) != NULL) {
            en = strstr(en, "{{");
            size_t length = strcspn(es, "}");
            if (en == NULL || strncmp(es, en, length + 2) != 0)
                fail_msg("%s: %.*s}}", samples[i].name, (int)length, es);
            es += length;
            en += length;
        }
        assert_null(strstr(en, "{{"));
    }
    assert_int_equal(sizeof mail_files / sizeof *mail_files,
                     LANGS * sizeof samples / sizeof *samples);
}

static bool is_used(const char *how)
{
    char place[64];

    snprintf(place, sizeof place, "|%s}}", how);
    for (size_t i = 0; i < sizeof mail_files / sizeof *mail_files; i++)
        if (strstr(mail_files[i].text, place) != NULL)
            return true;
    return false;
}

/* How many of the values have words in phrases.txt; the others' are in values.txt. */
static size_t count_phrases(const char *how, const char *const *values)
{
    size_t count = 0;

    if (!is_used(how))
        fail_msg("no mail has |%s}}", how);
    for (; *values != NULL; values++) {
        const struct sentence *phrase = mail_phrase(how, *values);
        if (phrase == NULL)
            fail_msg("no words for %s, %s", how, *values);
        count += phrase == sentence_find(phrase_sentences, phrase->name);
    }
    return count;
}

static void every_value_has_words_and_all_words_a_value(void **state)
{
    static const char *const members[] = { "accepted", "rejected", NULL };
    static const char *const ways[] = { "pickup", NULL };
    static const char *const fetched[] = { "entregando-pickup", NULL };
    static const char *const reasons[] = { ORDER_NO_CART, ORDER_NOBODY_THERE, NULL };
    static const char *const severities[] = { "CRITICAL", "MAJOR", "MINOR", "WARNING", NULL };
    static const char *const statuses[] = { "ACTIVE_UNACK", "ACTIVE_ACK", "CLEARED_UNACK",
                                            "CLEARED_ACK", NULL };
    const char *kinds[ALERT_KINDS + 1] = { NULL };
    size_t count, all = 0;

    (void)state;
    for (enum alert_kind kind = 0; kind < ALERT_KINDS; kind++)
        kinds[kind] = alert_kind_name(kind);
    count = count_phrases("order", order_state_names) +
            count_phrases("order-sentence", order_state_names) +
            count_phrases("order-reason", reasons) + count_phrases("order-way", ways) +
            count_phrases("order-sentence", fetched) + count_phrases("member", members) +
            count_phrases("member-sentence", members) + count_phrases("severity", severities) +
            count_phrases("alert-mark", statuses) + count_phrases("status", statuses) +
            count_phrases("kind", kinds);
    for (; phrase_sentences[all] != NULL; all++)
        assert_null(phrase_sentences[all]->arguments[0]);
    assert_int_equal(count, all);
    assert_null(mail_phrase("kind", ""));
    assert_null(mail_phrase("order", "unheard-of"));
}

static int set_zone(void **state)
{
    (void)state;
    return day_set_zone("America/Santiago") ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "every mail can be written in both languages",
          every_mail_can_be_written_in_both_languages, NULL, NULL, NULL },
        { "values are written as people write them", values_are_written_as_people_write_them, NULL,
          NULL, NULL },
        { "lines without a value are left out", lines_without_a_value_are_left_out, NULL, NULL,
          NULL },
        { "every mail of an order has its link or no word of one",
          every_mail_of_an_order_has_its_link_or_no_word_of_one, NULL, NULL, NULL },
        { "a parameter stays on its line", a_parameter_stays_on_its_line, NULL, NULL, NULL },
        { "what cannot be written is said", what_cannot_be_written_is_said, NULL, NULL, NULL },
        { "both bodies of a mail have the same values", both_bodies_of_a_mail_have_the_same_values,
          NULL, NULL, NULL },
        { "every value has words, and all words a value",
          every_value_has_words_and_all_words_a_value, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, set_zone, NULL);
}
