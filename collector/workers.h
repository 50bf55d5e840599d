/* Two threads for what would hold up the server's pool: password hashing (80 ms and 64 MiB each)
 * and whatever waits for the store's writer. The queue is short, because a client that waits long
 * has gone: what does not fit is refused at once. */
#ifndef CARRITO_COLLECTOR_WORKERS_H
#define CARRITO_COLLECTOR_WORKERS_H

#include <stdbool.h>

#define WORKERS_COUNT       2
#define WORKERS_WAITING_MAX 16

struct workers;

/* `work` runs on a worker thread for each item that was handed over, in their order. NULL and a
 * log line where threads cannot be had. */
struct workers *workers_open(void (*work)(void *item));
/* Hands an item over. False where too many wait, or workers_close() has begun. Any thread. */
bool workers_submit(struct workers *workers, void *item);
/* Finishes what waits and ends the threads; then every submit is refused. */
void workers_stop(struct workers *workers);
/* Stops and frees. Harmless for NULL. */
void workers_close(struct workers *workers);

#endif
