/* Rows for Kafka, written in the transaction of their cause. */
#include "collector/outgoing.h"

#include "outgoing_sql.h"

#include "common/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE_MAX 160

void outgoing_add(struct store *store, const struct outgoing *record)
{
    store_run(store, SQL_OUTGOING_INSERT, "ttttttt", record->id, record->topic, record->key,
              record->value, record->error, record->source, record->type);
}

void outgoing_dead_letter(struct store *store, const struct kafka_record *record,
                          const char *reason)
{
    char source[SOURCE_MAX], key[SOURCE_MAX];
    char *value = strndup(record->value, record->value_length);

    if (value == NULL)
        abort();
    snprintf(source, sizeof source, "kafka:%s/%d/%lld", record->topic, (int)record->partition,
             (long long)record->offset);
    snprintf(key, sizeof key, "%.*s", (int)record->key_length,
             record->key != NULL ? record->key : "");
    outgoing_add(store, &(struct outgoing){ .id = source,
                                            .topic = TOPIC_DEAD_LETTERS,
                                            .key = record->key != NULL ? key : NULL,
                                            .value = value,
                                            .error = reason,
                                            .source = source });
    free(value);
}
