/* What the till shows: rows of text for a terminal of 80x24 or a character display of 20x4, or what
 * lies between. Pure. */
#ifndef CARRITO_AGENT_TILL_SCREEN_H
#define CARRITO_AGENT_TILL_SCREEN_H

#include "agent/till.h"
#include "common/buffer.h"

/* Appends `rows` rows (at least 4), each with a line end and at most `columns` (at least 20)
 * characters. Nothing of it moves the cursor. */
void till_draw(const struct till *till, int columns, int rows, struct buffer *out);

#endif
