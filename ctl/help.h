/* --help and --version. */
#ifndef CARRITO_CTL_HELP_H
#define CARRITO_CTL_HELP_H

#include "ctl/command.h"

void help_program(enum lang language, FILE *file);
void help_command(enum lang language, const struct command *command);
/* Prints carritoctl's version and its libraries'; returns the exit status. */
int help_version(void);

#endif
