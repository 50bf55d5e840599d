/* The totals of an outbox's file that nobody works on: of one that was set aside, or of one that is
 * exported. Reads only; blocks for the disk. */
#ifndef CARRITO_AGENT_OUTBOX_EARLIER_H
#define CARRITO_AGENT_OUTBOX_EARLIER_H

#include "agent/outbox.h"

struct outbox_file_counts {
    char epoch[EPOCH_LENGTH_MAX + 1];
    struct outbox_counts counts;
};

/* Calls back with those of the same plate that were set aside beside the outbox, the newest first,
 * at most 8, each up to what the centre has acknowledged of it. One that cannot tell (it is of an
 * earlier release, or damaged there) is passed over in silence: this is asked for often. */
void outbox_each_earlier(struct outbox *outbox,
                         void (*call)(void *owner, const struct outbox_file_counts *file),
                         void *owner);
/* Asked for each heartbeat: true for one in 15 minutes. */
bool outbox_earlier_is_due(struct outbox *outbox);

/* Of any outbox's file, up to `upto_seq`. False where it cannot tell. */
bool outbox_file_counts(const char *path, int64_t upto_seq, struct outbox_file_counts *found);

#endif
