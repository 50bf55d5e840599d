/* Signing in and out. */
#include "collector/api_call.h"
#include "collector/users.h"
#include "common/day.h"
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
    char text[TIME_TEXT_SIZE];
    if (wall_ms == 0) {
        json_null(json, key);
        return;
    }
    time_text(wall_ms, text);
    json_text(json, key, text);
}

static void give_token(struct api_call *call, const char *name, const struct account *account)
{
    struct identity who = { .role = account->role, .expires_ms = call->now_ms + SESSION_MS };
    char token[TOKEN_SIZE];
    snprintf(who.name, sizeof who.name, "%s", name);
    snprintf(who.cart, sizeof who.cart, "%s", account->cart);
    if (store_begin(call->store))
        token_give(call->store, &who, token, call->now_ms);
    if (!call_commit(call))
        return;
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "token", token);
    json_text(&json, "role", role_name(who.role));
    write_time(&json, "expires", who.expires_ms);
    json_object_end(&json);
}

static void refuse_block(struct api_call *call, const struct account *account)
{
    char seconds[24];
    long long wait_s = (account->blocked_until_ms - call->now_ms + 999) / 1000;
    snprintf(seconds, sizeof seconds, "%lld", wait_s);
    call_problem(call, PROBLEM_BLOCKED, NULL, NULL);
    response_header(call->response, "Retry-After", seconds);
}

/* The password is hashed whatever the verdict will be: the time says nothing. */
static void sign_in(struct api_call *call, const char *name, const char *password)
{
    struct account account;
    account_read(call->store, name, &account);
    if (store_status(call->store) != STORE_OK)
        return;
    struct sign_in attempt = { .known = account.known,
                               .blocked_until_ms = account.blocked_until_ms };
    attempt.right = password_check(account.known ? account.password : NULL, password);
    enum sign_in_verdict verdict = access_decide(&attempt, call->now_ms);
    metric_add(&attempts[verdict], 1);
    switch (verdict) {
    case SIGN_IN_GRANTED:
        give_token(call, name, &account);
        break;
    case SIGN_IN_REFUSED:
        call_problem(call, PROBLEM_BAD_LOGIN, NULL, NULL);
        break;
    case SIGN_IN_BLOCKED:
        refuse_block(call, &account);
        break;
    }
    log_info("api", "sign-in", "user=%s address=%s status=%d", name, call->request->address,
             call->response->status);
}

void session_login(struct api_call *call)
{
    struct json_reason why = { 0 };
    const char *name = NULL, *password = NULL;
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    if (json_get_text(body, "user", JSON_REQUIRED, 1, USER_NAME_MAX, &name, &why) &&
        json_get_text(body, "password", JSON_REQUIRED, 1, PASSWORD_MAX, &password, &why))
        sign_in(call, name, password);
    else
        call_refuse(call, &why);
    cJSON_Delete(body);
}

void session_logout(struct api_call *call)
{
    if (store_begin(call->store))
        token_end(call->store, request_bearer(call->request));
    if (call_commit(call))
        call->response->status = 204;
}

void session_me(struct api_call *call)
{
    struct json_writer json = call_json(call, 200);
    json_object_begin(&json, NULL);
    json_text(&json, "user", call->who.name);
    json_text(&json, "role", role_name(call->who.role));
    json_text(&json, "cart", call->who.cart[0] != '\0' ? call->who.cart : NULL);
    write_time(&json, "expires", call->who.expires_ms);
    json_object_end(&json);
}
