/* Looks every few seconds whether dead letters came, the bridges' among them, and says so by an
 * alert. A thread; several processes may look at once, and one of them tells. */
#ifndef CARRITO_COLLECTOR_DEAD_LETTER_WATCH_H
#define CARRITO_COLLECTOR_DEAD_LETTER_WATCH_H

#include "collector/base/settings.h"
#include "collector/store/wake.h"

struct dead_letter_watch;

struct dead_letter_watch_options {
    const struct settings *settings;  /* store, brokers, language; outlives it */
    const struct config_pairs *pairs; /* `kafka.NAME=` */
    struct wake *wake;                /* told that an alert is to be told of; or NULL */
};

/* Waits for store and Kafka by itself. */
struct dead_letter_watch *dead_letter_watch_start(const struct dead_letter_watch_options *options);
/* Asks it to end; returns at once. NULL is harmless, here and below. */
void dead_letter_watch_stop(struct dead_letter_watch *watch);
void dead_letter_watch_join(struct dead_letter_watch *watch);

#endif
