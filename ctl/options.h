/* Reads what stands after a command against the command's const table of options.
 *
 * Pure: no file, no clock, no environment. Values are checked and put into the form that the API
 * takes (a plate in upper case, a day as YYYY-MM-DD), so that a mistake is told before anything is
 * asked. Nothing is allocated; words point into argv. */
#ifndef CARRITO_CTL_OPTIONS_H
#define CARRITO_CTL_OPTIONS_H

#include "common/buffer.h"
#include "common/day.h"
#include "ctl/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTIONS_MAX      24
#define OPTION_VALUE_MAX 200 /* bytes; a longer value is refused */
#define OPTION_WORDS_MAX 4

enum option_kind {
    OPTION_FLAG,   /* no value */
    OPTION_TEXT,   /* any bytes but none */
    OPTION_COUNT,  /* 1 to 1,000,000,000 */
    OPTION_NUMBER, /* a finite number, as -33.45 */
    OPTION_DAY,    /* YYYY-MM-DD, today, yesterday, hoy, ayer */
    OPTION_SPAN,   /* a day as above, a month (YYYY-MM) or a year (YYYY) */
    OPTION_TIME,   /* a day as above, or an instant (RFC 3339) */
    OPTION_CART,   /* a plate, folded to upper case */
    OPTION_CHOICE  /* one of `choices` */
};

struct option_spec {
    const char *name; /* "from" for --from */
    char letter;      /* 'q' for -q, or 0 */
    enum option_kind kind;
    const char *choices;   /* OPTION_CHOICE: "cart|day|month" */
    const char *parameter; /* of the API's query; NULL: the program's own */
    bool names_person; /* of a list: it stands in no address, all is asked for in a body (list.h) */
    const struct sentence *help;
};

struct option_rules {
    const struct option_spec *specs; /* of the command; --json, --csv, --help are always known */
    size_t count;
    size_t words_min, words_max;
    const char *words_help; /* what is missing where there are too few: "PATENTE" */
    int64_t now_ms;         /* for "today" */
    enum lang language;
};

/* What is to be read: a part of argv. */
struct arguments {
    int count;
    char *const *at;
};

struct options {
    size_t count;
    struct {
        const struct option_spec *spec;
        char value[OPTION_VALUE_MAX + 1]; /* "" for a flag */
    } given[OPTIONS_MAX];
    size_t word_count;
    const char *words[OPTION_WORDS_MAX];
};

extern const struct option_spec options_common[];
extern const size_t options_common_count;

/* False: `why` holds the sentence for the person. Where an option is given twice, the last counts.
 * `--help` ends the reading: what follows is not judged. */
bool options_read(const struct option_rules *rules, const struct arguments *arguments,
                  struct options *options, struct buffer *why);

/* A day as a person types it; false where it is none. */
bool option_day(const char *typed, int64_t now_ms, char day[DAY_TEXT_SIZE]);

/* The value, "" for a flag, NULL where it was not given. */
const char *options_get(const struct options *options, const char *name);
bool options_has(const struct options *options, const char *name);

/* Of `count` names the one nearest to `typed` by edit distance, NULL where none is near. */
const char *nearest_name(const char *typed, const char *const *names, size_t count);

#endif
