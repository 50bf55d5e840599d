/* What people type: blanks and dashes have many signs. Pure. */
#ifndef CARRITO_COLLECTOR_TYPED_H
#define CARRITO_COLLECTOR_TYPED_H

#include <stdbool.h>
#include <stddef.h>

/* Copies a text of ASCII, with any blank as ' ' and any dash as '-', without the blanks at its
 * ends. False where it has other signs, or does not fit. */
bool typed_plain(const char *text, char *plain, size_t size);

/* Copies a text without the blanks at its ends. False where a sign in it cannot be seen (control,
 * format, direction, a line's end), is none of Unicode's, or the text does not fit. */
bool typed_visible(const char *text, char *visible, size_t size);

#endif
