/* Reads Kafka topics for `tail`, without a consumer group: nothing is committed, and no consumer of
 * carrito's notices. Wraps librdkafka's consumer. One thread: the callback runs inside
 * tail_kafka_turn(). */
#ifndef CARRITO_CTL_TAIL_KAFKA_H
#define CARRITO_CTL_TAIL_KAFKA_H

#include "common/config.h"
#include "ctl/tail.h"

#define TAIL_KAFKA_METADATA_MS 1000 /* a turn blocks this long while no broker answers */

enum tail_kafka_state {
    TAIL_KAFKA_UNKNOWN,  /* before the first turn */
    TAIL_KAFKA_AWAY,     /* no broker answers; the next turn tries again */
    TAIL_KAFKA_NO_TOPIC, /* brokers answer, but no topic fits; the next turn looks again */
    TAIL_KAFKA_READING,
    TAIL_KAFKA_AT_END /* every partition was read to its end at least once */
};

struct tail_kafka_options {
    const char *brokers;
    const struct config_pairs *pairs;
    const struct tail *tail; /* says which topics; lives as long as the reader */
    enum tail_start start;
    int64_t last; /* TAIL_LAST: records per partition */
    void (*record)(void *owner, const struct tail_record *record);
    void *owner;
};

struct tail_kafka;

/* NULL, and logged, where a property is refused. */
struct tail_kafka *tail_kafka_open(const struct tail_kafka_options *options);
void tail_kafka_close(struct tail_kafka *kafka);
/* For poll(2): readable when there are records; and how long at most until the next turn. */
int tail_kafka_fd(const struct tail_kafka *kafka);
int tail_kafka_timeout_ms(const struct tail_kafka *kafka);
/* Hands over what is there, at most some hundred records. */
enum tail_kafka_state tail_kafka_turn(struct tail_kafka *kafka);
size_t tail_kafka_partitions(const struct tail_kafka *kafka);
/* Why it is away; lives until the next turn. */
const char *tail_kafka_why(const struct tail_kafka *kafka);
/* librdkafka's version, for --version. */
const char *tail_kafka_library(void);

#endif
