/* Lines with their gaps, and a heap of timers in each. */
#include "collector/location/silence.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct silence {
    struct silence_line **lines;
    size_t line_count;
    void *carts;   /* by plate */
    bool was_back; /* some line has a gap that ends before it begins */
};

struct silence *silence_open(void)
{
    struct silence *silence = calloc(1, sizeof *silence);

    if (silence == NULL)
        abort();
    return silence;
}

void silence_forget(struct silence *silence)
{
    for (size_t i = 0; i < silence->line_count; i++) {
        free(silence->lines[i]->heap);
        free(silence->lines[i]);
    }
    free(silence->lines);
    tdestroy(silence->carts, free);
    *silence = (struct silence){ 0 };
}

void silence_close(struct silence *silence)
{
    if (silence == NULL)
        return;
    silence_forget(silence);
    free(silence);
}

struct silence_line *silence_line(struct silence *silence, int32_t partition, const char *bridge)
{
    for (size_t i = 0; i < silence->line_count; i++)
        if (silence->lines[i]->partition == partition &&
            strcmp(silence->lines[i]->bridge, bridge) == 0)
            return silence->lines[i];
    struct silence_line *line = calloc(1, sizeof *line);
    silence->lines =
        realloc(silence->lines, (silence->line_count + 1) * sizeof(struct silence_line *));
    if (line == NULL || silence->lines == NULL)
        abort();
    snprintf(line->bridge, sizeof line->bridge, "%s", bridge);
    line->partition = partition;
    line->silence = silence;
    silence->lines[silence->line_count++] = line;
    return line;
}

size_t silence_line_count(const struct silence *silence)
{
    return silence->line_count;
}

struct silence_line *silence_line_at(const struct silence *silence, size_t index)
{
    return silence->lines[index];
}

bool silence_line_is_down(const struct silence_line *line)
{
    return line->down_ms != 0 || line->stalled;
}

static bool is_back(const struct silence_gap *gap)
{
    return gap->to_ms < gap->from_ms;
}

void silence_take_gap(struct silence_line *line, const struct silence_gap *gap)
{
    line->silence->was_back |= is_back(gap);
    line->gaps[line->gap_count++] = *gap;
}

static void add_gap(struct silence_line *line, int64_t from_ms, int64_t to_ms)
{
    struct silence_gap *last = line->gap_count > 0 ? &line->gaps[line->gap_count - 1] : NULL;

    line->gap_changed = true;
    if (last != NULL && last->to_ms == from_ms && to_ms >= from_ms && !is_back(last)) {
        last->to_ms = to_ms;
        return;
    }
    if (line->gap_count == SILENCE_GAPS_MAX) {
        line->gaps[1].from_ms = line->gaps[0].from_ms;
        memmove(&line->gaps[0], &line->gaps[1], (SILENCE_GAPS_MAX - 1) * sizeof *line->gaps);
        line->gap_count--;
        line->gaps_merged++;
    }
    silence_take_gap(line, &(struct silence_gap){ from_ms, to_ms });
}

/* A line that was never up is one gap, from before its first beat to its last. */
bool silence_line_was_up(const struct silence_line *line)
{
    return line->mqtt ||
           (line->gap_count > 0 && (line->gap_count > 1 || line->gaps[0].from_ms != 0 ||
                                    line->gaps[0].to_ms != line->beat_ms));
}

/* A link that was never up cannot go down: a bridge beats before it connects, and at a first start
 * the broker may take its time. */
static void judge_link(struct silence_line *line, int64_t interval_ms, bool mqtt,
                       struct silence_change *change)
{
    int64_t now_ms = line->beat_ms;
    bool missed = interval_ms > SILENCE_GAP_MS_MAX;

    if (line->down_ms == 0 && (missed || !mqtt)) {
        line->down_ms = missed ? now_ms - interval_ms : now_ms;
        line->told = change->went_down = silence_line_was_up(line);
    }
    change->down_ms = line->down_ms;
    change->up_ms = now_ms;
    change->came_up = mqtt && (line->down_ms != 0 || line->stalled);
    if (change->came_up) {
        line->down_ms = 0;
        line->told = false;
    }
    line->stalled = false;
    line->restate |= change->went_down || change->came_up;
}

/* Silence along the gaps. */

/* One more than the number of gaps before the stretch of rising times that a word of this time
 * belongs to: the newest one that it may. What is ahead of all beats is read before them. */
