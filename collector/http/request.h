/* An HTTP request as the API sees it, and the reading of its target: path and query.
 *
 * Percent-decoding is strict (RFC 3986): a bad escape, a NUL or invalid UTF-8 is refused rather
 * than repaired, so that what a route matches is what the client wrote. Nothing blocks. */
#ifndef CARRITO_COLLECTOR_REQUEST_H
#define CARRITO_COLLECTOR_REQUEST_H

#include "common/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define REQUEST_TARGET_MAX   4096  /* longer is refused as malformed */
#define REQUEST_SEGMENTS_MAX 8     /* "/api/v1/daily-sales/{day}/{cart}/revisions" has 6 */
#define REQUEST_QUERY_MAX    16    /* parameters; with more the query is malformed */
#define REQUEST_BODY_MAX     65536 /* bytes; more is 413 */
#define REQUEST_ADDRESS_SIZE 46    /* an IPv6 address in words, and NUL */

struct request_parameter {
    const char *name, *value;
};

struct request {
    const char *method;
    char target[REQUEST_TARGET_MAX + 1]; /* decoded in place; what follows points into it */
    const char *segments[REQUEST_SEGMENTS_MAX];
    size_t segment_count;
    struct request_parameter query[REQUEST_QUERY_MAX];
    size_t query_count;
    bool malformed;                     /* the target could not be read: 400 */
    bool query_malformed;               /* its path could, but not each parameter: see route.h */
    const char *malformed_parameter;    /* the first whose value could not be read, or NULL */
    bool too_large;                     /* the body went past REQUEST_BODY_MAX: 413 */
    char address[REQUEST_ADDRESS_SIZE]; /* the client's, behind the proxies that count */
    /* Header values, NULL where absent; they live as long as the request. */
    const char *authorization, *accept, *accept_language, *content_type, *idempotency_key;
    const char *last_event_id, *if_none_match, *limit_device, *order_key;
    struct buffer body; /* owned by whoever made the request */
    FILE *file;         /* the same, for a route that takes long bodies: instead of `body` */
};

/* Reads "/path?query" into target, segments and query. False, and `malformed` set, where it is no
 * such thing or passes a limit. Parameters that cannot be read are left out of `query`. */
bool request_read_target(struct request *request, const char *raw);
/* The value of a query parameter, NULL where it is absent. */
const char *request_query(const struct request *request, const char *name);
/* Makes these the query: names and values in turn, each with its NUL. Takes them over, into `body`.
 * What is past REQUEST_QUERY_MAX is left out. */
void request_take_query(struct request *request, struct buffer *texts);
/* Appends the query's parameters but `without`, as "name=value&name=value", encoded again. */
void request_query_write(const struct request *request, const char *without, struct buffer *out);
/* True where `Accept` names text/csv and would rather have it than JSON (RFC 9110, 12.5.1). */
bool request_prefers_csv(const struct request *request);
/* The token of `Authorization: Bearer TOKEN`, NULL where there is none. */
const char *request_bearer(const struct request *request);
/* True where the body is said to be lines of JSON (application/x-ndjson). */
bool request_is_ndjson(const struct request *request);
/* True where the body is said to be JSON (parameters such as charset aside). */
bool request_is_json(const struct request *request);
/* True where the body is said to be a form, in one of the two types that there are (form.h). */
bool request_is_form(const struct request *request);

#endif
