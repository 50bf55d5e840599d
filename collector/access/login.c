/* The rule of access_attempts.h on the store's rows. */
#include "collector/access/login.h"

#include "collector/access/login_strangers.h"
#include "collector/access/users.h"
#include "collector/alerts/alert.h"
#include "collector/base/settings.h"
#include "collector/effects/outgoing.h"
#include "collector/http/address.h"

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

enum sign_in_verdict login_outcome_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(outcomes[i], name) == 0)
            return (enum sign_in_verdict)i;
    return SIGN_IN_REFUSED;
}

/* The place of an attempt: its address's site in words; "": none. */
static void site_of(const struct login_attempt *attempt, char site[ADDRESS_TEXT_SIZE])
{
    const char *text = attempt->address != NULL ? attempt->address : "";
    struct address address;

    site[0] = '\0';
    if (!address_from_text(text, strlen(text), &address))
        return;
    address = address_site(&address);
    address_text(&address, site);
}

/* Reads the place's row. False where it is no place of the account. */
static bool read_place(struct store *store, const struct login_attempt *attempt, const char *site,
                       struct attempt_account *place)
{
    struct store_rows *rows = store_query(store, SQL_LOGIN_PLACE_READ, "tti", attempt->user, site,
                                          attempt->at_ms - ATTEMPT_PLACE_MS);
    bool found = store_next(rows);

    if (found)
        *place = (struct attempt_account){ store_int(rows, 0), store_int(rows, 1) };
    store_rows_end(rows);
    return found;
}

void login_open_account(struct store *store, const struct login_attempt *attempt, int64_t now_ms,
                        struct attempt_account *account)
{
    char site[ADDRESS_TEXT_SIZE];

    *account = (struct attempt_account){ 0 };
    site_of(attempt, site);
    store_run(store, SQL_LOGIN_ACCOUNT_TAKE, "ti", attempt->user, now_ms);
    if (read_place(store, attempt, site, account))
        return;
    struct store_rows *rows = store_query(store, SQL_LOGIN_ACCOUNT_READ, "t", attempt->user);
    if (store_next(rows))
        *account = (struct attempt_account){ store_int(rows, 0), store_int(rows, 1) };
    store_rows_end(rows);
}

void login_note_place(struct store *store, const struct login_attempt *attempt)
{
    char site[ADDRESS_TEXT_SIZE];

    site_of(attempt, site);
    if (attempt->verdict == SIGN_IN_GRANTED && site[0] != '\0')
        store_run(store, SQL_LOGIN_PLACE_ADD, "tit", site, attempt->at_ms, attempt->user);
}

bool login_is_place(struct store *store, const char *address, int64_t now_ms)
{
    char site[ADDRESS_TEXT_SIZE];

    site_of(&(struct login_attempt){ .address = address }, site);
    return site[0] != '\0' &&
           store_has(store, SQL_LOGIN_PLACE_ANY, "ti", site, now_ms - ATTEMPT_PLACE_MS);
}

/* The attempts that count and may be of one run with this one; `place`: the place that it is of, ""
 * for none. Returns how many. */
static size_t read_times(struct store *store, const struct login_attempt *attempt,
                         const char *place, int64_t times_ms[2 * ATTEMPTS_MAX])
{
    size_t count = 0;
    int64_t from_ms = attempt->at_ms - ATTEMPT_WINDOW_MS;
    int64_t to_ms = attempt->at_ms + ATTEMPT_WINDOW_MS;
    struct store_rows *rows =
        place[0] != '\0' ? store_query(store, SQL_LOGIN_ATTEMPT_TIMES_AT, "tiit", attempt->user,
                                       from_ms, to_ms, place)
                         : store_query(store, SQL_LOGIN_ATTEMPT_TIMES, "tiii", attempt->user,
                                       from_ms, to_ms, attempt->at_ms - ATTEMPT_PLACE_MS);

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
    /* One that has run out, and that nobody has ended yet. */
    alert_end(store, ALERT_LOGIN_BLOCKED, user, since_ms);
    alert_raise(store, &(struct alert){
                           .kind = ALERT_LOGIN_BLOCKED,
                           .subject = user,
                           .says = SAY_ALERT_LOGIN_BLOCKED(user, settings->login_attempts, until),
                           .lang = lang_from_name(settings->lang),
                           .at_ms = since_ms });
}

/* The alert ends with the last of the account's blocks. */
static void end_alert(struct store *store, const char *user, int64_t at_ms, int64_t now_ms)
{
    if (!store_has(store, SQL_LOGIN_IS_BLOCKED, "ti", user, now_ms))
        alert_end(store, ALERT_LOGIN_BLOCKED, user, at_ms);
}

