/* Reads and writes the table `mails`. */
#include "collector/notify/notify_rows.h"
#include "collector/base/hash.h"
#include "collector/effects/effect.h"
#include "collector/effects/outgoing.h"
#include "collector/notify/notify_metrics.h"

#include "notify_sql.h"

#include "common/json_write.h"
#include "common/protocol.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mail_row_read(struct mail_row *row, struct store_rows *rows)
{
    *row = (struct mail_row){ .id = store_text_copy(rows, 0),
                              .recipient = store_text_copy(rows, 1),
                              .template = store_text_copy(rows, 2),
                              .parameters = store_text_copy(rows, 3),
                              .order = store_text_copy(rows, 4),
                              .created_ms = store_int(rows, 5),
                              .first_ms = store_is_null(rows, 6) ? 0 : store_int(rows, 6),
                              .attempts = store_int(rows, 7),
                              .mailbox = store_text_copy(rows, MAIL_ROW_MAILBOX) };
}

void mail_row_free(struct mail_row *row)
{
    free(row->id);
    free(row->recipient);
    free(row->template);
    free(row->parameters);
    free(row->order);
    free(row->mailbox);
    *row = (struct mail_row){ 0 };
}

struct store_rows *mail_rows_due(struct store *store, int64_t now_ms, int64_t limit)
{
    return store_query(store, SQL_NOTIFY_DUE, "ii", now_ms, limit);
}

struct store_rows *mail_rows_of_digest(struct store *store, const char *digest)
{
    return store_query(store, SQL_NOTIFY_DIGEST_MEMBERS, "t", digest);
}

static int64_t first_int(struct store_rows *rows, int64_t otherwise)
{
    int64_t value = store_next(rows) ? store_int(rows, 0) : otherwise;

    store_rows_end(rows);
    return value;
}

int64_t mail_digest_count(struct store *store, const char *digest)
{
    return first_int(store_query(store, SQL_NOTIFY_DIGEST_COUNT, "t", digest), 0);
}

bool mail_row_shares(const struct mail_row *row, enum mail_share share,
                     const struct mail_row *other)
{
    if ((row->mailbox == NULL) != (other->mailbox == NULL))
        return false;
    if (share == SHARE_STRANGERS)
        return true;
    /* analysis: clang-analyzer-core.NonNullParamChecker: who shares by mailbox has one. */
    return share == SHARE_MAILBOX ? strcmp(row->mailbox, other->mailbox) == 0
                                  : strcmp(row->recipient, other->recipient) == 0;
}

bool mail_row_is_exempt(const struct mail_row *row)
{
    return strcmp(row->template, "digest") == 0 || strcmp(row->template, "test") == 0;
}

void mail_flow_read(struct store *store, enum mail_share share, const struct mail_row *row,
                    struct mail_flow *flow)
{
    static const struct {
        const char *count, *at; /* statements */
    } shares[] = {
        [SHARE_GUILD] = { SQL_NOTIFY_SENT_TO_GUILD, SQL_NOTIFY_SENT_TO_GUILD_AT },
        [SHARE_STRANGER] = { SQL_NOTIFY_SENT_TO_STRANGER, SQL_NOTIFY_SENT_TO_STRANGER_AT },
        [SHARE_MAILBOX] = { SQL_NOTIFY_SENT_TO_MAILBOX, SQL_NOTIFY_SENT_TO_MAILBOX_AT },
        [SHARE_STRANGERS] = { SQL_NOTIFY_SENT_TO_ALL, SQL_NOTIFY_SENT_TO_ALL_AT },
    };
    int64_t since_ms = flow->now_ms - NOTIFY_HOUR_MS, before = flow->limit - flow->in_hand - 1;
    const char *whose = share == SHARE_MAILBOX ? row->mailbox : row->recipient;
    bool all = share == SHARE_STRANGERS;

    flow->sent = first_int(all ? store_query(store, shares[share].count, "i", since_ms)
                               : store_query(store, shares[share].count, "ti", whose, since_ms),
                           0);
    flow->oldest_ms = flow->now_ms;
    if (before >= 0 && flow->sent > before)
        flow->oldest_ms =
            first_int(all ? store_query(store, shares[share].at, "ii", since_ms, before)
                          : store_query(store, shares[share].at, "tii", whose, since_ms, before),
                      flow->now_ms);
}

/* The order's state that the mail is about. */
static void write_status(struct json_writer *json, const char *parameters)
{
    cJSON *object = cJSON_Parse(parameters);
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(object, "status");

    json_text(json, "status", cJSON_IsString(status) ? status->valuestring : NULL);
    cJSON_Delete(object);
}

