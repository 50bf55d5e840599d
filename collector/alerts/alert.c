/* Opens, acknowledges and ends alerts. */
#include "collector/alerts/alert.h"
#include "collector/base/hash.h"
#include "collector/effects/effect.h"
#include "collector/effects/outgoing.h"

#include "alerts_sql.h"

#include "common/json_write.h"
#include "common/log.h"
#include "common/protocol.h"

#include <stdio.h>
#include <string.h>

#define SUBJECT_MAX 512
#define OFTEN_MS    3600000
#define STATUS      5 /* columns of alert_read */
#define STARTED     7
#define ENDED       8
#define TIMES       10

static const struct {
    const char *name, *severity;
} kinds[ALERT_KINDS] = {
    [ALERT_RESTOCK_BATCH] = { "restock-batch", "MAJOR" },
    [ALERT_STOCK_OUT] = { "stock-out", "MAJOR" },
    [ALERT_CART_VANISHED] = { "cart-vanished", "CRITICAL" },
    [ALERT_CART_FUGITIVE] = { "cart-fugitive", "CRITICAL" },
    [ALERT_GPS_STUCK] = { "gps-stuck", "MAJOR" },
    [ALERT_LINK_DOWN] = { "link-down", "CRITICAL" },
    [ALERT_UNREGISTERED_CART] = { "unregistered-cart", "WARNING" },
    [ALERT_IDENTITY_CONFLICT] = { "identity-conflict", "MAJOR" },
    [ALERT_MISSING_RECEIPTS] = { "missing-receipts", "MAJOR" },
    [ALERT_CLOCK_BAD] = { "clock-bad", "WARNING" },
    [ALERT_OUTBOX_DAMAGED] = { "outbox-damaged", "CRITICAL" },
    [ALERT_LOGIN_BLOCKED] = { "login-blocked", "MAJOR" },
    [ALERT_ORDER_FAILED] = { "order-failed", "MAJOR" },
    [ALERT_DEAD_LETTER] = { "dead-letter", "WARNING" },
    [ALERT_KAFKA_LOST_DATA] = { "kafka-lost-data", "CRITICAL" },
    [ALERT_CERTIFICATE_EXPIRING] = { "certificate-expiring", "MAJOR" },
    [ALERT_DISK_LOW] = { "disk-low", "MAJOR" },
    [ALERT_BACKUP_OLD] = { "backup-old", "MAJOR" },
    [ALERT_DAY_OPEN] = { "day-open", "MAJOR" },
    [ALERT_STORE_DAMAGED] = { "store-damaged", "CRITICAL" },
    [ALERT_AMOUNT_BAD] = { "amount-bad", "WARNING" },
    [ALERT_PERSON_REQUEST] = { "person-request", "MAJOR" },
};

const char *alert_kind_name(enum alert_kind kind)
{
    return kinds[kind].name;
}

enum alert_kind alert_kind_from_name(const char *name)
{
    enum alert_kind kind = 0;

    while (kind < ALERT_KINDS && strcmp(kinds[kind].name, name) != 0)
        kind++;
    return kind;
}

static void write_time(struct json_writer *json, const char *key, struct store_rows *rows,
                       int column)
{
    if (store_is_null(rows, column))
        json_null(json, key);
    else
        json_int(json, key, store_int(rows, column));
}

void alert_write(struct store_rows *rows, struct buffer *out)
{
    static const char *const texts[] = { "id",       "kind",   "subject", "cart",
                                         "severity", "status", "details" };
    struct json_writer json = json_write_to(out);
    int column = 0;

    json_object_begin(&json, NULL);
    for (; column < (int)(sizeof texts / sizeof *texts); column++)
        json_text(&json, texts[column], store_text(rows, column));
    write_time(&json, "started_ms", rows, column);
    write_time(&json, "ended_ms", rows, column + 1);
    if (!store_is_null(rows, column + 2))
        json_raw(&json, "about", store_text(rows, column + 2),
                 strlen(store_text(rows, column + 2)));
    if (store_int(rows, TIMES) > 1)
        json_int(&json, "times", store_int(rows, TIMES));
    json_object_end(&json);
}

