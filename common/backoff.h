/* Exponential back-off with full jitter (AWS architecture blog, "Exponential Backoff And Jitter",
 * 2015): the n-th wait is uniform in [0, min(max, first * 2^n)], but never under `floor_ms`. */
#ifndef CARRITO_BACKOFF_H
#define CARRITO_BACKOFF_H

#include <stdint.h>

struct backoff {
    int64_t first_ms, max_ms, floor_ms;
    unsigned attempt;
    uint64_t random; /* state of the generator; seeded by the caller, any value */
};

/* The wait before the next attempt, in milliseconds; counts the attempt. */
int64_t backoff_next_ms(struct backoff *backoff);
/* Takes the latest attempt out of the count: the next wait is drawn as the last one was. */
void backoff_repeat(struct backoff *backoff);
void backoff_reset(struct backoff *backoff);

/* splitmix64 (Steele, Lea, Flood 2014): one step of a small, seedable generator. */
uint64_t random_next(uint64_t *state);
/* A seed of its own for each text (FNV-1a). */
uint64_t random_seed(const char *text);

#endif
