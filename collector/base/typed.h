/* What people type: blanks and dashes have many signs, and some signs are not seen at all. Pure. */
#ifndef CARRITO_COLLECTOR_TYPED_H
#define CARRITO_COLLECTOR_TYPED_H

#include <stdbool.h>
#include <stddef.h>

/* Copies a text of ASCII, with any blank as ' ' and any dash as '-', without the blanks at its
 * ends. False where it has other signs, or does not fit. */
bool typed_plain(const char *text, char *plain, size_t size);
/* The part without the blanks at its ends, of any kind: *length bytes from what it returns. */
const char *typed_trim(const char *text, size_t *length);
/* False where a reader would not see it as it is: it has control signs, marks of format (as the
 * zero-width and the direction ones), line ends, or is no UTF-8. */
bool typed_is_visible(const char *text, size_t length);

#endif
