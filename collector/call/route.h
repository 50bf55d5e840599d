/* The routes of the API. A file of endpoints ends in its own const table, a row for each: method,
 * path, who may, how it is served, and by what. `carrito-collector --routes` prints them all. */
#ifndef CARRITO_COLLECTOR_ROUTE_H
#define CARRITO_COLLECTOR_ROUTE_H

#include "collector/access/access.h"
#include "collector/http/request.h"

#include <stddef.h>
#include <stdio.h>

#define ROUTE_PARAMETERS_MAX 3 /* {names} in a path */
#define ROUTE_ALLOW_SIZE     64
#define ROUTE_LINES_MAX      (64 * 1024 * 1024) /* bytes of a body of ROUTE_NDJSON */
#define ROUTE_PHONE_MAX      (1024 * 1024)      /* and of ROUTE_PHONE: as the broker takes */

enum route_flag {
    ROUTE_LIST = 1 << 0,     /* takes limit and cursor */
    ROUTE_CSV = 1 << 1,      /* takes format and dialect */
    ROUTE_WORKER = 1 << 2,   /* takes long or writes: runs on a worker */
    ROUTE_NO_STORE = 1 << 3, /* answers without the store too */
    ROUTE_JSON = 1 << 4,     /* has a body, which is JSON */
    ROUTE_LIMITED = 1 << 5,  /* counts against the limit per address and minute */
    ROUTE_HASHES = 1 << 6,   /* hashes a password: a worker for these alone; counts as a sign-in */
    /* Honours Idempotency-Key. call_commit() keeps the answer in the transaction of the act, so a
     * handler writes its answer first and calls call_commit() last. */
    ROUTE_IDEMPOTENT = 1 << 7,
    ROUTE_SECRET = 1 << 17, /* answers with a secret, told once: takes no Idempotency-Key */
    ROUTE_NDJSON = 1 << 9,  /* has a long body, of lines of JSON; it is in request->file */
    /* A phone's, which repeats for ever what is refused: a long body is in request->file, and one
     * that is too long is not the client's fault. */
    ROUTE_PHONE = 1 << 13,
    ROUTE_BASIC = 1 << 10,  /* takes `Authorization: Basic` as well (basic.h) */
    ROUTE_SUMS = 1 << 11,   /* with some of its parameters it reads many rows (serve.c): on a worker
                               then */
    ROUTE_SEARCH = 1 << 16, /* with others, by which no index goes, it does too */
    ROUTE_WHO = 1 << 12,    /* open to all, but the answer depends on who asks */
    ROUTE_KAFKA = 1 << 14,  /* asks Kafka, which can be away: runs on a worker for these alone */
    ROUTE_FORM = 1 << 20,   /* with ROUTE_JSON: the body may be a form of this site too (form.h) */
    ROUTE_PERSONS = 1 << 15, /* lists persons: a table of it is an act, and is made on a worker */
    /* A POST that reads: what its list is asked for is in the body, since addresses stand in the
     * logs of proxies (call.h). No Idempotency-Key, no ETag and no Link are for it. */
    ROUTE_FIND = 1 << 21,
    ROUTE_LATER = 1 << 8, /* without a store; the handler sees to the answer: call_finish() */

    /* What often goes together. */
    ROUTE_TABLE = ROUTE_LIST | ROUTE_CSV,
    ROUTE_ACT = ROUTE_WORKER | ROUTE_JSON,
    ROUTE_ACT_ONCE = ROUTE_ACT | ROUTE_IDEMPOTENT,
    ROUTE_DO_ONCE = ROUTE_WORKER | ROUTE_IDEMPOTENT, /* without a body */
    ROUTE_OPEN = ROUTE_JSON | ROUTE_LIMITED,         /* what a stranger sends */
    ROUTE_FOUND_TABLE = ROUTE_TABLE | ROUTE_FIND | ROUTE_JSON,
    ROUTE_OPEN_ONCE = ROUTE_OPEN | ROUTE_IDEMPOTENT
};

struct api_call;

struct route {
    const char *method;
    const char *pattern; /* "/api/v1/carts/{cart}" */
    unsigned roles;      /* WHO_OPEN, or a set of enum role */
    unsigned flags;
    const char *query; /* its own parameters, "day from to"; NULL: none */
    void (*handle)(struct api_call *call);
};

/* The table at the end of a file of endpoints. */
struct route_table {
    const struct route *routes;
    size_t count;
};
#define ROUTE_TABLE_OF(routes)                                                                     \
    {                                                                                              \
        routes, sizeof(routes) / sizeof *(routes)                                                  \
    }
#define API "/api/v1"

/* All of a program's tables. */
struct route_set {
    const struct route_table *const *tables;
    size_t count;
};

/* The routes in the order in which they are looked through; NULL: past the last. */
const struct route *route_at(const struct route_set *set, size_t index);
/* A line for each: method, path, who may, parameters and flags, with tabs between. */
void routes_print(const struct route_set *set, FILE *out);

enum route_result { ROUTE_FOUND, ROUTE_NO_PATH, ROUTE_NO_METHOD };

struct route_match {
    const struct route *route;
    const char *parameters[ROUTE_PARAMETERS_MAX]; /* in the pattern's order; in the request */
    const char *cart;             /* the value of {cart}; NULL where the pattern has none */
    char allow[ROUTE_ALLOW_SIZE]; /* ROUTE_NO_METHOD: the methods that the path has */
};

/* Finds the route. HEAD is served as GET. Of two patterns that a path matches the first counts. */
enum route_result route_find(const struct route_set *set, const struct request *request,
                             struct route_match *match);
/* Only below API are queries strict: there an unknown parameter is a mistake of whoever programs.
 * The other addresses are extended by others (a campaign's `fbclid`, a probe's time, what a later
 * Recorder client asks for): what the route does not know is passed over, and of what comes twice
 * the first counts. */

/* True where a parameter that matters to the route could not be read. */
bool route_query_is_malformed(const struct route *route, const struct request *request);
/* The first query parameter that the route refuses, since it does not take it, or as it comes
 * twice; NULL: all are good. *repeated says which of both. */
const char *route_bad_parameter(const struct route *route, const struct request *request,
                                bool *repeated);
/* How many bytes of a body the route takes. */
size_t route_body_max(const struct route *route);
/* Appends the names that the route takes: "day, from, limit". */
void route_parameter_names(const struct route *route, struct buffer *out);

#endif
