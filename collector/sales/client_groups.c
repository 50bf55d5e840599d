/* Keeps the levels. */
#include "collector/sales/client_groups.h"

#include "client_groups_sql.h"

#include "common/day.h"

#include <stdlib.h>

struct client_group_change {
    enum client_group level;
    int64_t span, clients;
};

int64_t client_groups_month(int32_t day)
{
    char text[DAY_TEXT_SIZE];

    day_text(day, text);
    return strtoll(text, NULL, 10) * 12 + (text[5] - '0') * 10 + (text[6] - '0') - 1;
}

static int64_t span_of(enum client_group level, int32_t day)
{
    switch (level) {
    case GROUP_DAY:
        return day;
    case GROUP_MONTH:
        return client_groups_month(day);
    default:
        return 0;
    }
}

/* A batch is of few days: the change in hand is nearly always the last one of its level. */
static void count(struct client_groups *groups, enum client_group level, int64_t span, int64_t sign)
{
    for (size_t i = groups->count; i-- > 0;) {
        struct client_group_change *change = &groups->changes[i];
        if (change->level == level && change->span == span) {
            change->clients += sign;
            return;
        }
    }
    if (groups->count == groups->capacity) {
        groups->capacity = groups->capacity > 0 ? groups->capacity * 2 : 8;
        groups->changes = realloc(groups->changes, groups->capacity * sizeof *groups->changes);
        if (groups->changes == NULL)
            abort();
    }
    groups->changes[groups->count++] = (struct client_group_change){ level, span, sign };
}

static int64_t read_parts(struct store *store, enum client_group level, int64_t span,
                          const char *client)
{
    struct store_rows *rows =
        store_query(store, SQL_CLIENT_GROUP_READ, "iit", (int64_t)level, span, client);
    int64_t parts = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return parts;
}

/* True where the client is new in the span, or is gone from it. */
static bool change_span(struct store *store, enum client_group level, int64_t span,
                        const char *client, int64_t sign)
{
    if (sign > 0) {
        store_run(store, SQL_CLIENT_GROUP_INSERT, "iiti", (int64_t)level, span, client, sign);
        if (store_changed(store) == 1)
            return true;
    }
    store_run(store, SQL_CLIENT_GROUP_ADD, "iiit", sign, (int64_t)level, span, client);
    if (sign > 0 || read_parts(store, level, span, client) != 0)
        return false;
    store_run(store, SQL_CLIENT_GROUP_DELETE, "iit", (int64_t)level, span, client);
    return true;
}

void client_groups_add(struct client_groups *groups, struct store *store, int32_t day,
                       const char *client, int64_t sign)
{
    for (enum client_group level = GROUP_DAY; level <= GROUP_GUILD; level++) {
        int64_t span = span_of(level, day);
        if (!change_span(store, level, span, client, sign))
            return;
        count(groups, level, span, sign);
    }
}

void client_groups_write(struct client_groups *groups, struct store *store)
{
    for (size_t i = 0; i < groups->count; i++) {
        const struct client_group_change *change = &groups->changes[i];
        if (change->clients != 0)
            store_run(store, SQL_CLIENT_COUNT_ADD, "iii", (int64_t)change->level, change->span,
                      change->clients);
    }
    free(groups->changes);
    *groups = (struct client_groups){ 0 };
}

int64_t client_groups_read(struct store *store, enum client_group level, int64_t span)
{
    struct store_rows *rows = store_query(store, SQL_CLIENT_COUNT_READ, "ii", (int64_t)level, span);
    int64_t clients = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return clients;
}
