/* What the keypad's voice says: sentences of our own alone (till/words/voice.txt), with numbers of
 * pieces, of what is left, of an order's number and of how far and how long it is. Whoever stands
 * at a cart hears it, so never money, a total, a receipt's number, a name or a place; no text of
 * the agent or of an order is passed on. Pure. */
#ifndef CARRITO_TILL_SENTENCE_H
#define CARRITO_TILL_SENTENCE_H

#include "agent/till.h"

#define SENTENCE_SIZE 256

/* What the till has to tell, in its language: an answer, a question, or why nothing was done. */
void sentence_of_till(const struct till *till, char text[SENTENCE_SIZE]);
/* What it calls for: an order that was taken away, or an offer; empty where there is none. */
void sentence_of_call(const struct till *till, char text[SENTENCE_SIZE]);

/* How the link to the centre is, told where it has been otherwise for a while: cells and signals
 * come and go, and nobody wants to hear each time. That the plug may be pulled is waited for, and
 * told at once; an attempt that has not ended is no news. */
#define SENTENCE_LINK_MS 10000

struct sentence_link {
    bool known;
    const struct sentence *told, *seen;
    int64_t since_ms; /* monotonic: since when it has been as seen */
};

/* True where `seen`, of till_link_word, is to be told now, by net_word_long() of it. At first the
 * link counts as whole. */
bool sentence_link_turn(struct sentence_link *link, const struct sentence *seen, int64_t mono_ms);

#endif
