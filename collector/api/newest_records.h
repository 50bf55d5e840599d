/* The newest N of the records that pass by, in copy: what lists of Kafka's records show.
 *
 * Newest first: by Kafka's time; of the same time, by partition, and within one by offset from the
 * end. That order is total within a topic, so that a page can go on where the last one ended. */
#ifndef CARRITO_COLLECTOR_NEWEST_RECORDS_H
#define CARRITO_COLLECTOR_NEWEST_RECORDS_H

#include "collector/kafka/kafka_in.h"

#include <stddef.h>
#include <stdint.h>

/* Of a value; what is longer is cut: it is for people to read. */
#define NEWEST_VALUE_MAX 32768

struct kept_record {
    char *topic, *key, *value; /* text: what is no UTF-8 is replaced by U+FFFD; key NULL for none */
    char *error, *about, *source; /* headers of a dead letter; or NULL */
    int32_t partition;
    int64_t offset, append_ms;
};

struct newest_records;

/* Keeps at most `max`, which is not 0. Never NULL. */
struct newest_records *newest_open(size_t max);
void newest_close(struct newest_records *newest);
/* For struct kafka_look_calls: `owner` is the struct newest_records. */
void newest_take(void *owner, const struct kafka_record *record);
/* Sorts them; *count is how many there are. They live until newest_close(). */
const struct kept_record *newest_sorted(struct newest_records *newest, size_t *count);

#endif
