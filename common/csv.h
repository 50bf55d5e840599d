/* Tables for spreadsheets: RFC 4180, or as Excel in Spanish reads it (a byte order mark, `;`
 * between cells, a comma in decimals). Pure.
 *
 * No text becomes a formula (OWASP, "CSV Injection"), whichever sign the reader splits by: Excel in
 * Spanish splits a table with commas at each `;`, inside of quotes too where the quote does not
 * begin the cell. So an apostrophe stands before whatever a spreadsheet would run at the beginning
 * of a text, and after each `,`, `;`, tab and line end in it. Blanks, quotes and signs without
 * width do not hide it; the signs of full width, which are folded, count too. Numbers are written
 * as numbers and need none. */
#ifndef CARRITO_CSV_H
#define CARRITO_CSV_H

#include "common/buffer.h"

#include <stddef.h>
#include <stdint.h>

enum csv_dialect { CSV_RFC4180, CSV_EXCEL_ES };

struct csv_writer {
    struct buffer *out; /* not owned */
    enum csv_dialect dialect;
    size_t cells; /* in the row so far */
};

/* Starts a table: in the Spanish dialect with the byte order mark. Once per file. */
struct csv_writer csv_write_to(struct buffer *out, enum csv_dialect dialect);
/* One cell after the other; a NULL text or a NAN is an empty cell. */
void csv_text(struct csv_writer *csv, const char *text);
void csv_int(struct csv_writer *csv, int64_t value);
void csv_number(struct csv_writer *csv, double value);
void csv_row_end(struct csv_writer *csv);

#endif
