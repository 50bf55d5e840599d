/* Pages of a list: the cursor, which is the key of the last row, and the parameters that lists
 * share. A cursor is opaque to clients: base64url (RFC 4648, 5) of the key's fields. */
#ifndef CARRITO_COLLECTOR_PAGE_H
#define CARRITO_COLLECTOR_PAGE_H

#include "common/buffer.h"

#include <stdbool.h>
#include <stdint.h>

#define PAGE_LIMIT_DEFAULT 100
#define PAGE_LIMIT_MAX     1000
#define PAGE_FIELDS_MAX    4
#define PAGE_TEXT_MAX      64

/* A row's place in its list: as many fields as the list's key types say, 'i' integer, 't' text. */
struct page_key {
    int64_t ints[PAGE_FIELDS_MAX];
    char texts[PAGE_FIELDS_MAX][PAGE_TEXT_MAX + 1];
};

/* Appends the cursor; `types` is the list's, e.g. "it". */
void page_cursor_write(struct buffer *out, const char *types, const struct page_key *key);
/* False where it is no cursor of a list with these types; `key` is then untouched. */
bool page_cursor_read(const char *cursor, const char *types, struct page_key *key);

enum page_number { PAGE_NUMBER_OK, PAGE_NUMBER_MALFORMED, PAGE_NUMBER_OUTSIDE };
/* Reads a whole number of the query; *value is left alone where it is not OK. */
enum page_number page_number_read(const char *text, int64_t min, int64_t max, int64_t *value);

enum page_edge { PAGE_FROM, PAGE_TO };
/* A local date, or the local day of an instant (RFC 3339). */
bool page_day_read(const char *text, int32_t *day);
/* The same, or a month ("2026-09") or a year ("2026"): its first and last day, equal for one. */
bool page_days_read(const char *text, int32_t *first, int32_t *last);

#endif