void alert_say(const char *about, const char *details, enum lang lang, struct buffer *out)
{
    if (!say_kept(about, alert_sentences, lang, out))
        buffer_text(out, details);
}

/* The row as it is now, for Kafka. */
static void tell_kafka(struct store *store, const char *id, struct store_rows *rows,
                       const char *record_id)
{
    struct buffer value = { 0 };

    alert_write(rows, &value);
    store_rows_end(rows);
    outgoing_add(store, &(struct outgoing){ .id = record_id,
                                            .topic = TOPIC_ALERTS,
                                            .key = id,
                                            .key_length = strlen(id),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "alert" });
    buffer_free(&value);
}

/* The log is kept by others, for as long as they like: it has no names, and no words that strangers
 * typed. */
static const char *subject_for_log(struct store_rows *rows)
{
    bool names = strcmp(store_text(rows, 1), kinds[ALERT_LOGIN_BLOCKED].name) == 0;

    return names ? "-" : store_text(rows, 2);
}

/* To Kafka, and a word to `notify`. */
static void tell(struct store *store, const char *id, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_ALERT_READ, "t", id);
    char record_id[ALERT_ID_SIZE + 32];

    if (!store_next(rows))
        return;
    int64_t times = store_int(rows, TIMES);
    int length = snprintf(record_id, sizeof record_id, "%s/%s", id, store_text(rows, STATUS));
    if (times > 1)
        snprintf(record_id + length, sizeof record_id - (size_t)length, "/%lld", (long long)times);
    log_info("alert", "changed", "id=%s kind=%s subject=%s severity=%s status=%s", id,
             store_text(rows, 1), subject_for_log(rows), store_text(rows, 4),
             store_text(rows, STATUS));
    effect_add(store, &(struct effect){ .lane = EFFECT_ALERT,
                                        .id = record_id,
                                        .topic = id,
                                        .type = store_text(rows, STATUS),
                                        .partition = -1,
                                        .created_ms = now_ms,
                                        .due_ms = EFFECT_AT_ONCE });
    tell_kafka(store, id, rows, record_id);
}

/* From what it is about and how many of the same there were, which is returned. */
static int64_t make_id(struct store *store, const struct alert *alert, char id[ALERT_ID_SIZE])
{
    struct store_rows *rows =
        store_query(store, SQL_ALERT_COUNT, "tt", kinds[alert->kind].name, alert->subject);
    int64_t before = 0;
    char seed[SUBJECT_MAX + 64];

    if (store_next(rows))
        before = store_int(rows, 0) > store_int(rows, 1) ? store_int(rows, 0) : store_int(rows, 1);
    store_rows_end(rows);
    int length = snprintf(seed, sizeof seed, "%s\n%lld\n%.*s", kinds[alert->kind].name,
                          (long long)before, SUBJECT_MAX, alert->subject);
    hash_text(seed, (size_t)length, id);
    return before;
}

/* The one that is to begin again: the last of those that were too many within an hour. */
static bool find_frequent(struct store *store, const struct alert *alert, char id[ALERT_ID_SIZE])
{
    int64_t times = 0;

    id[0] = '\0';
    if (alert->kind != ALERT_CART_VANISHED || alert_is_open(store, alert->kind, alert->subject))
        return false;
    struct store_rows *rows = store_query(store, SQL_ALERT_LATELY, "tti", kinds[alert->kind].name,
                                          alert->subject, alert->at_ms - OFTEN_MS);
    for (; store_next(rows); times += store_int(rows, 1))
        if (id[0] == '\0')
            snprintf(id, ALERT_ID_SIZE, "%s", store_text(rows, 0));
    store_rows_end(rows);
    return times >= ALERT_OFTEN;
}

static bool begin_again(struct store *store, const struct alert *alert, const char *id)
{
    struct buffer about = { 0 }, details = { 0 };

    say_keep(&alert->says, &about);
    say_in(&alert->says, alert->lang, &details);
    bool again = store_run(store, SQL_ALERT_AGAIN, "ttt", details.bytes, about.bytes, id) &&
                 store_changed(store) == 1;
    buffer_free(&about);
    buffer_free(&details);
    if (again)
        tell(store, id, alert->at_ms);
    return again;
}

