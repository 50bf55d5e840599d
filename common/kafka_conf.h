/* librdkafka's configuration, the same way in every program that speaks to Kafka. */
#ifndef CARRITO_KAFKA_CONF_H
#define CARRITO_KAFKA_CONF_H

#include "common/config.h"

#include <librdkafka/rdkafka.h>

/* A configuration with the brokers, Nagle off, no topic made by asking for it, the log bridged to
 * log.h and the `kafka.NAME=` pairs of the file on top of `settings` (pairs of name and value, ends
 * with NULL). NULL and a log line where a property is not known. The caller owns it until
 * rd_kafka_new. */
rd_kafka_conf_t *kafka_conf_new(const char *brokers, const struct config_pairs *pairs,
                                const char *const *settings);
/* The same of several such lists, a later one on top of those before it; `parts` ends with NULL. */
rd_kafka_conf_t *kafka_conf_of(const char *brokers, const struct config_pairs *pairs,
                               const char *const *const *parts);

/* A client with this configuration, which is given away whatever comes of it. NULL, and a log line
 * of `module`, where librdkafka refuses; NULL for NULL. */
rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, const char *module);

/* `kafka.NAME_file=PATH` is `kafka.NAME=` with the first line of the file for its value, read each
 * time that a client is made: passwords need not stand in the configuration.
 *
 * What is wrong with a `kafka.NAME=` pair of the file; NULL where nothing is, and for other pairs.
 * For `pair_wrong` of config.h. */
const char *kafka_pair_wrong(const char *name, const char *value);

/* What both producers (bridge, collector's outbox) share: idempotent, acks=all, lz4, no message
 * timeout, murmur2_random. Ends with NULL. */
extern const char *const kafka_producer_settings[];
/* What the consumers share: no auto commit, no auto offset store, range assignor, session 6 s,
 * offset reset = error. Ends with NULL. */
extern const char *const kafka_consumer_settings[];

#endif
