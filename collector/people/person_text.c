/* A person as a part of a text. */
#include "collector/people/people.h"

#include "people_sql.h"

#include "common/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The first byte of letters with accents (U+00C0 to U+024F), which names are written with. */
#define LATIN_FIRST 0xC3
#define LATIN_LAST  0xC9

static bool is_letter_at(const char *text, size_t length, size_t at)
{
    unsigned char byte = at < length ? (unsigned char)text[at] : 0;

    return isalnum(byte) != 0 || (byte >= LATIN_FIRST && byte <= LATIN_LAST);
}

static bool is_letter_before(const char *text, size_t length, size_t at)
{
    size_t first = at;

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
        text_put(spellings->texts[spellings->count++], PERSON_TEXT_MAX + 1, text);
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

void person_spell(struct store *store, const struct person_key *key,
                  struct person_spellings *spellings)
{
    spellings->count = 0;
    add(spellings, key->text);
    if (key->kind == PERSON_RUT)
        add_rut(spellings, key->text);
    if (key->kind != PERSON_MAIL)
        return;
    struct store_rows *rows = store_query(store, SQL_PEOPLE_SPELLINGS, "t", key->text);
    while (store_next(rows))
        add(spellings, store_text(rows, 0));
    store_rows_end(rows);
}
