/* Speaks a sentence by a program (espeak-ng), which is started for each and not waited for.
 *
 * One sentence is spoken at a time and one waits: the newest, as an old answer helps nobody. Never
 * blocks. A program that is missing or fails is told of in the log, once until it works; nothing
 * else comes of it. No sentence passes a shell. */
#ifndef CARRITO_TILL_VOICE_H
#define CARRITO_TILL_VOICE_H

#include "till/sentence.h"

#include <sys/types.h>

#define VOICE_MS_MAX 10000 /* what has spoken for so long is killed: it hangs at the sound card */

struct voice {
    const char *program; /* looked for as a shell would; "none": silence */
    const char *lang;
    pid_t child; /* 0: none */
    int64_t began_ms;
    char next[SENTENCE_SIZE]; /* empty: nothing waits */
    bool failed;              /* and that was told */
};

/* Texts are not owned. */
struct voice voice_by(const char *program, const char *lang);
/* False: silence was chosen, or the program failed when it was to speak last. */
bool voice_speaks(const struct voice *voice);
/* Kills what speaks. */
void voice_close(struct voice *voice);
/* Next; what waited is forgotten. */
void voice_say(struct voice *voice, const char *sentence);
/* Often enough while something speaks or waits, which is what it returns. */
bool voice_turn(struct voice *voice, int64_t mono_ms);

#endif
