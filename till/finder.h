/* When and where to look for keypads: what appears in a folder of devices (/dev/input), as the
 * kernel tells it, and every other second while that cannot be watched or something was to be tried
 * later. No udev is needed. Never blocks. */
#ifndef CARRITO_TILL_FINDER_H
#define CARRITO_TILL_FINDER_H

#include <stdbool.h>
#include <stdint.h>

struct finder {
    const char *folder; /* not owned */
    int fd;             /* for poll(2), POLLIN; -1: the folder is looked at by time alone */
    int watch;          /* -1: there is no folder, or none yet */
    int64_t look_ms;    /* monotonic; INT64_MAX: only when something appears */
    bool appeared;      /* the look that is due is for something new */
};

struct finder finder_in(const char *folder);
void finder_close(struct finder *finder);
/* Whether to look now. */
bool finder_is_due(struct finder *finder, int64_t mono_ms);
/* Calls `found` with the path of each device of events, and comes back to it later where one of the
 * calls returns false. */
void finder_look(struct finder *finder, int64_t mono_ms,
                 bool (*found)(void *owner, const char *path), void *owner);

#endif
