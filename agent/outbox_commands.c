/* Commands in the outbox: their effects, which were carried out, and what they set for good. They
 * are rare, so that a statement of their own is made when it is needed. */
#include "agent/outbox_parts.h"

#include "outbox_commands_sql.h"
#include "outbox_sql.h"

#include <string.h>

#define COMMANDS_KEPT 256 /* ids that are remembered, so that none is done twice */
#define COMMANDS_TOLD 16  /* at most, in one heartbeat (contract, section 3) */
#define LOCATION_S    "location_s"
/* How days begin: minutes from a day on, and before it. */
#define DAY_START      "day_start"
#define DAY_START_FROM "day_start_from"
#define DAY_START_WAS  "day_start_was"

/* Runs a bound statement without rows, and ends it. */
static enum database_result finish(sqlite3 *db, sqlite3_stmt *statement)
{
    enum database_result result = database_run(db, statement);

    sqlite3_finalize(statement);
    return result;
}

/* An id that is there already keeps its place. */
static enum database_result keep(sqlite3 *db, const char *id)
{
    sqlite3_stmt *insert = NULL, *prune = NULL;
    enum database_result result =
        finish(db, database_bind(db, &insert, SQL_COMMAND_INSERT, "t", id));

    if (result == DATABASE_OK)
        result =
            finish(db, database_bind(db, &prune, SQL_COMMANDS_PRUNE, "i", (int64_t)COMMANDS_KEPT));
    return result;
}

enum database_result outbox_config_write(sqlite3 *db, const char *name, int64_t value)
{
    sqlite3_stmt *write = NULL;

    return finish(db, database_bind(db, &write, SQL_CONFIG_WRITE, "ti", name, value));
}

static enum database_result set_days(sqlite3 *db, const struct day_start *days)
{
    enum database_result result =
        outbox_config_write(db, DAY_START_WAS, day_start_minutes(days->first_day - 1));

    if (result == DATABASE_OK)
        result = outbox_config_write(db, DAY_START_FROM, days->first_day);
    return result == DATABASE_OK ? outbox_config_write(db, DAY_START, days->minutes) : result;
}

/* Where the acknowledged number falls to, so that rows from `from` on are sent again. */
static int64_t rewound_to(struct outbox *outbox, int64_t from)
{
    sqlite3_stmt *row = BIND(outbox, REPLAY_AFTER, "ii", outbox->head.acked_seq, from);
    int64_t seq =
        outbox_next_row(outbox, row) ? sqlite3_column_int64(row, 0) : outbox->head.acked_seq;

    sqlite3_reset(row);
    return seq;
}

int64_t outbox_since(struct outbox *outbox, int64_t since_ms)
{
    sqlite3_stmt *row = NULL;

    database_bind(outbox->db, &row, SQL_REPLAY_SINCE, "i", since_ms);
    int64_t seq = outbox_next_row(outbox, row) ? sqlite3_column_int64(row, 0) : 1;
    sqlite3_finalize(row);
    return seq;
}

static enum database_result write_effect(struct outbox *outbox, const struct outbox_head *head,
                                         const struct command_effect *effect)
{
    enum database_result result =
        effect->replay_from > 0 ? outbox_write_head(outbox, head) : DATABASE_OK;
    if (result == DATABASE_OK && effect->offered != NULL)
        result = outbox_orders_offer(outbox, effect->offered);
    if (result == DATABASE_OK && effect->cancelled != NULL)
        result = outbox_orders_cancel(outbox, effect->cancelled);
    if (result == DATABASE_OK && effect->location_s > 0)
        result = outbox_config_write(outbox->db, LOCATION_S, effect->location_s);
    if (result == DATABASE_OK && effect->days != NULL)
        result = set_days(outbox->db, effect->days);
    if (result == DATABASE_OK && effect->days != NULL)
        result = outbox_recount_days(outbox, effect->days);
    return result;
}

