/* Threads with a bounded queue, for what would hold up the server's pool. The queue is short,
 * because a client that waits long has gone: what does not fit is refused at once. */
#ifndef CARRITO_COLLECTOR_WORKERS_H
#define CARRITO_COLLECTOR_WORKERS_H

#include <stdbool.h>
#include <stddef.h>

#define WORKERS_THREADS_MAX 4

struct workers;

struct workers_options {
    void (*work)(void *item); /* runs on a worker thread */
    size_t threads;           /* at most WORKERS_THREADS_MAX */
    size_t waiting_max;       /* items that no thread has begun */
};

/* Each item that is handed over is worked on once, begun in their order. NULL and a log line where
 * threads cannot be had. */
struct workers *workers_open(const struct workers_options *options);
/* Hands an item over. False where too many wait, or workers_stop() has begun. Any thread. */
bool workers_submit(struct workers *workers, void *item);
/* Finishes what waits and ends the threads; then every submit is refused. */
void workers_stop(struct workers *workers);
/* Stops and frees. Harmless for NULL. */
void workers_close(struct workers *workers);

#endif
