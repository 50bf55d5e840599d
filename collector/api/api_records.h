/* Answers that show Kafka's own records: what a role consumed last, and the dead letters. */
#ifndef CARRITO_COLLECTOR_API_RECORDS_H
#define CARRITO_COLLECTOR_API_RECORDS_H

#include "collector/api/kafka_look.h"
#include "collector/call/call.h"

/* Begins a look at Kafka for the call, to be ended; NULL where the answer is a problem now. */
struct kafka_look *records_look(struct api_call *call);

#endif
