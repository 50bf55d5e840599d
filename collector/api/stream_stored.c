/* Two sets of places: what is asked about, and what came since. */
#include "collector/api/stream_stored.h"

#include <string.h>

void stream_stored_note(struct stream_stored *stored, const struct stream_place *place, int64_t id)
{
    struct stream_places *told = &stored->told;
    size_t i = 0;

    while (i < told->count && (told->places[i].partition != place->partition ||
                               strcmp(told->places[i].topic, place->topic) != 0))
        i++;
    if (i == STREAM_STORED_PLACES)
        return;
    if (i == told->count)
        told->count++;
    told->places[i] = *place;
    told->id = id;
}

int64_t stream_stored_turn(struct stream_stored *stored, stream_is_applied *is_applied, void *owner)
{
    struct stream_places *waiting = &stored->waiting;
    size_t left = 0;

    if (waiting->count == 0) {
        *waiting = stored->told;
        stored->told.count = 0;
    }
    if (waiting->count == 0)
        return 0;
    for (size_t i = 0; i < waiting->count; i++)
        if (!is_applied(owner, &waiting->places[i]))
            waiting->places[left++] = waiting->places[i];
    waiting->count = left;
    return left == 0 ? waiting->id : 0;
}
