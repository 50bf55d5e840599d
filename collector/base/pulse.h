/* Whether every thread of the process that should turn does turn: by this the service manager's
 * watchdog is fed, so that one thread that hangs is found though all others go on.
 *
 * One list for the process, as of the metrics. A thread counts from pulse_begin() to its end. It
 * beats once in each turn, and in long work with each piece of it: a rebuild, or waiting for Kafka
 * with all its tries, is no standstill. In between it may rest: a worker without work waits for as
 * long as it takes. Beats cost one atomic store. */
#ifndef CARRITO_COLLECTOR_PULSE_H
#define CARRITO_COLLECTOR_PULSE_H

#include <stdint.h>

#define PULSE_THREADS_MAX 64 /* more are not looked at */

/* The calling thread is to beat from now on. `name` is a literal of at most 15 bytes; the thread
 * gets it too, for whoever looks at /proc or with a debugger. */
void pulse_begin(const char *name);
/* The calling thread turns; nothing where it did not begin. */
void pulse_beat(void);
/* The calling thread waits for work; its next beat ends that. */
void pulse_rest(void);

/* The name of a thread that has not beaten for `limit_ms`, or NULL. For one watching thread: what
 * it saw last is kept here. */
const char *pulse_stuck(int64_t mono_ms, int64_t limit_ms);

#endif
