/* A table for people: columns as wide as what stands in them, by width on the screen.
 *
 * Rows are laid out page by page, so that a long list needs no more memory than a page; a column
 * may grow wider in a later page, never narrower. Pure: appends to a buffer. */
#ifndef CARRITO_CTL_TABLE_H
#define CARRITO_CTL_TABLE_H

#include "ctl/column.h"

#include <stdbool.h>

#define TABLE_COLUMNS_MAX 24

enum table_paint { TABLE_PLAIN, TABLE_COLOURED };

struct table {
    const struct column *columns;
    size_t count; /* at most TABLE_COLUMNS_MAX */
    enum lang language;
    enum table_paint paint;
    size_t room; /* places on a line; 0: without end. Longer text ends in "…" */
    /* What follows is the table's own; zero at first. */
    bool begun;
    bool shown[TABLE_COLUMNS_MAX];
    size_t widths[TABLE_COLUMNS_MAX];
};

/* Appends one page: an array of rows. The header comes with the first page. */
void table_page(struct table *table, const cJSON *rows, struct buffer *out);
/* Appends one row as lines "title  value". */
void table_record(struct table *table, const cJSON *row, struct buffer *out);

/* Places on the screen: by wcwidth(3) where the locale is UTF-8, else one per code point. */
size_t table_width(const char *text);

#endif
