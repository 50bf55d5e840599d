/* Signing in and out. */
#include "collector/access/login.h"
#include "collector/access/users.h"
#include "collector/api/api_call.h"
#include "collector/http/basic.h"
#include "common/clock.h"
#include "common/day.h"
#include "common/event.h"
#include "common/log.h"
#include "common/metrics.h"

#include <stdio.h>
#include <string.h>

/* A working day with its evening; then the password is asked for again. */
#define SESSION_MS (12 * 3600 * 1000LL)

#define ATTEMPTS(result_label)                                                                     \
    {                                                                                              \
        .name = "carrito_login_attempts_total", .help = "Attempts to sign in.",                    \
        .type = METRIC_COUNTER, .labels = "result=\"" result_label "\""                            \
    }

static struct metric attempts[] = {
    [SIGN_IN_GRANTED] = ATTEMPTS("ok"),
    [SIGN_IN_REFUSED] = ATTEMPTS("refused"),
    [SIGN_IN_BLOCKED] = ATTEMPTS("blocked"),
};

void session_register_metrics(void)
{
    static bool registered; /* the metrics live as long as the process */
    for (size_t i = 0; !registered && i < sizeof attempts / sizeof *attempts; i++)
        metric_register(&attempts[i]);
    registered = true;
}

static void write_time(struct json_writer *json, const char *key, int64_t wall_ms)
{
    if (wall_ms == 0)
        json_null(json, key);
    else
        json_time(json, key, wall_ms);
}

/* A sign-in in hand. */
struct hand {
    const char *name, *password;
    struct account user;            /* as it was when the password was checked */
    struct attempt_account account; /* as it is in the transaction */
    struct identity who;            /* granted */
    struct token token;
};

static void answer_token(struct api_call *call, const struct hand *hand)
{
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "token", hand->token.text);
    json_text(&json, "role", role_name(hand->who.role));
    write_time(&json, "expires", hand->who.expires_ms);
    json_object_end(&json);
}

static void refuse_block(struct api_call *call, const struct hand *hand)
{
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%lld",
             (long long)attempt_wait_s(&hand->account, call->now_ms));
    call_problem(call, PROBLEM_BLOCKED, NULL, NULL);
    response_header(call->response, "Retry-After", seconds);
}

static void give_token(struct api_call *call, struct hand *hand)
{
    struct identity *who = &hand->who;
    who->role = hand->user.role;
    who->expires_ms = call->now_ms + SESSION_MS;
    snprintf(who->name, sizeof who->name, "%s", hand->name);
    snprintf(who->cart, sizeof who->cart, "%s", hand->user.cart);
    token_give(call->store, who, hand->name, &hand->token, call->now_ms);
}

/* The user may have gone, or have another password, while this one was hashed. */
static bool is_still(struct store *store, const struct hand *hand)
{
    struct account now;
    account_read(store, hand->name, &now);
    return now.known == hand->user.known && strcmp(now.password, hand->user.password) == 0;
}

/* In the store's transaction: what the attempt is worth, and what follows from it. */
static enum sign_in_verdict judge(struct api_call *call, struct hand *hand, bool right)
{
    const struct settings *settings = api_options(call->api)->settings;
    char id[EPOCH_LENGTH_MAX + 1];
    struct login_attempt attempt = {
        .id = id, .user = hand->name, .address = call->request->address, .at_ms = call->now_ms
    };
    epoch_make(id);
    login_open_account(call->store, hand->name, call->now_ms, &hand->account);
    struct sign_in sign_in = { .known = hand->user.known,
                               .right = right && is_still(call->store, hand),
                               .blocked_until_ms = hand->account.until_ms };
    enum sign_in_verdict verdict = access_decide(&sign_in, call->now_ms);
    if (attempt_counts(&hand->account, call->now_ms))
        login_count(call->store, settings, &attempt, call->now_ms);
    if (verdict == SIGN_IN_GRANTED)
        give_token(call, hand);
    login_owe(call->store, &attempt, verdict);
    return verdict;
}

/* The password is hashed whatever the verdict will be, and every attempt is one durable commit: the
 * time says nothing. */
/* Where it is not granted the answer is a problem now; so it is where the store failed. */
static enum sign_in_verdict decide(struct api_call *call, struct hand *hand)
{
    account_read(call->store, hand->name, &hand->user);
    if (store_status(call->store) != STORE_OK)
        return SIGN_IN_REFUSED;
    bool right = password_check(hand->user.known ? hand->user.password : NULL, hand->password);
    /* The attempt is made now: in the order in which attempts are judged. */
    call->now_ms = clock_wall_ms();
    store_begin(call->store);
    enum sign_in_verdict verdict = judge(call, hand, right);
    if (!call_commit(call))
        return SIGN_IN_REFUSED;
    metric_add(&attempts[verdict], 1);
    log_info("api", "sign-in", "user=%s address=%s outcome=%s", hand->name, call->request->address,
             login_outcome_name(verdict));
    if (verdict == SIGN_IN_BLOCKED)
        refuse_block(call, hand);
    else if (verdict == SIGN_IN_REFUSED)
        call_problem(call, PROBLEM_BAD_LOGIN, NULL, NULL);
    return verdict;
}

static void sign_in(struct api_call *call, struct hand *hand)
{
    if (decide(call, hand) == SIGN_IN_GRANTED)
        answer_token(call, hand);
}

bool session_basic(struct api_call *call)
{
    struct hand hand = { 0 };
    struct basic basic;
    if (!basic_read(call->request, &basic))
        return false;
    hand.name = basic.user;
    hand.password = basic.password;
    if (decide(call, &hand) != SIGN_IN_GRANTED)
        return false;
    basic_tokens_keep(api_basic_tokens(call->api), &basic, hand.token.text);
    call->who = hand.who;
    return true;
}

static void session_login(struct api_call *call)
{
    struct json_reason why = { 0 };
    struct hand hand = { 0 };
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (json_get_text(body, "user", JSON_REQUIRED, 1, USER_NAME_MAX, &hand.name, &why) &&
        (strlen(hand.name) <= USER_NAME_MAX ||
         json_refuse(&why, "user", "user must have at most %d bytes", USER_NAME_MAX)) &&
        json_get_text(body, "password", JSON_REQUIRED, 1, PASSWORD_MAX, &hand.password, &why))
        sign_in(call, &hand);
    else
        call_refuse(call, &why);
    cJSON_Delete(body);
}

static void session_logout(struct api_call *call)
{
    if (store_begin(call->store))
        token_end(call->store, request_bearer(call->request));
    if (call_commit(call))
        call->response->status = 204;
}

static void session_me(struct api_call *call)
{
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "user", call->who.name);
    json_text(&json, "role", role_name(call->who.role));
    json_text(&json, "cart", call->who.cart[0] != '\0' ? call->who.cart : NULL);
    write_time(&json, "expires", call->who.expires_ms);
    json_object_end(&json);
}

static const struct route routes[] = {
    { "POST", API "/login", WHO_OPEN, ROUTE_HASHES | ROUTE_OPEN, NULL, session_login },
    { "POST", API "/logout", WHO_SIGNED_IN, ROUTE_WORKER, NULL, session_logout },
    { "GET", API "/me", WHO_SIGNED_IN, 0, NULL, session_me },
};
const struct route_table session_routes = ROUTE_TABLE_OF(routes);
