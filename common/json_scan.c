/* The grammar, by recursive descent. */
#include "common/json_scan.h"
#include "common/protocol.h"

#include <stdio.h>
#include <string.h>

#define INTEGER_DIGITS_SAFE 15 /* up to so many digits no integer passes 2^53 - 1 */

/* Length of the UTF-8 sequence at `at`, 0 where it is not well-formed (Unicode 15, table 3-7). */
static size_t utf8_sequence(const unsigned char *at, const unsigned char *end)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    unsigned char low = 0x80, high = 0xbf;

    if (length == 0 || at[0] > 0xf4 || (size_t)(end - at) < length)
        return 0;
    if (length == 1)
        return 1;
    if (at[0] == 0xe0)
        low = 0xa0;
    else if (at[0] == 0xed)
        high = 0x9f;
    else if (at[0] == 0xf0)
        low = 0x90;
    else if (at[0] == 0xf4)
        high = 0x8f;
    if (at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (at[i] < 0x80 || at[i] > 0xbf)
            return 0;
    return length;
}

bool utf8_is_valid(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes, *end = at + length;

    while (at < end) {
        size_t sequence = utf8_sequence(at, end);
        if (sequence == 0)
            return false;
        at += sequence;
    }
    return true;
}

size_t utf8_code_points(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool fail(struct json_scan *scan, struct saying wrong)
{
    if (scan->wrong.sentence == NULL)
        scan->wrong = wrong;
    return false;
}

static void skip_blanks(struct json_scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

static bool next_is(struct json_scan *scan, char wanted)
{
    if (scan->at == scan->end || *scan->at != (unsigned char)wanted)
        return false;
    scan->at++;
    return true;
}

static bool scan_hex4(struct json_scan *scan, unsigned *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, scan->at++) {
        if (scan->at == scan->end)
            return false;
        unsigned char c = *scan->at;
        unsigned digit = c >= '0' && c <= '9'   ? c - '0' + 0u
                         : c >= 'a' && c <= 'f' ? c - 'a' + 10u
                         : c >= 'A' && c <= 'F' ? c - 'A' + 10u
                                                : 16u;
        if (digit > 15)
            return false;
        *value = *value * 16 + digit;
    }
    return true;
}

/* After "\u": one code point, by a pair of surrogates where it needs one. */
static bool scan_unicode_escape(struct json_scan *scan)
{
    unsigned first, second;

    if (!scan_hex4(scan, &first))
        return fail(scan, SAY_REASON_JSON_HEX());
    if (first == 0)
        return fail(scan, SAY_REASON_NUL_IN_STRING());
    if (first >= 0xdc00 && first <= 0xdfff)
        return fail(scan, SAY_REASON_JSON_SURROGATE());
    if (first < 0xd800 || first > 0xdbff)
        return true;
    if (!next_is(scan, '\\') || !next_is(scan, 'u') || !scan_hex4(scan, &second) ||
        second < 0xdc00 || second > 0xdfff)
        return fail(scan, SAY_REASON_JSON_SURROGATE());
    return true;
}

static bool scan_escape(struct json_scan *scan)
{
    if (scan->at == scan->end)
        return fail(scan, SAY_REASON_JSON_STRING_END());
    unsigned char c = *scan->at++;
    if (c == 'u')
        return scan_unicode_escape(scan);
    if (c == '\0' || strchr("\"\\/bfnrt", c) == NULL)
        return fail(scan, SAY_REASON_JSON_ESCAPE());
    return true;
}

/* After the opening quote. */
static bool scan_string(struct json_scan *scan)
{
    while (scan->at < scan->end) {
        unsigned char c = *scan->at;
        if (c == '"') {
            scan->at++;
            return true;
        }
        if (c == '\\') {
            scan->at++;
            if (!scan_escape(scan))
                return false;
        } else if (c < 0x20) {
            return fail(scan, c == 0 ? SAY_REASON_NUL() : SAY_REASON_JSON_CONTROL());
        } else if (c < 0x80) {
            scan->at++;
        } else {
            size_t sequence = utf8_sequence(scan->at, scan->end);
            if (sequence == 0)
                return fail(scan, SAY_REASON_NOT_UTF8());
            scan->at += sequence;
        }
    }
    return fail(scan, SAY_REASON_JSON_STRING_END());
}

static size_t scan_digits(struct json_scan *scan)
{
    const unsigned char *start = scan->at;

    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return (size_t)(scan->at - start);
}

/* True where the digits are an integer of at most 2^53 - 1. */
static bool integer_is_exact(const unsigned char *digits, size_t count)
{
    long long value = 0;

    if (count <= INTEGER_DIGITS_SAFE)
        return true;
    if (count > INTEGER_DIGITS_SAFE + 1)
        return false;
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (digits[i] - '0');
    return value <= INTEGER_MAX;
}

static bool scan_number(struct json_scan *scan)
{
    bool is_integer = true;

    next_is(scan, '-');
    const unsigned char *digits = scan->at;
    size_t count = scan_digits(scan);
    if (count == 0)
        return fail(scan, SAY_REASON_JSON_VALUE());
    if (count > 1 && digits[0] == '0')
        return fail(scan, SAY_REASON_JSON_LEADING_ZERO());
    if (next_is(scan, '.')) {
        is_integer = false;
        if (scan_digits(scan) == 0)
            return fail(scan, SAY_REASON_JSON_POINT());
    }
    if (next_is(scan, 'e') || next_is(scan, 'E')) {
        is_integer = false;
        if (!next_is(scan, '+'))
            next_is(scan, '-');
        if (scan_digits(scan) == 0)
            return fail(scan, SAY_REASON_JSON_EXPONENT());
    }
    if (is_integer && !integer_is_exact(digits, count))
        return fail(scan, SAY_REASON_INTEGER_TOO_LARGE());
    return true;
}

static bool scan_word(struct json_scan *scan, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return fail(scan, SAY_REASON_JSON_VALUE());
    scan->at += length;
    return true;
}

static bool scan_value(struct json_scan *scan);

/* A member of the outermost object, before its value is looked at. */
static bool note(struct json_scan *scan, const unsigned char *key)
{
    if (scan->spans == NULL || scan->depth > 1)
        return true;
    if (scan->count == scan->capacity)
        return fail(scan, SAY_REASON_KEYS());
    scan->spans[scan->count++] =
        (struct json_span){ .key = (const char *)key, .value = (const char *)scan->at };
    return true;
}

static bool scan_members(struct json_scan *scan)
{
    skip_blanks(scan);
    if (next_is(scan, '}'))
        return true;
    do {
        skip_blanks(scan);
        if (!next_is(scan, '"'))
            return fail(scan, SAY_REASON_JSON_KEY());
        const unsigned char *key = scan->at;
        if (!scan_string(scan))
            return false;
        size_t length = (size_t)(scan->at - 1 - key);
        skip_blanks(scan);
        if (!next_is(scan, ':'))
            return fail(scan, SAY_REASON_JSON_COLON());
        skip_blanks(scan);
        scan->key = key;
        scan->key_length = length;
        if (!note(scan, key) || !scan_value(scan))
            return false;
        scan->key = NULL;
    } while (next_is(scan, ','));
    return next_is(scan, '}') || fail(scan, SAY_REASON_JSON_COMMA("}"));
}

static bool scan_elements(struct json_scan *scan)
{
    skip_blanks(scan);
    if (next_is(scan, ']'))
        return true;
    do
        if (!scan_value(scan))
            return false;
    while (next_is(scan, ','));
    return next_is(scan, ']') || fail(scan, SAY_REASON_JSON_COMMA("]"));
}

static bool scan_nested(struct json_scan *scan, bool (*scan_inside)(struct json_scan *))
{
    scan->at++;
    if (++scan->depth > scan->depth_max)
        return fail(scan, SAY_REASON_TOO_DEEP());
    if (!scan_inside(scan))
        return false;
    scan->depth--;
    return true;
}

/* One value with the blanks around it. */
static bool scan_value(struct json_scan *scan)
{
    bool ok;

    skip_blanks(scan);
    switch (scan->at < scan->end ? *scan->at : '\0') {
    case '{':
        ok = scan_nested(scan, scan_members);
        break;
    case '[':
        ok = scan_nested(scan, scan_elements);
        break;
    case '"':
        scan->at++;
        ok = scan_string(scan);
        break;
    case 't':
        ok = scan_word(scan, "true");
        break;
    case 'f':
        ok = scan_word(scan, "false");
        break;
    case 'n':
        ok = scan_word(scan, "null");
        break;
    default:
        ok = scan_number(scan);
    }
    skip_blanks(scan);
    return ok;
}

/* What stands outside strings must be looked at too, so that the reason is the true one. */
static struct saying what_is_wrong(const char *bytes, size_t length, struct saying grammar)
{
    if (memchr(bytes, '\0', length) != NULL)
        return SAY_REASON_NUL();
    if (!utf8_is_valid(bytes, length))
        return SAY_REASON_NOT_UTF8();
    return grammar;
}

bool json_scan_object(const char *bytes, size_t length, size_t bytes_max, struct json_scan *scan,
                      struct json_reason *why)
{
    char field[sizeof why->field] = "";

    if (length > bytes_max)
        return json_refuse(why, "", SAY_REASON_TOO_LONG((int64_t)length, (int64_t)bytes_max));
    scan->at = (const unsigned char *)bytes;
    scan->end = scan->at + length;
    skip_blanks(scan);
    if (scan->at == scan->end)
        return json_refuse(why, "", SAY_REASON_EMPTY());
    if (*scan->at != '{')
        fail(scan, SAY_REASON_NO_OBJECT());
    else if (scan_value(scan) && scan->at < scan->end)
        fail(scan, SAY_REASON_JSON_MORE());
    if (scan->wrong.sentence == NULL)
        return true;
    if (scan->key != NULL)
        snprintf(field, sizeof field, "%.*s", (int)scan->key_length, (const char *)scan->key);
    return json_refuse(why, field, what_is_wrong(bytes, length, scan->wrong));
}
