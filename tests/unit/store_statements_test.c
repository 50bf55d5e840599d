/* Claim: how each statement of the collector finds its rows has been looked at. One that reads a
 * table from end to end stands in store_scans.txt with its reason. */
#include "tests/unit/statements.h"

#include "tests/unit/scratch.h"

#include "collector/store/store.h"

#define SOURCES CORPUS_DIR "/../../collector/sql/*.sql"
#define LIST    CORPUS_DIR "/../unit/store_scans.txt"

/* Without rows SQLite plans by the schema alone, as it does in a collector. */
static void each_scan_of_the_store_has_its_reason(void **state)
{
    struct scratch *scratch = *state;
    char url[sizeof scratch->path + 16];
    sqlite3 *db = NULL;

    snprintf(url, sizeof url, "sqlite://%s", scratch->path);
    struct store *store = store_open(url, STORE_REPEATABLE);
    assert_int_equal(store_migrate(store), STORE_OK);
    store_close(store);
    assert_int_equal(sqlite3_open(scratch->path, &db), SQLITE_OK);
    int unlisted = statements_judge(db, SOURCES, LIST);
    sqlite3_close(db);
    assert_int_equal(unlisted, 0);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "each scan of the store has its reason", each_scan_of_the_store_has_its_reason,
          scratch_setup, scratch_teardown, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
