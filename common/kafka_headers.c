/* One list from the envelope's. */
#include "common/kafka_headers.h"

rd_kafka_headers_t *kafka_headers_new(const struct wire_envelope *envelope)
{
    struct wire_header pairs[WIRE_HEADERS_MAX];
    size_t count = wire_headers(envelope, pairs);
    rd_kafka_headers_t *headers = rd_kafka_headers_new(WIRE_HEADERS_MAX);

    for (size_t i = 0; i < count; i++)
        rd_kafka_header_add(headers, pairs[i].name, -1, pairs[i].value, -1);
    return headers;
}
