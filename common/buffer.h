/* A string of bytes that grows. Zero-initialised it is empty and valid.
 *
 * `bytes` is always NUL-terminated once something was appended. Running out of memory ends the
 * process: every buffer here has a bound that is checked by its user. No function blocks. */
#ifndef CARRITO_BUFFER_H
#define CARRITO_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *bytes; /* owned */
    size_t length;
    size_t capacity;
};

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_int(struct buffer *buffer, int64_t value);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Empties it and keeps the memory. */
void buffer_clear(struct buffer *buffer);
/* Frees the memory; the buffer is empty and valid again. */
void buffer_free(struct buffer *buffer);
/* The same for one that held a secret: its memory is overwritten first. */
void buffer_wipe(struct buffer *buffer);

#endif