/* One per outcome; a deferral counts as many times as it happened. */
static void tell(struct store *store, const struct mail_end *end)
{
    const struct mail_row *row = end->row;
    const char *word = mail_outcome_word(end->verdict.outcome);
    struct buffer id = { 0 }, value = { 0 };

    buffer_format(&id, "%s/%s", row->id, word);
    if (end->verdict.outcome == MAIL_DEFERRED)
        buffer_format(&id, "/%lld", (long long)row->attempts + 1);
    struct json_writer json = json_write_to(&value);
    json_object_begin(&json, NULL);
    json_text(&json, "id", id.bytes);
    json_text(&json, "mail", row->id);
    json_text(&json, "order", row->order);
    write_status(&json, row->parameters);
    json_text(&json, "channel", "mail");
    json_text(&json, "recipient", row->recipient);
    json_text(&json, "outcome", word);
    json_text(&json, "answer", end->answer);
    json_int(&json, "ts_ms", end->at_ms);
    json_object_end(&json);
    outgoing_add(store, &(struct outgoing){ .id = id.bytes,
                                            .topic = TOPIC_ORDER_NOTIFICATIONS,
                                            .key = row->order,
                                            .key_length = strlen(row->order),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "notification" });
    buffer_free(&id);
    buffer_free(&value);
}

/* What the digest has come to is what its members have come to. */
static void end_members(struct store *store, const struct mail_end *end)
{
    bool sent = end->verdict.outcome == MAIL_SENT;
    struct mail_verdict verdict = { .outcome = sent ? MAIL_DIGESTED : MAIL_FAILED };
    struct store_rows *rows = mail_rows_of_digest(store, end->row->id);
    struct mail_row member;

    for (; store_next(rows); mail_row_free(&member)) {
        mail_row_read(&member, rows);
        notify_count(NOTIFY_MAIL, mail_outcome_word(verdict.outcome));
        if (member.order != NULL)
            tell(store,
                 &(struct mail_end){ &member, verdict, end->answer, end->at_ms, end->written_ms });
    }
    store_rows_end(rows);
    store_run(store, SQL_NOTIFY_DIGEST_END, "titt", mail_outcome_status(verdict.outcome),
              end->at_ms, end->answer, end->row->id);
}

/* The same for all that the recipient is queued until then, so that it is one. A digest whose time
 * has come may be written already: what is held only now goes into the next. */
static int64_t open_digest(struct store *store, const struct mail_end *end, char id[64])
{
    int64_t due_ms = end->verdict.next_ms;
    char hash[33];

    if (due_ms <= end->written_ms)
        due_ms = notify_digest_ms(end->written_ms + 1);
    hash_text(end->row->recipient, strlen(end->row->recipient), hash);
    snprintf(id, 64, "digest/%s/%lld", hash, (long long)due_ms);
    store_run(store, SQL_NOTIFY_DIGEST_OPEN, "ttii", id, end->row->recipient, end->at_ms, due_ms);
    if (store_status(store) == STORE_OK && store_changed(store) == 1)
        effect_add(store, &(struct effect){ .lane = EFFECT_MAIL,
                                            .id = id,
                                            .topic = end->row->recipient,
                                            .partition = -1,
                                            .created_ms = end->at_ms,
                                            .due_ms = due_ms });
    return due_ms;
}

bool mail_end_write(struct store *store, const struct mail_end *end)
{
    const struct mail_row *row = end->row;
    enum mail_outcome outcome = end->verdict.outcome;
    bool tried = outcome == MAIL_SENT || outcome == MAIL_DEFERRED || outcome == MAIL_FAILED;
    bool again = outcome == MAIL_DEFERRED || outcome == MAIL_HELD || outcome == MAIL_POSTPONED;
    int64_t first_ms = row->first_ms > 0 ? row->first_ms : tried ? end->at_ms : -1;
    int64_t next_ms = again ? end->verdict.next_ms : end->at_ms;
    char digest[64] = "";

    if (outcome == MAIL_HELD)
        next_ms = open_digest(store, end, digest);
    store_run(store, SQL_NOTIFY_OUTCOME, "tiioottt", mail_outcome_status(outcome), next_ms,
              row->attempts + tried, first_ms, outcome == MAIL_SENT ? end->at_ms : -1, end->answer,
              digest[0] != '\0' ? digest : NULL, row->id);
    if (store_status(store) != STORE_OK || store_changed(store) != 1)
        return false;
    if (outcome == MAIL_DEFERRED || outcome == MAIL_POSTPONED)
        effect_later(store, EFFECT_MAIL, row->id, next_ms);
    else
        effect_end(store, EFFECT_MAIL, row->id);
    if (row->order != NULL && outcome != MAIL_POSTPONED)
        tell(store, end);
    if (strcmp(row->template, "digest") == 0 && !again)
        end_members(store, end);
    return true;
}
