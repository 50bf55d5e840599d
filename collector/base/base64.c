/* Piece by piece: a piece of a multiple of three bytes has no padding but at the end of all. */
#include "collector/base/base64.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES 768 /* a multiple of 3 */

static void append(struct buffer *out, const char *bytes, size_t length, int variant)
{
    char text[PIECE_BYTES / 3 * 4 + 1];

    for (size_t at = 0; at < length; at += PIECE_BYTES) {
        size_t left = length - at < PIECE_BYTES ? length - at : PIECE_BYTES;

        sodium_bin2base64(text, sizeof text, (const unsigned char *)bytes + at, left, variant);
        buffer_text(out, text);
    }
}

void base64_write(struct buffer *out, const char *bytes, size_t length)
{
    append(out, bytes, length, sodium_base64_VARIANT_ORIGINAL);
}

void base64url_write(struct buffer *out, const char *bytes, size_t length)
{
    append(out, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool base64url_read(const char *text, struct buffer *out)
{
    size_t size = strlen(text), length = 0;
    unsigned char *bytes = malloc(size + 1);

    if (bytes == NULL)
        abort();
    bool done = sodium_base642bin(bytes, size + 1, text, size, NULL, &length, NULL,
                                  sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
    if (done)
        buffer_append(out, bytes, length);
    free(bytes);
    return done;
}
