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

/* Between the fields of a key: control characters are in no plate, epoch or day. */
#define FIELD_END  '\n'
#define CURSOR_MAX 512

void page_cursor_write(struct buffer *out, const char *types, const struct page_key *key)
{
    struct buffer plain = { 0 };
    for (size_t i = 0; types[i] != '\0'; i++) {
        if (types[i] == 'i')
            buffer_int(&plain, key->ints[i]);
        else
            buffer_text(&plain, key->texts[i]);
        buffer_text(&plain, (char[]){ FIELD_END, '\0' });
    }
    base64url_write(out, plain.bytes, plain.length);
    buffer_free(&plain);
}

static bool read_field(char type, const char *field, struct page_key *key, size_t i)
{
    if (type == 'i')
        return page_number_read(field, INT64_MIN, INT64_MAX, &key->ints[i]) == PAGE_NUMBER_OK;
    if (strlen(field) > PAGE_TEXT_MAX)
        return false;
    strcpy(key->texts[i], field);
    return true;
}

bool page_cursor_read(const char *cursor, const char *types, struct page_key *key)
{
    struct page_key read = { 0 };
    struct buffer plain = { 0 };
    char *rest = NULL;
    bool ok = strlen(cursor) <= CURSOR_MAX && base64url_read(cursor, &plain) && plain.length > 0 &&
              strlen(plain.bytes) == plain.length;
    if (ok)
        rest = plain.bytes;
    for (size_t i = 0; ok && types[i] != '\0'; i++) {
        const char *field = strsep(&rest, (char[]){ FIELD_END, '\0' });
        ok = field != NULL && rest != NULL && read_field(types[i], field, &read, i);
    }
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
