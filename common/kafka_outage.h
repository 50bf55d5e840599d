/* Which brokers of Kafka cannot be reached, so that an outage is one line of the log and not one
 * per attempt, client and thread.
 *
 * It is the process's, as the log is: a collector has half a dozen clients, and an outage is theirs
 * together. Thread-safe; nothing blocks. */
#ifndef CARRITO_KAFKA_OUTAGE_H
#define CARRITO_KAFKA_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a line of librdkafka's log: true where it tells of a broker that cannot be reached, or that
 * lets no producer in for now, which is then dealt with: said at the first of its kind of an
 * outage, and at debug afterwards.
 * `facility` and `text` as librdkafka's log callback has them. */
bool kafka_outage_take(const char *facility, const char *text, int64_t mono_ms);

/* A broker answered what it was asked at `sent_ms`: where it could not be reached before, and not
 * for a moment (200 ms) before that, it is said that it is back. `name` as librdkafka's,
 * host:port/id. Cheap while all is well; called for each answer of a broker. */
void kafka_outage_answered(const char *name, int64_t sent_ms, int64_t mono_ms);

#endif
