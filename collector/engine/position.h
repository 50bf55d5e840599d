/* Where a role stands in one partition, and the fence: only the consumer that took the partition
 * last, and that knows where it stands, can move it (DESIGN, "The collector").
 *
 * The position is in the store, moved by the same transaction that stores what the records caused.
 * A consumer that was paused, lost its partitions and came back changes no row here, and so rolls
 * back everything. */
#ifndef CARRITO_COLLECTOR_POSITION_H
#define CARRITO_COLLECTOR_POSITION_H

#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define OWNER_SIZE 33 /* 32 hexadecimal digits and NUL */

struct position {
    const char *role, *topic; /* not owned */
    int32_t partition;
    int64_t next;      /* offset to be applied next */
    int64_t last_ms;   /* Kafka's time of the last record applied; 0: none, or not known */
    int64_t last_hash; /* of its bytes */
};

/* Takes the partition for `owner` and reads where to go on. In a transaction of the caller's. */
void position_take(struct store *store, const char *owner, struct position *position);
/* Moves from `position` to `next` and updates it. False where the fence is shut (or the store
 * failed): the caller rolls back. The caller's copy is right only after the commit. */
bool position_advance(struct store *store, const char *owner, const struct position *position,
                      const struct position *to);
/* Starts again at `offset`, knowing nothing of what was before it. */
bool position_restart(struct store *store, const char *owner, const struct position *position,
                      int64_t offset);

/* Notes that up to `offset` there are only markers behind the last record applied. False as above.
 */
bool position_read_to(struct store *store, const char *owner, const struct position *position,
                      int64_t offset);
/* The fence without a move: notes that all the log had at `watermark_ms` is applied. False as
 * above.
 */
bool position_pass(struct store *store, const char *owner, const struct position *position,
                   int64_t watermark_ms);
/* The earliest such time over the topic's first `count` partitions; 0 where one is not known. */
int64_t position_watermark(struct store *store, const char *role, const char *topic, int32_t count);
/* The topic has `count` partitions: what is kept of others is of a topic that is gone. */
void position_forget(struct store *store, const char *role, const char *topic, int32_t count);

/* What the log's ends say about a position when its partition is assigned. */
enum position_verdict {
    POSITION_VERIFY, /* the last record must still be there: read it again and compare */
    POSITION_GO_ON,  /* it has aged out; nothing after it is missing */
    POSITION_FRESH,  /* nothing was ever applied: from the log's beginning */
    POSITION_LOST    /* the log is shorter than what was applied, or records aged out unread */
};
enum position_verdict position_judge(const struct position *position, int64_t low, int64_t high);

#endif
