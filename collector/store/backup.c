/* The copy is made under another name in the same folder, checked, and only then takes its own. */
#include "collector/store/backup.h"

#include "collector/store/store.h"

#include "rebuild_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int say(const char *command, const char *sentence, const char *about)
{
    fprintf(stderr, "carrito-collector %s: %s%s%s\n", command, sentence, about != NULL ? ": " : "",
            about != NULL ? about : "");
    return EXIT_FAILURE;
}

/* The store, or NULL and said. */
static struct store *open_store(const char *command, const char *url)
{
    struct store *store = store_open(url, STORE_DURABLE);

    if (store != NULL && store_migrate(store) == STORE_OK)
        return store;
    store_close(store);
    say(command, "the store cannot be opened", url);
    return NULL;
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

int backup_command(const char *store_url, const char *file)
{
    struct store *store = open_store("backup", store_url);
    char *draft = store != NULL ? make_draft(file) : NULL;
    int status = EXIT_FAILURE;

    if (store == NULL)
        return EXIT_FAILURE;
    if (draft == NULL)
        say("backup", strerror(errno), file);
    else if (!store_backup(store, draft))
        say("backup", "the store cannot be copied there", file);
    else if (!publish(draft, file))
        say("backup", strerror(errno), file);
    else
        status = EXIT_SUCCESS;
    if (draft != NULL && status != EXIT_SUCCESS)
        unlink(draft);
    if (status == EXIT_SUCCESS)
        printf("%s\n", file);
    free(draft);
    store_close(store);
    return status;
}

int rebuild_command(const char *store_url)
{
    struct store *store = open_store("--rebuild", store_url);
    int status = EXIT_SUCCESS;

    if (store == NULL)
        return EXIT_FAILURE;
    if (!store_alone(store)) {
        status =
            say("--rebuild", "the store is in use: stop every carrito-collector first", store_url);
    } else {
        store_begin(store);
        store_script(store, SQL_REBUILD);
        if (store_commit(store) != STORE_OK)
            status = say("--rebuild", "the store does not take it", store_url);
        else
            puts("the next carrito-collector that is started reads carrito.sales from its "
                 "beginning");
    }
    store_close(store);
    return status;
}
