/* alert_notices → mails and webhook_posts */
#include "collector/notify/notify_alerts.h"
#include "collector/hash.h"
#include "collector/notify/mail.h"
#include "collector/role/alert.h"
#include "collector/settings.h"

#include "notify_sql.h"

#include <stdio.h>
#include <string.h>

#define NOTICES_MAX 100 /* as the statement has it */
#define ID_MAX      128

struct notice {
    const char *alert, *severity, *status; /* in the row */
    struct buffer json;
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
                                 .parameters = notice->json.bytes },
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
    store_run(store, SQL_NOTIFY_POST_INSERT, "ttii", id, notice->json.bytes, now_ms, now_ms);
}

static size_t owe_all(const struct settings *settings, struct store *store, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_NOTICES, "");
    size_t count = 0;

    for (; store_next(rows); count++) {
        struct notice notice = { .alert = store_text(rows, 0),
                                 .severity = store_text(rows, 4),
                                 .status = store_text(rows, 5) };
        alert_write(rows, &notice.json);
        owe_mails(settings, store, &notice, now_ms);
        owe_post(settings, store, &notice, now_ms);
        buffer_free(&notice.json);
    }
    store_rows_end(rows);
    return count;
}

/* Those that were read: what came in between has a later time, or is another alert's. */
static void forget_all(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_NOTICES, "");
    char alerts[NOTICES_MAX][ALERT_ID_SIZE], statuses[NOTICES_MAX][16];
    size_t count = 0;

    for (; count < NOTICES_MAX && store_next(rows); count++) {
        snprintf(alerts[count], sizeof alerts[count], "%s", store_text(rows, 0));
        snprintf(statuses[count], sizeof statuses[count], "%s", store_text(rows, 5));
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        store_run(store, SQL_NOTIFY_NOTICE_DONE, "tt", alerts[i], statuses[i]);
}

static bool has_notices(struct store *store)
{
    return store_has(store, SQL_NOTIFY_NOTICES, "");
}

bool notify_alerts(const struct settings *settings, struct store *store, struct lease *lease,
                   int64_t now_ms)
{
    if (!has_notices(store) || !store_begin(store))
        return false;
    size_t count = 0;
    if (lease_fence(lease, store)) {
        count = owe_all(settings, store, now_ms);
        forget_all(store);
    }
    bool kept = lease->held && store_commit(store) == STORE_OK;
    store_rollback(store);
    return kept && count == NOTICES_MAX;
}
