/* A person as a part of a text. */
#include "collector/people/people.h"

#include "people_sql.h"

#include "common/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first byte of letters with accents (U+00C0 to U+024F), which names are written with. */
#define LATIN_FIRST 0xC3
#define LATIN_LAST  0xC9

/* The same as JSON may write them: "\u00f1". */
#define ESCAPE_LENGTH 6
#define LETTER_FIRST  0xC0
#define LETTER_LAST   0x24F

static bool is_escaped_letter(const char *text, size_t length, size_t at)
{
    char digits[5] = "";

    if (at + ESCAPE_LENGTH > length || text[at] != '\\' || text[at + 1] != 'u')
        return false;
    memcpy(digits, text + at + 2, sizeof digits - 1);
    unsigned long code = strtoul(digits, NULL, 16);
    return (code >= LETTER_FIRST && code <= LETTER_LAST) || (code < 0x80 && isalnum((int)code));
}

static bool is_letter_at(const char *text, size_t length, size_t at)
{
    unsigned char byte = at < length ? (unsigned char)text[at] : 0;

    return isalnum(byte) != 0 || (byte >= LATIN_FIRST && byte <= LATIN_LAST) ||
           is_escaped_letter(text, length, at);
}

/* True where an escape of JSON ends before `at`: "\n", or "\u2014"; its letters are none. */
static bool is_escape_before(const char *text, size_t at)
{
    return (at >= 2 && text[at - 2] == '\\' && strchr("bfnrt", text[at - 1]) != NULL) ||
           (at >= ESCAPE_LENGTH && memcmp(text + at - ESCAPE_LENGTH, "\\u", 2) == 0 &&
            strspn(text + at - 4, "0123456789abcdefABCDEF") >= 4);
}

static bool is_letter_before(const char *text, size_t length, size_t at)
{
    size_t first = at;

    if (is_escape_before(text, at))
        return at >= ESCAPE_LENGTH && is_escaped_letter(text, length, at - ESCAPE_LENGTH);
    while (first > 0 && ((unsigned char)text[first - 1] & 0xC0) == 0x80)
        first--;
    return at > 0 && is_letter_at(text, length, first < at ? first - 1 : at - 1);
}

/* What an address may go on with: a full stop only where something follows it. */
static bool joins(const char *text, size_t length, size_t at)
{
    return at < length && (text[at] == '-' || text[at] == '_' ||
                           (text[at] == '.' && is_letter_at(text, length, at + 1)));
}

static bool stands_alone(const struct person_key *key, const char *text, size_t length, size_t at,
                         size_t end)
{
    if (is_letter_before(text, length, at) || is_letter_at(text, length, end))
        return false;
    return key->kind != PERSON_MAIL ||
           ((at == 0 || strchr("._%+-", text[at - 1]) == NULL) && !joins(text, length, end));
}

size_t person_replace(const char *text, size_t length, const char *spelling,
                      const struct person_key *key, struct buffer *out)
{
    size_t size = strlen(spelling), from = 0, times = 0;
    const char *found = text;

    while (size > 0 && (found = memmem(text + from, length - from, spelling, size)) != NULL) {
        size_t at = (size_t)(found - text);
        bool alone = stands_alone(key, text, length, at, at + size);
        size_t kept = alone ? at : at + 1;
        buffer_append(out, text + from, kept - from);
        if (alone)
            buffer_text(out, key->pseudonym);
        times += alone;
        from = alone ? at + size : kept;
    }
    buffer_append(out, text + from, length - from);
    return times;
}

static void add(struct person_spellings *spellings, const char *text)
{
    for (size_t i = 0; i < spellings->count; i++)
        if (strcmp(spellings->texts[i], text) == 0)
            return;
    if (spellings->count < PEOPLE_SPELLINGS_MAX)
        text_put(spellings->texts[spellings->count++], PERSON_SPELLING_MAX + 1, text);
}

