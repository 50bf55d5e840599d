/* The headers of a record as librdkafka has them, for every producer. */
#ifndef CARRITO_KAFKA_HEADERS_H
#define CARRITO_KAFKA_HEADERS_H

#include "common/wire_kafka.h"

#include <librdkafka/rdkafka.h>

/* The caller's, until a produce call has taken the record; else rd_kafka_headers_destroy(). */
rd_kafka_headers_t *kafka_headers_new(const struct wire_envelope *envelope);

#endif
