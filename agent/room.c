/* The ballast, and what the file system has free. */
#include "agent/room.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PATH_SIZE  4096
#define BLOCK_SIZE 512 /* of st_blocks, whatever the file system's own */

static void name_ballast(const char *path, char name[PATH_SIZE])
{
    snprintf(name, PATH_SIZE, "%s.ballast", path);
}

/* -1 where nobody can tell. */
static long long free_bytes(const char *path)
{
    struct statvfs system;

    return statvfs(path, &system) == 0 ? (long long)system.f_bavail * (long long)system.f_frsize
                                       : -1;
}

bool room_is_below(const char *path, long long bytes)
{
    long long free = free_bytes(path);

    return free >= 0 && free < bytes;
}

static bool is_there(const char *name)
{
    struct stat file;

    return stat(name, &file) == 0 && (long long)file.st_blocks * BLOCK_SIZE >= ROOM_BALLAST_BYTES;
}

static bool allocate(const char *name, long long bytes)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    int error = fd < 0 ? errno : posix_fallocate(fd, 0, bytes);

    if (fd >= 0)
        close(fd);
    if (error == 0)
        return true;
    log_warn("outbox", "no ballast can be made", "path=%s error=%s", name, strerror(error));
    unlink(name);
    return false;
}

bool room_is_writable(const char *path)
{
    char folder[PATH_SIZE];

    if (access(path, W_OK) != 0 && errno != ENOENT)
        return false;
    snprintf(folder, sizeof folder, "%s", path);
    return access(dirname(folder), W_OK) == 0;
}

void room_keep_ballast(const char *path)
{
    char name[PATH_SIZE];

    name_ballast(path, name);
    if (!is_there(name) && !room_is_below(path, 2 * ROOM_BALLAST_BYTES))
        allocate(name, ROOM_BALLAST_BYTES);
}

/* What SQLite's log lacks of ROOM_OPEN_BYTES; it is written over and over. */
static long long log_wants(const char *path)
{
    char name[PATH_SIZE];
    struct stat file;

    snprintf(name, sizeof name, "%s-wal", path);
    if (stat(name, &file) != 0)
        return ROOM_OPEN_BYTES;
    return file.st_size < ROOM_OPEN_BYTES ? ROOM_OPEN_BYTES - (long long)file.st_size : 0;
}

bool room_take_ballast(const char *path)
{
    long long bytes = free_bytes(path) - log_wants(path);
    char name[PATH_SIZE];

    name_ballast(path, name);
    if (bytes > ROOM_BALLAST_BYTES)
        bytes = ROOM_BALLAST_BYTES;
    return bytes >= ROOM_BALLAST_BYTES_MIN && allocate(name, bytes);
}

void room_give_up_ballast(const char *path)
{
    char name[PATH_SIZE];

    name_ballast(path, name);
    if (unlink(name) == 0)
        log_info("outbox", "the disk is full: the ballast is given up", "path=%s", name);
}
