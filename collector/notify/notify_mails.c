/* read → begin → wait → write */
#include "collector/notify/notify_mails.h"
#include "collector/base/settings.h"
#include "collector/effects/mail.h"
#include "collector/effects/mail_text.h"
#include "collector/effects/smtp.h"
#include "collector/notify/notify_compose.h"
#include "collector/notify/notify_metrics.h"
#include "collector/notify/notify_rows.h"

#include "common/clock.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HAND_MAX        512 /* mails in memory */
#define REFILL_BELOW    128 /* queued ones */
#define STRANGERS_MAX   64  /* of them for strangers: there is always room for the guild's */
#define READ_EVERY_MS   50
#define TRANSFERS_FRESH 8 /* at once; those that are slow do not count */
#define SLOW_MS         5000
#define WRITE_COUNT     128
#define WRITE_AFTER_MS  50
#define AWAY_PAUSE_MAX  6 /* a minute between two tries of a server that is away */

enum parcel_state { PARCEL_FREE, PARCEL_QUEUED, PARCEL_SENDING, PARCEL_ENDED };

struct parcel {
    enum parcel_state state;
    struct mail_row row;
    char to[MAIL_ADDRESS_SIZE]; /* the recipient, as it goes over the wire */
    uint64_t turn;
    struct mail_verdict verdict;
    char answer[ANSWER_MAX];
    int64_t ended_ms, ended_mono_ms;
};

/* The mail server. While it is away, or takes nothing from us, one mail at a time asks for it. */
struct server {
    bool away;
    int64_t attempts, retry_mono_ms;
    char answer[ANSWER_MAX];
    int64_t taken_ms;         /* when it last took a mail */
    char refused[ANSWER_MAX]; /* the last refusal, without the recipient, if it took none since */
    char recipient[MAIL_ADDRESS_SIZE];
};

struct notify_mails {
    const struct settings *settings;
    struct wake *wake;
    struct transfers *transfers;
    char from[MAIL_ADDRESS_SIZE];
    char *password;
    struct server server;
    struct parcel parcels[HAND_MAX];
    size_t counts[PARCEL_ENDED + 1];
    int strangers; /* queued for them */
    uint64_t turns, random;
    int64_t read_mono_ms;
    bool more; /* the last read has not shown all that is due */
};

static void choose_sender(struct notify_mails *mails)
{
    char host[128] = "";

    if (mails->settings->mail_from != NULL &&
        mail_address_from_person(mails->settings->mail_from, mails->from))
        return;
    gethostname(host, sizeof host - 1);
    snprintf(mails->from, sizeof mails->from, "carrito@%s", host);
    if (!mail_address_from_person(mails->from, mails->from))
        snprintf(mails->from, sizeof mails->from, "carrito@localhost");
}

struct notify_mails *notify_mails_open(const struct settings *settings, struct wake *wake)
{
    struct notify_mails *mails = calloc(1, sizeof *mails);

    if (mails == NULL)
        abort();
    mails->settings = settings;
    mails->counts[PARCEL_FREE] = HAND_MAX;
    mails->random = (uint64_t)clock_wall_ms() ^ (uint64_t)getpid() << 40;
    mails->wake = wake;
    mails->transfers = transfers_open(wake);
    choose_sender(mails);
    config_renew_secret(settings->smtp_password_file, &mails->password);
    return mails;
}

static void move_to(struct notify_mails *mails, struct parcel *parcel, enum parcel_state state)
{
    mails->counts[parcel->state]--;
    mails->counts[state]++;
    if (parcel->row.mailbox != NULL)
        mails->strangers += (state == PARCEL_QUEUED) - (parcel->state == PARCEL_QUEUED);
    parcel->state = state;
    if (state == PARCEL_FREE)
        mail_row_free(&parcel->row);
}

void notify_mails_drop(struct notify_mails *mails)
{
    if (notify_mails_idle(mails))
        return;
    transfers_close(mails->transfers);
    mails->transfers = transfers_open(mails->wake);
    for (size_t i = 0; i < HAND_MAX; i++)
        move_to(mails, &mails->parcels[i], PARCEL_FREE);
}

