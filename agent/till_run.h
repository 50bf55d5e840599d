/* The till on a terminal, or on a pipe of lines. */
#ifndef CARRITO_AGENT_TILL_RUN_H
#define CARRITO_AGENT_TILL_RUN_H

#include "agent/settings.h"

/* Until the input ends or a signal comes. Returns the exit status. The terminal is left as it was.
 */
int till_run(const struct settings *settings);

#endif
