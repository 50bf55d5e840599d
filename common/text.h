/* Two small things about texts that many rooms need. */
#ifndef CARRITO_TEXT_H
#define CARRITO_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Copies as much as there is room for, with NUL; NULL counts as "". */
static inline void text_put(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text != NULL ? text : "");
}

/* For a database or JSON, where an empty text is none. */
static inline const char *text_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

#endif
