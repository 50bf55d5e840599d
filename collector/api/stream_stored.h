/* Up to where the store has what the live stream has told. A client that shows a list of the store
 * asks for it again then: the stream is fed by Kafka and is ahead of the roles.
 *
 * What is told is noted by its place in Kafka; a turn asks which of these places every role that
 * reads them has applied. Not thread-safe. */
#ifndef CARRITO_COLLECTOR_STREAM_STORED_H
#define CARRITO_COLLECTOR_STREAM_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STREAM_STORED_PLACES 512 /* topics and partitions of what is told within a turn */

struct stream_place {
    const char *topic; /* lives as long as the program */
    int32_t partition;
    int64_t offset; /* the last one told */
};

struct stream_places {
    struct stream_place places[STREAM_STORED_PLACES];
    size_t count;
    int64_t id; /* of the last event told of them */
};

/* Zero: nothing was told. */
struct stream_stored {
    struct stream_places told;    /* since the last question began */
    struct stream_places waiting; /* of the question: what was not applied when it was last asked */
};

/* True where every role that reads the partition has applied the record; false also where that
 * cannot be known now. */
typedef bool stream_is_applied(void *owner, const struct stream_place *place);

/* A record was told as the event `id`. What finds no room is forgotten: a client does not wait for
 * ever. */
void stream_stored_note(struct stream_stored *stored, const struct stream_place *place, int64_t id);
/* Asks once for each place that waits. Returns the id up to which all is stored, once it is; 0: not
 * yet, or that was said. */
int64_t stream_stored_turn(struct stream_stored *stored, stream_is_applied *is_applied,
                           void *owner);

#endif
