/* Looks through the names; a sent file's own time says when it was sent. */
#include "agent/outbox_leftover.h"
#include "agent/outbox_aside.h"

#include "common/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool waits_one(const char *path)
{
    char *formers[ASIDE_FILES_MAX];
    size_t count = outbox_aside_list(path, ASIDE_FORMER, formers);

    outbox_aside_free(formers, count);
    return count > 0;
}

static void remove_file(const char *file, const char *why)
{
    char log[ASIDE_PATH_SIZE];

    if (unlink(file) != 0)
        return;
    snprintf(log, sizeof log, "%s-wal", file);
    unlink(log);
    snprintf(log, sizeof log, "%s-shm", file);
    unlink(log);
    log_info("outbox", "a file that the centre has all of is removed", "path=%s why=%s", file, why);
}

static bool is_older(const char *file, int64_t before_ms)
{
    struct stat about;

    return stat(file, &about) == 0 && (int64_t)about.st_mtime * 1000 < before_ms;
}

/* Calls back with each that may go, of each kind the oldest first, until it says that it is enough.
 */
static void each(const char *path, bool (*call)(void *owner, const char *file), void *owner)
{
    static const enum aside_kind kinds[] = { ASIDE_SENT, ASIDE_WHOLE };
    bool enough = false;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && !enough; i++) {
        char *files[ASIDE_FILES_MAX];
        size_t count = kinds[i] == ASIDE_WHOLE && waits_one(path)
                           ? 0
                           : outbox_aside_list(path, kinds[i], files);
        for (size_t j = 0; j < count && !enough; j++)
            enough = call(owner, files[j]);
        outbox_aside_free(files, count);
    }
}

static bool remove_old(void *owner, const char *file)
{
    if (is_older(file, *(const int64_t *)owner))
        remove_file(file, "age");
    return false;
}

void outbox_leftover_tidy(const char *path, int64_t now_ms)
{
    int64_t before_ms = now_ms - LEFTOVER_MS;

    each(path, remove_old, &before_ms);
}

static bool remove_first(void *owner, const char *file)
{
    *(bool *)owner = true;
    remove_file(file, "the card is full");
    return true;
}

bool outbox_leftover_give_up(const char *path)
{
    bool gave = false;

    each(path, remove_first, &gave);
    return gave;
}
