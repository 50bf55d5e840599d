/* An outbox that was set aside whole (outbox_aside.h), as one that is sent and nothing more: of
 * outbox.h it takes outbox_head, outbox_read, outbox_acknowledge, outbox_save, outbox_is_broken and
 * outbox_close. One thread; calls may block for the disk. */
#ifndef CARRITO_AGENT_OUTBOX_FORMER_H
#define CARRITO_AGENT_OUTBOX_FORMER_H

#include "agent/outbox.h"

/* For the agent whose outbox lies beside it, and nobody else. Where nothing can be written, what is
 * acknowledged is kept in memory. NULL where it cannot be read (logged). */
struct outbox *outbox_open_former(const char *path);
/* Whose it is; "" where it does not say. */
void outbox_former_plate(struct outbox *former, char plate[CART_LENGTH_MAX + 1]);
/* Makes it so where it can be written: others' events become former outboxes beside `outbox`. */
void outbox_former_split(struct outbox *former, const char *outbox, int64_t wall_ms);

#endif
