/* Claims about `disk-low` as weeks go by: it comes two weeks before the room is low, once, and ends
 * when there is room for three; a disk that was exchanged begins anew. */
#include "collector/base/settings.h"
#include "collector/notify/notify_disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "empty_store.h"

#define DAY_MS   86400000LL
#define START_MS 1790000000000LL
#define GB       UINT64_C(1000000000)
#define IS_OPEN  "SELECT COUNT(*) FROM alerts WHERE kind = 'disk-low' AND ended_ms IS NULL"

static char lang[] = "en";
static const struct settings settings = { .lang = lang };

struct disk {
    struct store *store;
    struct lease lease;
    enum disk_verdict last;
    uint64_t total;
};

/* Some looks on that day, as there is one each minute. */
static int look(struct disk *disk, int day, uint64_t available)
{
    assert_true(lease_keep(&disk->lease, disk->store, START_MS));
    for (int i = 0; i < 3; i++)
        notify_room(&settings, disk->store, &disk->lease,
                    &(struct disk_look){ { disk->total, available },
                                         &disk->last,
                                         START_MS + day * DAY_MS + i * 60000 });
    return (int)ask(disk->store, IS_OPEN);
}

static struct disk disk_of(void **state)
{
    return (struct disk){ *state, { .name = "notify" }, DISK_BETWEEN, 100 * GB };
}

static void it_comes_two_weeks_ahead_and_ends_with_room_for_three(void **state)
{
    struct disk disk = disk_of(state);
    int day = 0;

    /* 40 GB, 1 GB a day; low is 10 GB. */
    for (; day <= 16; day++)
        assert_int_equal(look(&disk, day, GB * (uint64_t)(40 - day)), 0);
    assert_int_equal(look(&disk, 17, 23 * GB), 1); /* thirteen days are left */
    assert_true(
        store_has(disk.store, "SELECT 1 FROM alerts WHERE details LIKE '%lasts for 13 days%'", ""));
    assert_int_equal(look(&disk, 18, 27 * GB), 1); /* for seventeen */
    assert_int_equal(look(&disk, 19, 60 * GB), 0);
    assert_int_equal(ask(disk.store, "SELECT COUNT(*) FROM alerts"), 1);
    assert_int_equal(ask(disk.store, "SELECT COUNT(*) FROM disk_days"), 20);
}

static void a_month_is_kept(void **state)
{
    struct disk disk = disk_of(state);

    for (int day = 0; day < 100; day++)
        assert_int_equal(look(&disk, day, 80 * GB), 0);
    assert_int_equal(ask(disk.store, "SELECT COUNT(*) FROM disk_days"), DISK_DAYS_MAX + 1);
}

static void another_disk_begins_anew(void **state)
{
    struct disk disk = disk_of(state);

    for (int day = 0; day < 10; day++)
        assert_int_equal(look(&disk, day, GB * (uint64_t)(95 - day * 3)), 0);
    disk.total = 110 * GB;
    assert_int_equal(look(&disk, 10, 50 * GB), 0);
    assert_int_equal(look(&disk, 11, 46 * GB), 0);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("it comes two weeks ahead, and ends with room for three",
              it_comes_two_weeks_ahead_and_ends_with_room_for_three),
        CLAIM("a month is kept", a_month_is_kept),
        CLAIM("another disk begins anew", another_disk_begins_anew),
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}
