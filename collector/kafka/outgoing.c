/* Rows for Kafka, written in the transaction of their cause. */
#include "collector/kafka/outgoing.h"
#include "collector/store/wake.h"

#include "outgoing_sql.h"

#include "common/wire_kafka.h"

#include <stdio.h>

#define SOURCE_MAX 160

void outgoing_add(struct store *store, const struct outgoing *record)
{
    store_run(store, SQL_OUTGOING_INSERT, "ttbbttto", record->id, record->topic, record->key,
              record->key_length, record->value, record->value_length, record->error,
              record->source, record->type,
              record->partition != NULL ? (int64_t)*record->partition : -1);
    store_note(store, WAKE_OUTGOING);
}

void outgoing_dead_letter(struct store *store, const struct kafka_record *record,
                          const char *reason)
{
    char source[SOURCE_MAX];

    snprintf(source, sizeof source, WIRE_FROM_KAFKA "%s/%d/%lld", record->topic,
             (int)record->partition, (long long)record->offset);
    outgoing_add(store, &(struct outgoing){ .id = source,
                                            .topic = TOPIC_DEAD_LETTERS,
                                            .key = record->key,
                                            .key_length = record->key_length,
                                            .value = record->value,
                                            .value_length = record->value_length,
                                            .error = reason,
                                            .source = source });
}
