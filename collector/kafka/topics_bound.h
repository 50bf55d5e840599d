/* How long topics of an earlier release keep what is of persons (contract, sections 4 and 10). */
#ifndef CARRITO_COLLECTOR_TOPICS_BOUND_H
#define CARRITO_COLLECTOR_TOPICS_BOUND_H

#include "collector/kafka/topics.h"

#include <librdkafka/rdkafka.h>

/* Topics of members, orders and alerts, which releases until 0.2.0 made without end, keep their
 * records for topic_days() from now on; each that is changed is said on standard output. One whose
 * role has not read it to its end stays as it is, which is said on standard error, until the next
 * time; so does one whose settings Kafka does not show or change, as where it gives us no right to.
 * What else a topic is set to stays. Blocks. */
void topics_bound(rd_kafka_t *client, const struct topics_options *options);

#endif