void alert_tell_again(struct store *store, const char *id, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_ALERT_READ, "t", id);
    char record_id[ALERT_ID_SIZE + 32];

    if (!store_next(rows))
        return;
    snprintf(record_id, sizeof record_id, "%s/again/%lld", id, (long long)now_ms);
    tell_kafka(store, id, rows, record_id);
}

bool alert_raise(struct store *store, const struct alert *alert)
{
    struct buffer about = { 0 }, details = { 0 };
    char id[ALERT_ID_SIZE];

    if (find_frequent(store, alert, id))
        return begin_again(store, alert, id);
    int64_t number = make_id(store, alert, id);
    say_keep(&alert->says, &about);
    say_in(&alert->says, alert->lang, &details);
    bool is_new = store_run(store, SQL_ALERT_OPEN, "tttttitti", id, kinds[alert->kind].name,
                            alert->subject, alert->cart, kinds[alert->kind].severity, alert->at_ms,
                            details.bytes, about.bytes, number) &&
                  store_changed(store) == 1;
    buffer_free(&about);
    buffer_free(&details);
    if (is_new)
        tell(store, id, alert->at_ms);
    return is_new;
}

static bool change(struct store *store, const char *sql, const char *id, int64_t now_ms)
{
    if (!store_run(store, sql, "it", now_ms, id) || store_changed(store) != 1)
        return false;
    tell(store, id, now_ms);
    return true;
}

bool alert_end(struct store *store, enum alert_kind kind, const char *subject, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_ALERT_FIND, "tt", kinds[kind].name, subject);
    char id[ALERT_ID_SIZE] = "";

    if (store_next(rows))
        snprintf(id, sizeof id, "%s", store_text(rows, 0));
    store_rows_end(rows);
    return id[0] != '\0' && change(store, SQL_ALERT_END, id, now_ms);
}

static bool date(struct store *store, const char *sql, const char *id, int64_t at_ms)
{
    char record_id[ALERT_ID_SIZE + 64];

    if (!store_run(store, sql, "it", at_ms, id) || store_changed(store) != 1)
        return false;
    struct store_rows *rows = store_query(store, SQL_ALERT_READ, "t", id);
    if (!store_next(rows))
        return false;
    snprintf(record_id, sizeof record_id, "%s/%s/%lld-%lld", id, store_text(rows, STATUS),
             (long long)store_int(rows, STARTED),
             store_is_null(rows, ENDED) ? 0LL : (long long)store_int(rows, ENDED));
    tell_kafka(store, id, rows, record_id);
    return true;
}

bool alert_began(struct store *store, const char *id, int64_t at_ms)
{
    return date(store, SQL_ALERT_BEGAN, id, at_ms);
}

bool alert_ended(struct store *store, const char *id, int64_t at_ms)
{
    return date(store, SQL_ALERT_ENDED, id, at_ms);
}

bool alert_is_open(struct store *store, enum alert_kind kind, const char *subject)
{
    return store_has(store, SQL_ALERT_FIND, "tt", kinds[kind].name, subject);
}

static int64_t last(struct store *store, const char *sql, enum alert_kind kind, const char *subject)
{
    struct store_rows *rows = store_query(store, sql, "tt", kinds[kind].name, subject);
    int64_t at_ms = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return at_ms;
}

int64_t alert_last_end(struct store *store, enum alert_kind kind, const char *subject)
{
    return last(store, SQL_ALERT_LAST_END, kind, subject);
}

int64_t alert_last_start(struct store *store, enum alert_kind kind, const char *subject)
{
    return last(store, SQL_ALERT_LAST_START, kind, subject);
}

bool alert_acknowledge(struct store *store, const char *id, int64_t now_ms)
{
    return change(store, SQL_ALERT_ACKNOWLEDGE, id, now_ms);
}

bool alert_clear(struct store *store, const char *id, int64_t now_ms)
{
    return change(store, SQL_ALERT_CLEAR, id, now_ms);
}
