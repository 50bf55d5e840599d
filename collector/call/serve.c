/* Serving calls: admitted, run with a store on whichever thread suits them, answered. */
#include "collector/call/serve.h"

#include "collector/access/login.h"
#include "collector/access/users.h"
#include "collector/base/hash.h"
#include "collector/call/admit.h"
#include "collector/call/basic.h"
#include "collector/call/frame_parts.h"
#include "collector/call/list.h"
#include "collector/call/sign_in.h"
#include "collector/http/http.h"
#include "collector/http/http_guard.h"
#include "collector/http/http_watch.h"
#include "collector/http/rate_limit.h"
#include "collector/http/workers.h"
#include "collector/store/wake.h"
#include "common/clock.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Passwords: 80 ms and 64 MiB each, so two at once and no more; they have threads of their own, so
 * that a flood of sign-ins holds up no write, and no write a sign-in. */
#define HASHERS             2
#define HASHERS_WAITING_MAX 16
/* Of these 18 the share of passwords that come with a call (Basic): phones that nobody told of a
 * new password, or strangers, keep no place from a person who signs in. A browser asks for six
 * things at once, and those behind the first are not hashed. */
#define BASIC_HASHING_MAX 6U
/* And of who signs in by the form. Where somebody signed in from lately, the places beyond both
 * shares are his: strangers, from however many addresses, keep nobody out of where he works. */
#define STRANGERS_HASHING_MAX 10U
/* Whatever waits for the store's writer: some milliseconds each. */
#define WRITERS             2
#define WRITERS_WAITING_MAX 256
/* Whatever reads for long, over many days or points: no write waits for it. */
#define READERS             2
#define READERS_WAITING_MAX 256
/* Of both this and the next the share of one who is signed in, by all of his tokens together: who
 * else reads waits for so many of his calls at most. A browser asks for six things at once. */
#define READING_MAX 8U
/* Whatever asks Kafka, which may not answer for seconds: one at a time, as all share a client. */
#define ASKERS             1
#define ASKERS_WAITING_MAX 16

/* A call on its way through the workers. */
struct job {
    struct api_call call; /* first: a call on its way is its job */
    struct http_exchange *exchange;
    void (*handle)(struct api_call *call);
    atomic_uint *share; /* of which it has taken one, until it is finished; or NULL */
};

static bool is_read(const struct api_call *call)
{
    return strcmp(call->match.route->method, "GET") == 0 ||
           (call->match.route->flags & ROUTE_FIND) != 0;
}

/* Into a damaged store nothing is written any more, but that somebody signs in to look at it. */
static bool may_write(const struct api_call *call)
{
    return (call->match.route->flags & ROUTE_HASHES) != 0 ||
           !wake_is_damaged(call->frame->options.wake, NULL);
}

/* Whoever has this answer already is told so, and not sent it again (RFC 9110, 13.1.2). The tag is
 * of the bytes: what differs by language or form differs in it. A table in pieces has none. */
static void tag_answer(struct api_call *call)
{
    struct response *response = call->response;
    const char *known = call->request->if_none_match;
    char digest[33], etag[sizeof digest + 2];

    if (response->status != 200 || response->more != NULL || response->body.length == 0 ||
        (call->match.route->flags & ROUTE_FIND) != 0)
        return;
    hash_text(response->body.bytes, response->body.length, digest);
    snprintf(etag, sizeof etag, "\"%s\"", digest);
    response_header(response, "ETag", etag);
    if (known == NULL || (strcmp(known, "*") != 0 && strstr(known, etag) == NULL))
        return;
    response->status = 304;
    response->content_type = NULL;
    buffer_free(&response->body);
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
    call->store = frame_store(call->frame);
    if (call->store == NULL) {
        call_store_problem(call, STORE_AGAIN);
        return;
    }
    if (!reads && !may_write(call)) {
        call_store_problem(call, STORE_DAMAGED);
        return;
    }
    if (reads)
        store_begin_read(call->store);
    if (call_is_new(call))
        handle(call);
    if (call->store == NULL) /* call_commit() has answered */
        return;
    enum store_result result = reads ? store_commit(call->store) : store_status(call->store);
    /* Who refuses a call leaves its transaction to us. */
    store_rollback(call->store);
    if (result == STORE_OK) {
        if (reads)
            tag_answer(call);
        return;
    }
    frame_forget_store(call->frame);
    call_store_problem(call, result);
}

static void write_header(struct response *response, const char *name, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    response_header(response, name, text);
}

/* Where a call counts against a limit, its answer says what is left of it, whatever it is (the
 * fields of draft-ietf-httpapi-ratelimit-headers-07). */
static void tell_rate(struct api_call *call)
{
    if (call->rate.limit == 0)
        return;
    write_header(call->response, "RateLimit-Limit", call->rate.limit);
    write_header(call->response, "RateLimit-Remaining", call->rate.remaining);
    write_header(call->response, "RateLimit-Reset", call->rate.reset_s);
}

