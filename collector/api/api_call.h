/* One call of the API, as the handlers see it: who asks, for what, in which language, and the
 * store. The handlers live in one file per group of endpoints, which ends in its table of routes.
 */
#ifndef CARRITO_COLLECTOR_API_CALL_H
#define CARRITO_COLLECTOR_API_CALL_H

#include "collector/api/access.h"
#include "collector/api/api.h"
#include "collector/api/routes.h"
#include "collector/http/idempotency.h"
#include "collector/http/problem.h"
#include "collector/http/request.h"
#include "collector/http/response.h"
#include "collector/store/store.h"
#include "common/json_read.h"
#include "common/json_write.h"

struct http_exchange;
struct kafka_ends;

struct api_call {
    struct api *api;
    const struct request *request;
    struct response *response;
    struct http_exchange *exchange; /* for answers that wait for what happens next */
    struct route_match match;
    struct identity who;
    enum lang lang;
    /* This thread's. A GET runs in a read transaction; what writes opens its own, and may leave an
     * error in it for the frame to answer, or the whole of it to be undone. NULL only for
     * ROUTE_NO_STORE. */
    struct store *store;
    int64_t now_ms;                 /* wall clock */
    struct idempotency idempotency; /* for ROUTE_IDEMPOTENT; zero: without a key */
    char id[33]; /* that a handler of ROUTE_LATER has given already, for whoever goes on; or "" */
};

struct basic_tokens;
struct order_desk;
struct stream;

/* What the handlers share, made in api_start(). */
const struct api_options *api_options(const struct api *api);
struct kafka_ends *api_kafka_ends(struct api *api);
struct order_desk *api_order_desk(struct api *api);
struct stream *api_stream(struct api *api);
struct basic_tokens *api_basic_tokens(struct api *api);
/* The calling thread's connection to the store; NULL while the store is away. */
struct store *api_store(struct api *api);

/* Makes the answer a problem. Either text may be NULL. */
void call_problem(struct api_call *call, enum problem problem, const char *field, const char *what);
/* For a store that failed: 503 where it is worth trying again, else 500. */
void call_store_problem(struct api_call *call, enum store_result result);
/* Commits what the call wrote; false, and a problem for an answer, where the store could not. On a
 * route with ROUTE_IDEMPOTENT the answer is written before: it is kept in the same transaction, and
 * where another call of the same key was faster, this one is undone and gets that one's answer. */
bool call_commit(struct api_call *call);
/* For ROUTE_LATER, one of both once, from any thread; the call is gone then. Sends the answer. */
void call_finish(struct api_call *call);
/* Goes on with `handle` on a worker, with a store, as the handler of ROUTE_WORKER would. */
void call_to_worker(struct api_call *call, void (*handle)(struct api_call *call));
/* Begins a JSON answer; what is written goes to the response's body. */
struct json_writer call_json(struct api_call *call, int status);
void call_plain(struct api_call *call, int status, const char *text);
/* The body as a JSON object, which the caller frees; NULL where the answer is a problem now. */
cJSON *call_body(struct api_call *call);
/* Answers with what a reader found wrong with a member of the body. */
void call_refuse(struct api_call *call, const struct json_reason *why);

/* Notes in the call's transaction who did what; `details` may be NULL. */
void call_acted(struct api_call *call, const char *action, const char *subject,
                const char *details);

/* api_session.c */
void session_register_metrics(void); /* once, before any call */
/* A name and password that came with the call: counted and judged as a sign-in. True where it is
 * right: call->who is filled and the token, which stands for it from now on, is remembered. */
bool session_basic(struct api_call *call);
/* api_users.c */
/* `name`, `role` and, for a vendor, `cart` of a body; false, and `why` names the field. */
bool identity_read(const cJSON *body, struct identity *who, struct json_reason *why);
/* api_alerts.c */
void alerts_register_metrics(void);     /* once, before any call */
void health_register_metrics(void);     /* likewise */
void alerts_count(struct store *store); /* sets carrito_alerts_active */
/* api_stream.c */
/* Of an answer to `struct stream_options.roles`; the owner is the api. */
void stream_roles(void *owner, struct buffer *out);

#endif
