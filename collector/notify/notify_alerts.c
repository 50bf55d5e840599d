/* Changes of alerts → mails and posts. */
#include "collector/notify/notify_alerts.h"
#include "collector/alerts/alert.h"
#include "collector/base/hash.h"
#include "collector/base/settings.h"
#include "collector/effects/effect.h"
#include "collector/effects/mail.h"
#include "collector/notify/notify_plan.h"

#include "notify_sql.h"

#include "common/log.h"

#include <stdio.h>
#include <string.h>

#define NOTICES_MAX 100 /* as the statement has it */
#define ID_MAX      128

/* The status of a notice that says: look whether it is still open, and mail it then. */
#define STILL_OPEN "STILL_OPEN"

struct notice {
    const char *id, *alert, *kind, *severity, *status; /* in the row */
    int64_t at_ms, times;                              /* how often the alert has begun by now */
    bool is_open, is_fugitive;                         /* now */
    struct buffer json;
};

/* What is done with the rows of one transaction. */
struct pass {
    char ids[NOTICES_MAX][ID_MAX];
    size_t count, old; /* of which so many are too old to be told */
};

/* An alert that has ended is told once, whether it was seen before or after. */
static const char *phase(const struct notice *notice)
{
    if (strcmp(notice->status, "ACTIVE_UNACK") == 0)
        return "raised";
    return strncmp(notice->status, "CLEARED", 7) == 0 ? "ended" : NULL;
}

/* What is over in minutes as a rule: nobody is woken for it. */
static bool comes_and_goes(const char *kind)
{
    static const enum alert_kind kinds[] = { ALERT_CART_VANISHED, ALERT_GPS_STUCK,
                                             ALERT_LINK_DOWN };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(alert_kind_name(kinds[i]), kind) == 0)
            return true;
    return false;
}

static void write_id(char id[ID_MAX], const struct notice *notice, const char *phase_name,
                     const char *address)
{
    char hash[33];

    hash_text(address, strlen(address), hash);
    int length = snprintf(id, ID_MAX, "alert/%s/%s/%.8s", notice->alert, phase_name, hash);
    if (notice->times > 1)
        snprintf(id + length, ID_MAX - (size_t)length, "/%lld", (long long)notice->times);
}

static void enqueue_mails(const struct settings *settings, struct store *store,
                          const struct notice *notice, int64_t now_ms)
{
    const char *list = settings->alert_mail;
    const char *became = phase(notice), *told = became != NULL ? became : "raised";
    char address[MAIL_ADDRESS_SIZE], id[ID_MAX];

    while (mail_list_next(&list, address)) {
        write_id(id, notice, "raised", address);
        if (strcmp(told, "ended") == 0 && !store_has(store, SQL_NOTIFY_MAIL_KNOWN, "t", id))
            continue; /* an end without a beginning is no news */
        write_id(id, notice, told, address);
        mail_add(store,
                 &(struct mail){ .id = id,
                                 .recipient = address,
                                 .template = "alert",
                                 .parameters = notice->json.bytes,
                                 .life = notice->alert },
                 now_ms);
    }
}

/* One that has begun again since is another matter. */
static void write_still_open_id(char id[ID_MAX], const struct notice *notice)
{
    snprintf(id, ID_MAX, "%s/%s/%lld", notice->alert, STILL_OPEN, (long long)notice->times);
}

/* Now, later, or not at all. */
static void plan_mails(const struct settings *settings, struct store *store,
                       const struct notice *notice, int64_t now_ms)
{
    bool grave =
        strcmp(notice->severity, "CRITICAL") == 0 || strcmp(notice->severity, "MAJOR") == 0;
    bool still_open = strcmp(notice->status, STILL_OPEN) == 0;
    int64_t after_ms = settings->alert_mail_after_s * 1000;
    const char *told = still_open ? STILL_OPEN : phase(notice);
    char id[ID_MAX];

    write_still_open_id(id, notice);
    if (!grave || told == NULL || (still_open && (!notice->is_open || strcmp(id, notice->id) != 0)))
        return;
    if (still_open || strcmp(told, "ended") == 0 || after_ms == 0 ||
        !comes_and_goes(notice->kind) || notice->is_fugitive) {
        enqueue_mails(settings, store, notice, now_ms);
        return;
    }
    effect_add(store, &(struct effect){ .lane = EFFECT_ALERT,
                                        .id = id,
                                        .topic = notice->alert,
                                        .type = STILL_OPEN,
                                        .partition = -1,
                                        .created_ms = notice->at_ms,
                                        .due_ms = notice->at_ms + after_ms });
}

static void enqueue_post(const struct settings *settings, struct store *store,
                         const struct notice *notice, int64_t now_ms)
{
    if (settings->webhook == NULL || settings->webhook[0] == '\0' ||
        strcmp(notice->status, STILL_OPEN) == 0)
        return;
    effect_add(store, &(struct effect){ .lane = EFFECT_POST,
                                        .id = notice->id,
                                        .topic = "webhook",
                                        .key = notice->alert,
                                        .key_length = strlen(notice->alert),
                                        .value = notice->json.bytes,
                                        .value_length = notice->json.length,
                                        .partition = -1,
                                        .created_ms = now_ms,
                                        .due_ms = EFFECT_AT_ONCE });
}

/* What happened long ago, while nobody was told of anything, is no news. */
static void enqueue_all(const struct settings *settings, struct store *store, struct pass *pass,
                        int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_NOTICES, "i", now_ms);

    for (; pass->count < NOTICES_MAX && store_next(rows); pass->count++) {
        struct notice notice = { .id = pass->ids[pass->count],
                                 .alert = store_text(rows, 0),
                                 .times = store_int(rows, 10),
                                 .kind = store_text(rows, 1),
                                 .severity = store_text(rows, 4),
                                 .status = store_text(rows, 15),
                                 .at_ms = store_int(rows, 11),
                                 .is_open = store_int(rows, 13) != 0,
                                 .is_fugitive = store_int(rows, 14) != 0 };
        snprintf(pass->ids[pass->count], ID_MAX, "%s", store_text(rows, 12));
        if (now_ms - notice.at_ms >= NOTIFY_GIVE_UP_MS || mail_was_told(store, notice.at_ms)) {
            pass->old++;
            continue;
        }
        alert_write(rows, &notice.json);
        plan_mails(settings, store, &notice, now_ms);
        enqueue_post(settings, store, &notice, now_ms);
        buffer_free(&notice.json);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < pass->count; i++)
        effect_end(store, EFFECT_ALERT, pass->ids[i]);
}

bool notify_alerts(const struct settings *settings, struct store *store, struct lease *lease,
                   int64_t now_ms)
{
    struct pass pass = { .count = 0 };

    if (!store_has(store, SQL_NOTIFY_NOTICES, "i", now_ms) || !store_begin(store))
        return false;
    if (!lease_fence(lease, store)) {
        store_rollback(store);
        return false;
    }
    enqueue_all(settings, store, &pass, now_ms);
    if (store_commit(store) != STORE_OK) {
        store_rollback(store);
        return false;
    }
    if (pass.old > 0)
        log_info("notify", "changes of alerts are too old to be told", "count=%zu", pass.old);
    return pass.count == NOTICES_MAX;
}
