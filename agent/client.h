/* The vendor's commands: asks the running agent over its socket, or reads the outbox alone.
 *
 * Data on standard output, words on standard error. Returns the exit status: 0 done, 1 not done, 2
 * what was typed is wrong. Blocks at most CLIENT_WAIT_S for the agent. */
#ifndef CARRITO_AGENT_CLIENT_H
#define CARRITO_AGENT_CLIENT_H

#include "agent/settings.h"

#define CLIENT_ASK_S  8  /* the agent does not begin later with what was asked */
#define CLIENT_WAIT_S 13 /* what it has begun may take as long as this */

/* `argv[0]` is the command's word. */
int client_run(const struct settings *settings, int argc, char **argv);

#endif
