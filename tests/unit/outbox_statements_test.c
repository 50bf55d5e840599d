/* Claim: how each statement of the agent finds its rows has been looked at. One that reads a table
 * from end to end stands in outbox_scans.txt with its reason. */
#include "tests/unit/statements.h"

#include "agent/outbox_schema.h"

#define SOURCES CORPUS_DIR "/../../agent/sql/*.sql"
#define LIST    CORPUS_DIR "/../unit/outbox_scans.txt"

/* The outbox has functions of its own; a plan needs their names only. */
static void nothing(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count, (void)values;
    sqlite3_result_null(context);
}

static void each_scan_of_the_outbox_has_its_reason(void **state)
{
    sqlite3 *db = NULL;

    (void)state;
    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    sqlite3_create_function(db, "local_day", -1, SQLITE_UTF8, NULL, nothing, NULL, NULL);
    assert_int_equal(outbox_schema_bring_up(db), DATABASE_OK);
    int unlisted = statements_judge(db, SOURCES, LIST);
    sqlite3_close(db);
    assert_int_equal(unlisted, 0);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "each scan of the outbox has its reason", each_scan_of_the_outbox_has_its_reason, NULL,
          NULL, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
