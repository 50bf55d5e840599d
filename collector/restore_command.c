/* look → copy beside the store → note → old one aside → in place → say. */
#include "collector/restore_command.h"
#include "collector/reach.h"
#include "collector/store/backup.h"
#include "collector/store/store_schema.h"
#include "collector/store/store_url.h"

#include "common/clock.h"
#include "common/day.h"

#include "restore_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* The bytes that each connection to a file in WAL mode has locked for as long as it is open
 * (SQLite, "File Locking And Concurrency", 3.0; os.h). */
#define SHARED_FIRST 0x40000002
#define SHARED_BYTES 510
#define STAMP_SIZE   32

struct places {
    const char *store;
    char *draft, *draft_url, *aside;
};

static int say(const char *sentence, const char *about)
{
    fprintf(stderr, "carrito-collector restore: %s: %s\n", sentence, about);
    return EXIT_FAILURE;
}

/* Asked of the file, since a damaged one cannot be opened. */
static bool is_in_use(const char *path)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = SHARED_FIRST, .l_len = SHARED_BYTES
    };
    int fd = open(path, O_RDWR | O_CLOEXEC);
    bool used = fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;

    if (fd >= 0)
        close(fd);
    return used;
}

static bool name_places(struct places *places)
{
    char stamp[STAMP_SIZE];
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
    return asprintf(&places->draft, "%s.restoring-%s", places->store, stamp) > 0 &&
           asprintf(&places->draft_url, "%s%s", STORE_SQLITE_SCHEME, places->draft) > 0 &&
           asprintf(&places->aside, "%s.replaced-%s", places->store, stamp) > 0;
}

/* The store's file with what SQLite keeps beside it, which belongs to it and to no other. */
static bool move_with_log(const char *from, const char *to)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    bool moved = true;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char *one = NULL, *other = NULL;
        moved = moved && asprintf(&one, "%s%s", from, ends[i]) > 0 &&
                asprintf(&other, "%s%s", to, ends[i]) > 0 &&
                (rename(one, other) == 0 || errno == ENOENT);
        free(one);
        free(other);
    }
    return moved;
}

/* The copy as this program's store, which knows when it was put back. */
static bool note(struct store *store)
{
    store_begin(store);
    store_run(store, SQL_RESTORE_NOTE, "i", clock_wall_ms());
    store_script(store, SQL_RESTORE_SILENCE);
    bool noted = store_commit(store) == STORE_OK;
    store_tidy(store);
    return noted;
}

static void say_what_comes(struct store *store, const struct settings *settings,
                           const struct config_pairs *pairs)
{
    struct reach reach =
        reach_read(store, &(struct reach_wanted){ settings->kafka_brokers, pairs, .role = "" });
    struct store_rows *rows = store_query(store, SQL_RESTORE_DAYS, "");
    char first[DAY_TEXT_SIZE] = "none", last[DAY_TEXT_SIZE] = "none";

    if (store_next(rows) && !store_is_null(rows, 0)) {
        day_text((int32_t)store_int(rows, 0), first);
        day_text((int32_t)store_int(rows, 1), last);
    }
    store_rows_end(rows);
    printf("the backup has sales from %s to %s\n", first, last);
    if (reach.unknown > 0)
        printf("of %lld of %lld partitions Kafka does not say what comes again\n",
               (long long)reach.unknown, (long long)reach.partitions);
    printf("from Kafka come again: %lld records; gone there: %lld%s\n", (long long)reach.coming,
           (long long)reach.gone,
           reach.gone > 0 ? " (carts have theirs for some days: carritoctl replay)" : "");
}

static int put_in_place(const struct places *places)
{
    if (!move_with_log(places->store, places->aside))
        return say(strerror(errno), places->aside);
    if (!move_with_log(places->draft, places->store))
        return say(strerror(errno), places->store);
    printf("%s\n", places->store);
    if (access(places->aside, F_OK) == 0)
        printf("what was there is %s\n", places->aside);
    return EXIT_SUCCESS;
}

static int restore(const struct settings *settings, const struct config_pairs *pairs,
                   const struct places *places)
{
    const struct store_wanted wanted = { places->draft_url, STORE_DURABLE };
    struct store_cause cause;
    enum store_result result;
    struct store *store = store_open_current(&wanted, &result, &cause);
    bool noted = store != NULL && note(store);

    if (noted)
        say_what_comes(store, settings, pairs);
    store_close(store);
    if (store == NULL)
        return say(cause.text, places->draft);
    return noted ? put_in_place(places) : say("the copy does not take it", places->draft);
}

int restore_command(const struct settings *settings, const struct config_pairs *pairs,
                    const char *file)
{
    struct places places = { .store = store_sqlite_path(settings->store) };
    int status = EXIT_FAILURE;

    if (places.store == NULL || !name_places(&places))
        say("this is no file", settings->store);
    else if (is_in_use(places.store))
        say("the store is in use: stop every carrito-collector first", places.store);
    else if ((status = backup_bring(file, places.draft)) == EXIT_SUCCESS)
        status = restore(settings, pairs, &places);
    if (places.draft != NULL)
        unlink(places.draft);
    free(places.draft);
    free(places.draft_url);
    free(places.aside);
    return status;
}
