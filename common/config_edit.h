/* Sets keys in the text of a configuration file and keeps everything else in it, comments too.
 * Pure. For files without sections. */
#ifndef CARRITO_CONFIG_EDIT_H
#define CARRITO_CONFIG_EDIT_H

#include "common/buffer.h"
#include "common/config.h"

/* Appends the new text. A key's line takes the new value where it stands: the line that counts, or
 * else the first that has it as a comment (`#key=`); a key without one is added at the end. */
void config_edit(const struct buffer *text, const struct config_pairs *set, struct buffer *out);

#endif
