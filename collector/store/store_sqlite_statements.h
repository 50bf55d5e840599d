/* The prepared statements of a connection, by the addresses of their texts. */
#ifndef CARRITO_COLLECTOR_STORE_SQLITE_STATEMENTS_H
#define CARRITO_COLLECTOR_STORE_SQLITE_STATEMENTS_H

#include <sqlite3.h>
#include <stddef.h>

/* A hash table of which at most half is used. Zero-initialised it is empty and valid. */
struct statements {
    struct prepared *cache;
    size_t room, used;
};

/* Where the statement with this key is; NULL stands there until it is prepared. Until the next
 * call. */
sqlite3_stmt **statements_find(struct statements *statements, const char *key);
void statements_free(struct statements *statements);

#endif
