/* The copy is made under another name in the same folder, checked, and only then takes its own. */
#include "collector/store/backup.h"

#include "collector/store/backup_record.h"
#include "collector/store/store_schema.h"
#include "collector/store/store_url.h"

#include "common/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKUP_SCHEMA_MIN 2 /* the step that brought the table */

static int say(const char *command, const char *sentence, const char *about)
{
    fprintf(stderr, "carrito-collector %s: %s%s%s\n", command, sentence, about != NULL ? ": " : "",
            about != NULL ? about : "");
    return EXIT_FAILURE;
}

static int say_cause(const char *command, enum store_result result, const struct store_cause *cause)
{
    say(command, cause->text, NULL);
    return store_exit_status(result);
}

/* Both the file's bytes and its name are on the disk before we say so. */
static bool flush(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    bool flushed = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return flushed;
}

static bool publish(const char *draft, const char *file)
{
    char *copy = strdup(file);
    bool done = copy != NULL && flush(draft, O_RDONLY) && rename(draft, file) == 0 &&
                flush(dirname(copy), O_RDONLY | O_DIRECTORY);

    free(copy);
    return done;
}

/* An empty file beside FILE, for its owner alone: the store holds names and addresses. */
static char *make_draft(const char *file)
{
    char *draft = NULL;
    int fd;

    if (asprintf(&draft, "%s.XXXXXX", file) < 0)
        return NULL;
    fd = mkstemp(draft);
    if (fd >= 0) {
        close(fd);
        return draft;
    }
    free(draft);
    return NULL;
}

/* To be copied a store is read, and not brought up: an older collector may be at work on it. */
static struct store *open_to_copy(const char *command, const char *url, int *number, int *status)
{
    struct store_cause cause;
    struct store *store = store_open_told(url, STORE_LOOK, &cause);
    enum store_result result = store != NULL ? store_schema_read(store, number) : STORE_AGAIN;

    if (result == STORE_OK && *number > 0)
        return store;
    if (store != NULL && result != STORE_OK)
        snprintf(cause.text, sizeof cause.text, "%s", store_failure(store));
    *status = result == STORE_OK ? say(command, "there is no store", url)
                                 : say_cause(command, result, &cause);
    store_close(store);
    return NULL;
}

/* The copy can be opened by this program, and has the schema of the store. */
static bool is_openable(const char *file, int number)
{
    struct store_cause cause;
    char *url = NULL;
    int found = 0;

    if (asprintf(&url, STORE_SQLITE_SCHEME "%s", file) < 0)
        return false;
    struct store *copy = store_open_told(url, STORE_LOOK, &cause);
    bool good = copy != NULL && store_schema_read(copy, &found) == STORE_OK && found == number;
    store_close(copy);
    free(url);
    return good;
}

/* Said in the store, so that it is known how old the last one is. A store of before there was a
 * table for it is not brought up for that. */
static void record(const char *url, int number, const char *file)
{
    char *copy = strdup(file);
    struct store *store = number >= BACKUP_SCHEMA_MIN ? store_open(url, STORE_DURABLE) : NULL;
    struct stat status = { 0 };

    if (copy == NULL)
        abort();
    if (store != NULL && stat(file, &status) == 0 && store_begin(store)) {
        backup_record(store, dirname(copy), (int64_t)status.st_size, clock_wall_ms());
        if (store_commit(store) != STORE_OK)
            say("backup", "the backup is good, but the store does not take note of it", file);
    }
    if (store != NULL)
        store_tidy(store);
    store_close(store);
    free(copy);
}

/* `command` is who says what is wrong. *number is the schema's. */
static int copy_store(const char *command, const char *store_url, const char *file, int *number)
{
    int status = EXIT_FAILURE;
    struct store *store = open_to_copy(command, store_url, number, &status);
    char *draft = store != NULL ? make_draft(file) : NULL;

    if (store == NULL)
        return status;
    if (draft == NULL)
        /* analysis: bugprone-branch-clone: the steps stand in their order. */
        say(command, strerror(errno), file);
    else if (!store_backup(store, draft) || !is_openable(draft, *number))
        say(command, "the store cannot be copied there", file);
    else if (!publish(draft, file))
        say(command, strerror(errno), file);
    else
        status = EXIT_SUCCESS;
    if (draft != NULL && status != EXIT_SUCCESS)
        unlink(draft);
    free(draft);
    store_close(store);
    return status;
}

int backup_command(const char *store_url, const char *file)
{
    int number = 0, status = copy_store("backup", store_url, file, &number);

    if (status == EXIT_SUCCESS) {
        printf("%s\n", file);
        record(store_url, number, file);
    }
    return status;
}

int backup_bring(const char *backup, const char *file)
{
    char *url = NULL;
    int number = 0;

    if (asprintf(&url, "%s%s", STORE_SQLITE_SCHEME, backup) < 0)
        abort();
    int status = copy_store("restore", url, file, &number);
    free(url);
    return status;
}
