/* Base64 into a buffer and out of one, by libsodium. Pure; thread-safe. */
#ifndef CARRITO_COLLECTOR_BASE64_H
#define CARRITO_COLLECTOR_BASE64_H

#include "common/buffer.h"

#include <stdbool.h>

/* Appends the bytes as mails have them: RFC 4648, section 4, padded, on one line. */
void base64_write(struct buffer *out, const char *bytes, size_t length);
/* As addresses have them: section 5, without padding. */
void base64url_write(struct buffer *out, const char *bytes, size_t length);
/* Appends what such a text says; false, and nothing appended, where it is none. */
bool base64url_read(const char *text, struct buffer *out);

#endif
