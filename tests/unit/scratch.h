/* A folder of a test's own, and a disk that stops taking what is written.
 *
 * The folder is made in $TMPDIR, else in the build tree, never in the current folder. A test makes
 * it in its setup and removes it in its teardown: cmocka leaves a body at the first assertion that
 * fails, and what stands behind it in the body is not done. */
#ifndef CARRITO_TESTS_SCRATCH_H
#define CARRITO_TESTS_SCRATCH_H

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SCRATCH_OPEN_MAX 16 /* descriptors while a folder is removed */

struct scratch {
    char folder[512];
    char path[528]; /* of the outbox or the store in it */
};

/* The name begins with the test's own, so that what a killed one left tells whose it was. */
__attribute__((unused)) static void scratch_make(struct scratch *scratch)
{
    const char *place = getenv("TMPDIR");

    snprintf(scratch->folder, sizeof scratch->folder, "%s/%s.XXXXXX",
             place != NULL && place[0] != '\0' ? place : SCRATCH_FOLDER,
             program_invocation_short_name);
    if (mkdtemp(scratch->folder) == NULL) {
        perror(scratch->folder);
        abort();
    }
    snprintf(scratch->path, sizeof scratch->path, "%s/outbox.db", scratch->folder);
}

/* Calls `each` (or nothing) with the path of every file whose name holds `part`; returns how many.
 */
__attribute__((unused)) static int scratch_each(const struct scratch *scratch, const char *part,
                                                void (*each)(const char *path))
{
    DIR *folder = opendir(scratch->folder);
    struct dirent *entry;
    char path[sizeof scratch->folder + 256 + 1];
    int count = 0;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.' || strstr(entry->d_name, part) == NULL)
            continue;
        count++;
        snprintf(path, sizeof path, "%s/%s", scratch->folder, entry->d_name);
        if (each != NULL)
            each(path);
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

static inline int scratch_remove_one(const char *path, const struct stat *status, int kind,
                                     struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

__attribute__((unused)) static void scratch_remove(const struct scratch *scratch)
{
    nftw(scratch->folder, scratch_remove_one, SCRATCH_OPEN_MAX, FTW_DEPTH | FTW_PHYS);
}

/* A test's setup and teardown where the folder is all that it needs. */
__attribute__((unused)) static int scratch_setup(void **state)
{
    struct scratch *scratch = malloc(sizeof *scratch);

    if (scratch == NULL)
        abort();
    scratch_make(scratch);
    *state = scratch;
    return 0;
}

__attribute__((unused)) static int scratch_teardown(void **state)
{
    scratch_remove(*state);
    free(*state);
    return 0;
}

/* From now on every write() that would make a file longer than `bytes` fails. */
__attribute__((unused)) static void disk_takes(rlim_t bytes)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        abort();
}

__attribute__((unused)) static void disk_takes_all(void)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    disk_takes(limit.rlim_max);
}

#endif
