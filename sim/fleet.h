/* The loop of carrito-sim: many carts with an uplink each, in one thread, by epoll and timers.
 *
 * The work per wake-up is that of the carts that are ready, whatever their number. At the start at
 * most FLEET_CONNECTING_MAX connect at a time, since a broker's queue of new connections is short;
 * the others live on and keep their events. */
#ifndef CARRITO_SIM_FLEET_H
#define CARRITO_SIM_FLEET_H

#include "common/mqtt_link.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#define FLEET_CONNECTING_MAX 100
#define FLEET_STOPPED_MS     7000 /* a program that is told to stop has ten seconds in all */

struct fleet_options {
    uint32_t carts;
    int64_t rate; /* events per second, all carts together */
    unsigned batch_events_max;
    uint64_t seed;
    const struct mqtt_link_options *link; /* as for an uplink */
};

struct fleet_totals {
    int64_t events, acked;
    int64_t batches, resent; /* sent for the first time; sent again */
    uint32_t connected;
};

struct fleet;

/* Plates and epochs are made from the seed and `wall_ms`. NULL: said in the log. */
struct fleet *fleet_open(const struct fleet_options *options, int64_t wall_ms);
void fleet_close(struct fleet *fleet);

/* The carts sell and move for `duration_ms` (0: without end), or until *stop. */
void fleet_live(struct fleet *fleet, int64_t duration_ms, const volatile sig_atomic_t *stop);
/* Nothing new happens; true as soon as all is acknowledged, false after `wait_ms`, or some seconds
 * after *stop (FLEET_STOPPED_MS). */
bool fleet_drain(struct fleet *fleet, int64_t wait_ms, const volatile sig_atomic_t *stop);
/* Every cart says `offline`; at most `wait_ms`. */
void fleet_leave(struct fleet *fleet, int64_t wait_ms);

void fleet_totals(const struct fleet *fleet, struct fleet_totals *totals);
/* The JSON array of what GET /daily-sales must show. False: said in the log. */
bool fleet_write_truth(const struct fleet *fleet, const char *path);

#endif
