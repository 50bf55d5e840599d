/* All that is kept of a person, found and erased (contract, section 10).
 *
 * One const table says where a person may stand: the table, its columns, by which kinds of key, and
 * the statements that find and erase it there. A column that is in no row of it, and not in the
 * list of those that are about nobody (tests/unit/people_columns.txt), fails a test.
 *
 * In the caller's transaction; calls block for the store, and an erasure reads the receipts once
 * from end to end where it is a client's. */
#ifndef CARRITO_COLLECTOR_PEOPLE_H
#define CARRITO_COLLECTOR_PEOPLE_H

#include "collector/people/erased.h"
#include "collector/store/store.h"
#include "common/json_write.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEOPLE_SPELLINGS_MAX 16
#define PERSON_SPELLING_MAX  (3 * PERSON_TEXT_MAX) /* bytes: "ñ" is two, and "\u00f1" six */

struct person_place {
    const char *table;
    const char *holds;   /* its columns that are a person's, with blanks between */
    unsigned kinds;      /* a set of 1 << enum person_kind */
    const char *columns; /* what `find` selects: "name name:i name:m name:n" */
    const char *find;
    const char *erase;   /* $1 the pseudonym, $2 the text; NULL: a part of a text, see `replace` */
    const char *replace; /* where `find` gives a key of two parts and a text: writes it anew */
    char type;           /* of that text: 't' text, 'b' bytes */
};

/* The rows of the table, from 0; NULL after the last. In the order in which they are erased. */
const struct person_place *person_place(size_t index);

/* The text as it may stand within others: of an id with its dots, of an address as it was typed,
 * and each as JSON may write it, with or without escapes (RFC 8259, section 7). */
struct person_spellings {
    char texts[PEOPLE_SPELLINGS_MAX][PERSON_SPELLING_MAX + 1];
    size_t count;
};
void person_spell(struct store *store, const struct person_key *key,
                  struct person_spellings *spellings);

/* Writes the members `places`: an array of {"table","rows":[…]}, of at most 1000 rows each. */
void person_find(struct store *store, const struct person_key *key, struct json_writer *json);

/* Replaces the person by the pseudonym everywhere and remembers it. Begins with the fence of the
 * roles that meet persons. Writes {"table": rows,…} of what was changed. */
void person_erase(struct store *store, const struct person_key *key, int64_t now_ms,
                  struct json_writer *json);

/* Appends the text with the spelling replaced where it stands as a word of its own: "ana@x.cl" is
 * no part of "mariana@x.cl", nor "Ana" of "Ana\u00eds". Returns how often. Pure. */
size_t person_replace(const char *text, size_t length, const char *spelling,
                      const struct person_key *key, struct buffer *out);

#endif
