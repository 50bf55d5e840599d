/* Asks the person: lines of the terminal, or of standard input where there is none. */
#ifndef CARRITO_CTL_PROMPT_H
#define CARRITO_CTL_PROMPT_H

#include <stdbool.h>

#define PROMPT_LINE_SIZE 1024 /* with NUL; a longer line is cut */

/* One line of standard input without its end; false where none came. A line of nothing is one. */
bool prompt_line(char line[PROMPT_LINE_SIZE]);
/* Asks on the terminal ("question: ") and reads without showing what is typed; without a terminal,
 * one line of standard input. stop_on_signals() comes before, so that the terminal gets its echo
 * back whatever happens. False where no line came, or Ctrl-C did. */
bool prompt_secret(const char *question, char line[PROMPT_LINE_SIZE]);
/* Asks before what nobody can take back: true where somebody at the terminal says yes ("y", "sí"),
 * and without a terminal, where nobody can be asked. */
bool prompt_is_sure(const char *question);

#endif
