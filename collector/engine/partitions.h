/* The partitions that one consumer of a role has: which they are, where each stands, and whether
 * the log is still the one that was read.
 *
 * Keeps the store's positions (position.h) and Kafka's records in step. One thread; it writes in
 * the caller's transaction where it says so, and in its own elsewhere. */
#ifndef CARRITO_COLLECTOR_PARTITIONS_H
#define CARRITO_COLLECTOR_PARTITIONS_H

#include "collector/engine/role.h"
#include "collector/engine/role_metrics.h"
#include "collector/engine/watermark.h"
#include "collector/kafka/kafka_in.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct partitions;

/* `role` and `lang` ("es", "en") live as long as it. Never NULL. */
struct partitions *partitions_open(const char *role, const char *lang);
void partitions_close(struct partitions *partitions);
/* Before anything else: what it works on. Both stay the caller's. */
void partitions_use(struct partitions *partitions, struct store *store, struct kafka_in *in);

/* Takes the partition in the store and says where to read; -1 where the store cannot tell now.
 * Where the broker cannot, it is judged by the first record that comes. Blocks for the store, and
 * for the broker a second at most. */
int64_t partitions_take(struct partitions *partitions, const char *topic, int32_t partition);
/* A connection to a broker broke, nothing was polled for long, or another broker gives a log's
 * records: each may be another log
 * now, so that all are asked for again and verified by their first record. No broker is asked for
 * their ends, as it may not be there. */
void partitions_doubt(struct partitions *partitions);
/* The offset that was asked for is not there: all are asked for again, and judged by their ends. */
void partitions_miss(struct partitions *partitions);
/* None is ours any more. */
void partitions_forget(struct partitions *partitions);
size_t partitions_count(const struct partitions *partitions);

/* Sorts a record out: true where it belongs into the batch. The first one of a partition may be
 * the one that was applied last, which shows that the log is still the same; where it is not, the
 * partition starts over and all are asked for again. The first one from another broker is in doubt:
 * see above. */
bool partitions_accept(struct partitions *partitions, const struct kafka_record *record);
/* In the caller's transaction: moves every partition that the batch touches; false where the fence
 * is shut or the store failed. */
bool partitions_advance(struct partitions *partitions, const struct kafka_record *batch,
                        size_t count);
/* The transaction is committed: that is where we stand. */
void partitions_remember(struct partitions *partitions);

/* All that the log has before `offset` has been given to us, and it ended there. */
void partitions_end(struct partitions *partitions, const struct kafka_record *end);

/* Holds what is applied against where the logs ended as of that question. */
void partitions_note_watermark(struct partitions *partitions, struct watermark *watermark,
                               int64_t question);
/* What was noted, of each partition; lives until it is noted again or one is taken. */
const struct role_watermark *partitions_watermarks(const struct partitions *partitions,
                                                   size_t *count);
/* In the caller's transaction: the fence of all partitions without a move, with what was noted
 * last. False where it is shut. */
bool partitions_pass(struct partitions *partitions);

/* Tells Kafka how far the store is, the store where that is behind markers of transactions, and the
 * metrics how far it is from the end. Writes in a transaction of its own. */
void partitions_report(struct partitions *partitions, struct role_metrics *metrics);

#endif
