/* An alert: a condition that a person should know of, a row that opens once (contract, section 5,
 * "Alerts"). */
#ifndef CARRITO_COLLECTOR_ALERT_H
#define CARRITO_COLLECTOR_ALERT_H

#include "collector/store.h"

struct alert {
    const char *kind;     /* "kafka-lost-data" */
    const char *subject;  /* what it is about: one alert is open per kind and subject */
    const char *cart;     /* or NULL */
    const char *severity; /* CRITICAL, MAJOR, MINOR, WARNING */
    const char *details;  /* one sentence */
};

/* Opens it in the caller's transaction, with a line in the log; nothing where one is open. */
void alert_raise(struct store *store, const struct alert *alert, int64_t now_ms);

#endif
