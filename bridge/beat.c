/* Makes beats. */
#include "bridge/beat.h"

#include "common/wire_mqtt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct beat {
    char bridge_id[BRIDGE_ID_MAX + 1];
    char origin[BRIDGE_ID_MAX + 16]; /* "bridge/{id}", the key too */
    char value[BRIDGE_ID_MAX + 128];
    struct record *records;
    size_t count, capacity;
    int64_t due_ms;
    unsigned changes; /* of the last beat */
    bool pending;     /* made, and not yet reported as confirmed or failed */
};

struct beat *beat_open(const char *bridge_id)
{
    struct beat *beat = calloc(1, sizeof *beat);

    if (beat == NULL)
        abort();
    snprintf(beat->bridge_id, sizeof beat->bridge_id, "%s", bridge_id);
    snprintf(beat->origin, sizeof beat->origin, WIRE_BRIDGE_KEY "%s", beat->bridge_id);
    beat->due_ms = INT64_MIN;
    return beat;
}

void beat_close(struct beat *beat)
{
    if (beat == NULL)
        return;
    free(beat->records);
    free(beat);
}

static bool all_are(const struct beat *beat, enum record_state first, enum record_state second)
{
    for (size_t i = 0; i < beat->count; i++)
        if (beat->records[i].state != first && beat->records[i].state != second)
            return false;
    return true;
}

static void make_room(struct beat *beat, size_t count)
{
    if (count <= beat->capacity)
        return;
    free(beat->records);
    beat->records = calloc(count, sizeof *beat->records);
    if (beat->records == NULL)
        abort();
    beat->capacity = count;
}

static void fill(const struct beat *beat, struct record *record, int32_t partition)
{
    record->topic = WIRE_PRESENCE;
    record->partition = partition;
    record->value = beat->value;
    record->value_length = strlen(beat->value);
    record->type = WIRE_TYPE_BEAT;
    record->origin = beat->origin;
    record->retained = record->former = record->by_user = false;
    record->state = RECORD_NEW;
    record->perishable = true; /* a late beat says nothing; the next one will */
    record->key = beat->origin;
    record->key_length = strlen(beat->origin);
}

static void write_value(struct beat *beat, const struct beat_facts *facts)
{
    char certificate[48] = "";

    if (facts->certificate_ms > 0)
        snprintf(certificate, sizeof certificate, ",\"certificate_ms\":%lld",
                 (long long)facts->certificate_ms);
    snprintf(beat->value, sizeof beat->value, "{\"bridge\":\"%s\",\"mqtt\":%s,\"ts_ms\":%lld%s}",
             beat->bridge_id, facts->connected ? "true" : "false", (long long)facts->wall_ms,
             certificate);
}

size_t beat_make(struct beat *beat, const struct beat_facts *facts, struct record **records)
{
    bool due = facts->mono_ms >= beat->due_ms || facts->changes != beat->changes;
    int32_t partitions =
        facts->partitions < BEAT_PARTITIONS_MAX ? facts->partitions : BEAT_PARTITIONS_MAX;

    if (!due || partitions <= 0 || !all_are(beat, RECORD_CONFIRMED, RECORD_GIVEN_UP))
        return 0;
    make_room(beat, (size_t)partitions);
    write_value(beat, facts);
    beat->count = (size_t)partitions;
    for (int32_t i = 0; i < partitions; i++) {
        fill(beat, &beat->records[i], i);
        snprintf(beat->records[i].id, sizeof beat->records[i].id, "%s/%lld", beat->origin,
                 (long long)facts->wall_ms);
    }
    beat->changes = facts->changes;
    beat->due_ms = facts->mono_ms + BEAT_MS;
    beat->pending = true;
    *records = beat->records;
    return beat->count;
}

int64_t beat_due_ms(const struct beat *beat)
{
    return beat->due_ms;
}

bool beat_was_confirmed(struct beat *beat)
{
    if (!beat->pending || !all_are(beat, RECORD_CONFIRMED, RECORD_GIVEN_UP))
        return false;
    beat->pending = false;
    return all_are(beat, RECORD_CONFIRMED, RECORD_CONFIRMED);
}