/* The code point at `text`, which is UTF-8, and moves behind it. */
static uint32_t next_code(const char **text)
{
    unsigned char first = (unsigned char)*(*text)++;
    uint32_t code = first < 0x80 ? first : first < 0xE0 ? first & 0x1F : first & 0x0F;

    if (first >= 0xF0)
        code = first & 0x07;
    while (((unsigned char)**text & 0xC0) == 0x80)
        code = code << 6 | ((unsigned char)*(*text)++ & 0x3F);
    return code;
}

static void write_escape(struct buffer *out, uint32_t unit, const char *digits)
{
    char escape[ESCAPE_LENGTH + 1] = { '\\', 'u' };

    for (int i = 0; i < 4; i++)
        escape[2 + i] = digits[unit >> (12 - 4 * i) & 0xF];
    buffer_text(out, escape);
}

/* As JSON writes it; what is not ASCII is escaped by these digits, or stays where they are NULL. */
static void add_as_json(struct person_spellings *spellings, const char *text, const char *digits)
{
    struct buffer out = { 0 };

    buffer_text(&out, "");
    for (const char *from = text; *text != '\0'; from = text) {
        uint32_t code = next_code(&text);
        if (code == '"' || code == '\\')
            buffer_text(&out, "\\");
        if (code < 0x80 || digits == NULL) {
            buffer_append(&out, from, (size_t)(text - from));
        } else if (code < 0x10000) {
            write_escape(&out, code, digits);
        } else {
            write_escape(&out, 0xD800 + ((code - 0x10000) >> 10), digits);
            write_escape(&out, 0xDC00 + ((code - 0x10000) & 0x3FF), digits);
        }
    }
    add(spellings, out.bytes);
    buffer_free(&out);
}

/* Those of JSON that differ from what there is. */
static void add_json(struct person_spellings *spellings)
{
    static const char *const digits[] = { NULL, "0123456789abcdef", "0123456789ABCDEF" };

    for (size_t i = 0, count = spellings->count; i < count; i++)
        for (size_t j = 0; j < sizeof digits / sizeof *digits; j++)
            add_as_json(spellings, spellings->texts[i], digits[j]);
}

/* 12.345.678-5 and 123456785, and each with a small k. */
static void add_rut(struct person_spellings *spellings, const char *rut)
{
    size_t digits = strcspn(rut, "-");
    char dotted[PERSON_TEXT_MAX + 1] = "", bare[PERSON_TEXT_MAX + 1];
    size_t end = 0;

    for (size_t i = 0; i < digits && end + 2 < sizeof dotted; i++) {
        if (i > 0 && (digits - i) % 3 == 0)
            dotted[end++] = '.';
        dotted[end++] = rut[i];
    }
    snprintf(dotted + end, sizeof dotted - end, "%s", rut + digits);
    snprintf(bare, sizeof bare, "%.*s%s", (int)digits, rut,
             rut[digits] == '-' ? rut + digits + 1 : "");
    add(spellings, dotted);
    add(spellings, bare);
    for (size_t i = 0, count = spellings->count; i < count; i++) {
        char small[PERSON_TEXT_MAX + 1];
        text_put(small, sizeof small, spellings->texts[i]);
        small[strlen(small) - 1] = (char)tolower((unsigned char)small[strlen(small) - 1]);
        add(spellings, small);
    }
}

static void add_addresses(struct store *store, const struct person_key *key,
                          struct person_spellings *spellings)
{
    struct store_rows *rows = store_query(store, SQL_PEOPLE_SPELLINGS, "t", key->text);

    while (store_next(rows))
        add(spellings, store_text(rows, 0));
    store_rows_end(rows);
}

void person_spell(struct store *store, const struct person_key *key,
                  struct person_spellings *spellings)
{
    spellings->count = 0;
    add(spellings, key->text);
    if (key->kind == PERSON_RUT)
        add_rut(spellings, key->text);
    if (key->kind == PERSON_MAIL)
        add_addresses(store, key, spellings);
    add_json(spellings);
}
