/* For how long each cart has been silent, counted in the beats of its bridge (contract, section 5).
 *
 * A line is one bridge in one partition: its beats carry time. Silence since a word is the time
 * from the word to the line's last beat, less the intervals that cannot be judged: those of more
 * than SILENCE_GAP_MS_MAX, and those with an end at which the bridge had no MQTT connection. They
 * are kept as gaps, few and short-lived, so that a word needs nothing but its own time, a beat
 * touches no cart, and what is read side by side gives the same in any order.
 *
 * Kafka's clock may be set back. A beat that comes later and has an earlier time is a gap that ends
 * before it begins: it counts nothing, and silence goes on from the new time. Times of before and
 * after overlap then; a word is taken for one of the newest stretch that its time may belong to,
 * and what was placed once stays there. So a word of after that is read before the first beat of
 * after is not known as one.
 *
 * One timer per cart, in a heap per line; a word moves none, a timer that runs out is set again by
 * the word that came meanwhile. All times are Kafka's, in milliseconds. Pure: no store, no clock.
 * Not thread-safe. */
#ifndef CARRITO_COLLECTOR_SILENCE_H
#define CARRITO_COLLECTOR_SILENCE_H

#include "common/protocol.h"
#include "common/wire_mqtt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SILENCE_GAP_MS_MAX 3000 /* a longer interval between two beats counts nothing */
#define SILENCE_GAPS_MAX   64   /* per line; past it the two oldest become one: counted short */

struct silence_gap {
    int64_t from_ms, to_ms; /* to_ms < from_ms: the clock was set back */
};

/* One bridge as its beats in one partition tell. Words that do not say which bridge they came by
 * belong to the line "": it takes the beats of all bridges. */
struct silence_line {
    struct silence *silence;
    char bridge[BRIDGE_ID_MAX + 1];
    int32_t partition;
    int64_t beat_ms;  /* the last beat; 0: none yet */
    int64_t next;     /* the offset after it; 0: not known */
    int64_t down_ms;  /* without MQTT since then; 0: with it */
    bool mqtt;        /* as the last beat said */
    bool told;        /* that it is down */
    bool changed;     /* since it was last stored */
    bool gap_changed; /* its gaps, too */
    bool restate;     /* it went down or came up: the states of its carts are to be looked at */
    bool stalled;     /* no beat comes at all, by the caller's clock */
    int64_t retry_ms; /* the caller's clock: when what could not be judged is looked at again */
    int64_t retries;  /* of the caller's */
    struct silence_gap gaps[SILENCE_GAPS_MAX];
    size_t gap_count;
    size_t gaps_merged; /* with the one after them: how many there were in all, less gap_count */
    struct silence_cart **heap;
    size_t heap_count, heap_size;
};

struct silence_cart {
    char cart[CART_LENGTH_MAX + 1];
    int64_t heard_ms, limit_ms; /* the last word; how long it may be silent */
    size_t place;               /* of its word among the gaps of its line; 0: none yet */
    int64_t due_ms;             /* not before then, in the times of its line's last beats */
    struct silence_line *line;  /* NULL: no timer */
    size_t at;                  /* in the line's heap */
};

/* A word of a cart. */
struct silence_word {
    const char *cart, *bridge; /* bridge: "" where it is not known */
    int32_t partition;
    int64_t heard_ms, limit_ms;
    size_t place; /* as silence_place() told; 0: where its time says */
};

/* What a beat says about its link beyond that it stands. Both may be true: it was down between this
 * beat and the last. */
struct silence_change {
    bool went_down, came_up;
    int64_t down_ms, up_ms;
};

struct silence;

struct silence *silence_open(void);
void silence_close(struct silence *silence);
/* Drops all lines and carts. */
void silence_forget(struct silence *silence);

/* The line, made where it is new. Lives until silence_forget. */
struct silence_line *silence_line(struct silence *silence, int32_t partition, const char *bridge);
size_t silence_line_count(const struct silence *silence);
struct silence_line *silence_line_at(const struct silence *silence, size_t index);
/* True while the line's carts cannot be judged. */
bool silence_line_is_down(const struct silence_line *line);

/* True once the bridge has beaten with an MQTT connection: before, there was no link to lose. */
bool silence_line_was_up(const struct silence_line *line);

/* A beat, as its record has it. One that is read again (by its offset) says nothing. */
struct silence_beat {
    int64_t at_ms, offset;
    bool mqtt;
};
struct silence_change silence_beat(struct silence_line *line, const struct silence_beat *beat);

/* A gap as it was stored: they are given in their order, to a line without others. */
void silence_take_gap(struct silence_line *line, const struct silence_gap *gap);

/* True while times of before and after the clock was set back cannot be told apart: the line has
 * not yet come again to where it was. */
bool silence_line_is_back(const struct silence_line *line);
/* True where the word came before the cart's last one. */
bool silence_is_older(const struct silence *silence, const struct silence_word *word,
                      const struct silence_word *last);
/* The place of a word that has just come among the gaps of its line: to be kept with its time. */
size_t silence_place(struct silence *silence, const struct silence_word *word);
/* Sets the cart's timer, or sets it on; one that is not later than the last changes nothing. */
void silence_word(struct silence *silence, const struct silence_word *word);
/* No timer until the next word. */
void silence_stop(struct silence *silence, const char *cart);

/* The cart of the line that has been silent for its limit, or NULL; it stays the next one until it
 * is stopped or heard. */
struct silence_cart *silence_due(struct silence_line *line);
/* When its silence reached the limit, as far as the beats go: in the time that Kafka had then. */
int64_t silence_limit_ms(const struct silence_cart *cart);

#endif
