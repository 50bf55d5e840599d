/* Checks the bytes of a JSON text by the grammar of RFC 8259, then lets cJSON build the tree.
 *
 * The check is strict so that cJSON's leniency (see the header) never shows. */
#include "common/json_read.h"
#include "common/protocol.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTEGER_DIGITS_SAFE 15 /* up to so many digits no integer passes 2^53 - 1 */

struct scan {
    const unsigned char *at, *end;
    unsigned depth, depth_max;
    const char *wrong; /* the first thing that is wrong, or NULL */
};

bool json_refuse(struct json_reason *why, const char *field, const char *format, ...)
{
    va_list arguments;

    snprintf(why->field, sizeof why->field, "%s", field);
    va_start(arguments, format);
    vsnprintf(why->text, sizeof why->text, format, arguments);
    va_end(arguments);
    return false;
}

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

static bool fail(struct scan *scan, const char *wrong)
{
    if (scan->wrong == NULL)
        scan->wrong = wrong;
    return false;
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

static bool next_is(struct scan *scan, char wanted)
{
    if (scan->at == scan->end || *scan->at != (unsigned char)wanted)
        return false;
    scan->at++;
    return true;
}

static bool scan_hex4(struct scan *scan, unsigned *value)
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
static bool scan_unicode_escape(struct scan *scan)
{
    unsigned first, second;

    if (!scan_hex4(scan, &first))
        return fail(scan, "not JSON: \\u needs four hexadecimal digits");
    if (first == 0)
        return fail(scan, "NUL inside a string");
    if (first >= 0xdc00 && first <= 0xdfff)
        return fail(scan, "not JSON: a lone surrogate in a string");
    if (first < 0xd800 || first > 0xdbff)
        return true;
    if (!next_is(scan, '\\') || !next_is(scan, 'u') || !scan_hex4(scan, &second) ||
        second < 0xdc00 || second > 0xdfff)
        return fail(scan, "not JSON: a lone surrogate in a string");
    return true;
}

static bool scan_escape(struct scan *scan)
{
    if (scan->at == scan->end)
        return fail(scan, "not JSON: the text ends inside a string");
    unsigned char c = *scan->at++;
    if (c == 'u')
        return scan_unicode_escape(scan);
    if (c == '\0' || strchr("\"\\/bfnrt", c) == NULL)
        return fail(scan, "not JSON: an unknown escape in a string");
    return true;
}

/* After the opening quote. */
static bool scan_string(struct scan *scan)
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
            return fail(scan, c == 0 ? "NUL byte" : "not JSON: a control character in a string");
        } else if (c < 0x80) {
            scan->at++;
        } else {
            size_t sequence = utf8_sequence(scan->at, scan->end);
            if (sequence == 0)
                return fail(scan, "not UTF-8");
            scan->at += sequence;
        }
    }
    return fail(scan, "not JSON: the text ends inside a string");
}

static size_t scan_digits(struct scan *scan)
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

static bool scan_number(struct scan *scan)
{
    bool is_integer = true;

    next_is(scan, '-');
    const unsigned char *digits = scan->at;
    size_t count = scan_digits(scan);
    if (count == 0)
        return fail(scan, "not JSON: a value is missing or misspelt");
    if (count > 1 && digits[0] == '0')
        return fail(scan, "not JSON: a number with a leading zero");
    if (next_is(scan, '.')) {
        is_integer = false;
        if (scan_digits(scan) == 0)
            return fail(scan, "not JSON: a number that ends with a point");
    }
    if (next_is(scan, 'e') || next_is(scan, 'E')) {
        is_integer = false;
        if (!next_is(scan, '+'))
            next_is(scan, '-');
        if (scan_digits(scan) == 0)
            return fail(scan, "not JSON: a number without its exponent");
    }
    if (is_integer && !integer_is_exact(digits, count))
        return fail(scan, "an integer over 2^53-1");
    return true;
}

static bool scan_word(struct scan *scan, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return fail(scan, "not JSON: a value is missing or misspelt");
    scan->at += length;
    return true;
}

static bool scan_value(struct scan *scan);

static bool scan_members(struct scan *scan)
{
    skip_blanks(scan);
    if (next_is(scan, '}'))
        return true;
    do {
        skip_blanks(scan);
        if (!next_is(scan, '"'))
            return fail(scan, "not JSON: a key is missing");
        if (!scan_string(scan))
            return false;
        skip_blanks(scan);
        if (!next_is(scan, ':'))
            return fail(scan, "not JSON: a colon is missing");
        if (!scan_value(scan))
            return false;
    } while (next_is(scan, ','));
    return next_is(scan, '}') || fail(scan, "not JSON: a comma or } is missing");
}

static bool scan_elements(struct scan *scan)
{
    skip_blanks(scan);
    if (next_is(scan, ']'))
        return true;
    do
        if (!scan_value(scan))
            return false;
    while (next_is(scan, ','));
    return next_is(scan, ']') || fail(scan, "not JSON: a comma or ] is missing");
}

