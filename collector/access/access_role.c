/* The role `access`: attempts to sign in that were made elsewhere (contract, section 5, "access").
 *
 * The API decides by itself, in the store, and queues each attempt to Kafka. What comes back from
 * there and is in the store already is its own; the rest, of another site or from before the store
 * was made anew, is put under the same rule. Blocks that run out end their alerts here. */
#include "collector/access/login.h"
#include "collector/access/login_strangers.h"
#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "common/json_read.h"
#include "common/protocol.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_BYTES_MAX 4096
#define RECORD_DEPTH_MAX 3
#define ID_MAX           64

struct access_role {
    const struct settings *settings;
    struct store *store; /* of the batch in hand */
    int64_t now_ms;
};

static void *open_access(const struct settings *settings)
{
    struct access_role *access = calloc(1, sizeof *access);

    if (access == NULL)
        abort();
    access->settings = settings;
    return access;
}

static void close_access(void *state)
{
    free(state);
}

static void begin(void *state, struct store *store, int64_t now_ms)
{
    struct access_role *access = state;

    access->store = store;
    access->now_ms = now_ms;
}

/* Texts point into `object`. */
static bool read_attempt(const cJSON *object, struct login_attempt *attempt,
                         struct json_reason *why)
{
    const cJSON *address = cJSON_GetObjectItemCaseSensitive(object, "address");
    const char *outcome;

    if (!json_get_text(object, "id", JSON_REQUIRED, 1, ID_MAX, &attempt->id, why) ||
        !json_get_text(object, "user", JSON_REQUIRED, 1, USER_NAME_MAX, &attempt->user, why) ||
        !json_get_text(object, "outcome", JSON_REQUIRED, 1, ID_MAX, &outcome, why) ||
        !json_get_int(object, "ts_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &attempt->at_ms, why))
        return false;
    attempt->verdict = login_outcome_from_name(outcome);
    attempt->address = cJSON_IsString(address) ? address->valuestring : NULL;
    return strlen(attempt->user) <= USER_NAME_MAX ||
           json_refuse(why, "user", SAY_REASON_BYTES_AT_MOST("user", USER_NAME_MAX));
}

static void judge(struct access_role *access, const struct login_attempt *attempt)
{
    const struct attempt_limits limits = login_limits(access->settings);
    struct attempt_account account;

    bool is_old = attempt->at_ms <= access->now_ms - attempt_memory_ms(&limits);
    if (is_old && attempt->verdict != SIGN_IN_GRANTED)
        return;
    login_open_account(access->store, attempt, access->now_ms, &account);
    if (is_old)
        login_note_place(access->store, attempt);
    else if (attempt_counts(&account, attempt->at_ms))
        login_count(access->store, access->settings, attempt, access->now_ms);
}

static void apply(void *state, const struct kafka_record *record)
{
    struct access_role *access = state;
    struct json_reason why = { 0 };
    struct login_attempt attempt = { .at_ms = record->append_ms };
    cJSON *object = json_read_object(record->value, record->value_length, RECORD_BYTES_MAX,
                                     RECORD_DEPTH_MAX, &why);

    if (object == NULL || !read_attempt(object, &attempt, &why)) {
        outgoing_dead_letter(access->store, record, &why);
    } else if (attempt.verdict != SIGN_IN_BLOCKED) {
        /* A clock that is ahead is not believed. */
        if (attempt.at_ms > record->append_ms)
            attempt.at_ms = record->append_ms;
        judge(access, &attempt);
    }
    cJSON_Delete(object);
}

static void end(void *state)
{
    struct access_role *access = state;

    login_prune(access->store, access->settings, access->now_ms);
}

static void forget(void *state)
{
    (void)state; /* nothing is kept from batch to batch */
}

static enum role_due due(void *state, struct store *store, const struct role_time *time)
{
    (void)state;
    return login_has_ended(store, time->now_ms) || login_strangers_are_due(store, time->now_ms)
               ? ROLE_DUE
               : ROLE_NOTHING_DUE;
}

static void tick(void *state, const struct role_time *time)
{
    struct access_role *access = state;

    login_end(access->store, time->now_ms);
    login_strangers_tell(access->store, access->settings, time->now_ms);
}

static const char *const topics[] = { TOPIC_LOGIN_ATTEMPTS, NULL };

const struct role_calls role_access = {
    .name = "access",
    .topics = topics,
    .open = open_access,
    .close = close_access,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
    .due = due,
    .tick = tick,
};
