/* A disk without room: SQLite's writes answer ENOSPC, as those of a full file system do. */
#ifndef CARRITO_TESTS_FULL_DISK_H
#define CARRITO_TESTS_FULL_DISK_H

#include <errno.h>
#include <sqlite3.h>
#include <sys/types.h>

static ssize_t full_disk_write(int fd, const void *bytes, size_t size)
{
    (void)fd, (void)bytes, (void)size;
    errno = ENOSPC;
    return -1;
}

static ssize_t full_disk_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    (void)offset;
    return full_disk_write(fd, bytes, size);
}

/* Until disk_has_room: SQLite's own table of system calls (sqlite3_vfs.xSetSystemCall), of which a
 * build uses one of these three. */
__attribute__((unused)) static void disk_is_full(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)full_disk_write);
    vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)full_disk_pwrite);
    vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)full_disk_pwrite);
}

__attribute__((unused)) static void disk_has_room(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    vfs->xSetSystemCall(vfs, NULL, NULL);
}

#endif