void call_finish(struct api_call *call)
{
    struct job *job = (struct job *)call;
    struct http_exchange *exchange = job->exchange;
    tell_rate(call);
    if (job->share != NULL)
        atomic_fetch_sub(job->share, 1);
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
        return call->frame->hashers;
    if ((call->match.route->flags & ROUTE_KAFKA) != 0)
        return call->frame->askers;
    return is_read(call) ? call->frame->readers : call->frame->writers;
}

static bool has_any(const struct api_call *call, const char *const *names)
{
    for (; *names != NULL; names++)
        if (request_query(call->request, *names) != NULL)
            return true;
    return false;
}

/* A group is sums, a table in a dialect has a line of totals; what is searched without an index may
 * pass over many rows before it has a page. */
static bool reads_many(const struct api_call *call)
{
    static const char *const sums[] = { "group",  "dialect", "revised_after",
                                        "client", "voided",  NULL };
    static const char *const searched[] = { "cart",      "email", "open",     "plate", "q",
                                            "recipient", "rut",   "severity", NULL };
    unsigned flags = call->match.route->flags;
    return ((flags & ROUTE_SUMS) != 0 && has_any(call, sums)) ||
           ((flags & ROUTE_SEARCH) != 0 && has_any(call, searched));
}

/* A table of persons is an act, which is written. */
static bool takes_persons_away(const struct api_call *call)
{
    return (call->match.route->flags & ROUTE_PERSONS) != 0 &&
           (request_query(call->request, "format") != NULL || list_wants_table(call));
}

/* Does the server's thread leave it to another one? */
static bool takes_long(const struct api_call *call)
{
    unsigned flags = call->match.route->flags;
    return (flags & (ROUTE_WORKER | ROUTE_HASHES | ROUTE_KAFKA | ROUTE_LATER)) != 0 ||
           reads_many(call) || takes_persons_away(call);
}

static void refuse_busy(struct api_call *call)
{
    call_problem(call, PROBLEM_BUSY, NULL, NULL);
    response_header(call->response, "Retry-After", CALL_RETRY_S);
}

/* False where all of the share is taken. */
static bool take_share(atomic_uint *share, unsigned most)
{
    if (atomic_fetch_add(share, 1) < most)
        return true;
    atomic_fetch_sub(share, 1);
    return false;
}

/* Of who reads with a token: has he a place with the readers, or with who asks Kafka? */
static bool may_wait(struct job *job, const struct workers *workers)
{
    struct frame *frame = job->call.frame;
    const struct identity *who = &job->call.who;
    if ((workers != frame->readers && workers != frame->askers) || who->role == ROLE_NONE)
        return true;
    uint64_t hash = (uint64_t)hash_bytes(who->name, strlen(who->name));
    atomic_uint *share = &frame->reading[hash % READING_COUNTERS];
    if (!take_share(share, READING_MAX))
        return false;
    job->share = share;
    return true;
}

static void submit(struct job *job, struct workers *workers)
{
    if (may_wait(job, workers) && workers_submit(workers, job))
        return;
    refuse_busy(&job->call);
    call_finish(&job->call);
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
    *job = (struct job){ *call, exchange, call->match.route->handle, NULL };
    http_suspend(exchange);
    return job;
}

/* Did somebody sign in lately from where this call comes from? */
static bool is_from_place(struct api_call *call)
{
    struct store *store = frame_store(call->frame);
    if (store == NULL)
        return false;
    bool is = login_is_place(store, call->request->address, call->now_ms);
    if (store_status(store) != STORE_OK)
        frame_forget_store(call->frame);
    return is;
}

/* Of who signs in by the form: is there a place for him with the hashers? *share is what he takes
 * of it, or NULL. */
static bool find_place(struct api_call *call, atomic_uint **share)
{
    const struct route *route = call->match.route;
    if (route->roles != WHO_OPEN || (route->flags & ROUTE_HASHES) == 0)
        return true;
    if (!take_share(&call->frame->strangers_hashing, STRANGERS_HASHING_MAX))
        return is_from_place(call);
    *share = &call->frame->strangers_hashing;
    return true;
}

static enum http_handled go_on_later(struct api_call *call, struct http_exchange *exchange)
{
    atomic_uint *share = NULL;
    if (!find_place(call, &share)) {
        refuse_busy(call);
        return HTTP_ANSWERED;
    }
    struct job *job = make_job(call, exchange);
    job->share = share;
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
    if (!sign_in_basic(call) || !admit_again(call))
        return;
    if (is_read(call))
        store_begin_read(call->store);
    call->match.route->handle(call);
}

/* True where the answer is a problem now. */
static bool refuses(struct api_call *call, enum http_fault fault)
{
    if (fault == HTTP_FAULT_HEAD)
        call_problem(call, PROBLEM_BAD_HEAD, NULL, NULL);
    if (fault == HTTP_FAULT_CONNECTIONS) {
        call_problem(call, PROBLEM_CONNECTIONS, NULL, NULL);
        response_header(call->response, "Retry-After", HTTP_RETRY_S);
    }
    return fault != HTTP_FAULT_NONE;
}

