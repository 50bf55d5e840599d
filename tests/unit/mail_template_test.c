/* Claims about what mails say: every mail can be written in both languages, nothing of a template
 * is left in it, and parameters stay on their line. */
#include "collector/alerts/alert.h"
#include "collector/effects/mail_template.h"
#include "common/day.h"

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
    { "order", "{\"order\":\"0f\",\"product\":\"Sopaipilla\",\"quantity\":2,\"price\":1500,"
               "\"status\":\"preparando\"}" },
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
    static const char *const langs[] = { "es", "en" };
    struct said said = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        for (size_t k = 0; k < 2; k++) {
            struct mail_template mail = { samples[i].name, langs[k], samples[i].parameters,
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
    struct mail_template order = { "order", "es", samples[0].parameters,
                                   "https://carrito.example/" };
    struct mail_template alert = { "alert", "en", samples[2].parameters, NULL };

    (void)state;
    assert_true(say(&said, &order));
    assert_string_equal(said.subject.bytes, "Tu pedido de Sopaipilla: en preparación");
    assert_non_null(strstr(said.body.bytes, "$1.500\n"));
    assert_non_null(strstr(said.body.bytes, "\nhttps://carrito.example/pedidos/0f\n"));
    assert_true(say(&said, &alert));
    assert_string_equal(said.subject.bytes, "[alert] Cart vanished: BBCL23");
    assert_non_null(strstr(said.body.bytes, "2026-09-21 11:13"));
    forget(&said);
}

static void lines_without_a_value_are_left_out(void **state)
{
    struct said said = { 0 };
    struct mail_template mail = { "alert", "es", samples[2].parameters, NULL };

    (void)state;
    assert_true(say(&said, &mail));
    assert_null(strstr(said.body.bytes, "Hasta"));
    assert_null(strstr(said.body.bytes, "Consola"));
    assert_non_null(strstr(said.body.bytes, "Desde"));
    forget(&said);
}

static void a_parameter_stays_on_its_line(void **state)
{
    struct said said = { 0 };
    struct mail_template mail = { "order", "es",
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
    static const struct mail_template bad[] = { { "nothing", "es", "{}", NULL },
                                                { "phrases", "es", "{}", NULL },
                                                { "../order", "es", "{}", NULL },
                                                { "order", "es", "", NULL },
                                                { "order", "es", "[]", NULL } };
    struct said said = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(say(&said, &bad[i]));
    forget(&said);
}

static void every_kind_of_alert_has_a_phrase(void **state)
{
    char name[64];
    size_t length;

    (void)state;
    for (enum alert_kind kind = 0; kind < ALERT_KINDS; kind++) {
        snprintf(name, sizeof name, "alert.%s", alert_kind_name(kind));
        assert_non_null(mail_phrase("es", name, &length));
        assert_non_null(mail_phrase("en", name, &length));
        assert_true(length > 3);
    }
    assert_null(mail_phrase("es", "alert.", &length));
    assert_null(mail_phrase("fr", "alert.disk-low", &length));
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
        { "a parameter stays on its line", a_parameter_stays_on_its_line, NULL, NULL, NULL },
        { "what cannot be written is said", what_cannot_be_written_is_said, NULL, NULL, NULL },
        { "every kind of alert has a phrase", every_kind_of_alert_has_a_phrase, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, set_zone, NULL);
}
