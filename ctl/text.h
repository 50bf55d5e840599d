/* How carritoctl speaks to people: sentences of its catalogues (words/), in the terminal's
 * language.
 *
 * Words go to standard error, data to standard output: a pipe gets data only. */
#ifndef CARRITO_CTL_TEXT_H
#define CARRITO_CTL_TEXT_H

#include "common/catalogue.h"

/* The words of a sentence that has no arguments; "" of none (NULL). */
static inline const char *words_in(enum lang language, const struct sentence *sentence)
{
    return sentence != NULL ? sentence->text[language] : "";
}

/* One line on standard error. */
void text_say(enum lang language, struct saying saying);
/* The same with the program's name in front, for what went wrong. */
void text_error(enum lang language, struct saying saying);

#endif
