/* A folder of a test's own in the build tree, and a disk that stops taking what is written. */
#ifndef CARRITO_TESTS_SCRATCH_H
#define CARRITO_TESTS_SCRATCH_H

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct scratch {
    char folder[32];
    char path[64]; /* of the outbox in it */
};

__attribute__((unused)) static void scratch_make(struct scratch *scratch)
{
    strcpy(scratch->folder, "agent_test.XXXXXX");
    if (mkdtemp(scratch->folder) == NULL)
        abort();
    snprintf(scratch->path, sizeof scratch->path, "%s/outbox.db", scratch->folder);
}

/* Calls `each` (or nothing) with the path of every file whose name holds `part`; returns how many.
 */
__attribute__((unused)) static int scratch_each(const struct scratch *scratch, const char *part,
                                                void (*each)(const char *path))
{
    DIR *folder = opendir(scratch->folder);
    struct dirent *entry;
    char path[512];
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

__attribute__((unused)) static void scratch_remove_file(const char *path)
{
    unlink(path);
}

__attribute__((unused)) static void scratch_remove(const struct scratch *scratch)
{
    scratch_each(scratch, "", scratch_remove_file);
    rmdir(scratch->folder);
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
