/* A thread that keeps house in the store, so that no commit of a role has to: twice a second what
 * SQLite's write-ahead log holds is moved into the file (checkpoint.h). Left to the connections,
 * every hundredth order or so would wait for two fsyncs and the pages of all before it. Once an
 * hour it forgets what is too old (retention.h), a batch a turn, so that roles come between. In a
 * damaged store it does nothing: the log may be what is left to mend it by. */
#ifndef CARRITO_COLLECTOR_STORE_KEEPER_H
#define CARRITO_COLLECTOR_STORE_KEEPER_H

#include "collector/store/retention.h"

struct store_keeper;
struct wake;

struct store_keeper_options {
    const char *store_url; /* lives as long as the keeper */
    struct wake *wake;     /* where it takes its turn to write; may be NULL */
    struct retention retention;
};

/* A store that is away is tried again. */
struct store_keeper *store_keeper_start(const struct store_keeper_options *options);
/* Waits for its end and frees. NULL is harmless. */
void store_keeper_stop(struct store_keeper *keeper);

#endif
