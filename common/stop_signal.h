/* SIGTERM and SIGINT ask a program to finish what is in hand and end. For main() and its loops: the
 * signals are the process's, and so is this. */
#ifndef CARRITO_STOP_SIGNAL_H
#define CARRITO_STOP_SIGNAL_H

#include <stdbool.h>

/* From here on they are only remembered; a poll(2) that waits returns. A peer that closes its end
 * is an error of write(2) and no SIGPIPE. */
void stop_signal_catch(void);
/* One of them came. Safe from any thread; cheap. */
bool stop_signal_came(void);

#endif
