/* The rule of access_attempts.h on the store's rows. */
#include "collector/access/login.h"

#include "collector/alerts/alert.h"
#include "collector/base/settings.h"
#include "collector/effects/outgoing.h"
#include "collector/http/problem.h"

#include "login_sql.h"

#include "common/day.h"
#include "common/json_write.h"
#include "common/log.h"
#include "common/protocol.h"

#include <stdio.h>
#include <string.h>

#define ENDED_MAX 100 /* as the statement has it; the rest are next time's */

static const char *const outcomes[] = {
    [SIGN_IN_GRANTED] = "ok", [SIGN_IN_REFUSED] = "refused", [SIGN_IN_BLOCKED] = "blocked"
};

struct attempt_limits login_limits(const struct settings *settings)
{
    return (struct attempt_limits){ .attempts = settings->login_attempts,
                                    .block_ms = settings->login_block_s * 1000 };
}

const char *login_outcome_name(enum sign_in_verdict verdict)
{
    return outcomes[verdict];
}

void login_open_account(struct store *store, const char *user, int64_t now_ms,
                        struct attempt_account *account)
{
    *account = (struct attempt_account){ 0 };
    store_run(store, SQL_LOGIN_ACCOUNT_TAKE, "ti", user, now_ms);
    struct store_rows *rows = store_query(store, SQL_LOGIN_ACCOUNT_READ, "t", user);
    if (store_next(rows)) {
        account->until_ms = store_int(rows, 0);
        account->forgiven_ms = store_int(rows, 1);
    }
    store_rows_end(rows);
}

/* The attempts that count and may be of one run with that at `at_ms`; returns how many. */
static size_t read_times(struct store *store, const char *user, int64_t at_ms,
                         int64_t times_ms[2 * ATTEMPTS_MAX])
{
    size_t count = 0;
    struct store_rows *rows = store_query(store, SQL_LOGIN_ATTEMPT_TIMES, "tii", user,
                                          at_ms - ATTEMPT_WINDOW_MS, at_ms + ATTEMPT_WINDOW_MS);

    while (count < 2 * ATTEMPTS_MAX && store_next(rows))
        times_ms[count++] = store_int(rows, 0);
    store_rows_end(rows);
    return count;
}

static void raise(struct store *store, const struct settings *settings, const char *user,
                  int64_t since_ms)
{
    int64_t until_ms = since_ms + login_limits(settings).block_ms;
    char until[CLOCK_TEXT_SIZE];

    clock_text(until_ms, until);
    alert_raise(store, &(struct alert){
                           .kind = ALERT_LOGIN_BLOCKED,
                           .subject = user,
                           .says = SAY_ALERT_LOGIN_BLOCKED(user, settings->login_attempts, until),
                           .lang = lang_from_name(settings->lang),
                           .at_ms = since_ms });
    log_info("access", "blocked", "user=%s since_ms=%lld until_ms=%lld", user, (long long)since_ms,
             (long long)until_ms);
}

static void block(struct store *store, const struct settings *settings, const char *user,
                  int64_t since_ms, int64_t now_ms)
{
    int64_t until_ms = since_ms + login_limits(settings).block_ms;
    bool is_over = until_ms <= now_ms;

    /* One that has run out, and that nobody has ended yet. */
    alert_end(store, ALERT_LOGIN_BLOCKED, user, since_ms);
    store_run(store, SQL_LOGIN_ACCOUNT_BLOCK, "iiit", since_ms, is_over ? 0 : until_ms,
              settings->login_attempts, user);
    if (!is_over)
        raise(store, settings, user, since_ms);
}

void login_count(struct store *store, const struct settings *settings,
                 const struct login_attempt *attempt, int64_t now_ms)
{
    const struct attempt_limits limits = login_limits(settings);
    int64_t times_ms[2 * ATTEMPTS_MAX], since_ms;

    if (!store_run(store, SQL_LOGIN_ATTEMPT_INSERT, "tti", attempt->id, attempt->user,
                   attempt->at_ms) ||
        store_changed(store) != 1)
        return;
    size_t count = read_times(store, attempt->user, attempt->at_ms, times_ms);
    if (attempt_blocks(&limits, times_ms, count, &since_ms))
        block(store, settings, attempt->user, since_ms, now_ms);
}

void login_enqueue(struct store *store, const struct login_attempt *attempt,
                   enum sign_in_verdict verdict)
{
    struct buffer value = { 0 };
    struct json_writer json = json_write_to(&value);

    json_object_begin(&json, NULL);
    json_text(&json, "id", attempt->id);
    json_text(&json, "user", attempt->user);
    json_text(&json, "address", attempt->address);
    json_text(&json, "outcome", outcomes[verdict]);
    json_int(&json, "ts_ms", attempt->at_ms);
    json_object_end(&json);
    outgoing_add(store, &(struct outgoing){ .id = attempt->id,
                                            .topic = TOPIC_LOGIN_ATTEMPTS,
                                            .key = attempt->user,
                                            .key_length = strlen(attempt->user),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "login-attempt" });
    buffer_free(&value);
}

bool login_lift(struct store *store, const char *user, int64_t now_ms)
{
    if (!store_run(store, SQL_LOGIN_ACCOUNT_LIFT, "it", now_ms, user) || store_changed(store) != 1)
        return false;
    alert_end(store, ALERT_LOGIN_BLOCKED, user, now_ms);
    log_info("access", "block lifted", "user=%s", user);
    return true;
}

bool login_has_ended(struct store *store, int64_t now_ms)
{
    return store_has(store, SQL_LOGIN_ACCOUNTS_ENDED, "i", now_ms);
}

void login_end(struct store *store, int64_t now_ms)
{
    struct {
        char user[USER_NAME_MAX + 1];
        int64_t until_ms;
    } ended[ENDED_MAX];
    size_t count = 0;
    struct store_rows *rows = store_query(store, SQL_LOGIN_ACCOUNTS_ENDED, "i", now_ms);

    for (; count < ENDED_MAX && store_next(rows); count++) {
        snprintf(ended[count].user, sizeof ended[count].user, "%s", store_text(rows, 0));
        ended[count].until_ms = store_int(rows, 1);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++) {
        store_run(store, SQL_LOGIN_ACCOUNT_END, "t", ended[i].user);
        alert_end(store, ALERT_LOGIN_BLOCKED, ended[i].user, ended[i].until_ms);
        log_info("access", "block over", "user=%s", ended[i].user);
    }
}

void login_prune(struct store *store, const struct settings *settings, int64_t now_ms)
{
    const struct attempt_limits limits = login_limits(settings);
    int64_t before_ms = now_ms - attempt_memory_ms(&limits);

    store_run(store, SQL_LOGIN_ATTEMPTS_PRUNE, "i", before_ms);
    store_run(store, SQL_LOGIN_ACCOUNTS_PRUNE, "i", before_ms);
}