void notify_mails_close(struct notify_mails *mails)
{
    if (mails == NULL)
        return;
    for (size_t i = 0; i < HAND_MAX; i++)
        mail_row_free(&mails->parcels[i].row);
    transfers_close(mails->transfers);
    config_free_secret(mails->password);
    free(mails);
}

static void end(struct notify_mails *mails, struct parcel *parcel,
                const struct mail_verdict *verdict, const char *answer)
{
    parcel->verdict = *verdict;
    parcel->ended_ms = clock_wall_ms();
    parcel->ended_mono_ms = clock_mono_ms();
    snprintf(parcel->answer, sizeof parcel->answer, "%s", answer);
    move_to(mails, parcel, PARCEL_ENDED);
}

static bool has_in_hand(const struct notify_mails *mails, const char *id)
{
    for (size_t i = 0; i < HAND_MAX; i++)
        if (mails->parcels[i].state != PARCEL_FREE && strcmp(mails->parcels[i].row.id, id) == 0)
            return true;
    return false;
}

/* What may still be sent of a share, or was and is not written yet, besides this one. */
static int64_t count_in_hand(const struct notify_mails *mails, enum mail_share share,
                             const struct mail_row *row)
{
    int64_t count = 0;

    for (size_t i = 0; i < HAND_MAX; i++) {
        const struct parcel *parcel = &mails->parcels[i];
        bool counts = parcel->state == PARCEL_QUEUED || parcel->state == PARCEL_SENDING ||
                      (parcel->state == PARCEL_ENDED && parcel->verdict.outcome == MAIL_SENT);
        count += counts && &parcel->row != row && mail_row_shares(&parcel->row, share, row);
    }
    return count;
}

/* 0 where the share has room for this mail now, else when it has. */
static int64_t wait_for_share(const struct notify_mails *mails, struct store *store,
                              enum mail_share share, const struct mail_row *row, int64_t now_ms)
{
    struct mail_flow flow = { .now_ms = now_ms,
                              .limit = share == SHARE_STRANGERS
                                           ? mails->settings->stranger_mail_rate
                                           : mails->settings->mail_rate };

    if (flow.limit == 0)
        return 0;
    flow.in_hand = count_in_hand(mails, share, row);
    mail_flow_read(store, share, row, &flow);
    return notify_room_ms(&flow);
}

/* Over the recipient's limit it goes into a digest. Over that of a mailbox, whose addresses may be
 * several people's, or of all strangers it waits. */
static bool is_too_many(struct notify_mails *mails, struct store *store, struct parcel *parcel,
                        int64_t now_ms)
{
    const struct mail_row *row = &parcel->row;
    struct mail_verdict verdict = { .outcome = MAIL_HELD };

    if (mail_row_is_exempt(row))
        return false;
    verdict.next_ms = wait_for_share(
        mails, store, row->mailbox == NULL ? SHARE_GUILD : SHARE_STRANGER, row, now_ms);
    if (verdict.next_ms == 0 && row->mailbox != NULL) {
        verdict.outcome = MAIL_POSTPONED;
        verdict.next_ms = wait_for_share(mails, store, SHARE_MAILBOX, row, now_ms);
        if (verdict.next_ms == 0)
            verdict.next_ms = wait_for_share(mails, store, SHARE_STRANGERS, row, now_ms);
    }
    if (verdict.next_ms > 0)
        end(mails, parcel, &verdict, "");
    return verdict.next_ms > 0;
}

/* True where it was decided without a server. */
static bool ends_at_once(struct notify_mails *mails, struct store *store, struct parcel *parcel,
                         const struct effect_time *time)
{
    const struct mail_row *row = &parcel->row;

    if (mails->settings->smtp == NULL || mails->settings->smtp[0] == '\0') {
        end(mails, parcel, &(struct mail_verdict){ .outcome = MAIL_SKIPPED }, "");
        return true;
    }
    if (time->now_ms - row->created_ms >= NOTIFY_GIVE_UP_MS) {
        const char *answer = mails->server.away ? mails->server.answer : "not sent in a day";
        end(mails, parcel, &(struct mail_verdict){ .outcome = MAIL_FAILED }, answer);
        return true;
    }
    return is_too_many(mails, store, parcel, time->now_ms);
}

