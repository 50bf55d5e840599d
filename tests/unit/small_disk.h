/* A file system of 6 MB of a test's own, on its folder, in a name space of mounts that ends with
 * it. */
#ifndef CARRITO_TESTS_SMALL_DISK_H
#define CARRITO_TESTS_SMALL_DISK_H

#include "outbox_room.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#define SMALL_DISK "size=6m"
#define NO_MOUNTS  77 /* the exit status of a test that was skipped */

static inline bool put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (fd >= 0)
        close(fd);
    return written;
}

/* Who is not root is root in a name space of users. */
static inline bool become_root(void)
{
    char users[64], groups[64];

    snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
    snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
    return geteuid() == 0 ||
           (unshare(CLONE_NEWUSER) == 0 && put("/proc/self/setgroups", "deny") &&
            put("/proc/self/uid_map", users) && put("/proc/self/gid_map", groups));
}

/* A name space of mounts of our own, so that nothing is left behind however the test ends. */
static inline bool may_mount(void)
{
    return become_root() && unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static inline int make_small_disk(void **state)
{
    make_room(state);
    return mount("none", ((struct scratch *)*state)->folder, "tmpfs", 0, SMALL_DISK);
}

static inline int clear_small_disk(void **state)
{
    umount2(((struct scratch *)*state)->folder, MNT_DETACH);
    return clear_room(state);
}

#define ON_SMALL_DISK(text, function)                                                              \
    {                                                                                              \
        text, function, make_small_disk, clear_small_disk, NULL                                    \
    }

#endif
