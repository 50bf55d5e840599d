/* A thread that keeps house in the store, so that no commit of a role has to: twice a second what
 * SQLite's write-ahead log holds is moved into the file. Left to the connections, every hundredth
 * order or so would wait for two fsyncs and the pages of all before it. */
#ifndef CARRITO_COLLECTOR_STORE_KEEPER_H
#define CARRITO_COLLECTOR_STORE_KEEPER_H

struct store_keeper;

/* The text lives as long as the keeper. A store that is away is tried again. */
struct store_keeper *store_keeper_start(const char *store_url);
/* Waits for its end and frees. NULL is harmless. */
void store_keeper_stop(struct store_keeper *keeper);

#endif
