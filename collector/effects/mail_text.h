/* A mail as it goes over the wire: headers and text (RFC 5322, 2045, 2047), lines that end in CRLF.
 *
 * The same mail gives the same bytes, its Message-ID and Date included: RFC 1047 says why a server
 * may get it twice, and what is equal can be told. Nothing that a stranger typed begins a header:
 * control characters become blanks, and what is not plain ASCII is encoded. */
#ifndef CARRITO_COLLECTOR_MAIL_TEXT_H
#define CARRITO_COLLECTOR_MAIL_TEXT_H

#include "common/buffer.h"

#include <stddef.h>
#include <stdint.h>

#define MAIL_MESSAGE_ID_SIZE 300

struct mail_text {
    const char *id;        /* the mail's own; becomes the Message-ID */
    const char *from, *to; /* addresses, valid ones */
    const char *subject;   /* UTF-8 */
    const char *body;      /* UTF-8, lines end in \n */
    const char *lang;      /* "es" or "en" */
    int64_t date_ms;
    const char *attachment_name;     /* ASCII, or NULL: none */
    const struct buffer *attachment; /* a table (text/csv, UTF-8) */
};

/* Appends the whole mail. */
void mail_text_write(struct buffer *out, const struct mail_text *mail);
/* `<` 32 digits made from the id, `@`, the domain of `from`, `>`. */
void mail_message_id(const char *id, const char *from, char message_id[MAIL_MESSAGE_ID_SIZE]);

/* The parts, for tests. A header with its line end; a body as quoted-printable (RFC 2045, 6.7). */
void mail_header_write(struct buffer *out, const char *name, const char *text);
void mail_quoted_write(struct buffer *out, const char *text);
void mail_base64_write(struct buffer *out, const char *bytes, size_t length);
/* "Mon, 21 Sep 2026 12:53:20 +0000" */
void mail_date_write(struct buffer *out, int64_t wall_ms);

#endif
