/* A sign-in: counted, judged, answered. */
#include "collector/call/sign_in.h"

#include "collector/call/basic.h"
#include "collector/call/frame.h"
#include "common/clock.h"
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

void sign_in_register_metrics(void)
{
    static bool registered; /* the metrics live as long as the process */
    for (size_t i = 0; !registered && i < sizeof attempts / sizeof *attempts; i++)
        metric_register(&attempts[i]);
    registered = true;
}

static void refuse_block(struct api_call *call, const struct sign_in_hand *hand)
{
    char seconds[24];
    snprintf(seconds, sizeof seconds, "%lld",
             (long long)attempt_wait_s(&hand->account, call->now_ms));
    call_problem(call, PROBLEM_BLOCKED, NULL, NULL);
    response_header(call->response, "Retry-After", seconds);
}

static void give_token(struct api_call *call, struct sign_in_hand *hand)
{
    struct identity *who = &hand->who;
    who->role = hand->user.role;
    who->expires_ms = call->now_ms + SESSION_MS;
    snprintf(who->name, sizeof who->name, "%s", hand->name);
    snprintf(who->cart, sizeof who->cart, "%s", hand->user.cart);
    token_give(call->store, who, hand->name, &hand->token, call->now_ms);
}

/* The user may have gone, or have another password, while this one was hashed. */
static bool is_still(struct store *store, const struct sign_in_hand *hand)
{
    struct account now;
    account_read(store, hand->name, &now);
    return now.known == hand->user.known && strcmp(now.password, hand->user.password) == 0;
}

/* In the store's transaction: what the attempt is worth, and what follows from it. */
static enum sign_in_verdict judge(struct api_call *call, struct sign_in_hand *hand, bool right)
{
    const struct settings *settings = frame_options(call->frame)->settings;
    char id[EPOCH_LENGTH_MAX + 1];
    struct login_attempt attempt = {
        .id = id, .user = hand->name, .address = call->request->address, .at_ms = call->now_ms
    };
    epoch_make(id);
    login_open_account(call->store, &attempt, call->now_ms, &hand->account);
    struct sign_in facts = { .known = hand->user.known,
                             .right = right && is_still(call->store, hand),
                             .blocked_until_ms = hand->account.until_ms };
    attempt.verdict = access_decide(&facts, call->now_ms);
    if (attempt_counts(&hand->account, call->now_ms))
        login_count(call->store, settings, &attempt, call->now_ms);
    if (attempt.verdict == SIGN_IN_GRANTED)
        give_token(call, hand);
    login_enqueue(call->store, &attempt);
    return attempt.verdict;
}

/* The password is hashed whatever the verdict will be, and every attempt is one durable commit: the
 * time says nothing. What has a token's form is no attempt, whoever is named. */
enum sign_in_verdict sign_in(struct api_call *call, struct sign_in_hand *hand)
{
    if (token_has_form(hand->password)) {
        call_problem(call, PROBLEM_BAD_LOGIN, NULL, NULL);
        return SIGN_IN_REFUSED;
    }
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
    log_info("api", "sign-in", "address=%s outcome=%s", call->request->address,
             login_outcome_name(verdict));
    if (verdict == SIGN_IN_BLOCKED)
        refuse_block(call, hand);
    else if (verdict == SIGN_IN_REFUSED)
        call_problem(call, PROBLEM_BAD_LOGIN, NULL, NULL);
    return verdict;
}

bool sign_in_change_password(struct api_call *call, struct sign_in_hand *hand, const char *hash)
{
    store_begin(call->store);
    bool changed = is_still(call->store, hand) && user_set_password(call->store, hand->name, hash);
    if (!changed && store_status(call->store) == STORE_OK) {
        store_rollback(call->store);
        call_problem(call, PROBLEM_BAD_LOGIN, NULL, NULL);
        return false;
    }
    give_token(call, hand);
    call_acted(call, "password-change", hand->name, NULL);
    return call_commit(call);
}

/* A browser asks for much at once: what waited while the first was hashed is no attempt. */
static bool is_remembered(struct api_call *call, const struct basic *basic)
{
    char token[TOKEN_SIZE];
    if (!basic_tokens_find(frame_basic_tokens(call->frame), basic, token))
        return false;
    token_read(call->store, token, call->now_ms, &call->who);
    return call->who.role != ROLE_NONE;
}

bool sign_in_basic(struct api_call *call)
{
    struct sign_in_hand hand = { 0 };
    struct basic basic;
    if (!basic_read(call->request, &basic))
        return false;
    if (is_remembered(call, &basic))
        return true;
    hand.name = basic.user;
    hand.password = basic.password;
    if (sign_in(call, &hand) != SIGN_IN_GRANTED)
        return false;
    basic_tokens_keep(frame_basic_tokens(call->frame), &basic, hand.token.text);
    call->who = hand.who;
    return true;
}