static struct parcel *free_parcel(struct notify_mails *mails)
{
    for (size_t i = 0; i < HAND_MAX; i++)
        if (mails->parcels[i].state == PARCEL_FREE)
            return &mails->parcels[i];
    return NULL;
}

void notify_mails_read(struct notify_mails *mails, struct store *store,
                       const struct effect_time *time)
{
    int64_t limit = HAND_MAX, seen = 0;
    bool soon = time->mono_ms - mails->read_mono_ms < READ_EVERY_MS && !mails->more;

    if (soon || mails->counts[PARCEL_QUEUED] >= REFILL_BELOW || mails->counts[PARCEL_FREE] == 0)
        return;
    mails->read_mono_ms = time->mono_ms;
    limit += HAND_MAX - (int64_t)mails->counts[PARCEL_FREE];
    struct store_rows *rows = mail_rows_due(store, time->now_ms, limit);
    for (; mails->counts[PARCEL_FREE] > 0 && store_next(rows); seen++) {
        bool strange = !store_is_null(rows, MAIL_ROW_MAILBOX);
        if (has_in_hand(mails, store_text(rows, 0)) ||
            (strange && mails->strangers >= STRANGERS_MAX))
            continue;
        struct parcel *parcel = free_parcel(mails);
        mail_row_read(&parcel->row, rows);
        /* analysis: analyzer-null-dereference: the loop has counted the free ones. */
        parcel->turn = mails->turns++;
        move_to(mails, parcel, PARCEL_QUEUED);
        ends_at_once(mails, store, parcel, time);
    }
    store_rows_end(rows);
    mails->more =
        (seen == limit && mails->strangers < STRANGERS_MAX) || mails->counts[PARCEL_FREE] == 0;
}

/* Whether it goes before the other: the guild's first, then the longest queued. */
static bool goes_before(const struct parcel *parcel, const struct parcel *other)
{
    bool strange = parcel->row.mailbox != NULL, other_strange = other->row.mailbox != NULL;

    return strange == other_strange ? parcel->turn < other->turn : other_strange;
}

static struct parcel *next_parcel(struct notify_mails *mails)
{
    struct parcel *next = NULL;

    for (size_t i = 0; i < HAND_MAX; i++) {
        struct parcel *parcel = &mails->parcels[i];
        if (parcel->state == PARCEL_QUEUED && (next == NULL || goes_before(parcel, next)))
            next = parcel;
    }
    return next;
}

static bool hand_over(struct notify_mails *mails, struct parcel *parcel, struct mail_letter *letter)
{
    const struct settings *settings = mails->settings;
    struct smtp_server server = { .url = settings->smtp,
                                  .user = settings->smtp_user,
                                  .password = mails->password,
                                  .cafile = settings->smtp_cafile,
                                  .ehlo = settings->smtp_ehlo,
                                  .timeout_s = settings->smtp_timeout_s };
    struct buffer text = { 0 };

    mail_text_write(&text,
                    &(struct mail_text){ .id = parcel->row.id,
                                         .from = mails->from,
                                         .to = parcel->to,
                                         .subject = letter->subject.bytes,
                                         .body = letter->body.bytes,
                                         .lang = settings->lang,
                                         .date_ms = parcel->row.created_ms,
                                         .attachment_name = letter->attachment_name[0] != '\0'
                                                                ? letter->attachment_name
                                                                : NULL,
                                         .attachment = &letter->attachment });
    bool begun =
        smtp_send(mails->transfers, &server,
                  &(struct smtp_mail){
                      .from = mails->from, .to = parcel->to, .text = &text, .owner = parcel });
    buffer_free(&text);
    return begun;
}

