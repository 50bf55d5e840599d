/* One call of the API, as the handlers see it: who asks, for what, in which language, and the
 * store. The handlers live in one file per group of endpoints, which ends in its table of routes.
 */
#ifndef CARRITO_COLLECTOR_CALL_H
#define CARRITO_COLLECTOR_CALL_H

#include "collector/access/access.h"
#include "collector/call/idempotency.h"
#include "collector/call/route.h"
#include "collector/http/problem.h"
#include "collector/http/rate_left.h"
#include "collector/http/request.h"
#include "collector/http/response.h"
#include "collector/store/store.h"
#include "common/json_read.h"
#include "common/json_write.h"

struct http_exchange;
struct frame;

struct api_call {
    struct frame *frame;
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
    struct rate_left rate;          /* of the limit that it counts against */
    struct idempotency idempotency; /* for ROUTE_IDEMPOTENT; zero: without a key */
    char id[33]; /* that a handler of ROUTE_LATER has given already, for whoever goes on; or "" */
};

/* Makes the answer a problem. Either text may be NULL. */
void call_problem(struct api_call *call, enum problem problem, const char *field, const char *what);
/* What is too much just now is worth another try soon. */
#define CALL_RETRY_S "2"
/* For a store that failed: 503 where it is worth trying again, else 500. */
void call_store_problem(struct api_call *call, enum store_result result);
/* A call of ROUTE_IDEMPOTENT that was made before gets the same answer; false where it is answered
 * now. */
bool call_is_new(struct api_call *call);
/* Commits what the call wrote; false, and a problem for an answer, where the store could not. On a
 * route with ROUTE_IDEMPOTENT the answer is written before: it is kept in the same transaction, and
 * where another call of the same key was faster, this one is undone and gets that one's answer. */
bool call_commit(struct api_call *call);
/* Commits a part of what the call does, which goes on: no answer is kept yet. */
bool call_commit_part(struct api_call *call);
/* For ROUTE_LATER, one of both once, from any thread; the call is gone then. Sends the answer. */
void call_finish(struct api_call *call);
/* Goes on with `handle` on a worker, with a store, as the handler of ROUTE_WORKER would. */
void call_to_worker(struct api_call *call, void (*handle)(struct api_call *call));
/* Begins a JSON answer; what is written goes to the response's body. */
struct json_writer call_json(struct api_call *call, int status);
void call_plain(struct api_call *call, int status, const char *text);
/* The body as a JSON object, which the caller frees; NULL where the answer is a problem now. A
 * form, on a route that takes one, is an object of texts. */
cJSON *call_body(struct api_call *call);
/* For ROUTE_FIND: makes the body's members the request's query: each is a text, as it would stand
 * in an address, and `limit` a number. False where the answer is a problem now. */
bool call_take_query(struct api_call *call);
/* Answers with what a reader found wrong with a member of the body. */
void call_refuse(struct api_call *call, const struct json_reason *why);
/* The same for a rule of the handler's own. */
void call_invalid(struct api_call *call, const char *field, struct saying saying);

/* Notes in the call's transaction who did what; `details` may be NULL. */
void call_acted(struct api_call *call, const char *action, const char *subject,
                const char *details);
/* Who takes a list of persons (ROUTE_PERSONS) with him is among the acts before he has its first
 * row. For a GET that reads: what is read afterwards is as it is then. False, and answered, where
 * the act could not be written. */
bool call_exports(struct api_call *call, const char *list);

#endif