static void write_block(struct store *store, const struct settings *settings, const char *user,
                        const char *place, int64_t since_ms, int64_t until_ms)
{
    if (place[0] != '\0')
        store_run(store, SQL_LOGIN_PLACE_BLOCK, "iiitt", since_ms, until_ms,
                  settings->login_attempts, user, place);
    else
        store_run(store, SQL_LOGIN_ACCOUNT_BLOCK, "iiit", since_ms, until_ms,
                  settings->login_attempts, user);
}
/* A place of a block, "" for the account. */
static void block(struct store *store, const struct settings *settings, const char *user,
                  const char *place, int64_t since_ms)
{
    int64_t until_ms = since_ms + login_limits(settings).block_ms;
    struct account account;

    write_block(store, settings, user, place, since_ms, until_ms);
    log_info("access", "blocked", "place=%s since_ms=%lld until_ms=%lld",
             place[0] != '\0' ? place : "any", (long long)since_ms, (long long)until_ms);
    account_read(store, user, &account);
    if (account.known)
        raise(store, settings, user, since_ms);
    else
        login_stranger_note(store, user, since_ms);
}

void login_count(struct store *store, const struct settings *settings,
                 const struct login_attempt *attempt, int64_t now_ms)
{
    const struct attempt_limits limits = login_limits(settings);
    int64_t times_ms[2 * ATTEMPTS_MAX], since_ms;
    struct attempt_account account;
    char place[ADDRESS_TEXT_SIZE];

    site_of(attempt, place);
    if (!store_run(store, SQL_LOGIN_ATTEMPT_INSERT, "ttti", attempt->id, attempt->user, place,
                   attempt->at_ms) ||
        store_changed(store) != 1)
        return;
    login_note_place(store, attempt);
    if (!read_place(store, attempt, place, &account))
        place[0] = '\0';
    size_t count = read_times(store, attempt, place, times_ms);
    if (!attempt_blocks(&limits, times_ms, count, &since_ms))
        return;
    if (since_ms + limits.block_ms > now_ms) {
        block(store, settings, attempt->user, place, since_ms);
        return;
    }
    write_block(store, settings, attempt->user, place, since_ms, 0);
    end_alert(store, attempt->user, since_ms, now_ms);
}

void login_enqueue(struct store *store, const struct login_attempt *attempt)
{
    struct buffer value = { 0 };
    struct json_writer json = json_write_to(&value);

    json_object_begin(&json, NULL);
    json_text(&json, "id", attempt->id);
    json_text(&json, "user", attempt->user);
    json_text(&json, "address", attempt->address);
    json_text(&json, "outcome", outcomes[attempt->verdict]);
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
    int64_t lifted = 0;

    if (store_run(store, SQL_LOGIN_ACCOUNT_LIFT, "it", now_ms, user))
        lifted += store_changed(store);
    if (store_run(store, SQL_LOGIN_PLACES_LIFT, "it", now_ms, user))
        lifted += store_changed(store);
    if (lifted == 0)
        return false;
    alert_end(store, ALERT_LOGIN_BLOCKED, user, now_ms);
    log_info("access", "block lifted", NULL);
    return true;
}

bool login_has_ended(struct store *store, int64_t now_ms)
{
    return store_has(store, SQL_LOGIN_BLOCKS_ENDED, "i", now_ms);
}

void login_end(struct store *store, int64_t now_ms)
{
    struct {
        char user[USER_NAME_MAX + 1], place[ADDRESS_TEXT_SIZE];
        int64_t until_ms;
    } ended[ENDED_MAX];
    size_t count = 0;
    struct store_rows *rows = store_query(store, SQL_LOGIN_BLOCKS_ENDED, "i", now_ms);

    for (; count < ENDED_MAX && store_next(rows); count++) {
        /* analysis: legacyUninitvar: snprintf() writes it. */
        snprintf(ended[count].user, sizeof ended[count].user, "%s", store_text(rows, 0));
        snprintf(ended[count].place, sizeof ended[count].place, "%s", store_text(rows, 1));
        ended[count].until_ms = store_int(rows, 2);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++) {
        if (ended[i].place[0] != '\0')
            store_run(store, SQL_LOGIN_PLACE_END, "tt", ended[i].user, ended[i].place);
        else
            store_run(store, SQL_LOGIN_ACCOUNT_END, "t", ended[i].user);
        end_alert(store, ended[i].user, ended[i].until_ms, now_ms);
        log_info("access", "block over", NULL);
    }
}

void login_prune(struct store *store, const struct settings *settings, int64_t now_ms)
{
    const struct attempt_limits limits = login_limits(settings);
    int64_t before_ms = now_ms - attempt_memory_ms(&limits);

    store_run(store, SQL_LOGIN_ATTEMPTS_PRUNE, "i", before_ms);
    store_run(store, SQL_LOGIN_ACCOUNTS_PRUNE, "i", before_ms);
    store_run(store, SQL_LOGIN_PLACES_PRUNE, "i", now_ms - ATTEMPT_PLACE_MS);
}
