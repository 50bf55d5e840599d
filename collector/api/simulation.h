/* Simulations: synthetic events, orders or applications, to see the centre at work.
 *
 * Record number i of a simulation depends on its row alone, so that it goes on after a restart with
 * the same records and the same ids. Content is made from the seed; the identities are the
 * simulation's own, so that the same seed can be run twice. Plates begin with SIM and depend on the
 * seed and the number of the cart. */
#ifndef CARRITO_COLLECTOR_SIMULATION_H
#define CARRITO_COLLECTOR_SIMULATION_H

#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define SIMULATION_CARTS_MAX   1000
#define SIMULATION_EVENTS_MAX  100000
#define SIMULATION_WAITING_MAX 8 /* unfinished ones; more are refused */
#define SIMULATION_ID_SIZE     33

enum simulation_kind { SIMULATION_EVENTS, SIMULATION_ORDERS, SIMULATION_MEMBERS, SIMULATION_KINDS };

/* "events", "orders", "members"; ends with NULL. */
extern const char *const simulation_kind_names[SIMULATION_KINDS + 1];
/* SIMULATION_KINDS where there is none of this name. */
enum simulation_kind simulation_kind_from_name(const char *name);

struct simulation {
    char id[SIMULATION_ID_SIZE];
    enum simulation_kind kind;
    int64_t carts, total, seed;
    int64_t started_ms; /* the records' times end here */
    int64_t produced;
};

/* In the caller's transaction. False where too many are unfinished. */
bool simulation_add(struct store *store, const struct simulation *simulation);
/* False where there is none. */
bool simulation_read(struct store *store, const char *id, struct simulation *simulation);
/* The oldest unfinished one; false where there is none. */
bool simulation_next(struct store *store, struct simulation *simulation);
/* In the caller's transaction: queues the next `count` records to Kafka and moves `produced`. False
 * where another process has done so meanwhile; the caller rolls back. */
bool simulation_advance(struct store *store, struct simulation *simulation, int64_t count);
/* Owes record number `index`, from 0. */
void simulation_enqueue(struct store *store, const struct simulation *simulation, int64_t index);

#endif