/* The password that came with the call goes to the hashers, where their share has a place. */
static enum http_handled check_password(struct api_call *call, struct http_exchange *exchange)
{
    atomic_uint *share = &call->frame->basic_hashing;
    if (!take_share(share, BASIC_HASHING_MAX)) {
        refuse_busy(call);
        return HTTP_ANSWERED;
    }
    struct job *job = make_job(call, exchange);
    job->handle = sign_in_and_go_on;
    job->share = share;
    submit(job, call->frame->hashers);
    return HTTP_LATER;
}

static enum http_handled serve(struct api_call *call, struct http_exchange *exchange)
{
    enum admit_verdict verdict = admit(call, http_client(exchange));
    if (call->who.role != ROLE_NONE)
        http_know(exchange);
    switch (verdict) {
    case ADMIT_REFUSED:
        return HTTP_ANSWERED;
    case ADMIT_PASSWORD:
        return check_password(call, exchange);
    case ADMIT_GRANTED:
        break;
    }
    if (takes_long(call))
        return go_on_later(call, exchange);
    run(call, call->match.route->handle);
    return HTTP_ANSWERED;
}

static enum http_handled handle(void *owner, struct http_exchange *exchange)
{
    struct frame *frame = owner;
    const struct request *request = http_request(exchange);
    struct api_call call = {
        .frame = frame,
        .request = request,
        .response = http_response(exchange),
        .exchange = exchange,
        .lang = lang_choose(request->accept_language, lang_from_name(frame->options.lang)),
        .now_ms = clock_wall_ms(),
    };
    if (refuses(&call, http_fault(exchange)))
        return HTTP_ANSWERED;
    enum http_handled handled = serve(&call, exchange);
    if (handled == HTTP_ANSWERED)
        tell_rate(&call);
    return handled;
}

/* Whose token, a phone's as a password too, or what a password was given before. */
static struct identity who_sends(struct frame *frame, const struct request *request)
{
    struct identity who = { .role = ROLE_NONE };
    struct basic basic;
    char given[TOKEN_SIZE];
    const char *token = request_bearer(request);
    if (token == NULL && basic_read(request, &basic))
        token = basic_tokens_find(frame->basic_tokens, &basic, given) ? given : basic.password;
    struct store *store = token != NULL ? frame_store(frame) : NULL;
    if (store == NULL)
        return who;
    token_read(store, token, clock_wall_ms(), &who);
    if (store_status(store) == STORE_OK)
        return who;
    frame_forget_store(frame);
    return (struct identity){ .role = ROLE_NONE };
}

static bool is_known(void *owner, const struct request *request)
{
    return who_sends(owner, request).role != ROLE_NONE;
}

/* A long body is taken only from who may send it. */
static size_t body_max(void *owner, const struct request *request)
{
    struct frame *frame = owner;
    struct route_match match;
    if (request->malformed || route_find(&frame->options.routes, request, &match) != ROUTE_FOUND)
        return REQUEST_BODY_MAX;
    size_t max = route_body_max(match.route);
    if (max == REQUEST_BODY_MAX)
        return max;
    struct identity who = who_sends(frame, request);
    bool may = access_to_route(match.route->roles, &who, match.cart) == ACCESS_GRANTED;
    return may ? max : REQUEST_BODY_MAX;
}

bool serve_start(struct frame *frame)
{
    const struct frame_options *options = &frame->options;
    sign_in_register_metrics();
    bool limited = options->rate_per_minute > 0;
    struct http_options http = { .address = options->address,
                                 .per_address_max = limited ? GUARD_PER_ADDRESS_MAX : 0,
                                 .handle = handle,
                                 .body_max = body_max,
                                 .is_known = is_known,
                                 .owner = frame };
    if (!address_list_read(options->proxies, &http.proxies)) {
        log_error("api", "the proxies are no list of addresses", "proxies=%s", options->proxies);
        return false;
    }
    frame->sign_ins = rate_limit_open(options->rate_per_minute);
    frame->open_posts = rate_limit_open(options->rate_per_minute);
    frame->hashers = workers_open(&(struct workers_options){ work, HASHERS, HASHERS_WAITING_MAX });
    frame->writers = workers_open(&(struct workers_options){ work, WRITERS, WRITERS_WAITING_MAX });
    frame->readers = workers_open(&(struct workers_options){ work, READERS, READERS_WAITING_MAX });
    frame->askers = workers_open(&(struct workers_options){ work, ASKERS, ASKERS_WAITING_MAX });
    if (!frame->has_store_key || frame->hashers == NULL || frame->writers == NULL ||
        frame->readers == NULL || frame->askers == NULL)
        return false;
    frame->http = http_open(&http);
    return frame->http != NULL;
}

void serve_quiesce(struct frame *frame)
{
    if (frame->http != NULL)
        http_quiesce(frame->http);
}

void serve_stop(struct frame *frame)
{
    struct workers *all[] = { frame->hashers, frame->writers, frame->readers, frame->askers };
    size_t count = sizeof all / sizeof *all;
    for (size_t i = 0; i < count; i++)
        if (all[i] != NULL)
            workers_stop(all[i]);
    http_close(frame->http);
    for (size_t i = 0; i < count; i++)
        workers_close(all[i]);
}
