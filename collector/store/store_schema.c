/* The steps of the store, and how they are taken. */
#include "collector/store/store_schema.h"
#include "collector/store/store_driver.h"

#include "schema_number_sql.h"
#include "store_steps.h"

#include "common/config.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>

#define NEWEST ((int)(sizeof store_steps / sizeof *store_steps)) /* the last step */

static bool read_number(struct store *store, struct schema_number *kept)
{
    struct store_rows *rows = store_query(store, SQL_SCHEMA_NUMBER_READ, "");
    bool there = store_next(rows);

    if (there)
        *kept = (struct schema_number){ (int)store_int(rows, 0), (int)store_int(rows, 1) };
    store_rows_end(rows);
    return there;
}

struct found {
    bool numbered; /* there is the table of the number */
    struct schema_number kept;
};

/* What the store is; one of the release before there were numbers is told by its tables. False
 * where it cannot be told, or is of no release. */
static bool find(struct store *store, struct found *found)
{
    struct store_tables tables;
    char reason[SCHEMA_REASON_SIZE];

    *found = (struct found){ .numbered = false };
    if (!store_tables(store, SQL_STORE_STEP_1, &tables))
        return false;
    found->numbered = tables.numbered;
    if (tables.numbered)
        return read_number(store, &found->kept) || store_status(store) == STORE_OK;
    if (tables.objects == 0)
        return true;
    if (tables.strange == 0 && tables.missing == 0) {
        found->kept = (struct schema_number){ 1, 1 };
        return true;
    }
    schema_stranger("store", reason);
    store_refuse(store, reason);
    return false;
}

static enum schema_verdict judge(struct store *store, const struct found *found)
{
    char reason[SCHEMA_REASON_SIZE];
    enum schema_verdict verdict = schema_judge(&found->kept, NEWEST);

    if (verdict == SCHEMA_REFUSED) {
        schema_refusal(&found->kept, NEWEST, "store", reason);
        store_refuse(store, reason);
    }
    return verdict;
}

static void write_number(struct store *store, int number, int lowest)
{
    store_run(store, SQL_SCHEMA_NUMBER_WRITE, "ii", (int64_t)number, (int64_t)lowest);
}

/* The next step and its number, or first of all the number of a store that has none; *more is false
 * where there is nothing to do. Looks again under the lock: another may have been faster. */
static enum store_result take_step(struct store *store, bool *more)
{
    struct found found;

    *more = false;
    if (!store_begin(store) || !find(store, &found)) {
        ; /* judged at the commit */
    } else if (!found.numbered) {
        *more = store_script(store, SQL_SCHEMA_NUMBER_CREATE);
        write_number(store, found.kept.number, found.kept.lowest);
    } else if (judge(store, &found) == SCHEMA_BEHIND) {
        const struct schema_step *step = &store_steps[found.kept.number];
        *more = store_script(store, step->sql);
        write_number(store, step->number, step->lowest);
    }
    return store_commit(store);
}

enum store_result store_migrate(struct store *store)
{
    struct found found;
    bool more = find(store, &found) && (judge(store, &found) == SCHEMA_BEHIND || !found.numbered);
    enum store_result result = store_status(store);

    store_rollback(store);
    while (result == STORE_OK && more)
        result = take_step(store, &more);
    if (result == STORE_OK && found.kept.number > 0 && found.kept.number < NEWEST)
        log_info("store", "brought up", "from=%d to=%d", found.kept.number, NEWEST);
    return result;
}

enum store_result store_schema_read(struct store *store, int *number)
{
    struct found found;

    if (find(store, &found) && judge(store, &found) != SCHEMA_REFUSED)
        *number = found.kept.number;
    enum store_result result = store_status(store);
    store_rollback(store);
    return result;
}

static void say_cause(const struct store *store, struct store_cause *cause)
{
    snprintf(cause->text, sizeof cause->text, "%s", store_failure(store));
}

enum store_result store_look(const char *url, struct store_cause *cause)
{
    struct store *store = store_open_told(url, STORE_LOOK, cause);
    int number;

    if (store == NULL)
        return STORE_AGAIN;
    enum store_result result = store_schema_read(store, &number);
    if (result != STORE_OK)
        say_cause(store, cause);
    store_close(store);
    return result;
}

struct store *store_open_current(const struct store_wanted *wanted, enum store_result *result,
                                 struct store_cause *cause)
{
    *result = store_look(wanted->url, cause);
    if (*result != STORE_OK)
        return NULL;
    struct store *store = store_open_told(wanted->url, wanted->durability, cause);
    *result = store != NULL ? store_migrate(store) : STORE_AGAIN;
    if (*result == STORE_OK)
        return store;
    if (store != NULL)
        say_cause(store, cause);
    store_close(store);
    return NULL;
}

int store_exit_status(enum store_result result)
{
    return result == STORE_REFUSED ? config_exit_status(CONFIG_BAD) : EXIT_FAILURE;
}
