/* What a process does once one of its threads met a damaged page of the store: the roles stop and
 * calls that would write are refused (wake.h), what can be read is answered, `store-damaged` is
 * raised, and /readyz says what to do. */
#ifndef CARRITO_COLLECTOR_DAMAGE_H
#define CARRITO_COLLECTOR_DAMAGE_H

#include "collector/base/settings.h"

#include <stdbool.h>
#include <stddef.h>

struct wake;

struct damage {
    int tries; /* to raise the alert; none is left once it is raised */
};

/* Raises the alert once, where the store is damaged. It is a row of that store, so that it may well
 * fail; then the log and /readyz are all there is. Blocks for the store. */
void damage_follow(struct damage *damage, const struct settings *settings, struct wake *wake);
/* True where the store is damaged, and `text` says so and what to do. Any thread. */
bool damage_says(struct wake *wake, char *text, size_t size);

#endif
