/* Encodes mails. */
#include "collector/effects/mail_text.h"
#include "collector/base/base64.h"
#include "collector/base/hash.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HEADER_COLUMNS_MAX 78 /* RFC 5322, 2.1.1 */
#define QUOTED_COLUMNS_MAX 75 /* 76 with the `=` of a soft line end */
#define BASE64_COLUMNS     76
#define WORD_COLUMNS_MAX   76 /* of a line with encoded words (RFC 2047, 2) */
#define WORD_BYTES_MAX     45 /* in an encoded word of at most 75 characters (the same) */
#define WORD_FRAME         12 /* what an encoded word has around its text */

void mail_base64_write(struct buffer *out, const char *bytes, size_t length)
{
    const size_t row = BASE64_COLUMNS / 4 * 3;

    for (size_t i = 0; i < length; i += row) {
        base64_write(out, bytes + i, length - i < row ? length - i : row);
        buffer_text(out, "\r\n");
    }
}

static bool is_plain(const char *text, size_t columns_before)
{
    const char *c = text;

    for (; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
            return false;
    return strstr(text, "=?") == NULL && columns_before + (size_t)(c - text) <= HEADER_COLUMNS_MAX;
}

/* As many bytes as fit a word on the rest of a line, cut between code points. */
static size_t word_length(const char *text, size_t column)
{
    size_t room = (WORD_COLUMNS_MAX - WORD_FRAME - column) / 4 * 3;
    size_t most = room < WORD_BYTES_MAX ? room : WORD_BYTES_MAX;
    size_t length = strnlen(text, most + 1);

    if (length <= most)
        return length;
    for (length = most; length > 1 && ((unsigned char)text[length] & 0xc0) == 0x80;)
        length--;
    return length;
}

static void write_words(struct buffer *out, const char *text, size_t column)
{
    for (size_t length; *text != '\0'; text += length, column = 1) {
        char word[WORD_BYTES_MAX];
        length = word_length(text, column);
        memcpy(word, text, length);
        for (size_t i = 0; i < length; i++)
            if ((unsigned char)word[i] < ' ' || word[i] == 0x7f)
                word[i] = ' ';
        buffer_text(out, "=?UTF-8?B?");
        base64_write(out, word, length);
        buffer_text(out, text[length] != '\0' ? "?=\r\n " : "?=");
    }
}

void mail_header_write(struct buffer *out, const char *name, const char *text)
{
    buffer_format(out, "%s: ", name);
    if (is_plain(text, strlen(name) + 2))
        buffer_text(out, text);
    else
        write_words(out, text, strlen(name) + 2);
    buffer_text(out, "\r\n");
}

/* A blank at the end of a line may be lost on the way, so it is written as a code. */
static bool goes_as_it_is(const char *c)
{
    if (*c == ' ' || *c == '\t')
        return c[1] != '\n' && c[1] != '\0';
    return *c > ' ' && *c < 0x7f && *c != '=';
}

void mail_quoted_write(struct buffer *out, const char *text)
{
    size_t column = 0;

    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\n') {
            buffer_text(out, "\r\n");
            column = 0;
            continue;
        }
        size_t width = goes_as_it_is(c) ? 1 : 3;
        if (column + width > QUOTED_COLUMNS_MAX) {
            buffer_text(out, "=\r\n");
            column = 0;
        }
        if (width == 1)
            buffer_append(out, c, 1);
        else
            buffer_format(out, "=%02X", (unsigned char)*c);
        column += width;
    }
    if (column > 0)
        buffer_text(out, "\r\n");
}

void mail_date_write(struct buffer *out, int64_t wall_ms)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm utc = { 0 };

    gmtime_r(&seconds, &utc);
    buffer_format(out, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[utc.tm_wday], utc.tm_mday,
                  months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

void mail_message_id(const char *id, const char *from, char message_id[MAIL_MESSAGE_ID_SIZE])
{
    const char *at = strrchr(from, '@');
    char hash[33];

    hash_text(id, strlen(id), hash);
    snprintf(message_id, MAIL_MESSAGE_ID_SIZE, "<%s@%s>", hash, at != NULL ? at + 1 : "localhost");
}

static void write_text_part(struct buffer *out, const char *body)
{
    buffer_text(out, "Content-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    mail_quoted_write(out, body);
}

static void write_parts(struct buffer *out, const struct mail_text *mail)
{
    char boundary[33];

    /* A hash that the text would have to contain: it is made from an id that is not in it. */
    hash_text(mail->id, strlen(mail->id), boundary);
    buffer_format(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", boundary);
    buffer_format(out, "--%s\r\n", boundary);
    write_text_part(out, mail->body);
    buffer_format(out,
                  "--%s\r\nContent-Type: text/csv; charset=utf-8; name=\"%s\"\r\n"
                  "Content-Disposition: attachment; filename=\"%s\"\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n",
                  boundary, mail->attachment_name, mail->attachment_name);
    mail_base64_write(out, mail->attachment->bytes, mail->attachment->length);
    buffer_format(out, "--%s--\r\n", boundary);
}

void mail_text_write(struct buffer *out, const struct mail_text *mail)
{
    char message_id[MAIL_MESSAGE_ID_SIZE];

    mail_message_id(mail->id, mail->from, message_id);
    buffer_text(out, "Date: ");
    mail_date_write(out, mail->date_ms);
    buffer_format(out, "\r\nFrom: carrito <%s>\r\nTo: <%s>\r\nMessage-ID: %s\r\n", mail->from,
                  mail->to, message_id);
    mail_header_write(out, "Subject", mail->subject);
    buffer_format(out,
                  "Auto-Submitted: auto-generated\r\nContent-Language: %s\r\n"
                  "MIME-Version: 1.0\r\n",
                  mail->lang);
    if (mail->attachment_name != NULL)
        write_parts(out, mail);
    else
        write_text_part(out, mail->body);
}
