/* Asks for the carts that listen. */
#include "collector/api/shop.h"

#include "collector/orders/dispatch.h"

#include "shop_sql.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define AREA_STEP 0.01 /* degrees: about a kilometre */

/* "08:00-21:30"; an interval that is the whole day says nothing. */
static void read_hours(const char *hours, struct shop *shop)
{
    bool is_whole = hours == NULL || strcmp(hours, "00:00-24:00") == 0 ||
                    strlen(hours) != 2 * SHOP_TIME_SIZE - 1 ||
                    strncmp(hours, hours + SHOP_TIME_SIZE, SHOP_TIME_SIZE - 1) == 0;
    if (is_whole)
        return;
    snprintf(shop->from, sizeof shop->from, "%.5s", hours);
    snprintf(shop->to, sizeof shop->to, "%.5s", hours + SHOP_TIME_SIZE);
}

/* Outwards, and one step more: a single cart is in no corner of it. */
static void read_area(struct store_rows *rows, struct shop *shop)
{
    if (store_is_null(rows, 1))
        return;
    shop->south = (floor(store_number(rows, 1) / AREA_STEP) - 1) * AREA_STEP;
    shop->west = (floor(store_number(rows, 2) / AREA_STEP) - 1) * AREA_STEP;
    shop->north = (ceil(store_number(rows, 3) / AREA_STEP) + 1) * AREA_STEP;
    shop->east = (ceil(store_number(rows, 4) / AREA_STEP) + 1) * AREA_STEP;
}

void shop_look(struct store *store, const struct settings *settings, struct shop *shop)
{
    *shop = (struct shop){ .open = true, .south = NAN, .west = NAN, .north = NAN, .east = NAN };
    shop->dispatch = order_is_dispatched(settings);
    read_hours(settings->hours, shop);
    if (!shop->dispatch || store == NULL)
        return;
    struct store_rows *rows = store_query(store, SQL_SHOP_CARTS, "");
    if (store_next(rows)) {
        shop->open = store_int(rows, 0) > 0;
        read_area(rows, shop);
    }
    store_rows_end(rows);
}