/* False where it cannot be begun now: no memory, or the store does not answer. */
static bool begin_one(struct notify_mails *mails, struct store *store, struct parcel *parcel)
{
    static const struct mail_verdict failed = { .outcome = MAIL_FAILED };
    struct mail_letter letter = { 0 };
    bool begun = true;

    if (!mail_address_from_person(parcel->row.recipient, parcel->to))
        end(mails, parcel, &failed, "no mail address");
    else if (!mail_compose(store, mails->settings, &parcel->row, &letter))
        end(mails, parcel, &failed, "no such template");
    else if (store_status(store) != STORE_OK)
        begun = false;
    else if ((begun = hand_over(mails, parcel, &letter)))
        move_to(mails, parcel, PARCEL_SENDING);
    mail_letter_free(&letter);
    return begun;
}

static bool may_begin(const struct notify_mails *mails, const struct effect_time *time)
{
    const struct server *server = &mails->server;

    if (mails->counts[PARCEL_QUEUED] == 0)
        return false;
    if (server->away)
        return time->mono_ms >= server->retry_mono_ms && mails->counts[PARCEL_SENDING] == 0;
    return mails->counts[PARCEL_SENDING] < TRANSFERS_MAX &&
           transfers_count(mails->transfers, time->mono_ms - SLOW_MS) < TRANSFERS_FRESH;
}

void notify_mails_begin(struct notify_mails *mails, struct store *store, const struct lease *lease,
                        const struct effect_time *time)
{
    struct parcel *parcel;

    if (!may_begin(mails, time) || !store_begin_read(store))
        return;
    while (may_begin(mails, time) && lease_is_ours(lease, clock_mono_ms()) &&
           (parcel = next_parcel(mails)) != NULL)
        if (!begin_one(mails, store, parcel))
            break;
    store_commit(store);
}

/* The answer without the recipient, so that what is said to everybody is known. */
static void write_refusal(const char *answer, const char *recipient, char out[ANSWER_MAX])
{
    const char *at = strcasestr(answer, recipient);

    if (at == NULL)
        snprintf(out, ANSWER_MAX, "%s", answer);
    else
        snprintf(out, ANSWER_MAX, "%.*s%s", (int)(at - answer), answer, at + strlen(recipient));
}

/* What a refusal before the text means. The same words to two recipients, and none taken in
 * between, are about us: all mails wait. Else it is about this recipient once another mail was
 * taken since its first try; until then nobody knows. */
static enum send_result weigh(struct server *server, const struct mail_row *row,
                              const struct send_outcome *outcome)
{
    char refusal[ANSWER_MAX];

    if (outcome->result != SEND_REFUSED)
        return outcome->result;
    write_refusal(outcome->answer, row->recipient, refusal);
    bool same = strcmp(refusal, server->refused) == 0;
    if (same && (server->away || strcmp(row->recipient, server->recipient) != 0))
        return SEND_AWAY;
    snprintf(server->refused, sizeof server->refused, "%s", refusal);
    snprintf(server->recipient, sizeof server->recipient, "%s", row->recipient);
    return row->first_ms > 0 && server->taken_ms >= row->first_ms ? SEND_NEVER : SEND_LATER;
}

static void say_away(const char *answer)
{
    if (answer[0] != '5')
        log_warn("notify", "the mail server is away; mails wait", "answer=%s", answer);
    else
        log_error("notify", "the mail server takes no mail from us; mails wait", "answer=%s set=%s",
                  answer,
                  strncmp(answer, "53", 2) == 0 ? "smtp_user, smtp_password_file"
                                                : "smtp_ehlo, smtp_user, mail_from or smtp");
}

static void note_server(struct notify_mails *mails, enum send_result result, const char *answer)
{
    struct server *server = &mails->server;

    if (result == SEND_DONE) {
        server->taken_ms = clock_wall_ms();
        server->refused[0] = '\0';
    }
    if (result != SEND_AWAY) {
        if (server->away)
            log_info("notify", "the mail server is back", NULL);
        server->away = false;
        server->attempts = 0;
        return;
    }
    if (!server->away)
        say_away(answer);
    else if (mails->counts[PARCEL_SENDING] > 1)
        return; /* one of those that were under way together */
    server->away = true;
    int64_t steps = server->attempts < AWAY_PAUSE_MAX ? server->attempts++ : AWAY_PAUSE_MAX - 1;
    server->retry_mono_ms = clock_mono_ms() + notify_pause_ms(steps, &mails->random);
    snprintf(server->answer, sizeof server->answer, "%s", answer);
    config_renew_secret(mails->settings->smtp_password_file, &mails->password);
}

