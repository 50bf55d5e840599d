/* The carts, as one list that is searched from end to end: a thousand distances are a tenth of a
 * millisecond. */
#include "collector/orders/candidates.h"
#include "collector/base/geo.h"

#include "dispatch_sql.h"

#include "common/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ASKED_MAX 256 /* offers of one order that are looked at; its first ones */

/* Who was asked about one order before. */
struct asked {
    char carts[ASKED_MAX][CART_LENGTH_MAX + 1];
    bool refused[ASKED_MAX];
    size_t count;
};

static int compare(const void *left, const void *right)
{
    return strcmp(((const struct candidate *)left)->cart, ((const struct candidate *)right)->cart);
}

static struct candidate *find(const struct candidates *candidates, const char *cart)
{
    struct candidate key = { 0 };

    if (candidates->count == 0)
        return NULL;
    text_put(key.cart, sizeof key.cart, cart);
    return bsearch(&key, candidates->list, candidates->count, sizeof key, compare);
}

static void add(struct candidates *candidates, struct store_rows *rows)
{
    if (candidates->count == candidates->room) {
        candidates->room = candidates->room * 2 + 64;
        candidates->list = realloc(candidates->list, candidates->room * sizeof *candidates->list);
        if (candidates->list == NULL)
            abort();
    }
    struct candidate *candidate = &candidates->list[candidates->count++];
    *candidate = (struct candidate){ .lat = store_number(rows, 1),
                                     .lon = store_number(rows, 2),
                                     .stock = store_int(rows, 3) };
    text_put(candidate->cart, sizeof candidate->cart, store_text(rows, 0));
}

static void read_loads(struct candidates *candidates, struct store_rows *rows)
{
    while (store_next(rows)) {
        struct candidate *candidate = find(candidates, store_text(rows, 0));
        if (candidate == NULL)
            continue;
        candidate->orders += store_int(rows, 1);
        candidate->pieces += store_int(rows, 2);
    }
    store_rows_end(rows);
}

static void read_all(struct candidates *candidates, struct store *store, int64_t now_ms)
{
    struct store_rows *rows =
        store_query(store, SQL_DISPATCH_CARTS, "i", now_ms - CANDIDATE_FIX_MS);

    candidates->count = 0;
    while (store_next(rows))
        add(candidates, rows);
    store_rows_end(rows);
    read_loads(candidates, store_query(store, SQL_DISPATCH_CARRIED, ""));
    read_loads(candidates, store_query(store, SQL_DISPATCH_OFFERED, ""));
    candidates->are_read = true;
}

static bool is_refusal(const char *outcome)
{
    return outcome != NULL &&
           (strcmp(outcome, OFFER_REFUSED) == 0 || strcmp(outcome, OFFER_GIVEN_BACK) == 0);
}

static void read_asked(struct store *store, const struct order *order, struct asked *asked)
{
    asked->count = 0;
    if (order->dispatch.turn == 0)
        return;
    struct store_rows *rows = store_query(store, SQL_DISPATCH_OFFERS_OF, "t", order->id);
    while (asked->count < ASKED_MAX && store_next(rows)) {
        text_put(asked->carts[asked->count], sizeof asked->carts[0], store_text(rows, 0));
        asked->refused[asked->count++] = is_refusal(store_text(rows, 1));
    }
    store_rows_end(rows);
}

/* False where it refused. */
static bool may_ask(const struct asked *asked, const char *cart, enum candidate_why *why)
{
    *why = CANDIDATE_NEAREST;
    for (size_t i = 0; i < asked->count; i++) {
        if (strcmp(asked->carts[i], cart) != 0)
            continue;
        if (asked->refused[i])
            return false;
        *why = CANDIDATE_AGAIN;
    }
    return true;
}

static bool is_able(const struct candidates *candidates, const struct candidate *candidate,
                    int64_t quantity)
{
    return candidate->orders < candidates->orders_max &&
           candidate->stock - candidate->pieces >= quantity;
}

struct candidate_found candidates_find(struct candidates *candidates, struct store *store,
                                       const struct order *order, int64_t now_ms)
{
    struct candidate_found found = { .why = CANDIDATE_AGAIN };
    double nearest = INFINITY;
    struct asked asked = { .count = 0 };

    if (isnan(order->lat))
        return found;
    if (!candidates->are_read)
        read_all(candidates, store, now_ms);
    if (candidates->count > 0)
        read_asked(store, order, &asked);
    for (size_t i = 0; i < candidates->count; i++) {
        const struct candidate *candidate = &candidates->list[i];
        enum candidate_why why;
        if (!is_able(candidates, candidate, order->quantity) ||
            !may_ask(&asked, candidate->cart, &why))
            continue;
        double metres = geo_distance_m(candidate->lat, candidate->lon, order->lat, order->lon);
        if (metres > CANDIDATE_DISTANCE_M)
            continue;
        found.able++;
        if (why > found.why || (why == found.why && metres >= nearest && found.cart != NULL))
            continue;
        nearest = metres;
        found = (struct candidate_found){ candidate, llround(metres), why, found.able };
    }
    return found;
}

bool candidates_reach(struct store *store, double lat, double lon)
{
    double height = geo_box_lat(CANDIDATE_DISTANCE_M);
    struct store_rows *rows =
        store_query(store, SQL_DISPATCH_CARTS_NEAR, "nn", lat - height, lat + height);
    bool is_near = false;

    while (!is_near && store_next(rows))
        is_near = geo_distance_m(store_number(rows, 0), store_number(rows, 1), lat, lon) <=
                  CANDIDATE_DISTANCE_M;
    store_rows_end(rows);
    return is_near;
}

void candidates_note(struct candidates *candidates, const char *cart, int64_t orders,
                     int64_t pieces)
{
    struct candidate *candidate = candidates->are_read ? find(candidates, cart) : NULL;

    if (candidate == NULL)
        return;
    candidate->orders += orders;
    candidate->pieces += pieces;
}

void candidates_forget(struct candidates *candidates)
{
    candidates->count = 0;
    candidates->are_read = false;
}

void candidates_free(struct candidates *candidates)
{
    free(candidates->list);
    *candidates = (struct candidates){ .orders_max = candidates->orders_max };
}
