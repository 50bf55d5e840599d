/* One record of RFC 4180 at a time: commas between, CRLF at the end. Pure. */
#ifndef CARRITO_CTL_CSV_H
#define CARRITO_CTL_CSV_H

#include "common/buffer.h"

/* Appends a field, quoted where it must be. What a spreadsheet would run as a formula (it begins
 * with = + - @, a tab or a carriage return, and is no number) gets a ' in front; source: OWASP,
 * "CSV Injection". `index` is the field's place in its record, from 0. */
void csv_field(struct buffer *out, size_t index, const char *text);
void csv_end(struct buffer *out);

#endif
