/* A string of bytes that grows by doubling. */
#include "common/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 256

static void reserve(struct buffer *buffer, size_t extra)
{
    size_t needed = buffer->length + extra + 1;
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : CAPACITY_FIRST;

    if (needed <= buffer->capacity)
        return;
    while (capacity < needed)
        capacity *= 2;
    char *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL)
        abort(); /* sizes are bounded by the users, so this is the machine's end, not an input's */
    buffer->bytes = bytes;
    buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
    reserve(buffer, length);
    if (length > 0)
        memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_int(struct buffer *buffer, int64_t value)
{
    char digits[24];
    char *start = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do
        *--start = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        *--start = '-';
    buffer_append(buffer, start, (size_t)(digits + sizeof digits - start));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    reserve(buffer, (size_t)length);
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    if (buffer->bytes != NULL)
        buffer->bytes[0] = '\0';
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){ 0 };
}

void buffer_wipe(struct buffer *buffer)
{
    if (buffer->bytes != NULL)
        explicit_bzero(buffer->bytes, buffer->capacity);
    buffer_free(buffer);
}
