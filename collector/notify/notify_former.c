/* Rows of former tables → effects. */
#include "collector/notify/notify_former.h"
#include "collector/alerts/alert.h"
#include "collector/effects/effect.h"

#include "notify_sql.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MAX 500 /* as the statements have it */
#define ID_MAX   128

static bool take_mails(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_FORMER_MAILS, "");
    int count = 0;

    for (; store_next(rows); count++) {
        const char *order = store_text(rows, 2);
        effect_add(store, &(struct effect){ .lane = EFFECT_MAIL,
                                            .id = store_text(rows, 0),
                                            .topic = store_text(rows, 1),
                                            .key = order,
                                            .key_length = order != NULL ? strlen(order) : 0,
                                            .partition = -1,
                                            .created_ms = store_int(rows, 3),
                                            .due_ms = store_int(rows, 4) });
    }
    store_rows_end(rows);
    return count == ROWS_MAX;
}

/* An id is the alert's, a slash, and what it came to. */
static bool take_posts(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_FORMER_POSTS, "");
    int count = 0;

    for (; store_next(rows); count++) {
        const char *id = store_text(rows, 0), *body = store_text(rows, 1);
        effect_add(store, &(struct effect){ .lane = EFFECT_POST,
                                            .id = id,
                                            .topic = "webhook",
                                            .key = id,
                                            .key_length = strcspn(id, "/"),
                                            .value = body,
                                            .value_length = strlen(body),
                                            .partition = -1,
                                            .created_ms = store_int(rows, 2),
                                            .due_ms = store_int(rows, 3) });
        store_run(store, SQL_NOTIFY_FORMER_POST_END, "t", id);
    }
    store_rows_end(rows);
    return count == ROWS_MAX;
}

static bool take_notices(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_FORMER_NOTICES, "");
    int count = 0;
    char id[ID_MAX];

    for (; store_next(rows); count++) {
        snprintf(id, sizeof id, "%s/%s", store_text(rows, 0), store_text(rows, 1));
        effect_add(store, &(struct effect){ .lane = EFFECT_ALERT,
                                            .id = id,
                                            .topic = store_text(rows, 0),
                                            .type = store_text(rows, 1),
                                            .partition = -1,
                                            .created_ms = store_int(rows, 2),
                                            .due_ms = EFFECT_AT_ONCE });
        store_run(store, SQL_NOTIFY_FORMER_NOTICE_END, "tt", store_text(rows, 0),
                  store_text(rows, 1));
    }
    store_rows_end(rows);
    return count == ROWS_MAX;
}

bool notify_take_former(struct store *store)
{
    bool more = take_mails(store);

    more |= take_posts(store);
    more |= take_notices(store);
    return more;
}

bool notify_has_former(struct store *store)
{
    return store_has(store, SQL_NOTIFY_FORMER_MAILS, "") ||
           store_has(store, SQL_NOTIFY_FORMER_POSTS, "") ||
           store_has(store, SQL_NOTIFY_FORMER_NOTICES, "");
}
