/* The frame that every call goes through: route, sign-in, role, parameters, body, store, answer. */
#include "collector/api/api.h"

#include "collector/access/users.h"
#include "collector/api/action.h"
#include "collector/api/api_admit.h"
#include "collector/api/api_call.h"
#include "collector/api/stream.h"
#include "collector/http/basic.h"
#include "collector/http/http.h"
#include "collector/http/http_guard.h"
#include "collector/http/rate_limit.h"
#include "collector/http/workers.h"
#include "collector/kafka/kafka_ends.h"
#include "collector/orders/order_desk.h"
#include "collector/sales/import.h"
#include "common/clock.h"
#include "common/log.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_DEPTH_MAX 4
#define BUSY_RETRY_S   "2"

/* Passwords: 80 ms and 64 MiB each, so two at once and no more; they have threads of their own, so
 * that a flood of sign-ins holds up no write, and no write a sign-in. */
#define HASHERS             2
#define HASHERS_WAITING_MAX 16
/* Whatever waits for the store's writer or for Kafka: some milliseconds each. */
#define WRITERS             2
#define WRITERS_WAITING_MAX 256
/* Whatever reads for long, over many days or until Kafka answers: no write waits for it. */
#define READERS             2
#define READERS_WAITING_MAX 256

struct api {
    struct api_options options;
    struct http_server *http;
    struct workers *hashers, *writers, *readers;
    struct rate_limit *sign_ins, *open_posts; /* per address */
    struct kafka_ends *ends;
    struct order_desk *order_desk;
    struct basic_tokens *basic_tokens;
    struct stream *stream;   /* NULL without Kafka */
    pthread_key_t store_key; /* a connection for each thread, closed when the thread ends */
    bool has_store_key;
};

/* A call on its way through the workers. */
struct job {
    struct api_call call; /* first: a call on its way is its job */
    struct http_exchange *exchange;
    void (*handle)(struct api_call *call);
};

const struct api_options *api_options(const struct api *api)
{
    return &api->options;
}

struct basic_tokens *api_basic_tokens(struct api *api)
{
    return api->basic_tokens;
}

struct stream *api_stream(struct api *api)
{
    return api->stream;
}

struct kafka_ends *api_kafka_ends(struct api *api)
{
    return api->ends;
}

struct order_desk *api_order_desk(struct api *api)
{
    return api->order_desk;
}

struct store *api_store(struct api *api)
{
    struct store *store = pthread_getspecific(api->store_key);
    if (api->options.store_ready != NULL && !api->options.store_ready(api->options.owner))
        return NULL;
    if (store == NULL) {
        store = store_open(api->options.store_url, STORE_DURABLE);
        if (store != NULL)
            store_set_wake(store, api->options.wake);
        pthread_setspecific(api->store_key, store);
    }
    return store;
}

struct rate_limit *api_limit(struct api *api, const struct route *route)
{
    return (route->flags & ROUTE_HASHES) != 0 ? api->sign_ins : api->open_posts;
}

void api_forget_store(struct api *api)
{
    store_close(pthread_getspecific(api->store_key));
    pthread_setspecific(api->store_key, NULL);
}

static void close_store(void *store)
{
    store_close(store);
}

void call_problem(struct api_call *call, enum problem problem, const char *field, const char *what)
{
    const struct route *route = call->match.route;

    problem_answer(call->response, problem, call->lang, &(struct problem_about){ field, what });
    /* A browser asks its user for name and password only where it is told of Basic. */
    if (problem_status(problem) == 401 && route != NULL && (route->flags & ROUTE_BASIC) != 0)
        response_header(call->response, "WWW-Authenticate",
                        "Basic realm=\"carrito\", charset=\"UTF-8\"");
}

void call_store_problem(struct api_call *call, enum store_result result)
{
    call_problem(call, result == STORE_AGAIN ? PROBLEM_STORE : PROBLEM_INTERNAL, NULL, NULL);
    if (result == STORE_AGAIN)
        response_header(call->response, "Retry-After", BUSY_RETRY_S);
}

/* A call that was made before gets the same answer; false where it is answered now. */
static bool is_new(struct api_call *call)
{
    if (call->idempotency.id[0] == '\0')
        return true;
    switch (idempotency_find(call->store, &call->idempotency, call->now_ms, call->response)) {
    case IDEMPOTENCY_NEW:
        return true;
    case IDEMPOTENCY_REPEATED:
        return false;
    case IDEMPOTENCY_OTHER:
        call_problem(call, PROBLEM_KEY_REUSED, "Idempotency-Key", NULL);
        return false;
    }
    return true;
}

/* Keeps the answer with its effect. False where another call of the same key was faster: this one
 * is undone. */
static bool keep_answer(struct api_call *call)
{
    int status = call->response->status;
    assert(status != 0); /* the handler answers first */
    if (status < 200 || status > 299 ||
        idempotency_keep(call->store, &call->idempotency, call->now_ms, call->response) ||
        store_status(call->store) != STORE_OK)
        return true;
    store_rollback(call->store);
    if (is_new(call)) /* gone again, by its age */
        call_store_problem(call, STORE_AGAIN);
    return false;
}

