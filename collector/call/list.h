/* Lists: pages of JSON, or tables for spreadsheets, from one description of their columns.
 *
 * A list says its columns, the types of its key (page.h) and how to fetch rows after a key; the
 * parameters limit, cursor, format and dialect, the form of the answer and its pages are done
 * here. A table without `limit` is the whole list, sent in pieces of a page each: memory stays
 * bounded, and no transaction outlives a piece. */
#ifndef CARRITO_COLLECTOR_LIST_H
#define CARRITO_COLLECTOR_LIST_H

#include "collector/call/call.h"
#include "collector/http/page.h"
#include "common/csv.h"

#include <stdbool.h>

enum cell_type {
    CELL_TEXT,
    CELL_INT,
    CELL_NUMBER,
    CELL_BOOL, /* null, 0 or 1 */
    CELL_TIME, /* milliseconds, written as RFC 3339 */
    CELL_DAY,  /* days since 1970, written as a date */
    CELL_SAID, /* a text in the reader's language, by the list's `say` */
    CELL_OWN   /* written by the fetcher: list_own_cell() */
};

struct column {
    const char *name;
    enum cell_type type;
};

#define LIST_WHOM_MAX 254 /* code points of an address or a name that is looked for */

/* Days since 1970, for every day where none was asked for. */
#define LIST_DAY_FIRST (-1000000)
#define LIST_DAY_LAST  1000000

struct list_days {
    int64_t first, last;
};

struct list_times {
    int64_t from, to;
};

struct list_request;
struct list_out;

struct list {
    const char *name; /* of the file that a table is saved as */
    const struct column *columns;
    size_t column_count;
    const char *key_types;
    struct page_key first; /* before every row */
    int64_t piece_rows; /* of a table that is sent in pieces, where a row is sums; 0: as others */
    /* Appends the text of a CELL_SAID from the row's column `at`; NULL where it has none. */
    void (*say)(struct store_rows *rows, int at, enum lang lang, struct buffer *out);
    /* Members of the page before its rows; NULL: none. */
    void (*head)(struct store *store, const struct list_request *request, struct json_writer *json);
    /* Writes the cells of one row, where some are of its own making (CELL_OWN); NULL: all are the
     * row's columns, in order. */
    void (*row)(struct store *store, struct store_rows *row, struct list_out *out);
    /* Members of one object (list_object) after its columns; NULL: none. */
    void (*tail)(struct store *store, struct store_rows *row, struct json_writer *json);
    /* Writes the rows after request->after, at most request->limit + 1, until list_row_begin()
     * says false. */
    void (*fetch)(struct store *store, const struct list_request *request, struct list_out *out);
    /* Writes one row: the totals of all that the request asks for, the last line of a whole table
     * for Excel in Spanish; none where list_row_begin() is not called. NULL: the list has none. */
    void (*totals)(struct store *store, const struct list_request *request, struct list_out *out);
};

/* Copied into an answer in pieces: it holds no pointer into the call. */
struct list_request {
    const struct list *list;
    struct frame *frame;
    enum role reader; /* what is of persons and not for this role is null (content.h) */
    int64_t limit;
    int64_t limit_max; /* of rows that are long; 0: as everywhere */
    struct page_key after;
    int64_t now_ms;
    enum lang lang;
    /* Filters; what they mean is the list's. */
    char cart[CART_LENGTH_MAX + 1];   /* "": all */
    char text[PAGE_TEXT_MAX + 1];     /* "": all */
    int64_t group;                    /* an index into words that the list has */
    int64_t sets[2];                  /* of such words, a bit for each; 0: all */
    int64_t is_so;                    /* 0: either, 1: false, 2: true */
    char whom[LIST_WHOM_MAX * 4 + 1]; /* "": all */
    struct list_days days;            /* both included */
    struct list_times times;          /* `to` is the first instant outside */
    int64_t since_ms;                 /* what changed from this instant on; 0: all */
};

/* Read parameters into the request; false where the answer is a problem now.
 * `cart`: a plate, folded to upper case; a vendor's own where it names none. */
bool list_read_cart(struct api_call *call, struct list_request *request);
/* `day`, `from`, `to`: dates, or instants (RFC 3339); `from` and `to` also months ("2026-09") and
 * years. A date means the day that a sale counts on, which a wrong clock can set apart from its
 * time: it bounds `days` alone. An instant bounds
 * `times`, and `days` by the day that it lies on. Unbounded where none is given. */
bool list_read_span(struct api_call *call, struct list_request *request);
/* A parameter that is one of some words, ended by NULL: *choice is its index, else left alone. */
bool list_read_word(struct api_call *call, const char *name, const char *const *words,
                    int64_t *choice);

/* Several of the words, with commas between: *set has a bit for each, else it is left alone. */
bool list_read_words(struct api_call *call, const char *name, const char *const *words,
                     int64_t *set);
/* What a statement asks of a set: "$1 LIKE '%,' || status || ',%'"; "" for all. */
void list_write_set(const char *const *words, int64_t set, struct buffer *out);
/* A parameter that is `true` or `false`, into request->is_so. */
bool list_read_switch(struct api_call *call, const char *name, struct list_request *request);
/* A text that is looked for, into request->whom. */
bool list_read_whom(struct api_call *call, const char *name, struct list_request *request);
/* Dates bound days, and what has a time is bounded by the days' edges: after list_read_span(). */
void list_bound_times(struct list_request *request);

/* `limit`, of rows at once; *limit is left alone where none is given. */
bool list_read_limit(struct api_call *call, int64_t *limit);
/* `dialect`, of a table as CSV: whatever the format, a wrong one is refused. */
bool list_read_dialect(struct api_call *call, enum csv_dialect *dialect);
/* True where no `format` is named and the client would rather have a table (`Accept`). */
bool list_wants_table(const struct api_call *call);

/* Answers with the list; `request` has the filters, `list`, `limit_max` and nothing else. A
 * vendor's has its own cart among the filters (list_read_cart), or it is refused. */
void list_answer(struct api_call *call, struct list_request *request);

/* Answers with one row as an object; `rows` stands on it and has the list's columns in order. */
void list_object(struct api_call *call, const struct list *list, struct store_rows *rows);

/* The same with the query's only row, and ends the query; `not-found` where there is none. */
void list_answer_row(struct api_call *call, const struct list *list, struct store_rows *rows);

/* Appends the whole list as a table to `out`, for what is no answer to a call: `request` has the
 * list and its filters. In the caller's transaction. */
void list_table(struct store *store, struct list_request *request, enum csv_dialect dialect,
                struct buffer *out);

/* For fetchers. False once the page is full: there is a next one. */
bool list_row_begin(struct list_out *out);
/* The next `count` cells, from the row's columns `first` on. */
void list_cells(struct list_out *out, struct store_rows *rows, int first, size_t count);
/* The next cell, in the columns' order; a NULL text and a NAN are null. */
void list_text(struct list_out *out, const char *text);
void list_int(struct list_out *out, int64_t value);
void list_number(struct list_out *out, double value);
void list_bool(struct list_out *out, bool value);
/* A cell that is no plain value: JSON as it is, and for tables a text. */
void list_own_cell(struct list_out *out, const struct buffer *json, const char *text);
void list_row_end(struct list_out *out, const struct page_key *key);

#endif
