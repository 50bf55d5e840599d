/* What the keypad's voice says: sentences of our own alone, with numbers of pieces, of what is left
 * and of an order's place in its list. Whoever stands at a cart hears it, so never money, a total,
 * a receipt's number, a name or a place; no text of the agent or of an order is passed on. Pure. */
#ifndef CARRITO_TILL_SENTENCE_H
#define CARRITO_TILL_SENTENCE_H

#include "agent/till.h"

#define SENTENCE_SIZE 256

enum sentence {
    SENTENCE_READY, /* a keypad was found */
    SENTENCE_GONE,  /* it was unplugged */
    SENTENCE_WAIT,  /* the agent has not answered yet */
    SENTENCES
};

/* What the till has to tell, in its language: an answer, a question, or why nothing was done. */
void sentence_of_till(const struct till *till, char text[SENTENCE_SIZE]);
/* `lang`: "es" or "en". */
const char *sentence_get(const char *lang, enum sentence sentence);

/* `word`, of till_link_word, for the ear: with what may be done about it. */
const char *sentence_of_link(const char *lang, enum word word);

/* How the link to the centre is, told where it has been otherwise for a while: cells and signals
 * come and go, and nobody wants to hear each time. That the plug may be pulled is waited for, and
 * told at once. */
#define SENTENCE_LINK_MS 10000

struct sentence_link {
    bool known;
    enum word told, seen;
    int64_t since_ms; /* monotonic: since when it has been as seen */
};

/* True where `seen`, a word of till_link_word, is to be told now. At first the link counts as
 * whole. */
bool sentence_link_turn(struct sentence_link *link, enum word seen, int64_t mono_ms);

#endif
