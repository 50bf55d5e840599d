/* A column of a list, and how one of its values reads. Pure. */
#ifndef CARRITO_CTL_COLUMN_H
#define CARRITO_CTL_COLUMN_H

#include "common/buffer.h"
#include "ctl/text.h"

#include <cjson/cJSON.h>
#include <stddef.h>

enum column_kind {
    COLUMN_TEXT,
    COLUMN_INT,
    COLUMN_NUMBER, /* with `decimals` */
    COLUMN_TIME,   /* RFC 3339; people see the guild's zone */
    COLUMN_YES_NO,
    COLUMN_RANGES, /* [{from,to}]: "12-14 20" */
    COLUMN_LENGTH, /* an array: how many it holds */
    COLUMN_NAMES,  /* an array of objects: the member `inner` of each, blanks between */
    COLUMN_MEMBER, /* an object: the figure `inner` of it */
    COLUMN_PLACE   /* an object: its member `inner`, and its `seq` */
};

/* Whether a table has the column although no row of its first page has a value for it. */
enum column_presence { COLUMN_ALWAYS, COLUMN_WHERE_KNOWN };

struct column {
    const char *key;              /* of the API's row */
    const struct sentence *title; /* for people */
    enum column_kind kind;
    enum column_presence presence;
    int decimals;      /* COLUMN_NUMBER */
    const char *inner; /* COLUMN_NAMES, COLUMN_MEMBER, COLUMN_PLACE */
    const char *list; /* the API's values are of this list of common/words/values.txt; NULL: none */
};

/* Appends the value of `row` for people: one of a list in their language, an unknown one as "–";
 * control characters of strangers' text become "?" so that they cannot steer the terminal. */
void column_for_people(const struct column *column, enum lang language, const cJSON *row,
                       struct buffer *out);
/* Appends the value for programs (CSV): an unknown one is empty, times and numbers as they came. */
void column_for_programs(const struct column *column, const cJSON *row, struct buffer *out);
/* Appends the word of a list's value, or the value itself where a newer server has more of them. */
void column_word(const char *list, const char *value, enum lang language, struct buffer *out);
/* True where the row has a value that is not null. */
bool column_is_known(const struct column *column, const cJSON *row);
/* True for figures, which are aligned to the right. */
bool column_is_figure(const struct column *column);

/* Appends text with control characters replaced by "?". */
void column_defused_text(const char *text, size_t length, struct buffer *out);
/* Appends the local date and time of an RFC 3339 text, the text itself where it is none. */
void column_local_time(const char *text, struct buffer *out);

#endif
