/* What a record of Kafka is on the operators' stream: the JSON of server-sent events. Pure. */
#ifndef CARRITO_COLLECTOR_STREAM_EVENT_H
#define CARRITO_COLLECTOR_STREAM_EVENT_H

#include "collector/kafka/kafka_in.h"
#include "common/buffer.h"

#include <stdbool.h>

/* What is said of one record: each text is empty where there is nothing of its kind. */
struct stream_words {
    struct buffer sale, position, alert, order, stock; /* one JSON object each */
    unsigned readers;                                  /* the roles that may hear it */
};

/* The topics to follow; ends with NULL. */
extern const char *const stream_topics[];

/* Appends what the record says to all who may listen, without what is of persons and not for each
 * of them; what cannot be read, or is retained, says nothing. */
void stream_words_of(const struct kafka_record *record, struct stream_words *words);
void stream_words_free(struct stream_words *words);

#endif
