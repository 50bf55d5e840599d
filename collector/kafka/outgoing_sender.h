/* Sends to Kafka what the table `outgoing` holds, and deletes what Kafka has.
 *
 * At least once, in order, by a thread of its own with an idempotent producer. Every process with a
 * role runs one; two that send the same row produce it twice under one id. */
#ifndef CARRITO_COLLECTOR_OUTGOING_SENDER_H
#define CARRITO_COLLECTOR_OUTGOING_SENDER_H

#include "common/config.h"

struct outgoing_sender;
struct wake;

/* Live as long as the sender. */
struct outgoing_sender_options {
    const char *store_url, *brokers;
    const struct config_pairs *pairs;
    struct wake *wake; /* tells that there is something to send; NULL: it looks by itself */
};

struct outgoing_sender *outgoing_sender_start(const struct outgoing_sender_options *options);
/* Asks it to end; what is not sent waits in the store. */
void outgoing_sender_stop(struct outgoing_sender *sender);
/* Waits for its end, at most some seconds, and frees. NULL is harmless. */
void outgoing_sender_join(struct outgoing_sender *sender);

#endif
