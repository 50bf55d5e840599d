/* Claims about `backup-old`: it comes 48 hours after the last good backup, or after the first look
 * where there is none; a fresh one ends it; the second folder is watched for itself. */
#include "collector/base/settings.h"
#include "collector/effects/lease.h"
#include "collector/notify/notify_backup.h"
#include "collector/store/backup_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "empty_store.h"

#define HOUR_MS  3600000LL
#define START_MS 1790000000000LL

static char lang[] = "en";

static struct settings settings_with(char *copy)
{
    return (struct settings){ .lang = lang, .backup_copy = copy, .backup_old_h = 48 };
}

static int open_count(struct store *store, const char *subject)
{
    struct store_rows *rows =
        store_query(store,
                    "SELECT COUNT(*) FROM alerts WHERE kind = 'backup-old' AND ended_ms IS NULL "
                    "AND subject = $1",
                    "t", subject);
    int count = store_next(rows) ? (int)store_int(rows, 0) : -1;

    store_rows_end(rows);
    return count;
}

static void look(struct store *store, const struct settings *settings, int64_t now_ms)
{
    struct lease lease = { .name = "notify" };

    assert_true(lease_keep(&lease, store, now_ms));
    notify_backup(settings, store, &lease, now_ms);
    lease_release(&lease, store);
    assert_int_equal(store_status(store), STORE_OK);
}

static void made(struct store *store, const char *place, int64_t now_ms)
{
    assert_true(store_begin(store));
    backup_record(store, place, 1000, now_ms);
    assert_int_equal(store_commit(store), STORE_OK);
}

static void without_any_it_comes_two_days_after_the_first_look(void **state)
{
    struct settings settings = settings_with(NULL);

    look(*state, &settings, START_MS);
    look(*state, &settings, START_MS + 48 * HOUR_MS);
    assert_int_equal(open_count(*state, "store"), 0);
    look(*state, &settings, START_MS + 48 * HOUR_MS + 1);
    assert_int_equal(open_count(*state, "store"), 1);
    made(*state, "/backup", START_MS + 49 * HOUR_MS);
    look(*state, &settings, START_MS + 49 * HOUR_MS);
    assert_int_equal(open_count(*state, "store"), 0);
}

static void an_old_one_is_told_and_the_newest_of_all_places_counts(void **state)
{
    struct settings settings = settings_with(NULL);

    look(*state, &settings, START_MS);
    made(*state, "/backup", START_MS + 10 * HOUR_MS);
    made(*state, "/elsewhere", START_MS + 20 * HOUR_MS);
    look(*state, &settings, START_MS + 68 * HOUR_MS);
    assert_int_equal(open_count(*state, "store"), 0);
    look(*state, &settings, START_MS + 69 * HOUR_MS);
    look(*state, &settings, START_MS + 70 * HOUR_MS);
    assert_int_equal(open_count(*state, "store"), 1);
    assert_true(
        store_has(*state, "SELECT 1 FROM alerts WHERE details LIKE '%is 49 hours old%'", ""));
}

static void the_second_folder_is_watched_for_itself(void **state)
{
    char copy[] = "/mnt/other";
    struct settings settings = settings_with(copy), without = settings_with(NULL);

    look(*state, &settings, START_MS);
    made(*state, "/backup", START_MS + 40 * HOUR_MS);
    look(*state, &settings, START_MS + 50 * HOUR_MS);
    assert_int_equal(open_count(*state, "store"), 0);
    assert_int_equal(open_count(*state, "copy"), 1);
    look(*state, &without, START_MS + 50 * HOUR_MS); /* nobody wants it any more */
    assert_int_equal(open_count(*state, "copy"), 0);
    made(*state, copy, START_MS + 51 * HOUR_MS);
    look(*state, &settings, START_MS + 52 * HOUR_MS);
    assert_int_equal(open_count(*state, "copy"), 0);
}

static void who_backs_up_otherwise_is_left_in_peace(void **state)
{
    struct settings settings = settings_with(NULL);

    settings.backup_old_h = 0;
    look(*state, &settings, START_MS);
    look(*state, &settings, START_MS + 4800 * HOUR_MS);
    assert_int_equal(open_count(*state, "store"), 0);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("without any it comes two days after the first look",
              without_any_it_comes_two_days_after_the_first_look),
        CLAIM("an old one is told, and the newest of all places counts",
              an_old_one_is_told_and_the_newest_of_all_places_counts),
        CLAIM("the second folder is watched for itself", the_second_folder_is_watched_for_itself),
        CLAIM("who backs up otherwise is left in peace", who_backs_up_otherwise_is_left_in_peace),
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}