static void take_outcome(struct notify_mails *mails, const struct send_outcome *outcome)
{
    struct parcel *parcel = outcome->owner;
    struct mail_tries tries = { .attempts = parcel->row.attempts,
                                .created_ms = parcel->row.created_ms };
    int64_t now_ms = clock_wall_ms();
    enum send_result result = weigh(&mails->server, &parcel->row, outcome);
    struct mail_verdict verdict = notify_judge(result, &tries, now_ms, &mails->random);

    note_server(mails, result, outcome->answer);
    /* The pause is the server's then, not the mail's. */
    if (result == SEND_AWAY && verdict.outcome == MAIL_DEFERRED)
        verdict.next_ms = now_ms;
    if (verdict.outcome == MAIL_SENT)
        log_info("notify", "mail sent", "id=%s answer=%s", parcel->row.id, outcome->answer);
    else
        log_warn("notify", "mail not sent", "id=%s outcome=%s answer=%s", parcel->row.id,
                 mail_outcome_word(verdict.outcome), outcome->answer);
    end(mails, parcel, &verdict, outcome->answer);
}

void notify_mails_wait(struct notify_mails *mails, int wait_ms)
{
    struct send_outcome outcome;

    transfers_wait(mails->transfers, wait_ms);
    while (transfers_next(mails->transfers, &outcome))
        take_outcome(mails, &outcome);
}

static bool is_time_to_write(const struct notify_mails *mails)
{
    int64_t now_mono_ms = clock_mono_ms();

    if (mails->counts[PARCEL_ENDED] == 0 || mails->counts[PARCEL_ENDED] >= WRITE_COUNT ||
        mails->counts[PARCEL_SENDING] == 0)
        return mails->counts[PARCEL_ENDED] > 0;
    for (size_t i = 0; i < HAND_MAX; i++)
        if (mails->parcels[i].state == PARCEL_ENDED &&
            now_mono_ms - mails->parcels[i].ended_mono_ms >= WRITE_AFTER_MS)
            return true;
    return false;
}

void notify_mails_write(struct notify_mails *mails, struct store *store, struct lease *lease)
{
    if (is_time_to_write(mails))
        notify_mails_write_all(mails, store, lease);
}

void notify_mails_write_all(struct notify_mails *mails, struct store *store, struct lease *lease)
{
    if (mails->counts[PARCEL_ENDED] == 0 || !store_begin(store))
        return;
    int64_t now_ms = clock_wall_ms();
    bool ours = lease_fence(lease, store);
    for (size_t i = 0; i < HAND_MAX && ours; i++) {
        const struct parcel *parcel = &mails->parcels[i];
        if (parcel->state == PARCEL_ENDED)
            mail_end_write(store, &(struct mail_end){ .row = &parcel->row,
                                                      .verdict = parcel->verdict,
                                                      .answer = parcel->answer,
                                                      .at_ms = parcel->ended_ms,
                                                      .written_ms = now_ms });
    }
    if (!ours || store_commit(store) != STORE_OK) {
        store_rollback(store);
        return;
    }
    for (size_t i = 0; i < HAND_MAX; i++)
        if (mails->parcels[i].state == PARCEL_ENDED) {
            notify_count(NOTIFY_MAIL, mail_outcome_word(mails->parcels[i].verdict.outcome));
            move_to(mails, &mails->parcels[i], PARCEL_FREE);
        }
}

size_t notify_mails_under_way(const struct notify_mails *mails)
{
    return mails->counts[PARCEL_SENDING];
}

bool notify_mails_idle(const struct notify_mails *mails)
{
    return mails->counts[PARCEL_FREE] == HAND_MAX;
}
