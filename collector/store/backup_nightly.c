/* Lock → clear what a killed one left → copy → let the oldest go, in each folder. */
#include "collector/store/backup_nightly.h"
#include "collector/store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define NAME_MADE  "collector-%Y%m%dT%H%M%SZ.db"
#define NAME_KNOWN "collector-????????T??????Z.db"
#define NAME_DRAFT NAME_KNOWN ".??????"

static int is_backup(const struct dirent *entry)
{
    return fnmatch(NAME_KNOWN, entry->d_name, 0) == 0;
}

static int is_draft(const struct dirent *entry)
{
    return fnmatch(NAME_DRAFT, entry->d_name, 0) == 0;
}

/* Of the files that `chosen` knows, the oldest go until `keep` are left. Names sort by their time.
 */
static void thin_out(int folder, int (*chosen)(const struct dirent *entry), int64_t keep)
{
    struct dirent **entries = NULL;
    int count = scandirat(folder, ".", &entries, chosen, alphasort);

    for (int i = 0; i < count; i++) {
        if (i < count - keep)
            unlinkat(folder, entries[i]->d_name, 0);
        free(entries[i]);
    }
    free(entries);
}

/* The folder's descriptor, which holds the lock: a second run would clear away the first one's. */
static int open_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder >= 0 && flock(folder, LOCK_EX | LOCK_NB) == 0)
        return folder;
    fprintf(stderr, "carrito-collector backup: %s: %s\n", path,
            folder < 0 ? strerror(errno) : "another backup is being made there");
    if (folder >= 0)
        close(folder);
    return -1;
}

static int back_up_to(const struct backup_options *options, const char *path)
{
    char name[64], *file = NULL;
    time_t now = time(NULL);
    struct tm utc;
    int folder = open_folder(path), status = EXIT_FAILURE;

    if (folder < 0)
        return EXIT_FAILURE;
    strftime(name, sizeof name, NAME_MADE, gmtime_r(&now, &utc));
    thin_out(folder, is_draft, 0);
    if (asprintf(&file, "%s/%s", path, name) >= 0)
        status = backup_command(options->store_url, file);
    if (status == EXIT_SUCCESS)
        thin_out(folder, is_backup, options->keep);
    free(file);
    close(folder);
    return status;
}

int backup_nightly(const struct backup_options *options)
{
    int status = back_up_to(options, options->folder);

    if (options->copy == NULL || options->copy[0] == '\0')
        return status;
    int copied = back_up_to(options, options->copy);
    return status != EXIT_SUCCESS ? status : copied;
}
