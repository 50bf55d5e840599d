/* Scans, then decodes what the scan has found good. */
#include "common/json_flat.h"
#include "common/json_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_DIGITS 15 /* any integer of so many digits is a double */
#define EXACT_POWER  22 /* and so is any power of ten up to this one */

static unsigned hex4(const char *at)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++) {
        unsigned c = (unsigned char)at[i];
        value = value * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

static char *put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char first[] = { 0, 0xc0, 0xe0, 0xf0 };
    *to++ = (char)(first[more] | code >> (6 * more));
    while (more-- > 0)
        *to++ = (char)(0x80 | (code >> (6 * more) & 0x3f));
    return to;
}

/* After the backslash; surrogates come in pairs. */
static const char *decode_escape(const char *at, char **to)
{
    static const char from[] = "bfnrt", into[] = "\b\f\n\r\t";
    const char *letter = strchr(from, *at);

    if (*at != 'u') {
        *(*to)++ = letter != NULL ? into[letter - from] : *at;
        return at + 1;
    }
    unsigned code = hex4(at + 1);
    at += 5;
    if (code >= 0xd800 && code <= 0xdbff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(at + 2) - 0xdc00);
        at += 6;
    }
    *to = put_utf8(*to, code);
    return at;
}

/* From behind the opening quote; *to goes on behind the NUL. */
static const char *decode_text(const char *at, char **to)
{
    const char *text = *to;
    char *end = *to;

    while (*at != '"')
        if (*at == '\\')
            at = decode_escape(at + 1, &end);
        else
            *end++ = *at++;
    *end = '\0';
    *to = end + 1;
    return text;
}

/* With few digits the quotient of two exact doubles is the nearest one (W. D. Clinger, "How to read
 * floating point numbers accurately", 1990); strtod() takes five times as long. What follows a
 * number inside an object ends it. */
static double decode_number(const char *text)
{
    static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    const char *at = text + (*text == '-');
    int64_t digits = 0;
    int count = 0, behind = 0;
    bool point = false;

    for (; (*at >= '0' && *at <= '9') || *at == '.'; at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        if (++count > EXACT_DIGITS)
            return strtod(text, NULL);
        digits = digits * 10 + (*at - '0');
        behind += point;
    }
    if (*at == 'e' || *at == 'E')
        return strtod(text, NULL);
    _Static_assert(EXACT_DIGITS <= EXACT_POWER, "no more digits behind the point than powers");
    double number = (double)digits / powers[behind];
    return *text == '-' ? -number : number;
}

/* Objects and arrays are unknown keys' values: rare, and only looked through. */
static bool check_nested(const char *value, const char *end, struct json_reason *why)
{
    cJSON *tree = cJSON_ParseWithLength(value, (size_t)(end - value));
    bool good =
        tree != NULL ? json_tree_is_good(tree, why) : json_refuse(why, "", SAY_REASON_NOT_JSON());

    cJSON_Delete(tree);
    return good;
}

static bool check_keys(const struct json_flat *flat, struct json_reason *why)
{
    for (size_t i = 1; i < flat->count; i++)
        for (size_t j = 0; j < i; j++) {
            const char *key = flat->members[i].key, *before = flat->members[j].key;
            if (key[0] == before[0] && strcmp(key, before) == 0)
                return json_refuse(why, key, SAY_REASON_KEY_TWICE(why->field));
        }
    return true;
}

static bool check_values(const struct json_flat *flat, const struct json_scan *scan,
                         struct json_reason *why)
{
    for (size_t i = 0; i < flat->count; i++) {
        const char *value = scan->spans[i].value;
        if (isinf(flat->members[i].number))
            return json_refuse(why, flat->members[i].key, SAY_REASON_NOT_FINITE());
        if ((*value == '{' || *value == '[') && !check_nested(value, (const char *)scan->end, why))
            return false;
    }
    return true;
}

bool json_flat_read(const char *bytes, size_t length, unsigned depth_max, struct json_flat *flat,
                    struct json_reason *why)
{
    struct json_span spans[JSON_FLAT_MEMBERS_MAX];
    struct json_scan scan = { .depth_max = depth_max,
                              .spans = spans,
                              .capacity = JSON_FLAT_MEMBERS_MAX };
    char *to = flat->texts;

    flat->count = 0;
    if (!json_scan_object(bytes, length, JSON_FLAT_BYTES_MAX, &scan, why))
        return false;
    for (; flat->count < scan.count; flat->count++) {
        const char *value = spans[flat->count].value;
        struct json_member *member = &flat->members[flat->count];
        member->key = decode_text(spans[flat->count].key, &to);
        member->text = *value == '"' ? decode_text(value + 1, &to) : NULL;
        member->number =
            *value == '-' || (*value >= '0' && *value <= '9') ? decode_number(value) : NAN;
    }
    return check_keys(flat, why) && check_values(flat, &scan, why);
}

const struct json_member *json_flat_find(const struct json_flat *flat, const char *key)
{
    for (size_t i = 0; i < flat->count; i++)
        if (flat->members[i].key[0] == key[0] && strcmp(flat->members[i].key, key) == 0)
            return &flat->members[i];
    return NULL;
}