bool call_commit(struct api_call *call)
{
    if (call->idempotency.id[0] != '\0' && !keep_answer(call))
        return false;
    enum store_result result = store_commit(call->store);
    if (result == STORE_OK)
        return true;
    api_forget_store(call->api);
    call->store = NULL;
    call_store_problem(call, result);
    return false;
}

struct json_writer call_json(struct api_call *call, int status)
{
    call->response->status = status;
    call->response->content_type = "application/json";
    return json_write_to(&call->response->body);
}

void call_plain(struct api_call *call, int status, const char *text)
{
    call->response->status = status;
    call->response->content_type = "text/plain; charset=utf-8";
    buffer_text(&call->response->body, text);
}

void call_refuse(struct api_call *call, const struct json_reason *why)
{
    call_problem(call, PROBLEM_INVALID, why->field, why->text);
}

void call_acted(struct api_call *call, const char *action, const char *subject, const char *details)
{
    action_add(call->store, &(struct action){ .user = call->who.name,
                                              .name = action,
                                              .subject = subject,
                                              .details = details,
                                              .time_ms = call->now_ms });
}

cJSON *call_body(struct api_call *call)
{
    struct json_reason why = { 0 };
    const struct buffer *body = &call->request->body;
    cJSON *object = json_read_object(body->bytes != NULL ? body->bytes : "", body->length,
                                     REQUEST_BODY_MAX, BODY_DEPTH_MAX, &why);
    if (object == NULL)
        call_problem(call, PROBLEM_BAD_JSON, why.field, why.text);
    return object;
}

static bool is_read(const struct api_call *call)
{
    return strcmp(call->match.route->method, "GET") == 0;
}

/* Runs the handler with the store of this thread. What reads has one picture of the store. */
static void run(struct api_call *call, void (*handle)(struct api_call *call))
{
    const struct route *route = call->match.route;
    bool reads = is_read(call);
    if ((route->flags & ROUTE_NO_STORE) != 0) {
        handle(call);
        return;
    }
    call->store = api_store(call->api);
    if (call->store == NULL) {
        call_store_problem(call, STORE_AGAIN);
        return;
    }
    if (reads)
        store_begin_read(call->store);
    if (is_new(call))
        handle(call);
    if (call->store == NULL) /* call_commit() has answered */
        return;
    enum store_result result = reads ? store_commit(call->store) : store_status(call->store);
    /* Who refuses a call leaves its transaction to us. */
    store_rollback(call->store);
    if (result == STORE_OK)
        return;
    api_forget_store(call->api);
    call_store_problem(call, result);
}

void call_finish(struct api_call *call)
{
    struct job *job = (struct job *)call;
    struct http_exchange *exchange = job->exchange;
    free(job);
    http_resume(exchange);
}

static void work(void *item)
{
    struct job *job = item;
    run(&job->call, job->handle);
    call_finish(&job->call);
}

static struct workers *workers_of(const struct api_call *call)
{
    if ((call->match.route->flags & ROUTE_HASHES) != 0)
        return call->api->hashers;
    return is_read(call) ? call->api->readers : call->api->writers;
}

/* Does the server's thread leave it to another one? */
static bool takes_long(const struct api_call *call)
{
    unsigned flags = call->match.route->flags;
    return (flags & (ROUTE_WORKER | ROUTE_HASHES | ROUTE_LATER)) != 0 ||
           ((flags & ROUTE_SUMS) != 0 && request_query(call->request, "group") != NULL);
}

static void submit(struct job *job, struct workers *workers)
{
    struct api_call *call = &job->call;
    if (workers_submit(workers, job))
        return;
    call_problem(call, PROBLEM_BUSY, NULL, NULL);
    response_header(call->response, "Retry-After", BUSY_RETRY_S);
    call_finish(call);
}

void call_to_worker(struct api_call *call, void (*handle)(struct api_call *call))
{
    struct job *job = (struct job *)call;
    job->handle = handle;
    submit(job, workers_of(call));
}

/* From here on the call has a life of its own. */
static struct job *make_job(const struct api_call *call, struct http_exchange *exchange)
{
    struct job *job = malloc(sizeof *job);
    if (job == NULL)
        abort();
    *job = (struct job){ *call, exchange, call->match.route->handle };
    http_suspend(exchange);
    return job;
}

static enum http_handled go_on_later(const struct api_call *call, struct http_exchange *exchange)
{
    struct job *job = make_job(call, exchange);
    if ((call->match.route->flags & ROUTE_LATER) != 0)
        job->handle(&job->call);
    else
        submit(job, workers_of(&job->call));
    return HTTP_LATER;
}

/* On a worker that hashes: the password first, then what was asked for. */
static void sign_in_and_go_on(struct api_call *call)
{
    store_rollback(call->store); /* a GET has begun to read */
    if (!session_basic(call) || !api_admit_again(call))
        return;
    if (is_read(call))
        store_begin_read(call->store);
    call->match.route->handle(call);
}

