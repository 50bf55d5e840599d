/* The stop flag: set by SIGINT and SIGTERM, read by what waits (tail, --watch, a request). */
#ifndef CARRITO_CTL_STOP_H
#define CARRITO_CTL_STOP_H

#include <stdbool.h>

/* From here on the signals only set the flag, and calls that block return with EINTR. Before it
 * they end the program at once, which is right for a command that answers and is done. */
void stop_on_signals(void);
bool stop_requested(void);

#endif
