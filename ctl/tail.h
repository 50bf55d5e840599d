/* What `carritoctl tail` shows of what passes by: one filter and one form for MQTT and Kafka.
 *
 * A filter is an MQTT topic filter. A Kafka record answers to its topic with dots as levels and
 * its key as the last ones: `carrito.sales` with key BBCL23 is `carrito/sales/BBCL23` (the topic's
 * own spelling, `carrito.sales/BBCL23`, does too). So `carrito/+/BBCL23/#` is one cart on both
 * ways. A batch of events is shown event by event. Pure: no socket, no clock. */
#ifndef CARRITO_CTL_TAIL_H
#define CARRITO_CTL_TAIL_H

#include "common/buffer.h"
#include "ctl/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tail_source { TAIL_MQTT, TAIL_KAFKA };

struct tail_record {
    enum tail_source source;
    const char *topic;
    int32_t partition; /* TAIL_KAFKA */
    int64_t offset;    /* TAIL_KAFKA */
    const char *key;   /* TAIL_KAFKA, NUL-terminated; NULL where it has none */
    const char *type;  /* the header ce_type; NULL where it has none */
    bool retained;
    int64_t time_ms; /* Kafka's time stamp; of MQTT, when it came */
    const char *payload;
    size_t length;
};

struct tail_options {
    const char *filter; /* valid by tail_filter_is_valid() */
    const char *cart;   /* or NULL */
    const char *type;   /* or NULL: all but the bridges' beats, two a second per partition */
    enum output_format format;
    uint64_t count_max; /* lines, 0: no end */
};

struct tail {
    struct tail_options options;
    uint64_t count; /* lines shown */
};

bool tail_filter_is_valid(const char *filter);
/* True where records of this Kafka topic may match, whatever their key. */
bool tail_wants_topic(const struct tail *tail, const char *kafka_topic);
/* Appends what is to be shown of a record: no line, one, or one per event of a batch. */
void tail_take(struct tail *tail, const struct tail_record *record, struct buffer *out);
/* The header of a CSV; nothing in the other forms. */
void tail_begin(const struct tail *tail, struct buffer *out);
/* True once count_max lines were shown. */
bool tail_is_done(const struct tail *tail);

/* Reads -o: "beginning", "end" or "-N". */
enum tail_start { TAIL_BEGINNING, TAIL_END, TAIL_LAST };
bool tail_start_read(const char *text, enum tail_start *start, int64_t *last);

#endif
