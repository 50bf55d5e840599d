/* The number of the store's schema (common/schema_step.h): judged before anything is changed, and
 * brought up step by step. */
#ifndef CARRITO_COLLECTOR_STORE_SCHEMA_H
#define CARRITO_COLLECTOR_STORE_SCHEMA_H

#include "collector/store/store.h"

/* The number of an open store, without a change in it; 0: it is empty. STORE_REFUSED as
 * store_migrate(). Outside of a transaction. */
enum store_result store_schema_read(struct store *store, int *number);

/* Whether this program may work on the store, without a change in a byte of it: STORE_OK (an older
 * one too, and none at all), STORE_REFUSED, or what else keeps it from being read. `cause` is
 * filled in unless it is STORE_OK. */
enum store_result store_look(const char *url, struct store_cause *cause);

/* Looks, opens, and brings up: what a program does before its other connections. NULL, with the
 * result and its cause, where it cannot be had. */
struct store_wanted {
    const char *url;
    enum store_durability durability;
};
struct store *store_open_current(const struct store_wanted *wanted, enum store_result *result,
                                 struct store_cause *cause);

/* What a program that cannot do without the store ends with: 78 where it is refused, else 1. */
int store_exit_status(enum store_result result);

#endif
