/* What lets a request to the running agent be repeated: it is done once, and not at all where
 * nobody waits for it any more. */
#ifndef CARRITO_AGENT_CLIENT_MARK_H
#define CARRITO_AGENT_CLIENT_MARK_H

#include "common/json_write.h"

#define CLIENT_ASK_S  8  /* the agent does not begin later with what was asked */
#define CLIENT_WAIT_S 13 /* what it has begun may take as long as this */

/* Writes the members: a random `id`, and until when somebody waits for it. */
void client_mark(struct json_writer *json);

#endif
