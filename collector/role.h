/* A role: a consumer group of its own and one file that decides what its records mean.
 *
 * The processor calls it inside a transaction: begin, apply for each record, end, and commits; or
 * forget, where the batch is rolled back or the partitions are gone. A role keeps nothing in memory
 * from one batch to the next that another process could change. One thread; a role never sees a
 * clock: `now_ms` and Kafka's times come in. */
#ifndef CARRITO_COLLECTOR_ROLE_H
#define CARRITO_COLLECTOR_ROLE_H

#include "collector/kafka_in.h"
#include "collector/outgoing.h"
#include "collector/store.h"

#include <stdbool.h>
#include <stdint.h>

struct role_calls {
    const char *name;          /* "sales"; the group is carrito-{name} */
    const char *const *topics; /* ends with NULL; all with the same number of partitions */
    void *(*open)(void);
    void (*close)(void *state);
    void (*begin)(void *state, struct store *store, int64_t now_ms);
    /* What it cannot read, it hands to outgoing_dead_letter(). */
    void (*apply)(void *state, const struct kafka_record *record);
    /* Writes what the batch has gathered. */
    void (*end)(void *state);
    void (*forget)(void *state);
    /* About once a second, between transactions, for metrics. It may read the store. */
    void (*watch)(void *state, struct store *store);
};

extern const struct role_calls role_sales, role_location;

/* By name; NULL where there is none. */
const struct role_calls *role_find(const char *name);
/* True for a comma-separated list of known roles, `api` and `notify` among them. */
bool role_list_is_valid(const char *list);
/* True where the list names the role. */
bool role_list_has(const char *list, const char *name);

#endif
