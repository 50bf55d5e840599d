/* The vendor's commands: asks the running agent over its socket, or reads the outbox alone.
 *
 * Data on standard output, words on standard error. Returns the exit status: 0 done, 1 not done, 2
 * what was typed is wrong. Blocks at most CLIENT_WAIT_S for the agent. */
#ifndef CARRITO_AGENT_CLIENT_H
#define CARRITO_AGENT_CLIENT_H

#include "agent/client_mark.h"
#include "agent/settings.h"

/* What --help says before the table of settings: all commands. */
extern const char client_usage[];

/* `argv[0]` is the command's word. */
int client_run(const struct settings *settings, int argc, char **argv);

#endif
