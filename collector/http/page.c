/* Cursors, limits and bounds in time. */
#include "collector/http/page.h"

#include "collector/base/base64.h"
#include "common/day.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_MAX 512
/* A field is its length in bytes, a colon and its bytes: a text may hold any sign, such as one that
 * stands between fields. */
#define LENGTH_END    ':'
#define LENGTH_DIGITS 3

static void write_field(struct buffer *out, const char *bytes, size_t length)
{
    buffer_int(out, (int64_t)length);
    buffer_append(out, (char[]){ LENGTH_END }, 1);
    buffer_append(out, bytes, length);
}

void page_cursor_write(struct buffer *out, const char *types, const struct page_key *key)
{
    struct buffer plain = { 0 }, number = { 0 };
    for (size_t i = 0; types[i] != '\0'; i++) {
        buffer_clear(&number);
        buffer_int(&number, key->ints[i]);
        const char *text = types[i] == 'i' ? number.bytes : key->texts[i];
        write_field(&plain, text, strlen(text));
    }
    base64url_write(out, plain.bytes, plain.length);
    buffer_free(&plain);
    buffer_free(&number);
}

static bool read_field(char type, const char *field, struct page_key *key, size_t i)
{
    if (type == 'i')
        return page_number_read(field, INT64_MIN, INT64_MAX, &key->ints[i]) == PAGE_NUMBER_OK;
    strcpy(key->texts[i], field);
    return true;
}

/* The next field, and moves *rest behind it; false where there is none, or one too long for a key.
 */
static bool take_field(const char **rest, char field[PAGE_TEXT_MAX + 1])
{
    size_t digits = strspn(*rest, "0123456789"), length;

    if (digits == 0 || digits > LENGTH_DIGITS || (*rest)[digits] != LENGTH_END ||
        (digits > 1 && **rest == '0'))
        return false;
    length = strtoul(*rest, NULL, 10);
    *rest += digits + 1;
    if (length > PAGE_TEXT_MAX || strnlen(*rest, length) < length)
        return false;
    memcpy(field, *rest, length);
    field[length] = '\0';
    *rest += length;
    return true;
}

bool page_cursor_read(const char *cursor, const char *types, struct page_key *key)
{
    struct page_key read = { 0 };
    struct buffer plain = { 0 };
    char field[PAGE_TEXT_MAX + 1];
    bool ok = strlen(cursor) <= CURSOR_MAX && base64url_read(cursor, &plain) && plain.length > 0 &&
              strlen(plain.bytes) == plain.length;
    const char *rest = plain.bytes;
    for (size_t i = 0; ok && types[i] != '\0'; i++)
        ok = take_field(&rest, field) && read_field(types[i], field, &read, i);
    ok = ok && *rest == '\0';
    if (ok)
        *key = read;
    buffer_free(&plain);
    return ok;
}

enum page_number page_number_read(const char *text, int64_t min, int64_t max, int64_t *value)
{
    const char *digits = text + (text[0] == '-');
    if (!isdigit((unsigned char)digits[0]) || digits[strspn(digits, "0123456789")] != '\0')
        return PAGE_NUMBER_MALFORMED;
    errno = 0;
    long long read = strtoll(text, NULL, 10);
    if (errno != 0 || read < min || read > max)
        return PAGE_NUMBER_OUTSIDE;
    *value = read;
    return PAGE_NUMBER_OK;
}

bool page_day_read(const char *text, int32_t *day)
{
    int64_t wall_ms;
    if (day_from_text(text, day))
        return true;
    if (!time_from_text(text, &wall_ms))
        return false;
    *day = day_of_ms(wall_ms);
    return true;
}

/* The days from the text with one end to that with the other; false where those are no dates. */
static bool read_dates(const char *text, const char *const ends[2], int32_t *first, int32_t *last)
{
    char date[DAY_TEXT_SIZE];
    int32_t begin, end;

    snprintf(date, sizeof date, "%s%s", text, ends[0]);
    if (!day_from_text(date, &begin))
        return false;
    snprintf(date, sizeof date, "%s%s", text, ends[1]);
    if (!day_from_text(date, &end))
        return false;
    *first = begin;
    *last = end;
    return true;
}

bool page_days_read(const char *text, int32_t *first, int32_t *last)
{
    /* A month's last day is the first of these that is a date. */
    static const char *const ends[][2] = { { "-01-01", "-12-31" },
                                           { "-01", "-31" },
                                           { "-01", "-30" },
                                           { "-01", "-29" },
                                           { "-01", "-28" } };

    if (page_day_read(text, first)) {
        *last = *first;
        return true;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strlen(text) + strlen(ends[i][0]) == DAY_TEXT_SIZE - 1 &&
            read_dates(text, ends[i], first, last))
            return true;
    return false;
}
