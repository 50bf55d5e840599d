/* How an answer of the agent is written and read. What is said goes over the socket as the name and
 * the arguments of a sentence (agent/words/answers.txt), which each program renders in its own
 * language; `text` and `reason` are the same for programs of earlier releases:
 *
 *   {"ok":false,"input":true,"said":{"say":"no-receipt","receipt":9},
 *    "text":"no hay una venta 9 en este carro","reason":"no-receipt"}
 *
 * Pure. */
#ifndef CARRITO_AGENT_WORDS_H
#define CARRITO_AGENT_WORDS_H

#include "common/catalogue.h"
#include "common/json_read.h"
#include "common/json_write.h"

#include "answer_words.h"
#include "brief_words.h"
#include "screen_words.h"

#include <cjson/cJSON.h>

enum words_verdict {
    WORDS_DONE,
    WORDS_WRONG, /* what was asked is wrong: exit 2 */
    WORDS_FAILED /* it was asked rightly, and is not done: exit 1 */
};

/* Writes the members of the verdict into the answer's open object; `text` is in `lang`. */
void words_write(struct json_writer *answer, enum words_verdict verdict,
                 const struct saying *saying, enum lang lang);
/* The request could not be read; `why` is in the answer beside `said`, likewise. */
void words_write_unreadable(struct json_writer *answer, const struct json_reason *why,
                            enum lang lang);

/* Appends what an answer says, in `lang`; as the agent wrote it where that is of another release.
 * The sentence, also where only `reason` names it; NULL: it is none of ours. */
const struct sentence *words_read(const cJSON *answer, enum lang lang, struct buffer *text);
/* A member of an answer, or of a row in it: where it is none, `otherwise`, and "". */
int64_t words_number(const cJSON *row, const char *name, int64_t otherwise);
const char *words_text(const cJSON *row, const char *name);

#endif
