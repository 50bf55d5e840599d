/* The number of a schema, as the store and a cart's outbox keep it: data outlives programs, in both
 * directions.
 *
 * A file has the number of its schema and the lowest number that may still work on it. An older
 * file is brought up step by step, each step one transaction with its number. A newer file may be
 * worked on by a program whose newest step is at least that lowest one: a step that only adds
 * leaves it as it is, and what the release before could not bear takes two releases (first add,
 * then remove). Pure. */
#ifndef CARRITO_COMMON_SCHEMA_STEP_H
#define CARRITO_COMMON_SCHEMA_STEP_H

#include <stddef.h>

#define SCHEMA_REASON_SIZE 256

struct schema_step {
    int number; /* 1, 2, 3, … without a gap */
    int lowest; /* what the file keeps from this step on; never falls */
    const char *sql;
};

/* What a file keeps; number 0: nothing is in it yet. */
struct schema_number {
    int number, lowest;
};

enum schema_verdict {
    SCHEMA_CURRENT, /* or newer, and this program may work on it */
    SCHEMA_BEHIND,  /* steps are to be taken */
    SCHEMA_REFUSED  /* only a newer program may work on it */
};

enum schema_verdict schema_judge(const struct schema_number *kept, int newest);

/* The sentence of a refusal; `what` is "store" or "outbox". */
void schema_refusal(const struct schema_number *kept, int newest, const char *what,
                    char reason[SCHEMA_REASON_SIZE]);
/* The sentence for a file without a number that no release has made. */
void schema_stranger(const char *what, char reason[SCHEMA_REASON_SIZE]);

#endif