static size_t place_of(const struct silence_line *line, int64_t at_ms)
{
    int64_t end_ms = line->beat_ms + SILENCE_GAP_MS_MAX;
    size_t newest = 0;

    for (size_t i = line->gap_count; i-- > 0;) {
        const struct silence_gap *gap = &line->gaps[i];
        if (!is_back(gap))
            continue;
        if (newest == 0)
            newest = i + 1;
        if (at_ms >= gap->to_ms && at_ms <= end_ms)
            return line->gaps_merged + i + 2;
        end_ms = gap->from_ms + SILENCE_GAP_MS_MAX;
    }
    return line->gaps_merged + (at_ms <= end_ms ? 0 : newest) + 1;
}

/* The first gap that may be after its word. */
static size_t first_gap(const struct silence_cart *cart)
{
    return cart->place > cart->line->gaps_merged + 1 ? cart->place - cart->line->gaps_merged - 1
                                                     : 0;
}

static int64_t after_gap(const struct silence_gap *gap, int64_t at_ms)
{
    return is_back(gap) || gap->to_ms > at_ms ? gap->to_ms : at_ms;
}

static int64_t counted_ms(int64_t from_ms, int64_t to_ms)
{
    return to_ms > from_ms ? to_ms - from_ms : 0;
}

/* When the cart's silence reaches its limit, if no other gap comes; `before`: that was before the
 * clock was set back, so that the time is none of the newest stretch. */
static int64_t limit_of(const struct silence_cart *cart, bool *before)
{
    const struct silence_line *line = cart->line;
    int64_t left_ms = cart->limit_ms, at_ms = cart->heard_ms, limit_ms = 0;
    bool reached = false;

    *before = false;
    for (size_t i = first_gap(cart); i < line->gap_count && !*before; i++) {
        const struct silence_gap *gap = &line->gaps[i];
        int64_t counted = counted_ms(at_ms, gap->from_ms);
        if (!reached && counted >= left_ms) {
            limit_ms = at_ms + left_ms;
            reached = true;
        }
        left_ms -= counted;
        at_ms = after_gap(gap, at_ms);
        *before = reached && is_back(gap);
    }
    return reached ? limit_ms : at_ms + left_ms;
}

static int64_t due_of(const struct silence_cart *cart)
{
    bool before;
    int64_t limit_ms = limit_of(cart, &before);

    return before ? INT64_MIN : limit_ms;
}

int64_t silence_limit_ms(const struct silence_cart *cart)
{
    bool before;

    return limit_of(cart, &before);
}

bool silence_line_is_back(const struct silence_line *line)
{
    for (size_t i = 0; line->silence->was_back && i < line->gap_count; i++)
        if (is_back(&line->gaps[i]) && line->gaps[i].from_ms > line->beat_ms)
            return true;
    return false;
}

/* The heap: each parent is due no later than its children. */

static void place(struct silence_line *line, size_t at, struct silence_cart *cart)
{
    line->heap[at] = cart;
    cart->at = at;
}

static void sift_up(struct silence_line *line, struct silence_cart *cart)
{
    size_t at = cart->at;

    for (; at > 0 && line->heap[(at - 1) / 2]->due_ms > cart->due_ms; at = (at - 1) / 2)
        place(line, at, line->heap[(at - 1) / 2]);
    place(line, at, cart);
}

static void sift_down(struct silence_line *line, struct silence_cart *cart)
{
    size_t at = cart->at;

    for (size_t child = 2 * at + 1; child < line->heap_count; child = 2 * at + 1) {
        if (child + 1 < line->heap_count &&
            line->heap[child + 1]->due_ms < line->heap[child]->due_ms)
            child++;
        if (line->heap[child]->due_ms >= cart->due_ms)
            break;
        place(line, at, line->heap[child]);
        at = child;
    }
    place(line, at, cart);
}

static void disarm(struct silence_cart *cart)
{
    struct silence_line *line = cart->line;

    if (line == NULL)
        return;
    struct silence_cart *last = line->heap[--line->heap_count];
    if (last != cart) {
        place(line, cart->at, last);
        sift_up(line, last);
        sift_down(line, last);
    }
    cart->line = NULL;
}

static void arm(struct silence_cart *cart, struct silence_line *line)
{
    if (line->heap_count == line->heap_size) {
        line->heap_size = line->heap_size > 0 ? 2 * line->heap_size : 16;
        line->heap = realloc(line->heap, line->heap_size * sizeof(struct silence_cart *));
        if (line->heap == NULL)
            abort();
    }
    cart->line = line;
    cart->due_ms = due_of(cart);
    place(line, line->heap_count++, cart);
    sift_up(line, cart);
}

