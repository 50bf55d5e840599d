/* What can be wrong with a request, as application/problem+json (RFC 9457), in Spanish or English.
 *
 * One row per problem: its status, title and detail; the sentences, whose names are the `code` for
 * programs, are collector/words/problems.txt. */
#ifndef CARRITO_COLLECTOR_PROBLEM_H
#define CARRITO_COLLECTOR_PROBLEM_H

#include "collector/base/lang.h"
#include "collector/http/response.h"
#include "common/json_read.h"

enum problem {
    PROBLEM_BAD_TARGET,
    PROBLEM_BAD_HEAD,
    PROBLEM_UNKNOWN_PARAMETER,
    PROBLEM_REPEATED_PARAMETER,
    PROBLEM_BAD_PARAMETER,
    PROBLEM_BAD_CURSOR,
    PROBLEM_BAD_JSON,
    PROBLEM_BAD_FORM,
    PROBLEM_INVALID,
    PROBLEM_NO_TOKEN,
    PROBLEM_BAD_TOKEN,
    PROBLEM_BAD_LOGIN,
    PROBLEM_FORBIDDEN,
    PROBLEM_NO_SIMULATIONS,
    PROBLEM_NOT_FOUND,
    PROBLEM_NO_CART, /* `what`: the plate as it was asked for */
    PROBLEM_METHOD,
    PROBLEM_NO_CONSUMER,
    PROBLEM_SIMULATIONS_FULL,
    PROBLEM_TOO_LARGE,
    PROBLEM_TYPE,
    PROBLEM_NAME_TAKEN,
    PROBLEM_LAST_ADMIN,
    PROBLEM_DECIDED,
    PROBLEM_MEMBER_TAKEN,
    PROBLEM_VOIDED,
    PROBLEM_RESTOCK_DONE,
    PROBLEM_RESTOCK_EMPTY,
    PROBLEM_KEY_REUSED,
    PROBLEM_ORDER_STATE,
    PROBLEM_ORDER_KEY,
    PROBLEM_RATE,
    PROBLEM_BLOCKED,
    PROBLEM_INTERNAL,
    PROBLEM_BUSY,
    PROBLEM_GONE,
    PROBLEM_NO_KEY,
    PROBLEM_CART_IN_USE,
    PROBLEM_CONNECTIONS,
    PROBLEM_NO_PUBLIC_URL,
    PROBLEM_STORE,
    PROBLEM_STORE_DAMAGED,
    PROBLEM_KAFKA,
    PROBLEMS
};

/* What a problem is about; each may be NULL. `field` is the parameter or member at fault. Into the
 * detail goes `why`, the reason that a reader gave, or `what`, which has no language ("1..1000").
 */
struct problem_about {
    const char *field, *what;
    const struct json_reason *why;
};

/* Makes the answer a problem: whatever it held before is dropped. Adds no headers but
 * `WWW-Authenticate` for 401; Allow and Retry-After are the caller's. */
void problem_answer(struct response *response, enum problem problem, enum lang lang,
                    const struct problem_about *about);
int problem_status(enum problem problem);

#endif
