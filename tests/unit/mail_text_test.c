/* Claims about mails on the wire: the same mail gives the same bytes, nothing that a stranger typed
 * begins a header, and what is not ASCII arrives. */
#include "collector/effects/mail_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static const char *header(struct buffer *out, const char *text)
{
    buffer_clear(out);
    mail_header_write(out, "Subject", text);
    return out->bytes;
}

static void plain_headers_stay_as_they_are(void **state)
{
    struct buffer out = { 0 };

    (void)state;
    assert_string_equal(header(&out, "Your order"), "Subject: Your order\r\n");
    assert_string_equal(header(&out, ""), "Subject: \r\n");
    buffer_free(&out);
}

/* RFC 2047: words of at most 75 characters, lines of at most 76, cut between code points. */
static void other_headers_are_encoded_words(void **state)
{
    struct buffer out = { 0 };

    (void)state;
    assert_string_equal(header(&out, "ñandú"), "Subject: =?UTF-8?B?w7FhbmTDug==?=\r\n");
    assert_string_equal(header(&out, "a=?b"), "Subject: =?UTF-8?B?YT0/Yg==?=\r\n");
    header(&out, "ñññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññññ");
    for (const char *line = out.bytes; *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 76);
        assert_memory_equal(end - 2, "?=", 2);
        line = end + 2;
    }
    /* 19 letters of two bytes beside the name, then 22: a word ends behind a whole letter. */
    assert_int_equal(strcspn(out.bytes, "\r"), strlen("Subject: ") + 12 + 52);
    assert_non_null(strstr(out.bytes, "\r\n =?UTF-8?B?w7HDs"));
    buffer_free(&out);
}

static void a_header_ends_where_it_ends(void **state)
{
    static const char *const evil[] = { "Hi\r\nBcc: all@x.cl",
                                        "Hi\nBcc: all@x.cl",
                                        "Hi\rBcc: all@x.cl",
                                        "Hi\r\n\r\nbody",
                                        "\r\n",
                                        "\x01\x7f" };
    struct buffer out = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
        header(&out, evil[i]);
        assert_null(strstr(out.bytes, "Bcc"));
        assert_int_equal(strcspn(out.bytes, "\r\n"), out.length - 2);
    }
    assert_string_equal(header(&out, "a\r\nb"), "Subject: =?UTF-8?B?YSAgYg==?=\r\n");
    buffer_free(&out);
}

static const char *quoted(struct buffer *out, const char *text)
{
    buffer_clear(out);
    mail_quoted_write(out, text);
    return out->bytes;
}

static void texts_are_quoted_printable(void **state)
{
    struct buffer out = { 0 };
    char row[300];

    (void)state;
    assert_string_equal(quoted(&out, "ñ = n\n"), "=C3=B1 =3D n\r\n");
    assert_string_equal(quoted(&out, "end \nnext"), "end=20\r\nnext\r\n");
    assert_string_equal(quoted(&out, "a\r\nb\n"), "a=0D\r\nb\r\n");
    assert_string_equal(quoted(&out, "\n\n"), "\r\n\r\n");
    memset(row, 'x', sizeof row - 1);
    row[sizeof row - 1] = '\0';
    quoted(&out, row);
    for (const char *line = out.bytes; *line != '\0'; line = strstr(line, "\r\n") + 2)
        assert_true(strcspn(line, "\r") <= 76);
    buffer_free(&out);
}

/* RFC 4648, 10. */
static void base64_is_the_rfcs(void **state)
{
    static const char *const pairs[][2] = { { "", "" },
                                            { "f", "Zg==\r\n" },
                                            { "fo", "Zm8=\r\n" },
                                            { "foo", "Zm9v\r\n" },
                                            { "foob", "Zm9vYg==\r\n" },
                                            { "foobar", "Zm9vYmFy\r\n" } };
    struct buffer out = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        buffer_clear(&out);
        buffer_text(&out, "");
        mail_base64_write(&out, pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(out.bytes, pairs[i][1]);
    }
    buffer_free(&out);
}

static struct mail_text sample(void)
{
    return (struct mail_text){ .id = "order/1/recibido",
                               .from = "carrito@gremio.cl",
                               .to = "ana@x.cl",
                               .subject = "Tu pedido",
                               .body = "Hola\n",
                               .lang = "es",
                               .date_ms = 1790000000123LL };
}

static void the_same_mail_gives_the_same_bytes(void **state)
{
    struct mail_text mail = sample();
    struct buffer first = { 0 }, second = { 0 };
    char id[MAIL_MESSAGE_ID_SIZE], other[MAIL_MESSAGE_ID_SIZE];

    (void)state;
    mail_text_write(&first, &mail);
    mail_text_write(&second, &mail);
    assert_string_equal(first.bytes, second.bytes);
    mail_message_id(mail.id, mail.from, id);
    mail_message_id("order/1/preparando", mail.from, other);
    assert_string_not_equal(id, other);
    assert_int_equal(strlen(id), 32 + strlen("<@gremio.cl>"));
    assert_non_null(strstr(first.bytes, id));
    assert_non_null(strstr(first.bytes, "Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n"));
    assert_non_null(strstr(first.bytes, "Auto-Submitted: auto-generated\r\n"));
    buffer_free(&first);
    buffer_free(&second);
}

static void every_line_ends_in_crlf(void **state)
{
    struct buffer table = { 0 }, out = { 0 };
    struct mail_text mail = sample();

    (void)state;
    for (int i = 0; i < 100; i++)
        buffer_text(&table, "2026-09-21,BBCL23,3\r\n");
    mail.attachment_name = "daily-sales-2026-09-21.csv";
    mail.attachment = &table;
    mail_text_write(&out, &mail);
    for (size_t i = 0; i < out.length; i++) {
        if (out.bytes[i] == '\n')
            assert_true(i > 0 && out.bytes[i - 1] == '\r');
        if (out.bytes[i] == '\r')
            assert_int_equal(out.bytes[i + 1], '\n');
    }
    assert_non_null(strstr(out.bytes, "filename=\"daily-sales-2026-09-21.csv\""));
    assert_memory_equal(out.bytes + out.length - 4, "--\r\n", 4);
    buffer_free(&table);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "plain headers stay as they are", plain_headers_stay_as_they_are, NULL, NULL, NULL },
        { "other headers are encoded words", other_headers_are_encoded_words, NULL, NULL, NULL },
        { "a header ends where it ends", a_header_ends_where_it_ends, NULL, NULL, NULL },
        { "texts are quoted-printable", texts_are_quoted_printable, NULL, NULL, NULL },
        { "base64 is the RFC's", base64_is_the_rfcs, NULL, NULL, NULL },
        { "the same mail gives the same bytes", the_same_mail_gives_the_same_bytes, NULL, NULL,
          NULL },
        { "every line ends in CRLF", every_line_ends_in_crlf, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
