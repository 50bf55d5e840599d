/* What goes into Kafka: one record, and where its bytes lie.
 *
 * A record points into memory of its owner (a batch, a beat, a refused command), who keeps it until
 * kafka_out has it confirmed: so that it can be produced again by another producer. */
#ifndef CARRITO_BRIDGE_RECORD_H
#define CARRITO_BRIDGE_RECORD_H

#include "common/json_read.h"
#include "common/wire_kafka.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_BY_KEY (-1) /* the partitioner chooses the partition */

/* Larger values are cut: Kafka takes 1 MiB, a dead letter may have been larger. */
#define RECORD_VALUE_MAX 900000

/* Whose a record is. From kafka_out_send() on it is kafka_out's, until it is confirmed or given up;
 * then its owner may send it again. */
enum record_state {
    RECORD_NEW,     /* not sent yet */
    RECORD_WAITING, /* kafka_out's: to be handed to the producer */
    RECORD_HANDED,  /* kafka_out's: no delivery report yet */
    RECORD_CONFIRMED,
    RECORD_GIVEN_UP /* only where `perishable` */
};

struct partition;

struct record {
    enum wire_topic topic; /* that a bridge writes */
    int32_t partition;     /* or RECORD_BY_KEY */
    const char *key;       /* neither is NUL-terminated */
    size_t key_length;     /* 0: none */
    const char *value;
    size_t value_length;
    const char *type;   /* ce_type; NULL: a dead letter, which has no CloudEvents headers */
    const char *origin; /* ce_source, or a dead letter's `source` */
    bool retained;
    bool former;           /* header former */
    bool by_user;          /* a phone's, whose cart is the topic's user: header owntracks-cart */
    bool perishable;       /* a failed delivery ends it; any other record is produced again */
    char id[WIRE_ID_SIZE]; /* ce_id; "" for none */
    struct json_reason *refused; /* why it is a dead letter, its owner's; NULL: it is none */
    /* kafka_out's; the owner sets RECORD_NEW, and reads the state. */
    enum record_state state;
    struct partition *of; /* NULL where `perishable` */
    int64_t handed_ms;    /* to the producer for the first time, monotonic; 0: not yet */
    struct record *previous, *next;
};

#endif
