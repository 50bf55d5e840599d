/* Writes JSON token by token. */
#include "common/json_write.h"
#include "common/day.h"
#include "common/json_read.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DECIMALS_SCALE 1e7

struct json_writer json_write_to(struct buffer *out)
{
    return (struct json_writer){ .out = out };
}

/* True for the bytes that stand for themselves inside a JSON string. */
static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

static void write_escaped(struct buffer *out, unsigned char byte)
{
    switch (byte) {
    case '"':
        buffer_text(out, "\\\"");
        return;
    case '\\':
        buffer_text(out, "\\\\");
        return;
    case '\n':
        buffer_text(out, "\\n");
        return;
    case '\t':
        buffer_text(out, "\\t");
        return;
    default:
        buffer_format(out, "\\u%04x", byte);
    }
}

/* A string whose bytes are no UTF-8: the bytes from 0x80 on become U+FFFD, one each. */
static void write_damaged(struct buffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= 0x80)
            buffer_text(out, "\xef\xbf\xbd");
        else if (is_plain(byte))
            buffer_append(out, &byte, 1);
        else
            write_escaped(out, byte);
    }
}

static void write_string(struct buffer *out, const char *text, size_t length)
{
    size_t start = 0;

    buffer_append(out, "\"", 1);
    if (!utf8_is_valid(text, length)) {
        write_damaged(out, text, length);
        start = length;
    }
    for (size_t i = start; i < length; i++) {
        if (is_plain((unsigned char)text[i]))
            continue;
        buffer_append(out, text + start, i - start);
        write_escaped(out, (unsigned char)text[i]);
        start = i + 1;
    }
    buffer_append(out, text + start, length - start);
    buffer_append(out, "\"", 1);
}

static void begin_member(struct json_writer *json, const char *key)
{
    if (json->has_member[json->depth])
        buffer_append(json->out, ",", 1);
    json->has_member[json->depth] = json->depth > 0;
    if (key == NULL)
        return;
    write_string(json->out, key, strlen(key));
    buffer_append(json->out, ":", 1);
}

static void open_level(struct json_writer *json, const char *key, const char *bracket)
{
    begin_member(json, key);
    buffer_append(json->out, bracket, 1);
    assert(json->depth < JSON_WRITE_DEPTH_MAX);
    json->has_member[++json->depth] = false;
}

static void close_level(struct json_writer *json, const char *bracket)
{
    assert(json->depth > 0);
    json->depth--;
    buffer_append(json->out, bracket, 1);
}

void json_object_begin(struct json_writer *json, const char *key)
{
    open_level(json, key, "{");
}

void json_object_end(struct json_writer *json)
{
    close_level(json, "}");
}

void json_array_begin(struct json_writer *json, const char *key)
{
    open_level(json, key, "[");
}

void json_array_end(struct json_writer *json)
{
    close_level(json, "]");
}

void json_text_n(struct json_writer *json, const char *key, const char *value, size_t length)
{
    begin_member(json, key);
    write_string(json->out, value, length);
}

void json_text(struct json_writer *json, const char *key, const char *value)
{
    if (value == NULL)
        json_null(json, key);
    else
        json_text_n(json, key, value, strlen(value));
}

void json_int(struct json_writer *json, const char *key, int64_t value)
{
    begin_member(json, key);
    buffer_int(json->out, value);
}

/* Seven decimals are a centimetre of latitude: nearly every number here has no more, and needs no
 * trial. A decimal with at most 15 digits reads back as the double nearest to it, which is what
 * scaled / DECIMALS_SCALE is (IEEE 754 division rounds correctly). */
static bool write_short_decimal(struct buffer *out, double value)
{
    char digits[8];
    int length = 7;

    if (fabs(value) >= 1e7)
        return false;
    int64_t scaled = llround(value * DECIMALS_SCALE);
    if ((double)scaled / DECIMALS_SCALE != value || (scaled == 0 && signbit(value)))
        return false;
    uint64_t magnitude = (uint64_t)(scaled < 0 ? -scaled : scaled);
    uint64_t fraction = magnitude % (uint64_t)DECIMALS_SCALE;
    if (scaled < 0)
        buffer_append(out, "-", 1);
    buffer_int(out, (int64_t)(magnitude / (uint64_t)DECIMALS_SCALE));
    if (fraction == 0)
        return true;
    for (int i = 6; i >= 0; i--, fraction /= 10)
        digits[i] = (char)('0' + fraction % 10);
    while (digits[length - 1] == '0')
        length--;
    buffer_append(out, ".", 1);
    buffer_append(out, digits, (size_t)length);
    return true;
}

void json_number(struct json_writer *json, const char *key, double value)
{
    char digits[32];

    if (!isfinite(value)) {
        json_null(json, key);
        return;
    }
    begin_member(json, key);
    if (write_short_decimal(json->out, value))
        return;
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    buffer_text(json->out, digits);
}

void json_time(struct json_writer *json, const char *key, int64_t wall_ms)
{
    char text[TIME_TEXT_SIZE];

    time_text(wall_ms, text);
    json_text(json, key, text);
}

void json_bool(struct json_writer *json, const char *key, bool value)
{
    begin_member(json, key);
    buffer_text(json->out, value ? "true" : "false");
}

void json_null(struct json_writer *json, const char *key)
{
    begin_member(json, key);
    buffer_text(json->out, "null");
}

void json_raw(struct json_writer *json, const char *key, const char *value, size_t length)
{
    begin_member(json, key);
    buffer_append(json->out, value, length);
}

void json_members(struct json_writer *json, const char *object)
{
    size_t length = strlen(object);

    if (length <= 2) /* {} */
        return;
    if (json->has_member[json->depth])
        buffer_text(json->out, ",");
    json->has_member[json->depth] = true;
    buffer_append(json->out, object + 1, length - 2);
}
