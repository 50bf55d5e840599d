/* One line of an INI file at a time. */
#include "common/ini.h"

#include <stdbool.h>
#include <string.h>

static const char blanks[] = " \t\r\n\v\f";

static struct ini_span trim(struct ini_span span)
{
    while (span.length > 0 && strchr(blanks, span.at[0]) != NULL && span.at[0] != '\0') {
        span.at++;
        span.length--;
    }
    while (span.length > 0 && strchr(blanks, span.at[span.length - 1]) != NULL &&
           span.at[span.length - 1] != '\0')
        span.length--;
    return span;
}

static bool has_control(struct ini_span span)
{
    for (size_t i = 0; i < span.length; i++)
        if (((unsigned char)span.at[i] < ' ' && span.at[i] != '\t') || span.at[i] == 0x7f)
            return true;
    return false;
}

static bool is_comment(struct ini_span span)
{
    return span.length == 0 || span.at[0] == '#' || span.at[0] == ';';
}

static struct ini_line read_section(struct ini_span line)
{
    const char *end = memchr(line.at, ']', line.length);
    struct ini_line read = { .kind = INI_WRONG };

    if (end == NULL)
        return read;
    struct ini_span rest = { end + 1, line.length - (size_t)(end + 1 - line.at) };
    if (!is_comment(trim(rest)))
        return read;
    read.kind = INI_SECTION;
    read.key = trim((struct ini_span){ line.at + 1, (size_t)(end - line.at) - 1 });
    return read;
}

struct ini_line ini_read(struct ini_span line, const char *section)
{
    struct ini_line read = { .kind = INI_NOTHING };

    line = trim(line);
    if (has_control(line)) {
        read.kind = INI_WRONG;
        return read;
    }
    if (is_comment(line))
        return read;
    if (line.at[0] == '[')
        return read_section(line);
    const char *cut = memchr(line.at, '=', line.length);
    const char *colon = memchr(line.at, ':', line.length);
    if (cut == NULL || (section[0] == '\0' && colon != NULL && colon < cut))
        cut = colon;
    size_t key_length = cut != NULL ? (size_t)(cut - line.at) : 0;
    read.key = trim((struct ini_span){ line.at, key_length });
    read.kind = read.key.length > 0 ? INI_PAIR : INI_WRONG;
    if (read.kind == INI_PAIR)
        read.value = trim((struct ini_span){ cut + 1, line.length - key_length - 1 });
    return read;
}

size_t ini_mark(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

char *ini_old_comment(char *value)
{
    for (char *at = strchr(value, ';'); at != NULL; at = strchr(at + 1, ';'))
        if (at > value && (at[-1] == ' ' || at[-1] == '\t'))
            return at;
    return NULL;
}
