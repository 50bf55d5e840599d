/* The power goes in the midst of one of SQLite's writes. Through the table of system calls that
 * SQLite has for tests, as tests/unit/full_disk.h. */
#ifndef CARRITO_TESTS_MORTAL_DISK_H
#define CARRITO_TESTS_MORTAL_DISK_H

#include <sqlite3.h>
#include <unistd.h>

#define DIED 9 /* exit status of a process that ended in the midst of a write */

static int writes_until_death;

static ssize_t mortal_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    if (writes_until_death > 0 && --writes_until_death == 0)
        _exit(pwrite(fd, bytes, size / 2, offset) < 0 ? 1 : DIED);
    return pwrite(fd, bytes, size, offset);
}

/* In the midst of SQLite's n-th write from now on; 0: it does not. */
static void disk_dies_at(int writes)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    writes_until_death = writes;
    if (writes == 0)
        return;
    vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)mortal_pwrite);
    vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)mortal_pwrite);
}

/* Where there were fewer writes it dies now. */
static void disk_has_died(void)
{
    if (writes_until_death > 0)
        _exit(DIED);
}

#endif