static enum http_handled handle(void *owner, struct http_exchange *exchange)
{
    struct api *api = owner;
    const struct request *request = http_request(exchange);
    struct api_call call = {
        .api = api,
        .request = request,
        .response = http_response(exchange),
        .exchange = exchange,
        .lang = lang_choose(request->accept_language, lang_from_name(api->options.lang)),
        .now_ms = clock_wall_ms(),
    };
    struct job *job;
    switch (api_admit(&call, http_client(exchange))) {
    case ADMIT_REFUSED:
        return HTTP_ANSWERED;
    case ADMIT_PASSWORD:
        job = make_job(&call, exchange);
        job->handle = sign_in_and_go_on;
        submit(job, api->hashers);
        return HTTP_LATER;
    case ADMIT_GRANTED:
        break;
    }
    if (takes_long(&call))
        return go_on_later(&call, exchange);
    run(&call, call.match.route->handle);
    return HTTP_ANSWERED;
}

/* A long body is taken only from who may send it. */
static size_t body_max(void *owner, const struct request *request)
{
    struct api *api = owner;
    struct route_match match;
    struct identity who = { .role = ROLE_NONE };
    const char *token = request_bearer(request);
    if (request->malformed || route_find(request, &match) != ROUTE_FOUND ||
        (match.route->flags & ROUTE_NDJSON) == 0 || token == NULL)
        return REQUEST_BODY_MAX;
    struct store *store = api_store(api);
    if (store == NULL)
        return REQUEST_BODY_MAX;
    token_read(store, token, clock_wall_ms(), &who);
    if (store_status(store) != STORE_OK)
        api_forget_store(api);
    bool may = access_to_route(match.route->roles, &who, match.cart) == ACCESS_GRANTED;
    return may ? IMPORT_BODY_MAX : REQUEST_BODY_MAX;
}

static bool start_parts(struct api *api)
{
    bool limited = api->options.rate_per_minute > 0;
    struct http_options http = { .address = api->options.address,
                                 .per_address_max = limited ? GUARD_PER_ADDRESS_MAX : 0,
                                 .handle = handle,
                                 .body_max = body_max,
                                 .owner = api };
    if (!address_list_read(api->options.proxies, &http.proxies)) {
        log_error("api", "the proxies are no list of addresses", "proxies=%s",
                  api->options.proxies);
        return false;
    }
    api->has_store_key = pthread_key_create(&api->store_key, close_store) == 0;
    api->sign_ins = rate_limit_open(api->options.rate_per_minute);
    api->open_posts = rate_limit_open(api->options.rate_per_minute);
    api->hashers = workers_open(&(struct workers_options){ work, HASHERS, HASHERS_WAITING_MAX });
    api->writers = workers_open(&(struct workers_options){ work, WRITERS, WRITERS_WAITING_MAX });
    api->readers = workers_open(&(struct workers_options){ work, READERS, READERS_WAITING_MAX });
    if (api->options.brokers != NULL)
        api->ends = kafka_ends_open(api->options.brokers, api->options.kafka);
    if (api->options.brokers != NULL)
        api->stream = stream_open(&(struct stream_options){ .brokers = api->options.brokers,
                                                            .pairs = api->options.kafka,
                                                            .roles = stream_roles,
                                                            .owner = api });
    api->basic_tokens = basic_tokens_open();
    api->order_desk = order_desk_open(&api->options);
    if (!api->has_store_key || api->hashers == NULL || api->writers == NULL || api->readers == NULL)
        return false;
    api->http = http_open(&http);
    return api->http != NULL;
}

struct api *api_start(const struct api_options *options)
{
    struct api *api = calloc(1, sizeof *api);
    if (api == NULL)
        abort();
    api->options = *options;
    session_register_metrics();
    alerts_register_metrics();
    health_register_metrics();
    if (start_parts(api))
        return api;
    api_stop(api);
    return NULL;
}

void api_stop(struct api *api)
{
    if (api == NULL)
        return;
    /* In this order: no suspended exchange may be left when the server ends. */
    if (api->http != NULL)
        http_quiesce(api->http);
    stream_end(api->stream);
    order_desk_stop(api->order_desk);
    if (api->hashers != NULL)
        workers_stop(api->hashers);
    if (api->writers != NULL)
        workers_stop(api->writers);
    if (api->readers != NULL)
        workers_stop(api->readers);
    http_close(api->http);
    workers_close(api->hashers);
    workers_close(api->writers);
    workers_close(api->readers);
    order_desk_close(api->order_desk);
    basic_tokens_close(api->basic_tokens);
    stream_close(api->stream);
    kafka_ends_close(api->ends);
    rate_limit_close(api->sign_ins);
    rate_limit_close(api->open_posts);
    if (api->has_store_key)
        pthread_key_delete(api->store_key);
    free(api);
}
