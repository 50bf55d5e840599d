/* What the consumers here have in common, those of roles and those that only look: for the files
 * that include librdkafka themselves. */
#ifndef CARRITO_COLLECTOR_KAFKA_READER_H
#define CARRITO_COLLECTOR_KAFKA_READER_H

#include "collector/kafka/kafka_in.h"
#include "common/kafka_conf.h"

/* fetch.min.bytes of who lets Kafka gather records for some milliseconds. */
#define KAFKA_GATHER_BYTES "65536"

/* A consumer for partitions that are assigned by hand: no group's memory, no commits. NULL and a
 * log line where a property is no good. `settings` are pairs that end with NULL. */
rd_kafka_t *kafka_reader_open(const char *brokers, const struct config_pairs *pairs,
                              const char *const *settings);
/* Harmless for NULL. */
void kafka_reader_close(rd_kafka_t *client);
/* How many partitions the topic has; 0 where there is none, or no answer within the time. */
int32_t kafka_reader_partitions(rd_kafka_t *client, const char *topic, int timeout_ms);
/* The message as a record, which points into it; the record owns it from now on. */
void kafka_reader_record(rd_kafka_message_t *message, struct kafka_record *record);

#endif
