/* PEM → DER → the end of the validity. */
#include "common/certificate.h"
#include "common/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DER_MAX 16384
#define BEGIN   "-----BEGIN CERTIFICATE-----"

enum tag {
    TAG_ANY = 0,
    TAG_UTC_TIME = 0x17,
    TAG_TIME = 0x18,
    TAG_SEQUENCE = 0x30,
    TAG_VERSION = 0xa0,
};

struct span {
    const uint8_t *at, *end;
};

/* The next element, which has this tag: what is in it, and *in goes behind it. */
static bool take(struct span *in, enum tag tag, struct span *inside)
{
    if (in->end - in->at < 2 || (tag != TAG_ANY && in->at[0] != tag))
        return false;
    const uint8_t *at = in->at + 2;
    size_t length = in->at[1];
    if (length >= 0x80) {
        size_t bytes = length - 0x80;
        if (bytes < 1 || bytes > 3 || (size_t)(in->end - at) < bytes)
            return false;
        for (length = 0; bytes > 0; bytes--)
            length = length << 8 | *at++;
    }
    if ((size_t)(in->end - at) < length)
        return false;
    *inside = (struct span){ at, at + length };
    in->at = at + length;
    return true;
}

/* YYMMDDHHMMSSZ, of 1950 to 2049, or YYYYMMDDHHMMSSZ (RFC 5280, 4.1.2.5). */
static bool read_time(const struct span *time, bool has_century, int64_t *wall_ms)
{
    char digits[16], text[32];
    size_t length = (size_t)(time->end - time->at), skip = has_century ? 0 : 2;

    if (length + skip != 15)
        return false;
    memcpy(digits, time->at[0] < '5' ? "20" : "19", 2);
    memcpy(digits + skip, time->at, length);
    digits[15] = '\0';
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", digits, digits + 4, digits + 6,
             digits + 8, digits + 10, digits + 12, digits + 14);
    return time_from_text(text, wall_ms);
}

static bool read_der(struct span file, int64_t *end_ms)
{
    struct span certificate, body, validity, skipped, time;

    if (!take(&file, TAG_SEQUENCE, &certificate) || !take(&certificate, TAG_SEQUENCE, &body))
        return false;
    take(&body, TAG_VERSION, &skipped); /* the first version has none */
    for (int i = 0; i < 3; i++)         /* serial number, signature, issuer */
        if (!take(&body, TAG_ANY, &skipped))
            return false;
    if (!take(&body, TAG_SEQUENCE, &validity) || !take(&validity, TAG_ANY, &skipped))
        return false;
    if (take(&validity, TAG_UTC_TIME, &time))
        return read_time(&time, false, end_ms);
    return take(&validity, TAG_TIME, &time) && read_time(&time, true, end_ms);
}

static int base64_value(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(alphabet, c) : NULL;

    return at != NULL ? (int)(at - alphabet) : -1;
}

/* Up to the first `-` or `=`; blanks are skipped. Bytes past `size` are left out. */
static size_t read_base64(const char *text, const char *end, uint8_t *der, size_t size)
{
    uint32_t bits = 0;
    int held = 0;
    size_t length = 0;

    for (; text < end && *text != '-' && *text != '='; text++) {
        int value = base64_value(*text);
        if (value < 0)
            continue;
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (length < size)
            der[length++] = (uint8_t)(bits >> held);
    }
    return length;
}

static const char *find(const char *text, const char *end, const char *word)
{
    size_t length = strlen(word);

    for (; (size_t)(end - text) >= length; text++)
        if (memcmp(text, word, length) == 0)
            return text + length;
    return NULL;
}

bool certificate_ends(const char *pem, size_t length, struct certificate_ends *ends)
{
    const char *end = pem + length;
    uint8_t der[DER_MAX];
    bool found = false;

    for (const char *at = pem; (at = find(at, end, BEGIN)) != NULL;) {
        int64_t end_ms;
        size_t bytes = read_base64(at, end, der, sizeof der);
        if (!read_der((struct span){ der, der + bytes }, &end_ms))
            continue;
        if (!found || end_ms < ends->first_ms)
            ends->first_ms = end_ms;
        if (!found || end_ms > ends->last_ms)
            ends->last_ms = end_ms;
        found = true;
    }
    return found;
}

static bool ends_of_file(const char *path, struct certificate_ends *ends)
{
    FILE *file = path != NULL && path[0] != '\0' ? fopen(path, "r") : NULL;
    char *text = file != NULL ? malloc(CERTIFICATE_FILE_MAX) : NULL;
    bool found =
        text != NULL && certificate_ends(text, fread(text, 1, CERTIFICATE_FILE_MAX, file), ends);

    free(text);
    if (file != NULL)
        fclose(file);
    return found;
}

int64_t certificate_files_end_ms(const char *certfile, const char *cafile)
{
    struct certificate_ends own, authorities;
    bool has_own = ends_of_file(certfile, &own);

    if (!ends_of_file(cafile, &authorities))
        return has_own ? own.first_ms : 0;
    return has_own && own.first_ms < authorities.last_ms ? own.first_ms : authorities.last_ms;
}
