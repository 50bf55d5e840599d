/* Who holds the store's write lock waits for no peer: a broker that is slow would hold up every
 * writer of the process. */
#ifndef CARRITO_COLLECTOR_STORE_GUARD_H
#define CARRITO_COLLECTOR_STORE_GUARD_H

/* Ends the process, with a log line, where the calling thread is between store_begin() and its
 * commit: that is a bug of the caller's. `what` is what it was about to wait for. */
void store_guard_no_write(const char *what);

/* store.c: the calling thread has a transaction that writes, or one less. */
void store_guard_begin(void);
void store_guard_end(void);

#endif
