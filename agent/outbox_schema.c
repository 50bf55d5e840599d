/* The steps of the outbox, and how they are taken. */
#include "agent/outbox_schema.h"

#include "orders_sql.h"
#include "outbox_sql.h"
#include "outbox_steps.h"
#include "schema_number_sql.h"

#include "common/log.h"
#include "common/sqlite_look.h"

#define NEWEST ((int)(sizeof outbox_steps / sizeof *outbox_steps)) /* the last step */

struct found {
    int numbered; /* 1: there is the table of the number */
    bool strange; /* it has no number, and tables that the first release did not make */
    struct schema_number kept;
};

static int read_number(sqlite3 *db, struct schema_number *kept)
{
    sqlite3_stmt *row = NULL;
    int rc = sqlite3_prepare_v2(db, SQL_SCHEMA_NUMBER_READ, -1, &row, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(row);
    if (rc == SQLITE_ROW)
        *kept = (struct schema_number){ sqlite3_column_int(row, 0), sqlite3_column_int(row, 1) };
    sqlite3_finalize(row);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Is there a table that step 1 does not make? */
static int look_for_strange(sqlite3 *db, bool *strange)
{
    struct sqlite_difference difference = { 0 };
    sqlite3 *model = NULL;
    int rc = sqlite3_open(":memory:", &model);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(model, SQL_OUTBOX_STEP_1, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite_look_compare(db, model, &difference);
    sqlite3_close(model);
    *strange = difference.strange > 0;
    return rc;
}

/* A file without a number counts as one at 0: the first release made its tables one by one, so that
 * a power cut could leave it with some of them, and step 1 makes those that are missing. */
static int find(sqlite3 *db, struct found *found)
{
    *found = (struct found){ .numbered = 0 };
    int rc = sqlite_look_numbered(db, &found->numbered);

    if (rc != SQLITE_OK)
        return rc;
    return found->numbered ? read_number(db, &found->kept) : look_for_strange(db, &found->strange);
}

bool outbox_schema_refuses(const char *path, char reason[SCHEMA_REASON_SIZE])
{
    struct found found = { 0 };
    sqlite3 *db = NULL;
    int rc = sqlite_look_open(path, &db);
    bool refused = false;

    if (rc == SQLITE_OK)
        rc = find(db, &found);
    sqlite3_close(db);
    if (rc != SQLITE_OK)
        return false;
    if (found.strange) {
        schema_stranger("outbox", reason);
        return true;
    }
    refused = schema_judge(&found.kept, NEWEST) == SCHEMA_REFUSED;
    if (refused)
        schema_refusal(&found.kept, NEWEST, "outbox", reason);
    return refused;
}

/* The step and its number, in one transaction. */
static enum database_result take_step(sqlite3 *db, const struct schema_step *step)
{
    sqlite3_stmt *write = NULL;
    enum database_result result = database_script(db, "BEGIN IMMEDIATE");

    if (result == DATABASE_OK)
        result = database_script(db, step->sql);
    if (result == DATABASE_OK)
        result = database_script(db, SQL_SCHEMA_NUMBER_CREATE);
    if (result == DATABASE_OK)
        result = database_run(db, database_bind(db, &write, SQL_SCHEMA_NUMBER_WRITE, "ii",
                                                (int64_t)step->number, (int64_t)step->lowest));
    sqlite3_finalize(write);
    if (result == DATABASE_OK)
        result = database_script(db, "COMMIT");
    if (result != DATABASE_OK)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

enum database_result outbox_schema_bring_up(sqlite3 *db)
{
    struct found found;
    enum database_result result = database_judge(db, find(db, &found));

    while (result == DATABASE_OK && found.kept.number < NEWEST) {
        result = take_step(db, &outbox_steps[found.kept.number]);
        found.kept.number++;
    }
    return result;
}

static bool can_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *look = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &look, NULL);

    sqlite3_finalize(look);
    return rc == SQLITE_OK;
}

enum database_result outbox_schema_lend(sqlite3 *db)
{
    enum database_result result = DATABASE_OK;

    if (!can_prepare(db, SQL_EVENTS_HAVE_CHECKSUM))
        result = database_script(db, SQL_EVENTS_LEND_CHECKSUM);
    if (result == DATABASE_OK && !can_prepare(db, SQL_ORDERS_HAVE_TURN))
        result = database_script(db, SQL_ORDERS_LEND_TURN);
    return result;
}
