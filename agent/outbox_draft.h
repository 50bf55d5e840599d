/* Former outboxes in the making (outbox_aside.h): events that are given one by one become one for
 * each plate that they name, since an outbox is one plate's, and its topic refuses another's. They
 * keep their bytes, their numbers and their epoch. */
#ifndef CARRITO_AGENT_OUTBOX_DRAFT_H
#define CARRITO_AGENT_OUTBOX_DRAFT_H

#include "agent/database.h"
#include "common/buffer.h"
#include "common/event.h"

#define DRAFTS_MAX 8 /* plates of one file; a file of more is not split */

struct outbox_draft {
    sqlite3 *db;
    sqlite3_stmt *insert;
    char plate[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t rows, first_seq, last_seq;
};

struct outbox_drafts {
    const char *outbox;          /* beside which they lie; not owned */
    enum database_result result; /* the first failure; nothing is written after it */
    struct outbox_draft list[DRAFTS_MAX];
    size_t count;
    struct buffer text;
};

/* Removes what a power cut left of an earlier try. All three block for the disk. */
void outbox_drafts_begin(struct outbox_drafts *drafts, const char *outbox);
/* An event's bytes, in the order of their numbers. What is no event is passed over. */
void outbox_drafts_take(struct outbox_drafts *drafts, const char *bytes, size_t length);
/* Each gets its name; `acked_seq` is what the file says that they come from (-1: it does not).
 * False where one could not be written, logged: then the rows are where they were, and what has a
 * name by then is sent a second time, which the centre counts once. */
bool outbox_drafts_end(struct outbox_drafts *drafts, int64_t acked_seq, int64_t wall_ms);

#endif
