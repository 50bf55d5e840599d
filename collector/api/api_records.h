/* Answers that show Kafka's own records: what a role consumed last, and the dead letters. */
#ifndef CARRITO_COLLECTOR_API_RECORDS_H
#define CARRITO_COLLECTOR_API_RECORDS_H

#include "collector/api/kafka_look.h"
#include "collector/call/call.h"

/* Opens a look at Kafka for the call; NULL where the answer is a problem now. */
struct kafka_look *records_look(struct api_call *call);
/* The parameter `limit`, 1 to 1000, 100 where it is absent; false where the answer is a problem. */
bool records_limit(struct api_call *call, int64_t *limit);

#endif
