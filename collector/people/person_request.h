/* The register of what persons have asked for (contract, section 10; Ley 21.719: an answer within
 * 30 days). In the caller's transaction where one writes; calls block for the store. */
#ifndef CARRITO_COLLECTOR_PERSON_REQUEST_H
#define CARRITO_COLLECTOR_PERSON_REQUEST_H

#include "collector/base/lang.h"
#include "collector/store/store.h"

#include <stdbool.h>
#include <stdint.h>

#define PERSON_REQUEST_DAYS      30  /* until it is to be answered */
#define PERSON_REQUEST_WARN_DAYS 7   /* before that, `person-request` is raised */
#define PERSON_REQUEST_NOTE_MAX  200 /* code points */

/* "access", "rectification", "erasure", "objection"; ended by NULL. */
extern const char *const person_request_kinds[];

struct person_request {
    const char *id, *kind;
    const char *note; /* or NULL */
    int64_t opened_ms;
};

void person_request_open(struct store *store, const struct person_request *request);
/* Ends its alert as well. False where there is none, or it was done before. */
bool person_request_done(struct store *store, const char *id, int64_t now_ms);
/* Whether an alert is to be raised; outside of a transaction. */
bool person_requests_are_due(struct store *store, int64_t now_ms);
/* Raises those alerts. */
void person_requests_tell(struct store *store, enum lang lang, int64_t now_ms);

#endif
