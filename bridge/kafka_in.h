/* Reads carrito.commands, every partition of it, from where the bridge's group stands.
 *
 * The partitions are assigned, not subscribed: each bridge reads all commands, so there is nothing
 * to share, and a bridge that starts again need not wait for its former self's session to end. The
 * group only keeps the position. One thread, nothing blocks. */
#ifndef CARRITO_BRIDGE_KAFKA_IN_H
#define CARRITO_BRIDGE_KAFKA_IN_H

#include "bridge/command_desk.h"
#include "bridge/kafka_out.h"

struct kafka_in;

/* NULL where the properties are no good (logged). Kafka need not be there. */
struct kafka_in *kafka_in_open(const struct kafka_out_options *options);
void kafka_in_close(struct kafka_in *in);

/* Reads partitions 0 to count - 1 from the committed positions on, or from the start of those that
 * have none. Again with another count: what was not committed comes again. */
void kafka_in_assign(struct kafka_in *in, int32_t count);
/* To be called each turn, with monotonic ms: assigns anew after a failure, at most every second. */
void kafka_in_renew(struct kafka_in *in, int64_t now_ms);
/* The next record, valid until the next call; false where there is none now. */
bool kafka_in_next(struct kafka_in *in, struct command_record *record);
/* Sends the position to Kafka, without waiting. A lost one costs a repetition. */
void kafka_in_commit(struct kafka_in *in, const struct command_position *position);

#endif
