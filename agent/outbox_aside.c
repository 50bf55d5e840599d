/* Renames and lists. */
#include "agent/outbox_aside.h"

#include "common/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS    "0123456789"
#define NAMES_MAX 1000 /* tries for a name that is free */

static const char *const kinds[ASIDE_KINDS] = {
    [ASIDE_DAMAGED] = ".damaged-",
    [ASIDE_WHOLE] = ".damaged-whole-",
    [ASIDE_FORMER] = ".former-",
    [ASIDE_SENT] = ".sent-",
};

static void name(char out[ASIDE_PATH_SIZE], const char *path, const char *suffix)
{
    snprintf(out, ASIDE_PATH_SIZE, "%s%s", path, suffix);
}

static bool refuse(const char *path)
{
    log_error("outbox", "a file cannot be set aside", "path=%s error=%s", path, strerror(errno));
    return false;
}

/* A reader may leave an empty one, which is as good as none. */
static bool has_log(const char *log)
{
    struct stat file;

    return stat(log, &file) == 0 && file.st_size > 0;
}

/* A second name for the log first, then the database, then the log's old name: wherever the power
 * goes, no log is left without its database, and no database without its log. (SQLite deletes a log
 * that it finds beside a new file, and would give the numbers in it a second time without it.) The
 * log's index is made anew by whoever reads. */
static bool move(const char *path, const char *aside)
{
    char log[ASIDE_PATH_SIZE], index[ASIDE_PATH_SIZE], aside_log[ASIDE_PATH_SIZE];

    name(log, path, "-wal");
    name(index, path, "-shm");
    name(aside_log, aside, "-wal");
    bool linked = !has_log(log) || link(log, aside_log) == 0;
    if (rename(path, aside) != 0)
        return refuse(path);
    if (!linked && rename(log, aside_log) != 0) /* a file system without links */
        return refuse(log);
    unlink(log);
    unlink(index);
    return true;
}

/* A card that takes no time takes the name all the same. */
static bool note_time(const char *file)
{
    if (utimensat(AT_FDCWD, file, NULL, 0) != 0)
        log_debug("outbox", "a file does not take its time", "path=%s", file);
    return true;
}

bool outbox_aside_move(const char *path, const struct aside *as, char aside[ASIDE_PATH_SIZE])
{
    return outbox_aside_add(path, path, as, aside);
}

bool outbox_aside_add(const char *path, const char *file, const struct aside *as,
                      char aside[ASIDE_PATH_SIZE])
{
    const char *plate = as->plate != NULL ? as->plate : "", *dash = as->plate != NULL ? "-" : "";

    for (int i = 0; i < NAMES_MAX; i++) {
        snprintf(aside, ASIDE_PATH_SIZE, "%s%s%s%s%lld", path, kinds[as->kind], plate, dash,
                 (long long)as->wall_ms + i);
        if (access(aside, F_OK) != 0)
            return move(file, aside) && note_time(aside);
    }
    errno = EEXIST;
    return refuse(file);
}

/* The last place where the name says `.former-`: a folder may be named so, too. */
static char *find_former(char *path)
{
    char *found = NULL, *at = path;

    while ((at = strstr(at, kinds[ASIDE_FORMER])) != NULL)
        found = at++;
    return found;
}

bool outbox_aside_sent(const char *former)
{
    char path[ASIDE_PATH_SIZE], sent[ASIDE_PATH_SIZE];

    name(path, former, "");
    char *at = find_former(path), *digits = strrchr(path, '-');
    if (at == NULL || digits < at + strlen(kinds[ASIDE_FORMER]))
        return false;
    *at = *digits = '\0';
    const struct aside as = { ASIDE_SENT, at + strlen(kinds[ASIDE_FORMER]),
                              strtoll(digits + 1, NULL, 10) };
    return outbox_aside_add(path, former, &as, sent);
}

/* When it was set aside, as its name says; -1: it is none of this kind of this outbox. A log or a
 * lock, whose name goes on behind the digits, is none. */
static int64_t aside_ms(const char *file, const char *outbox, const char *kind)
{
    size_t length = strlen(outbox);
    const char *digits = strrchr(file, '-');

    if (strncmp(file, outbox, length) != 0 || strncmp(file + length, kind, strlen(kind)) != 0 ||
        digits[1] == '\0' || strspn(digits + 1, DIGITS) != strlen(digits + 1))
        return -1;
    return strtoll(digits + 1, NULL, 10);
}

struct found {
    char *path;
    int64_t ms;
};

static int compare(const void *a, const void *b)
{
    const struct found *first = a, *second = b;

    if (first->ms != second->ms)
        return first->ms < second->ms ? -1 : 1;
    return strcmp(first->path, second->path);
}

static char *join(const char *folder, const char *file)
{
    size_t size = strlen(folder) + strlen(file) + 2;
    char *path = malloc(size);

    if (path == NULL)
        abort();
    snprintf(path, size, "%s/%s", folder, file);
    return path;
}

size_t outbox_aside_list(const char *path, enum aside_kind kind, char *found[ASIDE_FILES_MAX])
{
    char folder_path[ASIDE_PATH_SIZE], file_path[ASIDE_PATH_SIZE];
    struct found all[ASIDE_FILES_MAX];
    struct dirent *entry;
    size_t count = 0;

    name(folder_path, path, "");
    name(file_path, path, "");
    const char *folder_name = dirname(folder_path), *outbox = basename(file_path);
    DIR *folder = opendir(folder_name);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        int64_t ms = aside_ms(entry->d_name, outbox, kinds[kind]);
        if (ms >= 0 && count < ASIDE_FILES_MAX)
            all[count++] = (struct found){ join(folder_name, entry->d_name), ms };
    }
    if (folder != NULL)
        closedir(folder);
    /* analysis: uninitvar: the loop has filled `count` of them. */
    qsort(all, count, sizeof *all, compare);
    for (size_t i = 0; i < count; i++)
        found[i] = all[i].path;
    return count;
}

void outbox_aside_free(char *found[ASIDE_FILES_MAX], size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(found[i]);
}
