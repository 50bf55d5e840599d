/* The former outboxes of the cart whose events wait still: of a plate that it no longer has, or of
 * an epoch that ended (outbox_aside.h). What they are, and how many wait. */
#ifndef CARRITO_AGENT_FORMER_H
#define CARRITO_AGENT_FORMER_H

#include "agent/outbox.h"
#include "agent/outbox_aside.h"
#include "common/json_write.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct former {
    char *path;
    char cart[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t waiting;    /* events that were not acknowledged */
    int64_t oldest_ms;  /* wall time of the oldest when it was looked at; 0: not known */
    bool sends;         /* they are sent from here; else they wait for `outbox export` */
    bool is_unreadable; /* or cannot be split now: it waits for the next start */
};

/* Zero-initialised it is empty. The oldest comes first. */
struct formers {
    struct outbox_left
        card; /* a card that can only be read and is another plate's; by the caller */
    struct former list[ASIDE_FILES_MAX + 1];
    size_t count;
};

/* Looks at the files beside the outbox at this path. A damaged one is set aside as such, and what
 * it still gives is another one from now on (outbox_rescue.h); one of several plates is split
 * (outbox_split.h). What cannot be read is logged and left out; what has nothing left to send
 * becomes a sent one. What waits on `card` is one of the list. Blocks for the disk: some seconds
 * for a large file that is damaged. */
void formers_look(struct formers *formers, const char *outbox, int64_t wall_ms);
void formers_free(struct formers *formers);
/* Events that wait in all of them, and the wall time of the oldest; 0: none. */
int64_t formers_waiting(const struct formers *formers);
int64_t formers_oldest_ms(const struct formers *formers);
/* One of the list; those behind it move up. */
void formers_remove(struct formers *formers, struct former *former);

/* Adds the member `former` where some wait:
 * [{"cart":"BBCL23","epoch":"9f0c…","waiting":50,"sends":false}] */
void formers_write(const struct formers *formers, struct json_writer *json);

#endif
