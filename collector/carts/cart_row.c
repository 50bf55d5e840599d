/* What a cart is in the store. */
#include "collector/carts/cart_row.h"

#include "location_sql.h"

#include "common/text.h"

#include <math.h>
#include <stdio.h>

static const struct row_column columns[] = {
    ROW_COLUMN(ROW_TEXT, struct cart_row, cart),
    ROW_COLUMN(ROW_TEXT, struct cart_row, state),
    ROW_COLUMN(ROW_INT, struct cart_row, fugitive),
    ROW_COLUMN(ROW_NUMBER, struct cart_row, lat),
    ROW_COLUMN(ROW_NUMBER, struct cart_row, lon),
    ROW_COLUMN(ROW_NUMBER, struct cart_row, acc),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, fix_ms),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, heard_ms),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, sale_ms),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, waiting),
    ROW_COLUMN(ROW_TEXT_OR_NULL, struct cart_row, version),
    ROW_COLUMN(ROW_TEXT_OR_NULL, struct cart_row, epoch),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, session),
    ROW_COLUMN(ROW_TEXT_OR_NULL, struct cart_row, gps),
    ROW_COLUMN(ROW_NUMBER, struct cart_row, batt),
    ROW_COLUMN(ROW_TEXT_OR_NULL, struct cart_row, bridge),
    ROW_COLUMN(ROW_INT, struct cart_row, part),
    ROW_COLUMN(ROW_INT, struct cart_row, phone),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, nofix_ms),
    ROW_COLUMN(ROW_TEXT_OR_NULL, struct cart_row, damaged),
    ROW_COLUMN(ROW_INT, struct cart_row, fix_dated),
    ROW_COLUMN(ROW_NUMBER, struct cart_row, claim_lat),
    ROW_COLUMN(ROW_NUMBER, struct cart_row, claim_lon),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, claim_ms),
    ROW_COLUMN(ROW_INT, struct cart_row, claim_count),
    ROW_COLUMN(ROW_INT_OR_NULL, struct cart_row, closed_ms),
    ROW_COLUMN(ROW_INT, struct cart_row, heard_place),
    ROW_COLUMN(ROW_INT, struct cart_row, listens),
    { .type = ROW_END },
};
static const struct row_column key_columns[] = {
    ROW_COLUMN(ROW_TEXT, struct cart_row, cart),
    { .type = ROW_END },
};

/* A cart that was never heard. */
static const struct cart_row blank = {
    .state = CART_STATE_NEW,
    .lat = NAN,
    .lon = NAN,
    .acc = NAN,
    .batt = NAN,
    .fix_ms = EVENT_ABSENT,
    .heard_ms = EVENT_ABSENT,
    .sale_ms = EVENT_ABSENT,
    .waiting = EVENT_ABSENT,
    .session = EVENT_ABSENT,
    .part = -1,
    .nofix_ms = EVENT_ABSENT,
    .claim_lat = NAN,
    .claim_lon = NAN,
    .claim_ms = EVENT_ABSENT,
    .closed_ms = EVENT_ABSENT,
};

static const struct row_table table = {
    .size = sizeof(struct cart_row),
    .blank = &blank,
    .key = key_columns,
    .read = SQL_CART_READ,
    .loaded = columns + 1,
    .write = SQL_CART_WRITE,
    .written = columns,
};

bool cart_is_known(struct store *store, const char *cart)
{
    return store_has(store, SQL_CART_IS_KNOWN, "t", cart);
}

void cart_known_as(struct store *store, char cart[CART_LENGTH_MAX + 1])
{
    char named[CART_LENGTH_MAX + 1] = "";

    if (!cart_is_national(cart) || cart_is_known(store, cart))
        return;
    struct store_rows *rows = store_query(store, SQL_CART_SPELT, "t", cart);
    while (named[0] == '\0' && store_next(rows))
        if (cart_is_same(cart, store_text(rows, 0)))
            text_put(named, sizeof named, store_text(rows, 0));
    store_rows_end(rows);
    if (named[0] != '\0')
        text_put(cart, CART_LENGTH_MAX + 1, named);
}

bool cart_rows_knows(struct rows *carts, struct store *store, const char *cart)
{
    struct cart_row key = { .state = "" };

    carts->table = &table;
    snprintf(key.cart, sizeof key.cart, "%s", cart);
    return rows_find(carts, &key) != NULL || cart_is_known(store, cart);
}

struct cart_row *cart_rows_get(struct rows *carts, struct store *store, const char *cart)
{
    struct cart_row key = { .state = "" };

    carts->table = &table;
    snprintf(key.cart, sizeof key.cart, "%s", cart);
    return rows_get(carts, store, &key);
}

/* A word of another release, were there one, counts as a cart of which nothing is known. */
enum cart_alert cart_row_move(struct cart_row *cart, enum cart_cause cause)
{
    enum cart_state from = cart_state_from_name(cart->state);
    struct cart_step step = cart_state_step(from < CART_STATES ? from : CART_SILENT, cause);

    snprintf(cart->state, sizeof cart->state, "%s", cart_state_names[step.to]);
    /* It says so again when it is back. */
    if (step.to != CART_HEARD && step.to != CART_SILENT)
        cart->listens = 0;
    return step.alert;
}
