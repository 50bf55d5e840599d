/* The bridge's beat: a record to every partition of carrito.presence, every BEAT_MS and when the
 * MQTT connection came or went.
 *
 * The location role counts silence in beats: where they are missing, it is not the cart that is
 * silent. In each partition for itself a beat is skipped while the last one is unconfirmed: the
 * others need not wait for one that has no leader. Pure but for its memory. */
#ifndef CARRITO_BRIDGE_BEAT_H
#define CARRITO_BRIDGE_BEAT_H

#include "bridge/record.h"

#define BEAT_MS             500
#define BEAT_PARTITIONS_MAX 1024

struct beat;

/* What a beat is made of. */
struct beat_facts {
    bool connected;     /* to the MQTT broker */
    unsigned changes;   /* counts how often that changed */
    int32_t partitions; /* of carrito.presence; 0: not known, no beat */
    int64_t mono_ms, wall_ms;
    int64_t certificate_ms; /* when its certificates end; 0: it has none */
};

struct beat *beat_open(const char *bridge_id);
void beat_close(struct beat *beat);

/* Makes the records that are due: returns how many, 0 for none. They stay the beat's, each
 * unchanged until it is confirmed or given up; the array is good until the next call. */
size_t beat_make(struct beat *beat, const struct beat_facts *facts, struct record *const **records);
/* When the next are due, monotonic ms, where the last are confirmed by then. */
int64_t beat_due_ms(const struct beat *beat);
/* True where Kafka has confirmed one, in any partition, since the last call. */
bool beat_was_confirmed(struct beat *beat);

#endif