enum outbox_result outbox_carry_out(struct outbox *outbox, const char *command_id,
                                    const struct command_effect *effect)
{
    struct outbox_head head = outbox->head;

    if (outbox->read_only)
        return OUTBOX_READ_ONLY;
    enum database_result result = database_script(outbox->db, "BEGIN IMMEDIATE");

    if (effect->replay_from > 0)
        head.acked_seq = rewound_to(outbox, effect->replay_from);
    if (result == DATABASE_OK)
        result = outbox->broken ? DATABASE_BROKEN : write_effect(outbox, &head, effect);
    if (result == DATABASE_OK)
        result = keep(outbox->db, command_id);
    if (result == DATABASE_OK)
        result = database_script(outbox->db, "COMMIT");
    if (result != DATABASE_OK) {
        sqlite3_exec(outbox->db, "ROLLBACK", NULL, NULL, NULL);
        return outbox_outcome(outbox, result);
    }
    if (head.acked_seq < outbox->head.acked_seq)
        outbox->head.acked_seq = outbox->handed_seq = head.acked_seq;
    if (effect->days != NULL)
        outbox_follow_days(outbox);
    return OUTBOX_OK;
}

bool outbox_is_done(struct outbox *outbox, const char *command_id)
{
    sqlite3_stmt *rows = NULL;

    database_bind(outbox->db, &rows, SQL_COMMAND_READ, "t", command_id);
    bool known = outbox_next_row(outbox, rows);
    sqlite3_finalize(rows);
    return known;
}

/* What the next heartbeat names anyway is left in its place: a move is a write. */
void outbox_tell_again(struct outbox *outbox, const char *command_id)
{
    sqlite3_stmt *move = NULL;

    if (outbox->read_only)
        return;
    outbox_outcome(outbox, finish(outbox->db, database_bind(outbox->db, &move, SQL_COMMAND_MOVE,
                                                            "ti", command_id, outbox->named[0])));
}

static int64_t newest_place(struct outbox *outbox)
{
    sqlite3_stmt *row = NULL;

    database_bind(outbox->db, &row, SQL_COMMANDS_NEWEST, "");
    int64_t place = outbox_next_row(outbox, row) ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_finalize(row);
    return place;
}

void outbox_each_done(struct outbox *outbox, void (*call)(void *owner, const char *id), void *owner)
{
    sqlite3_stmt *rows = NULL;

    database_bind(outbox->db, &rows, SQL_COMMANDS_TOLD, "ii", (int64_t)COMMANDS_TOLD,
                  outbox->named[0]);
    while (outbox_next_row(outbox, rows))
        call(owner, (const char *)sqlite3_column_text(rows, 0));
    sqlite3_finalize(rows);
    memmove(outbox->named, outbox->named + 1, sizeof outbox->named - sizeof *outbox->named);
    outbox->named[NAMED_TIMES - 1] = newest_place(outbox);
}

void outbox_name_done_again(struct outbox *outbox)
{
    memset(outbox->named, 0, sizeof outbox->named);
}

/* An older file, which can only be read, has no such table. */
static bool has_config(struct outbox *outbox)
{
    sqlite3_stmt *rows = NULL;

    database_bind(outbox->db, &rows, SQL_CONFIG_ANY, "");
    bool has = outbox_next_row(outbox, rows);
    sqlite3_finalize(rows);
    return has;
}

bool outbox_config_read(struct outbox *outbox, const char *name, int64_t *value)
{
    sqlite3_stmt *rows = NULL;

    database_bind(outbox->db, &rows, SQL_CONFIG_READ, "t", name);
    bool said = outbox_next_row(outbox, rows);
    if (said)
        *value = sqlite3_column_int64(rows, 0);
    sqlite3_finalize(rows);
    return said;
}

int64_t outbox_location_s(struct outbox *outbox)
{
    int64_t location_s = 0;

    if (!outbox->read_only) /* no place is recorded */
        outbox_config_read(outbox, LOCATION_S, &location_s);
    return location_s;
}

void outbox_follow_days(struct outbox *outbox)
{
    int64_t minutes, from, was;

    if (!has_config(outbox) || !outbox_config_read(outbox, DAY_START, &minutes) ||
        !outbox_config_read(outbox, DAY_START_FROM, &from) ||
        !outbox_config_read(outbox, DAY_START_WAS, &was))
        return;
    const struct day_start starts[] = { { INT32_MIN, (int32_t)was },
                                        { (int32_t)from, (int32_t)minutes } };
    day_set_starts(starts, 2);
}
