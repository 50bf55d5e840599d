/* Records for Kafka, as rows of what must leave. */
#include "collector/effects/outgoing.h"
#include "collector/effects/effect.h"

#include "common/wire_kafka.h"

#include <stdio.h>

#define SOURCE_MAX 160

void outgoing_add(struct store *store, const struct outgoing *record)
{
    const struct json_reason *why = record->why;

    effect_add(store, &(struct effect){
                          .lane = EFFECT_KAFKA,
                          .id = record->id,
                          .topic = record->topic,
                          .key = record->key,
                          .key_length = record->key_length,
                          .value = record->value,
                          .value_length = record->value_length,
                          .error = why != NULL ? why->text : NULL,
                          .about = why != NULL && why->about[0] != '\0' ? why->about : NULL,
                          .source = record->source,
                          .type = record->type,
                          .partition = record->partition != NULL ? *record->partition : -1 });
}

void outgoing_dead_letter(struct store *store, const struct kafka_record *record,
                          const struct json_reason *why)
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
                                            .why = why,
                                            .source = source });
}
