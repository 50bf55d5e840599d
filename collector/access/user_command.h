/* `carrito-collector user …`: the first users are made here, at the machine, not over HTTP. */
#ifndef CARRITO_COLLECTOR_USER_COMMAND_H
#define CARRITO_COLLECTOR_USER_COMMAND_H

/* `argv[0]` is the word after `user`: add, list, remove, password, unblock. Returns the exit
 * status: 0 done, 1 failed (said on standard error), 2 bad arguments. Blocks for the prompt. */
int user_command(const char *store_url, int argc, char **argv);

#endif
