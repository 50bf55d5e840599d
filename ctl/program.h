/* Another program, run to its end without a shell, so that no word is read as a command. */
#ifndef CARRITO_CTL_PROGRAM_H
#define CARRITO_CTL_PROGRAM_H

#define PROGRAM_MISSING 127 /* it is not installed */

/* `words` ends in NULL; the program is looked for in PATH. Its standard input is empty, and nothing
 * of what it says is shown. Blocks until it has ended. Returns its exit status, PROGRAM_MISSING, or
 * -1 where it ended otherwise. */
int program_run_quietly(const char *const *words);

#endif
