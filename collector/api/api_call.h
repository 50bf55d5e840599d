/* One call of the API, as the handlers see it: who asks, for what, in which language, and the
 * store. The handlers are listed in routes.c, and live in one file per group of endpoints. */
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
void session_login(struct api_call *call);
/* A name and password that came with the call: counted and judged as a sign-in. True where it is
 * right: call->who is filled and the token, which stands for it from now on, is remembered. */
bool session_basic(struct api_call *call);
void session_logout(struct api_call *call);
void session_me(struct api_call *call);
/* api_members.c */
void members_apply(struct api_call *call);
void members_list(struct api_call *call);
void members_decide(struct api_call *call);
/* api_users.c */
void users_list(struct api_call *call);
void users_add(struct api_call *call);
void users_remove(struct api_call *call);
void users_password(struct api_call *call);
void blocked_list(struct api_call *call);
void blocked_lift(struct api_call *call);
/* `name`, `role` and, for a vendor, `cart` of a body; false, and `why` names the field. */
bool identity_read(const cJSON *body, struct identity *who, struct json_reason *why);
/* api_tokens.c */
void tokens_list(struct api_call *call);
void tokens_add(struct api_call *call);
void tokens_remove(struct api_call *call);
/* api_orders.c */
void orders_place(struct api_call *call);
void orders_list(struct api_call *call);
void orders_one(struct api_call *call);
void orders_cancel(struct api_call *call);
/* api_sales.c */
void sales_list(struct api_call *call);
void sales_daily(struct api_call *call);
void sales_revisions(struct api_call *call);
void sales_hours(struct api_call *call);
/* api_closing.c */
void sales_closing(struct api_call *call);
void sales_audit(struct api_call *call);
/* api_carts.c */
void carts_list(struct api_call *call);
void carts_one(struct api_call *call);
/* api_track.c */
void carts_track(struct api_call *call);
void carts_evidence(struct api_call *call);
/* api_reports.c */
void reports_make(struct api_call *call);
void reports_list(struct api_call *call);
void reports_dismiss(struct api_call *call);
void fugitives_list(struct api_call *call);
void fugitives_clear(struct api_call *call);
/* api_consumers.c */
void consumers_list(struct api_call *call);
void consumers_stop(struct api_call *call);
void consumers_start(struct api_call *call);
void consumers_messages(struct api_call *call);
/* api_alerts.c */
void alerts_register_metrics(void);     /* once, before any call */
void health_register_metrics(void);     /* likewise */
void alerts_count(struct store *store); /* sets carrito_alerts_active */
void alerts_list(struct api_call *call);
void alerts_acknowledge(struct api_call *call);
void alerts_clear(struct api_call *call);
/* api_mails.c */
void mails_list(struct api_call *call);
void mails_test(struct api_call *call);
/* api_desk.c */
void desk_sell(struct api_call *call);
void desk_take_back(struct api_call *call);
void desk_count(struct api_call *call);
/* api_actions.c */
void actions_command(struct api_call *call);
void actions_list(struct api_call *call);
/* api_stock.c */
void stock_list(struct api_call *call);
void restocks_list(struct api_call *call);
void restocks_done(struct api_call *call);
void restocks_announce(struct api_call *call);
/* api_dead_letters.c */
void dead_letters_list(struct api_call *call);
void dead_letters_retry(struct api_call *call);
/* api_set_aside.c */
void set_aside_list(struct api_call *call);
void set_aside_take(struct api_call *call);
void set_aside_forget(struct api_call *call);
/* api_imports.c */
void imports_take(struct api_call *call);
/* api_files.c */
void files_console(struct api_call *call);
void files_order_form(struct api_call *call);
void files_order(struct api_call *call);
void files_one(struct api_call *call);
void files_openapi(struct api_call *call);
void files_docs(struct api_call *call);
void files_config(struct api_call *call);
/* api_owntracks.c */
void owntracks_publish(struct api_call *call);
/* api_recorder.c */
void recorder_version(struct api_call *call);
void recorder_list(struct api_call *call);
void recorder_last(struct api_call *call);
void recorder_locations(struct api_call *call);
void carts_otrc(struct api_call *call);
/* api_stream.c */
void stream_get(struct api_call *call);
/* Of an answer to `struct stream_options.roles`; the owner is the api. */
void stream_roles(void *owner, struct buffer *out);
/* api_simulations.c */
void simulations_begin(struct api_call *call);
void simulations_one(struct api_call *call);
/* api_trace.c */
void trace_sale(struct api_call *call);
/* api_health.c */
void health_alive(struct api_call *call);
void health_ready(struct api_call *call);
void health_metrics(struct api_call *call);

#endif
