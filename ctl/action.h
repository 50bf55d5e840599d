/* What a command does beside showing a list: one request to the API, described by a const row.
 *
 * `carritoctl restocks done 3` is the row "done" of the command `restocks`. A mistake in a word is
 * told before anything is asked. */
#ifndef CARRITO_CTL_ACTION_H
#define CARRITO_CTL_ACTION_H

#include "ctl/column.h"
#include "ctl/command.h"
#include "ctl/fetch.h"

#define ACTION_WORDS_MAX 3

enum word_kind {
    WORD_NONE,
    WORD_TEXT,
    WORD_CART,    /* folded to upper case */
    WORD_COUNT,   /* from 1 */
    WORD_PLACE,   /* from 0 */
    WORD_DAY,     /* YYYY-MM-DD, today, yesterday, hoy, ayer */
    WORD_OPTIONAL /* text; the last one */
};

/* A member of the request's JSON body. */
enum field_kind {
    FIELD_TEXT,   /* the option of its name (with "-" for "_"), where it was given */
    FIELD_NUMBER, /* the same, a number */
    FIELD_COUNT,  /* the same, a whole number */
    FIELD_TRUE,
    FIELD_FALSE,
    FIELD_VERB,      /* the action's own word */
    FIELD_PASSWORD,  /* the draft's secret, which is asked for */
    FIELD_WORD,      /* the next word that the path does not take, where there is one */
    FIELD_WORD_COUNT /* the same, a whole number */
};

struct field {
    const char *name;
    enum field_kind kind;
};

enum action_answer {
    ANSWER_SAID,   /* one sentence on standard error; the object for --json and --csv */
    ANSWER_OBJECT, /* the object, by its columns */
    ANSWER_ITEMS,  /* its `items`, a row each */
    ANSWER_MEMBER, /* its `member` as JSON, for a file; the object for --json and --csv */
    ANSWER_FILE    /* the bytes as they come: GeoJSON, or the API's CSV with --csv */
};

struct action {
    const char *word; /* "done"; NULL: what the command does by its own words */
    /* The word stands behind the first one: `cart PLATE threshold N`. */
    bool second;
    const char *method;
    const char *path; /* each {} is the next word, percent-encoded */
    enum word_kind words[ACTION_WORDS_MAX];
    const struct field *fields;
    size_t field_count;
    enum action_answer answer;
    const char *member; /* ANSWER_MEMBER */
    bool has_csv;       /* ANSWER_FILE: the API writes it as CSV, too */
    const struct column *columns;
    size_t column_count;
    const struct sentence *synopsis; /* what stands after the word; of a second one, all */
    const struct sentence *help;     /* one line */
    const struct sentence *done;     /* ANSWER_SAID */
    /* Where it is more than a request, and path, words and answer say nothing. Returns the exit
     * status; what went wrong was told. */
    int (*run)(const struct ctl *ctl, const struct options *options);
};

/* A request in the making; all zero at first, but for `first`. */
struct action_draft {
    size_t first;       /* index of the first word that belongs to the action */
    const char *secret; /* of a FIELD_PASSWORD; NULL: none. Not owned */
    int64_t now_ms;     /* for "today" */
    struct buffer path, body, why;
};

/* Runs a command without `run`: the action that its first word names, or its list. */
int action_run(const struct ctl *ctl, const struct command *command, const struct options *options);
/* Whether the command has something to do with these words: a list, or an action that takes them.
 */
bool action_is_there(const struct command *command, const struct options *options);
/* Tells that the command has no such word, and which is near; returns the exit status. */
int action_unknown(const struct ctl *ctl, const struct command *command, const char *typed);
/* Does one action with the words from `first` on; returns the exit status. */
int action_do(const struct ctl *ctl, const struct action *action, const struct options *options,
              size_t first);
/* Fills path and body of the draft, of a GET with the options that are parameters of the API;
 * false: its `why` is the sentence for the person. Pure. */
bool action_request(enum lang language, const struct action *action, const struct options *options,
                    struct action_draft *draft);
void action_draft_free(struct action_draft *draft);

#endif
