/* What is said to people: sentences in Spanish and English side by side, with arguments.
 *
 * A catalogue is a file of text (collector/words/alerts.txt tells how it is written), which
 * common/embed_catalogue.cmake makes C of: for each sentence a const struct, and a macro with its
 * arguments, SAY_ALERT_STOCK_OUT(cart). What is kept of something said (a row, a record) is its
 * name and its arguments; whoever reads it renders it in the reader's own language. Pure. */
#ifndef CARRITO_CATALOGUE_H
#define CARRITO_CATALOGUE_H

#include "common/buffer.h"
#include "common/json_write.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The languages that people are spoken to in. */
enum lang { LANG_ES, LANG_EN, LANGS };

/* "es" or "en", as CARRITO_LANG has them; anything else, and NULL, is Spanish. */
enum lang lang_from_name(const char *name);
const char *lang_name(enum lang lang);

#define SENTENCE_ARGUMENTS_MAX 5

struct sentence {
    const char *name;
    const char *arguments[SENTENCE_ARGUMENTS_MAX + 1]; /* their names; ends with NULL */
    /* {name} stands for an argument, {name piece/pieces} for a number with what it counts. */
    const char *text[LANGS];
};

/* An argument's value. */
struct said_word {
    enum { SAID_NUMBER, SAID_REAL, SAID_TEXT } kind;
    int64_t number;
    double real;
    const char *text;
};

/* Something said. The texts are whoever's they are; they must live while it is used. */
struct saying {
    const struct sentence *sentence; /* NULL: nothing is said */
    struct said_word words[SENTENCE_ARGUMENTS_MAX];
};

static inline struct said_word said_number(int64_t number)
{
    return (struct said_word){ .kind = SAID_NUMBER, .number = number };
}

static inline struct said_word said_real(double real)
{
    return (struct said_word){ .kind = SAID_REAL, .real = real };
}

static inline struct said_word said_text(const char *text)
{
    return (struct said_word){ .kind = SAID_TEXT, .text = text };
}

/* Integers, a double, or text; for the macros of a catalogue. */
#define SAID_WORD(value)                                                                           \
    _Generic((value), char *: said_text, const char *: said_text, double: said_real,               \
             default: said_number)(value)

/* Appends it in this language. */
void say_in(const struct saying *saying, enum lang lang, struct buffer *out);

/* The same into `size` bytes, at least one: what does not fit is cut at a whole character. */
void say_text(const struct saying *saying, enum lang lang, char *text, size_t size);

/* Writes an object: the name as `say`, and each argument by its name. */
void say_keep(const struct saying *saying, struct buffer *out);
/* The sentence of this name in a catalogue, which ends with NULL; NULL where there is none. */
const struct sentence *sentence_find(const struct sentence *const *sentences, const char *name);
/* The sentence of a value that a list of them has, named `list-value` in lower case and with "-"
 * for
 * "_": alert-active-ack of "alert" and "ACTIVE_ACK". NULL where there is none. */
const struct sentence *sentence_of_value(const struct sentence *const *sentences, const char *list,
                                         const char *value);
/* Reads such an object; `sentences` is a catalogue, which ends with NULL. Texts point into the
 * object. False where it is none of this catalogue (a newer release may have written it). */
bool say_again(const cJSON *kept, const struct sentence *const *sentences, struct saying *saying);
/* Appends what the text of such an object says, in this language; false, and nothing, where it is
 * none of this catalogue, or NULL. */
bool say_kept(const char *kept, const struct sentence *const *sentences, enum lang lang,
              struct buffer *out);

#endif