static bool scan_nested(struct scan *scan, bool (*scan_inside)(struct scan *))
{
    scan->at++;
    if (++scan->depth > scan->depth_max)
        return fail(scan, "nested too deep");
    if (!scan_inside(scan))
        return false;
    scan->depth--;
    return true;
}

/* One value with the blanks around it. */
static bool scan_value(struct scan *scan)
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
static const char *what_is_wrong(const char *bytes, size_t length, const char *grammar)
{
    if (memchr(bytes, '\0', length) != NULL)
        return "NUL byte";
    if (!utf8_is_valid(bytes, length))
        return "not UTF-8";
    return grammar;
}

static bool check_bytes(const char *bytes, size_t length, unsigned depth_max,
                        struct json_reason *why)
{
    struct scan scan = { .at = (const unsigned char *)bytes, .depth_max = depth_max };

    scan.end = scan.at + length;
    skip_blanks(&scan);
    if (scan.at == scan.end)
        return json_refuse(why, "", "empty");
    if (*scan.at != '{')
        fail(&scan, "not a JSON object");
    else if (scan_value(&scan) && scan.at < scan.end)
        fail(&scan, "not JSON: something follows the object");
    if (scan.wrong == NULL)
        return true;
    return json_refuse(why, "", "%s", what_is_wrong(bytes, length, scan.wrong));
}

/* Duplicate keys, by comparing each key with those before it: a text is small. */
static bool check_keys(const cJSON *object, struct json_reason *why)
{
    for (const cJSON *member = object->child; member != NULL; member = member->next)
        for (const cJSON *other = object->child; other != member; other = other->next)
            if (member->string[0] == other->string[0] && strcmp(member->string, other->string) == 0)
                return json_refuse(why, member->string, "the key %.60s stands twice",
                                   member->string);
    return true;
}

static bool check_tree(const cJSON *node, struct json_reason *why)
{
    if (cJSON_IsObject(node) && !check_keys(node, why))
        return false;
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        if (cJSON_IsNumber(child) && !isfinite(child->valuedouble))
            return json_refuse(why, child->string != NULL ? child->string : "",
                               "a number that is not finite");
        if (child->child != NULL && !check_tree(child, why))
            return false;
    }
    return true;
}

cJSON *json_read_object(const char *bytes, size_t length, size_t bytes_max, unsigned depth_max,
                        struct json_reason *why)
{
    if (length > bytes_max) {
        json_refuse(why, "", "too long: %zu bytes, at most %zu", length, bytes_max);
        return NULL;
    }
    if (!check_bytes(bytes, length, depth_max, why))
        return NULL;
    cJSON *object = cJSON_ParseWithLength(bytes, length);
    if (object == NULL) {
        json_refuse(why, "", "not JSON");
        return NULL;
    }
    if (check_tree(object, why))
        return object;
    cJSON_Delete(object);
    return NULL;
}

static const cJSON *find(const cJSON *object, const char *key, enum json_presence presence,
                         struct json_reason *why)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);

    if (member == NULL && presence == JSON_REQUIRED)
        json_refuse(why, key, "%s is missing", key);
    return member;
}

bool json_get_int(const cJSON *object, const char *key, enum json_presence presence, int64_t min,
                  int64_t max, int64_t *value, struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsNumber(member) || member->valuedouble != floor(member->valuedouble) ||
        fabs(member->valuedouble) > (double)INTEGER_MAX)
        return json_refuse(why, key, "%s must be an integer", key);
    int64_t number = (int64_t)member->valuedouble;
    if (number < min || number > max)
        return json_refuse(why, key, "%s must be from %lld to %lld", key, (long long)min,
                           (long long)max);
    *value = number;
    return true;
}

bool json_get_number(const cJSON *object, const char *key, enum json_presence presence, double min,
                     double max, double *value, struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsNumber(member))
        return json_refuse(why, key, "%s must be a number", key);
    if (!(member->valuedouble >= min && member->valuedouble <= max))
        return json_refuse(why, key, "%s must be from %g to %g", key, min, max);
    *value = member->valuedouble;
    return true;
}

bool json_get_text(const cJSON *object, const char *key, enum json_presence presence,
                   size_t code_points_min, size_t code_points_max, const char **value,
                   struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsString(member))
        return json_refuse(why, key, "%s must be a string", key);
    size_t length = utf8_code_points(member->valuestring);
    if (length < code_points_min || length > code_points_max)
        return json_refuse(why, key, "%s must have %zu to %zu characters", key, code_points_min,
                           code_points_max);
    *value = member->valuestring;
    return true;
}

bool json_get_bool(const cJSON *object, const char *key, enum json_presence presence, bool *value,
                   struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsBool(member))
        return json_refuse(why, key, "%s must be true or false", key);
    *value = cJSON_IsTrue(member);
    return true;
}
