/* Keeps the levels. */
#include "collector/sales/client_groups.h"

#include "client_groups_sql.h"

#include "common/day.h"

#include <stdlib.h>

/* A client in a span, and by how many of the level below there are more of the client. */
struct client_part {
    int32_t level;
    int64_t span;
    const char *client;
    int64_t parts;
};

static const struct row_column part_key[] = {
    ROW_COLUMN(ROW_INT32, struct client_part, level),
    ROW_COLUMN(ROW_INT, struct client_part, span),
    ROW_COLUMN(ROW_STRING, struct client_part, client),
    { .type = ROW_END },
};
static const struct row_table parts_table = {
    .size = sizeof(struct client_part),
    .key = part_key,
};

/* How many more clients the span has. */
struct span_count {
    int32_t level;
    int64_t span, clients;
};

static const struct row_column span_columns[] = {
    ROW_COLUMN(ROW_INT32, struct span_count, level),
    ROW_COLUMN(ROW_INT, struct span_count, span),
    ROW_COLUMN(ROW_INT, struct span_count, clients),
    { .type = ROW_END },
};
static const struct row_column span_key[] = {
    ROW_COLUMN(ROW_INT32, struct span_count, level),
    ROW_COLUMN(ROW_INT, struct span_count, span),
    { .type = ROW_END },
};

static bool has_changed(const void *row)
{
    return ((const struct span_count *)row)->clients != 0;
}

static const struct row_table spans_table = {
    .size = sizeof(struct span_count),
    .key = span_key,
    .write = SQL_CLIENT_COUNT_ADD,
    .written = span_columns,
    .is_written = has_changed,
};

/* A level as it is written: its rows, and where those of the next level are gathered. */
struct level_write {
    struct client_groups *groups;
    struct store *store;
    struct rows spans;
    struct row_count count;
};

int64_t client_groups_month(int32_t day)
{
    char text[DAY_TEXT_SIZE];

    day_text(day, text);
    return strtoll(text, NULL, 10) * 12 + (text[5] - '0') * 10 + (text[6] - '0') - 1;
}

static void add_part(struct client_groups *groups, struct client_part *key, int64_t sign)
{
    struct rows *rows = &groups->levels[key->level];

    rows->table = &parts_table;
    ((struct client_part *)rows_get(rows, NULL, key))->parts += sign;
}

void client_groups_add(struct client_groups *groups, int32_t day, const char *client, int64_t sign)
{
    add_part(groups, &(struct client_part){ GROUP_DAY, day, client, 0 }, sign);
}

/* A client who is new in the span, or gone from it, is one more or less in the span above. */
static void write_part(void *owner, void *row)
{
    struct level_write *write = owner;
    const struct client_part *part = row;
    int change = rows_count(&write->count, write->store, part, part->parts);
    enum client_group above = (enum client_group)part->level + 1;

    if (change == 0)
        return;
    struct span_count *span =
        rows_get(&write->spans, write->store, &(struct span_count){ part->level, part->span, 0 });
    span->clients += change;
    if (above <= GROUP_GUILD)
        add_part(write->groups,
                 &(struct client_part){
                     (int32_t)above,
                     above == GROUP_GUILD ? 0 : client_groups_month((int32_t)part->span),
                     part->client, 0 },
                 change);
}

void client_groups_write(struct client_groups *groups, struct store *store)
{
    struct level_write write = { .groups = groups,
                                 .store = store,
                                 .spans = { .table = &spans_table } };

    for (enum client_group level = GROUP_DAY; level <= GROUP_GUILD; level++) {
        write.count = (struct row_count){ .key = part_key,
                                          .insert = SQL_CLIENT_GROUP_INSERT,
                                          .add = SQL_CLIENT_GROUP_ADD,
                                          .read = SQL_CLIENT_GROUP_READ,
                                          .delete = SQL_CLIENT_GROUP_DELETE };
        rows_each(&groups->levels[level], write_part, &write);
        rows_forget(&groups->levels[level]);
    }
    rows_write(&write.spans, store);
}

int64_t client_groups_read(struct store *store, enum client_group level, int64_t span)
{
    struct store_rows *rows = store_query(store, SQL_CLIENT_COUNT_READ, "ii", (int64_t)level, span);
    int64_t clients = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return clients;
}
