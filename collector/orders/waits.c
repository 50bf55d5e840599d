/* Medians are no sums that a store makes: what waited is collected, sorted and counted here. */
#include "collector/orders/waits.h"
#include "collector/orders/order.h"

#include "waits_sql.h"

#include "common/day.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE    (-1) /* it did not come so far */
#define FIRST   1024 /* facts that there is room for at first */
#define HOUR_AT 11   /* in "2026-09-06T01:00:00-03:00" */
#define HUNDRED 100
#define MEDIAN  50
#define MOST    90
#define SECOND  1000

/* What is known of one order, or of one offer. */
struct fact {
    char key[CART_LENGTH_MAX + 1];
    int64_t wait_ms, way_ms;
    int64_t orders, refused, unanswered;
};

struct facts {
    struct fact *at;
    size_t count, room;
};

static struct fact *add(struct facts *facts)
{
    if (facts->count == facts->room) {
        facts->room = facts->room > 0 ? 2 * facts->room : FIRST;
        facts->at = realloc(facts->at, facts->room * sizeof *facts->at);
        if (facts->at == NULL)
            abort();
    }
    facts->at[facts->count] = (struct fact){ .wait_ms = NONE, .way_ms = NONE };
    return &facts->at[facts->count++];
}

/* The columns of a row begin with its cart and the time at which the order came. */
static void write_key(struct store_rows *rows, enum waits_group group, struct fact *fact)
{
    char time[TIME_TEXT_SIZE];
    const char *cart = store_text(rows, 0);
    if (group == WAITS_BY_CART) {
        snprintf(fact->key, sizeof fact->key, "%s", cart != NULL ? cart : "");
        return;
    }
    local_time_text(store_int(rows, 1), time);
    snprintf(fact->key, sizeof fact->key, "%.2s", time + HOUR_AT);
}

static void add_orders(struct store *store, const struct waits_span *span, struct facts *facts)
{
    struct store_rows *rows = store_query(store, SQL_WAITS_ORDERS, "iii", span->from_ms,
                                          span->to_ms, (int64_t)WAITS_ORDERS_MAX);
    while (store_next(rows)) {
        struct fact *fact = add(facts);
        write_key(rows, span->group, fact);
        fact->orders = 1;
        if (store_is_null(rows, 2))
            continue;
        fact->wait_ms = store_int(rows, 2) - store_int(rows, 1);
        if (!store_is_null(rows, 3))
            fact->way_ms = store_int(rows, 3) - store_int(rows, 2);
    }
    store_rows_end(rows);
}

static void add_offers(struct store *store, const struct waits_span *span, struct facts *facts)
{
    struct store_rows *rows = store_query(store, SQL_WAITS_OFFERS, "iii", span->from_ms,
                                          span->to_ms, (int64_t)WAITS_ORDERS_MAX);
    while (store_next(rows)) {
        struct fact *fact = add(facts);
        write_key(rows, span->group, fact);
        fact->refused = strcmp(store_text(rows, 2), OFFER_REFUSED) == 0;
        fact->unanswered = !fact->refused;
    }
    store_rows_end(rows);
}

static int compare_keys(const void *left, const void *right)
{
    return strcmp(((const struct fact *)left)->key, ((const struct fact *)right)->key);
}

static int compare_times(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* The nearest rank: the least of `count` sorted times that `percent` of them do not exceed. */
static int64_t rank(const int64_t *times, size_t count, size_t percent)
{
    return times[(count * percent + HUNDRED - 1) / HUNDRED - 1] / SECOND;
}

static struct waits_time time_of(int64_t *times, size_t count)
{
    if (count == 0)
        return (struct waits_time){ NONE, NONE };
    qsort(times, count, sizeof *times, compare_times);
    return (struct waits_time){ rank(times, count, MEDIAN), rank(times, count, MOST) };
}

/* The row of so many facts, which have one key; `times` has room for two of each. */
static struct waits_row row_of(const struct fact *facts, size_t count, int64_t *times)
{
    struct waits_row row = { 0 };
    int64_t *waits = times, *ways = times + count;
    size_t wait_count = 0, way_count = 0;
    memcpy(row.key, facts->key, sizeof row.key);
    for (size_t i = 0; i < count; i++) {
        row.orders += facts[i].orders;
        row.refused += facts[i].refused;
        row.unanswered += facts[i].unanswered;
        if (facts[i].wait_ms != NONE)
            waits[wait_count++] = facts[i].wait_ms;
        if (facts[i].way_ms != NONE)
            ways[way_count++] = facts[i].way_ms;
    }
    row.taken = (int64_t)wait_count;
    row.wait = time_of(waits, wait_count);
    row.way = time_of(ways, way_count);
    return row;
}

struct waits_row *waits_read(struct store *store, const struct waits_span *span, size_t *count)
{
    struct facts facts = { 0 };
    *count = 0;
    add_orders(store, span, &facts);
    add_offers(store, span, &facts);
    if (facts.count == 0)
        return NULL;
    qsort(facts.at, facts.count, sizeof *facts.at, compare_keys);
    struct waits_row *made = calloc(facts.count, sizeof *made);
    int64_t *times = calloc(2 * facts.count, sizeof *times);
    if (made == NULL || times == NULL)
        abort();
    for (size_t at = 0, end; at < facts.count; at = end) {
        for (end = at + 1; end < facts.count && compare_keys(&facts.at[at], &facts.at[end]) == 0;)
            end++;
        made[(*count)++] = row_of(&facts.at[at], end - at, times);
    }
    free(times);
    free(facts.at);
    return made;
}
