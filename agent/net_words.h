/* The words for a cause (net_cause.h), short for a small screen and longer for where there is room
 * or an ear: one table for till, keypad and `status`. */
#ifndef CARRITO_AGENT_NET_WORDS_H
#define CARRITO_AGENT_NET_WORDS_H

#include "agent/net_cause.h"
#include "agent/words.h"

/* At most 12 characters. NET_CAUSES: the agent does not answer. */
const struct sentence *net_word(enum net_cause cause);
/* At most 39 characters, and what may be done about it; `which` itself where there is no more to be
 * said, as of all sentences that are not net_word()'s. */
const struct sentence *net_word_long(const struct sentence *which);

#endif
