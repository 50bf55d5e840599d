/* The lanes `kafka` and `command` as the runner turns them: records that leave for Kafka, in every
 * process.
 *
 *     queues → read → send → take → write (kafka_lane.h)
 */
#ifndef CARRITO_COLLECTOR_RECORDS_H
#define CARRITO_COLLECTOR_RECORDS_H

#include "collector/effects/kafka_lane.h"
#include "collector/effects/sender.h"

extern const struct sender_calls records_calls;

/* Its state. Does not block. */
void *records_open(const struct kafka_lane_options *options);

#endif
