/* Makes beats. */
#include "bridge/beat.h"

#include "common/wire_mqtt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_SIZE (BRIDGE_ID_MAX + 128)

/* A partition's. The value is its own, as the last one may wait while others are written. */
struct pulse {
    struct record record;
    char value[VALUE_SIZE];
    unsigned round; /* of its last beat; 0: none */
    bool pending;   /* made, and not yet seen as confirmed or failed */
};

struct beat {
    char bridge_id[BRIDGE_ID_MAX + 1];
    char origin[BRIDGE_ID_MAX + 16]; /* "bridge/{id}", the key too */
    struct pulse *pulses;            /* by partition */
    struct record *made[BEAT_PARTITIONS_MAX];
    int32_t count;    /* of pulses */
    unsigned round;   /* all beat together; who was late joins the round that there is */
    unsigned changes; /* when it began */
    int64_t due_ms;   /* when the next begins */
};

struct beat *beat_open(const char *bridge_id)
{
    struct beat *beat = calloc(1, sizeof *beat);

    if (beat == NULL)
        abort();
    beat->pulses = calloc(BEAT_PARTITIONS_MAX, sizeof *beat->pulses);
    if (beat->pulses == NULL)
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
    free(beat->pulses);
    free(beat);
}

static bool is_done(const struct pulse *pulse)
{
    return pulse->record.state == RECORD_NEW || pulse->record.state == RECORD_CONFIRMED ||
           pulse->record.state == RECORD_GIVEN_UP;
}

static void write_value(const struct beat *beat, struct pulse *pulse,
                        const struct beat_facts *facts)
{
    char certificate[48] = "";

    if (facts->certificate_ms > 0)
        snprintf(certificate, sizeof certificate, ",\"certificate_ms\":%lld",
                 (long long)facts->certificate_ms);
    snprintf(pulse->value, sizeof pulse->value, "{\"bridge\":\"%s\",\"mqtt\":%s,\"ts_ms\":%lld%s}",
             beat->bridge_id, facts->connected ? "true" : "false", (long long)facts->wall_ms,
             certificate);
}

static void make(const struct beat *beat, int32_t partition, const struct beat_facts *facts)
{
    struct pulse *pulse = &beat->pulses[partition];

    write_value(beat, pulse, facts);
    pulse->record = (struct record){
        .topic = WIRE_PRESENCE,
        .partition = partition,
        .value = pulse->value,
        .value_length = strlen(pulse->value),
        .type = WIRE_TYPE_BEAT,
        .origin = beat->origin,
        .state = RECORD_NEW,
        .perishable = true, /* a late beat says nothing; the next one will */
        .key = beat->origin,
        .key_length = strlen(beat->origin),
    };
    snprintf(pulse->record.id, sizeof pulse->record.id, "%s/%lld", beat->origin,
             (long long)facts->wall_ms);
    pulse->round = beat->round;
    pulse->pending = true;
}

static void begin_round(struct beat *beat, const struct beat_facts *facts)
{
    if (beat->count == 0 || (facts->mono_ms < beat->due_ms && facts->changes == beat->changes))
        return;
    beat->round++;
    beat->changes = facts->changes;
    beat->due_ms = facts->mono_ms + BEAT_MS;
}

size_t beat_make(struct beat *beat, const struct beat_facts *facts, struct record *const **records)
{
    size_t made = 0;

    beat->count = facts->partitions < BEAT_PARTITIONS_MAX ? facts->partitions : BEAT_PARTITIONS_MAX;
    begin_round(beat, facts);
    for (int32_t i = 0; i < beat->count; i++) {
        struct pulse *pulse = &beat->pulses[i];
        if (pulse->round == beat->round || !is_done(pulse))
            continue;
        make(beat, i, facts);
        beat->made[made++] = &pulse->record;
    }
    *records = beat->made;
    return made;
}

int64_t beat_due_ms(const struct beat *beat)
{
    return beat->due_ms;
}

bool beat_was_confirmed(struct beat *beat)
{
    bool confirmed = false;

    for (int32_t i = 0; i < beat->count; i++) {
        struct pulse *pulse = &beat->pulses[i];
        if (!pulse->pending || !is_done(pulse))
            continue;
        pulse->pending = false;
        confirmed = confirmed || pulse->record.state == RECORD_CONFIRMED;
    }
    return confirmed;
}
