/* Whether the guild takes orders now, and where: what a buyer is to know before ordering. */
#ifndef CARRITO_COLLECTOR_SHOP_H
#define CARRITO_COLLECTOR_SHOP_H

#include "collector/base/settings.h"
#include "collector/store/store.h"

#include <stdbool.h>

#define SHOP_TIME_SIZE 6 /* "08:00" and NUL */

struct shop {
    bool dispatch; /* orders are offered to carts; else they move by themselves */
    bool open;     /* a cart listens for them; always so where they move by themselves */
    /* Where the carts that listen are, in degrees, wide enough to show nobody where one of them is;
     * NAN where none listens. */
    double south, west, north, east;
    char from[SHOP_TIME_SIZE],
        to[SHOP_TIME_SIZE]; /* the guild's hours; "" where they are all day */
};

/* Blocks for the store, whose error sticks; `store` may be NULL: nobody is known to listen, and it
 * counts as open, since the order itself is told what is wrong. */
void shop_look(struct store *store, const struct settings *settings, struct shop *shop);

#endif
