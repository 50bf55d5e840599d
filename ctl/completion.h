/* Shell completion, written from the table of commands. */
#ifndef CARRITO_CTL_COMPLETION_H
#define CARRITO_CTL_COMPLETION_H

#include "common/buffer.h"

/* Appends the script for bash(1). Pure. */
void completion_bash(struct buffer *out);
/* The same for zsh(1), by its emulation of bash's completion. */
void completion_zsh(struct buffer *out);

#endif
