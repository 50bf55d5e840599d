/* What the cart has counted and carried out, as its heartbeat and state say it (contract, section
 * 3). */
#ifndef CARRITO_AGENT_COUNTS_H
#define CARRITO_AGENT_COUNTS_H

#include "agent/outbox.h"
#include "common/json_write.h"

#include <stdint.h>

/* For a heartbeat: adds the member `counts`, the running totals of what the centre has
 * acknowledged; nothing where they cannot be told (outbox_counts). Those of outboxes that were set
 * aside are in one of 45, as they change seldom and each costs 150 bytes. */
void counts_write(struct outbox *outbox, struct json_writer *json);
/* For a state, which begins or ends a connection: those of outboxes that were set aside are in it,
 * and what is done is named anew. Reads their files. */
void counts_write_state(struct outbox *outbox, struct json_writer *json);
/* Adds the member `done`: the commands carried out of late, once for each heartbeat. */
void counts_write_done(struct outbox *outbox, struct json_writer *json);

/* Appends the last line of an export of the outbox's file at `path`, without a line end: the totals
 * of all events up to `upto_seq`, acknowledged or not. False where they cannot be told; nothing is
 * appended then. */
bool counts_write_export(const char *path, int64_t upto_seq, struct buffer *line);

#endif
