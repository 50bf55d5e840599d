/* A list of the API on its way to the person: follows the cursor, page by page. */
#ifndef CARRITO_CTL_LIST_H
#define CARRITO_CTL_LIST_H

#include "ctl/command.h"

#include "help_words.h"

#define LIST_PAGE_ROWS_MAX 1000 /* the API's own limit */

/* Who writes a list's CSV: the API (the contract's "csv"), whole and in the dialects it knows, or
 * this program, from the columns. */
enum list_csv { LIST_CSV_OWN, LIST_CSV_API };

struct list {
    const char *path; /* "/api/v1/carts" */
    const struct column *columns;
    size_t column_count;
    enum list_csv csv;
};

/* The options that every list has. */
#define LIST_LIMIT_OPTION                                                                          \
    {                                                                                              \
        .name = "limit", .letter = 'n', .kind = OPTION_COUNT, .help = &help_rows_at_most           \
    }

/* From and to: days, or instants. */
#define LIST_FROM_OPTION                                                                           \
    {                                                                                              \
        .name = "from", .kind = OPTION_TIME, .parameter = "from",                                  \
        .help = &help_from_this_day_or_instant                                                     \
    }
#define LIST_TO_OPTION                                                                             \
    {                                                                                              \
        .name = "to", .kind = OPTION_TIME, .parameter = "to", .help = &help_to_this_day_or_instant \
    }

/* For lists whose CSV the API writes; it means --csv. */
#define LIST_DIALECT_OPTION                                                                        \
    {                                                                                              \
        .name = "dialect", .kind = OPTION_CHOICE, .choices = "rfc4180|excel-es",                   \
        .help = &help_csv_for_excel                                                                \
    }

/* Shows the list with the options as its query; returns the exit status. Where one of them names a
 * person, all go in the body of POST PATH/find: addresses stand in the logs of proxies. */
int list_run(const struct ctl *ctl, const struct list *list, const struct options *options);
/* Appends the list's path with the options that are parameters of the API. */
void list_path(const struct list *list, const struct options *options, struct buffer *path);
/* Fetches and writes all pages, to `--limit`; returns the exit status. */
int list_show(const struct ctl *ctl, const struct list *list, const struct options *options,
              const char *path);
/* An output on standard output for these columns. */
struct output list_output(const struct ctl *ctl, const struct column *columns, size_t count);

#endif
