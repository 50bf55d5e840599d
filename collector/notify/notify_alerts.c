/* Changes of alerts → mails and posts. */
#include "collector/notify/notify_alerts.h"
#include "collector/effects/effect.h"
#include "collector/hash.h"
#include "collector/notify/mail.h"
#include "collector/notify/notify_plan.h"
#include "collector/role/alert.h"
#include "collector/settings.h"

#include "notify_sql.h"

#include "common/log.h"

#include <stdio.h>
#include <string.h>

#define NOTICES_MAX 100 /* as the statement has it */
#define ID_MAX      128

struct notice {
    const char *alert, *severity, *status; /* in the row */
    int64_t at_ms;
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

static void owe_mails(const struct settings *settings, struct store *store,
                      const struct notice *notice, int64_t now_ms)
{
    bool grave =
        strcmp(notice->severity, "CRITICAL") == 0 || strcmp(notice->severity, "MAJOR") == 0;
    const char *list = settings->alert_mail;
    char address[MAIL_ADDRESS_SIZE], hash[33], id[ID_MAX];

    if (!grave || phase(notice) == NULL)
        return;
    while (mail_list_next(&list, address)) {
        hash_text(address, strlen(address), hash);
        snprintf(id, sizeof id, "alert/%s/%s/%.8s", notice->alert, phase(notice), hash);
        mail_add(store,
                 &(struct mail){ .id = id,
                                 .recipient = address,
                                 .template = "alert",
                                 .parameters = notice->json.bytes,
                                 .life = notice->alert },
                 now_ms);
    }
}

static void owe_post(const struct settings *settings, struct store *store,
                     const struct notice *notice, int64_t now_ms)
{
    char id[ID_MAX];

    if (settings->webhook == NULL || settings->webhook[0] == '\0')
        return;
    snprintf(id, sizeof id, "%s/%s", notice->alert, notice->status);
    effect_add(store, &(struct effect){ .lane = EFFECT_POST,
                                        .id = id,
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
static void owe_all(const struct settings *settings, struct store *store, struct pass *pass,
                    int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_NOTICES, "i", now_ms);

    for (; pass->count < NOTICES_MAX && store_next(rows); pass->count++) {
        struct notice notice = { .alert = store_text(rows, 0),
                                 .severity = store_text(rows, 4),
                                 .status = store_text(rows, 5),
                                 .at_ms = store_int(rows, 10) };
        snprintf(pass->ids[pass->count], ID_MAX, "%s", store_text(rows, 11));
        if (now_ms - notice.at_ms >= NOTIFY_GIVE_UP_MS || mail_was_told(store, notice.at_ms)) {
            pass->old++;
            continue;
        }
        alert_write(rows, &notice.json);
        owe_mails(settings, store, &notice, now_ms);
        owe_post(settings, store, &notice, now_ms);
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
    owe_all(settings, store, &pass, now_ms);
    if (store_commit(store) != STORE_OK) {
        store_rollback(store);
        return false;
    }
    if (pass.old > 0)
        log_info("notify", "changes of alerts are too old to be told", "count=%zu", pass.old);
    return pass.count == NOTICES_MAX;
}
