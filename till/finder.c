/* inotify(7) on a folder that may not be there. */
#include "till/finder.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define LOOK_MS 2000

struct finder finder_in(const char *folder)
{
    return (struct finder){ .folder = folder,
                            .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
                            .watch = -1,
                            .look_ms = INT64_MIN,
                            .appeared = true };
}

void finder_close(struct finder *finder)
{
    if (finder->fd >= 0)
        close(finder->fd);
    finder->fd = -1;
}

/* The folder goes with its last device, and its watch with it. */
static bool drain(struct finder *finder)
{
    _Alignas(struct inotify_event) char bytes[4096];
    bool any = false;
    ssize_t length;

    while (finder->fd >= 0 && (length = read(finder->fd, bytes, sizeof bytes)) > 0) {
        any = true;
        for (ssize_t at = 0; at < length;) {
            const struct inotify_event *event = (const struct inotify_event *)(bytes + at);
            if ((event->mask & IN_IGNORED) != 0 && event->wd == finder->watch)
                finder->watch = -1;
            at += (ssize_t)(sizeof *event + event->len);
        }
    }
    return any;
}

bool finder_is_due(struct finder *finder, int64_t mono_ms)
{
    finder->appeared = drain(finder);
    return finder->appeared || mono_ms >= finder->look_ms;
}

/* Attributes, too: a device appears before its group may read it. */
static void watch(struct finder *finder)
{
    if (finder->watch < 0 && finder->fd >= 0)
        finder->watch = inotify_add_watch(finder->fd, finder->folder, IN_CREATE | IN_ATTRIB);
}

void finder_look(struct finder *finder, int64_t mono_ms,
                 bool (*found)(void *owner, const char *path), void *owner)
{
    char path[512];
    struct dirent *entry;

    watch(finder); /* before the look: what appears meanwhile is told */
    bool again = finder->watch < 0;
    DIR *folder = opendir(finder->folder);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strncmp(entry->d_name, "event", 5) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%.64s", finder->folder, entry->d_name);
        again |= !found(owner, path);
    }
    if (folder != NULL)
        closedir(folder);
    finder->look_ms = again ? mono_ms + LOOK_MS : INT64_MAX;
}
