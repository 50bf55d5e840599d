/* What the cart has counted and carried out, as its heartbeat and state say it (contract, section
 * 3). */
#ifndef CARRITO_AGENT_COUNTS_H
#define CARRITO_AGENT_COUNTS_H

#include "agent/outbox.h"
#include "common/json_write.h"

#include <stdint.h>

/* Adds the member `counts`: the sums of yesterday and today. */
void counts_write(struct outbox *outbox, int64_t wall_ms, struct json_writer *json);
/* The same for a state, which begins or ends a connection: what is done is named anew. */
void counts_write_state(struct outbox *outbox, int64_t wall_ms, struct json_writer *json);
/* Adds the member `done`: the commands carried out of late, once for each heartbeat. */
void counts_write_done(struct outbox *outbox, struct json_writer *json);

#endif
