/* Serving calls: route, sign-in, role, parameters, body, store, answer.
 *
 * Threads of its own: a small pool that answers from the store, each thread with its own
 * connection, two workers for passwords, two for what writes and two for what reads for long. */
#ifndef CARRITO_COLLECTOR_SERVE_H
#define CARRITO_COLLECTOR_SERVE_H

#include "collector/call/frame.h"

/* Listens, and starts the threads. False and a log line where the address cannot be had; then, too,
 * serve_stop() comes before frame_close(). */
bool serve_start(struct frame *frame);
/* Takes no new request: no suspended exchange may be left when the server ends. */
void serve_quiesce(struct frame *frame);
/* Finishes those in hand, at most some seconds, and ends the threads. */
void serve_stop(struct frame *frame);

#endif
