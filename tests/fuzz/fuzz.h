/* What every fuzz target has: the entry that libFuzzer calls, and a claim that ends the program.
 *
 * A target is one file and proves more than "it does not crash": what was accepted is held against
 * a second reading, a way back, or a limit of the contract. With CARRITO_FUZZ (clang) libFuzzer
 * drives it; else replay.c feeds it the corpus, as a test. */
#ifndef CARRITO_FUZZ_H
#define CARRITO_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* A copy with a NUL behind it, for parsers of C strings; the caller frees. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    CLAIM(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

/* Takes the first line off the input, as a text of its own; the caller frees. */
static inline char *fuzz_line(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size > 0 ? memchr(*data, '\n', *size) : NULL;
    size_t length = end ? (size_t)(end - *data) : *size;
    char *line = fuzz_text(*data, length);
    size_t used = end ? length + 1 : length;

    *data += used;
    *size -= used;
    return line;
}

#endif
