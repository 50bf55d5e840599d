/* Reads and writes the carts of a batch. */
#include "collector/role/cart_row.h"
#include "collector/tree.h"

#include "location_sql.h"

#include "common/text.h"

#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
    const struct cart_row *a = left, *b = right;

    return strcmp(a->cart, b->cart);
}

bool cart_is_known(struct store *store, const char *cart)
{
    return store_has(store, SQL_CART_IS_KNOWN, "t", cart);
}

bool cart_rows_knows(struct cart_rows *rows, struct store *store, const char *cart)
{
    struct cart_row key = { .state = "" };

    snprintf(key.cart, sizeof key.cart, "%s", cart);
    return tfind(&key, &rows->tree, compare) != NULL || cart_is_known(store, cart);
}

static int64_t int_or_absent(struct store_rows *rows, int column)
{
    return store_is_null(rows, column) ? EVENT_ABSENT : store_int(rows, column);
}

static void load(struct cart_row *cart, struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_CART_READ, "t", cart->cart);

    cart->loaded = true;
    if (!store_next(rows))
        return;
    text_put(cart->state, sizeof cart->state, store_text(rows, 0));
    cart->fugitive = store_int(rows, 1);
    cart->lat = store_number(rows, 2);
    cart->lon = store_number(rows, 3);
    cart->acc = store_number(rows, 4);
    cart->fix_ms = int_or_absent(rows, 5);
    cart->heard_ms = int_or_absent(rows, 6);
    cart->sale_ms = int_or_absent(rows, 7);
    cart->stock = int_or_absent(rows, 8);
    text_put(cart->stock_epoch, sizeof cart->stock_epoch, store_text(rows, 9));
    cart->stock_seq = int_or_absent(rows, 10);
    cart->stock_ms = int_or_absent(rows, 11);
    cart->waiting = int_or_absent(rows, 12);
    text_put(cart->version, sizeof cart->version, store_text(rows, 13));
    text_put(cart->epoch, sizeof cart->epoch, store_text(rows, 14));
    cart->session = int_or_absent(rows, 15);
    text_put(cart->gps, sizeof cart->gps, store_text(rows, 16));
    cart->batt = store_number(rows, 17);
    text_put(cart->bridge, sizeof cart->bridge, store_text(rows, 18));
    cart->part = store_int(rows, 19);
    cart->phone = store_int(rows, 20);
    cart->nofix_ms = int_or_absent(rows, 21);
    text_put(cart->damaged, sizeof cart->damaged, store_text(rows, 22));
    cart->fix_dated = store_int(rows, 23);
    cart->claim_lat = store_number(rows, 24);
    cart->claim_lon = store_number(rows, 25);
    cart->claim_ms = int_or_absent(rows, 26);
    cart->claim_count = store_int(rows, 27);
    cart->closed_ms = int_or_absent(rows, 28);
    store_rows_end(rows);
}

struct cart_row *cart_rows_get(struct cart_rows *rows, struct store *store, const char *cart)
{
    bool is_new;
    struct cart_row key = { .state = "silent",
                            .lat = NAN,
                            .lon = NAN,
                            .acc = NAN,
                            .batt = NAN,
                            .fix_ms = EVENT_ABSENT,
                            .heard_ms = EVENT_ABSENT,
                            .sale_ms = EVENT_ABSENT,
                            .stock = EVENT_ABSENT,
                            .stock_seq = EVENT_ABSENT,
                            .stock_ms = EVENT_ABSENT,
                            .waiting = EVENT_ABSENT,
                            .session = EVENT_ABSENT,
                            .part = -1,
                            .nofix_ms = EVENT_ABSENT,
                            .claim_lat = NAN,
                            .claim_lon = NAN,
                            .claim_ms = EVENT_ABSENT,
                            .closed_ms = EVENT_ABSENT };

    snprintf(key.cart, sizeof key.cart, "%s", cart);
    struct cart_row *found = tree_get(&rows->tree, &key, sizeof key, compare, &is_new);
    if (is_new)
        load(found, store);
    return found;
}

static void write_row(const void *node, VISIT visit, void *store)
{
    const struct cart_row *cart = *(struct cart_row *const *)node;

    if (visit != postorder && visit != leaf)
        return;
    store_run(store, SQL_CART_WRITE, "ttinnnooootooottotntiiotinnoio", cart->cart, cart->state,
              cart->fugitive, cart->lat, cart->lon, cart->acc, cart->fix_ms, cart->heard_ms,
              cart->sale_ms, cart->stock, text_or_null(cart->stock_epoch), cart->stock_seq,
              cart->stock_ms, cart->waiting, text_or_null(cart->version), text_or_null(cart->epoch),
              cart->session, text_or_null(cart->gps), cart->batt, text_or_null(cart->bridge),
              cart->part, cart->phone, cart->nofix_ms, text_or_null(cart->damaged), cart->fix_dated,
              cart->claim_lat, cart->claim_lon, cart->claim_ms, cart->claim_count, cart->closed_ms);
}

void cart_rows_write(struct cart_rows *rows, struct store *store)
{
    twalk_r(rows->tree, write_row, store);
    cart_rows_forget(rows);
}

void cart_rows_forget(struct cart_rows *rows)
{
    tdestroy(rows->tree, free);
    rows->tree = NULL;
}