/* The clock was set back, and with it what all are due by. */
static void order_anew(struct silence_line *line)
{
    for (size_t i = 0; i < line->heap_count; i++)
        line->heap[i]->due_ms = due_of(line->heap[i]);
    for (size_t i = line->heap_count / 2; i-- > 0;)
        sift_down(line, line->heap[i]);
}

struct silence_change silence_beat(struct silence_line *line, const struct silence_beat *beat)
{
    struct silence_change change = { 0 };
    bool first = line->beat_ms == 0, back = !first && beat->at_ms < line->beat_ms;
    int64_t interval_ms = first ? -1 : beat->at_ms - line->beat_ms;

    if (back && beat->offset < line->next)
        return change;
    if (first || interval_ms < 0 || interval_ms > SILENCE_GAP_MS_MAX || !line->mqtt || !beat->mqtt)
        add_gap(line, line->beat_ms, beat->at_ms);
    line->beat_ms = beat->at_ms;
    line->next = beat->offset + 1;
    judge_link(line, interval_ms, beat->mqtt, &change);
    line->mqtt = beat->mqtt;
    line->changed = true;
    if (back)
        order_anew(line);
    return change;
}

static int compare(const void *left, const void *right)
{
    const struct silence_cart *a = left, *b = right;

    return strcmp(a->cart, b->cart);
}

static struct silence_cart *find(struct silence *silence, const char *plate)
{
    struct silence_cart key;

    snprintf(key.cart, sizeof key.cart, "%s", plate);
    struct silence_cart **found = tfind(&key, &silence->carts, compare);
    return found != NULL ? *found : NULL;
}

static struct silence_cart *find_or_make(struct silence *silence, const char *plate)
{
    struct silence_cart *cart = find(silence, plate);

    if (cart != NULL)
        return cart;
    cart = calloc(1, sizeof *cart);
    if (cart == NULL)
        abort();
    snprintf(cart->cart, sizeof cart->cart, "%s", plate);
    if (tsearch(cart, &silence->carts, compare) == NULL)
        abort();
    return cart;
}

static size_t place_of_word(const struct silence_line *line, const struct silence_word *word)
{
    bool known =
        word->place != 0 && word->bridge != NULL && strcmp(word->bridge, line->bridge) == 0;

    return known ? word->place : place_of(line, word->heard_ms);
}

/* All of a partition have their times of one clock: what one of them has seen of it is asked. */
bool silence_is_older(const struct silence *silence, const struct silence_word *word,
                      const struct silence_word *last)
{
    bool older = word->heard_ms < last->heard_ms;

    for (size_t i = 0; silence->was_back && i < silence->line_count; i++) {
        const struct silence_line *line = silence->lines[i];
        if (line->partition != word->partition)
            continue;
        size_t place = place_of_word(line, word), of_last = place_of_word(line, last);
        if (place > of_last)
            return false;
        older |= place < of_last;
    }
    return older;
}

size_t silence_place(struct silence *silence, const struct silence_word *word)
{
    return place_of(silence_line(silence, word->partition, word->bridge), word->heard_ms);
}

void silence_word(struct silence *silence, const struct silence_word *word)
{
    struct silence_cart *cart = find_or_make(silence, word->cart);
    struct silence_line *line = silence_line(silence, word->partition, word->bridge);
    const struct silence_word last = { .bridge = cart->line != NULL ? cart->line->bridge : NULL,
                                       .heard_ms = cart->heard_ms,
                                       .place = cart->place };

    if (word->heard_ms == cart->heard_ms || silence_is_older(silence, word, &last))
        return;
    /* A timer that would run out too late is set anew; else it is enough to look when it does. */
    bool stands = cart->line == line && word->limit_ms >= cart->limit_ms;
    cart->heard_ms = word->heard_ms;
    cart->limit_ms = word->limit_ms;
    cart->place = place_of_word(line, word);
    if (stands)
        return;
    disarm(cart);
    arm(cart, line);
}

void silence_stop(struct silence *silence, const char *plate)
{
    struct silence_cart *cart = find(silence, plate);

    if (cart != NULL)
        disarm(cart);
}

struct silence_cart *silence_due(struct silence_line *line)
{
    while (line->heap_count > 0 && line->heap[0]->due_ms <= line->beat_ms) {
        struct silence_cart *cart = line->heap[0];
        int64_t due_ms = due_of(cart);
        if (due_ms == cart->due_ms)
            return cart;
        cart->due_ms = due_ms;
        sift_down(line, cart);
    }
    return NULL;
}
