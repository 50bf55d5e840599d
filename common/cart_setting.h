/* What operators may set of one cart alone: one table, of collector and carritoctl.
 *
 * A row is all that a setting needs to be set, kept and shown: POST /carts/{cart} takes it, the
 * store keeps it by its name, GET /carts/{cart} shows it (null where it is not set), and
 * `carritoctl cart PLATE NAME VALUE` asks for it. What it changes is where a role asks for it:
 * cart_setting_number(). Names are kept in stores and are the API's: one that was used is never
 * given to another setting. */
#ifndef CARRITO_CART_SETTING_H
#define CARRITO_CART_SETTING_H

/* Kinds: COUNT, a whole number from 0 to the limit; TEXT, of at most so many code points.
 * Then for people, in Spanish and in English: its title, and what it is good for. */
#define CART_SETTING_TABLE(X)                                                                      \
    X(THRESHOLD, "threshold", COUNT, 1000000, "umbral", "threshold",                               \
      "hay que reponerlo con N o menos", "it is to be restocked at N or less")                     \
    X(NOTE, "note", TEXT, 500, "nota", "note", "lo que hay que saber de él",                       \
      "what there is to know of it")

#define CART_SETTING_NUMBER(id, name, kind, limit, ...) CART_SETTING_##id,
enum cart_setting { CART_SETTING_TABLE(CART_SETTING_NUMBER) CART_SETTINGS };

#endif
