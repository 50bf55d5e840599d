/* A connection whose file tells when it takes the lock of readers of the bare file. SQLite calls
 * nothing of ours at that moment, so the file's table of methods is replaced by a copy with one
 * method of ours in it; all else is the system's. */
#include "collector/store/checkpoint.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define VFS         "carrito-checkpoint"
#define READ_LOCK_0 3 /* SQLite, "WAL-mode File Format", section 2.3 */
#define TAKE        (SQLITE_SHM_LOCK | SQLITE_SHM_EXCLUSIVE)
#define FILE_ALIGN  8

struct checkpoint {
    sqlite3 *db;
};

/* Behind the system's own structure of an open file. */
struct watched {
    const sqlite3_io_methods *real;
    sqlite3_io_methods methods;
    const struct store_release *release; /* while a checkpoint runs */
};

static sqlite3_vfs *system_vfs(void)
{
    return sqlite3_vfs_find(VFS)->pAppData;
}

static struct watched *watched_of(sqlite3_file *file)
{
    const int size = (system_vfs()->szOsFile + FILE_ALIGN - 1) / FILE_ALIGN * FILE_ALIGN;

    return (struct watched *)(void *)((char *)file + size);
}

static int lock(sqlite3_file *file, int offset, int count, int flags)
{
    struct watched *watched = watched_of(file);
    const struct store_release *release = watched->release;
    int rc = watched->real->xShmLock(file, offset, count, flags);

    if (rc == SQLITE_OK && offset == READ_LOCK_0 && flags == TAKE && release != NULL &&
        release->call != NULL) {
        watched->release = NULL;
        release->call(release->owner);
    }
    return rc;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    sqlite3_vfs *real = vfs->pAppData;
    int rc = real->xOpen(real, name, file, flags, out_flags);

    if (rc != SQLITE_OK || file->pMethods == NULL || (flags & SQLITE_OPEN_MAIN_DB) == 0)
        return rc;
    struct watched *watched = watched_of(file);
    watched->real = file->pMethods;
    watched->methods = *file->pMethods;
    watched->methods.xShmLock = lock;
    watched->release = NULL;
    file->pMethods = &watched->methods;
    return SQLITE_OK;
}

/* SQLite keeps the address. */
static void register_vfs(void)
{
    static sqlite3_vfs vfs;
    sqlite3_vfs *real = sqlite3_vfs_find(NULL);

    vfs = *real;
    vfs.zName = VFS;
    vfs.szOsFile = real->szOsFile + FILE_ALIGN + (int)sizeof(struct watched);
    vfs.pAppData = real;
    vfs.xOpen = open_file;
    if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
        abort();
}

struct checkpoint *checkpoint_open(const char *path, int *rc)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct checkpoint *checkpoint = calloc(1, sizeof *checkpoint);

    if (checkpoint == NULL)
        abort();
    pthread_once(&once, register_vfs);
    *rc = sqlite3_open_v2(path, &checkpoint->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, VFS);
    /* A file of SQLite's log is only opened by the first look. */
    if (*rc == SQLITE_OK)
        *rc = sqlite3_exec(checkpoint->db, "PRAGMA wal_autocheckpoint=0; PRAGMA schema_version",
                           NULL, NULL, NULL);
    if (*rc == SQLITE_OK)
        return checkpoint;
    checkpoint_close(checkpoint);
    return NULL;
}

void checkpoint_close(struct checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    sqlite3_close(checkpoint->db);
    free(checkpoint);
}

int checkpoint_turn(struct checkpoint *checkpoint, const struct store_release *release, int *frames)
{
    sqlite3_file *file = NULL;
    int moved = 0;
    int rc = sqlite3_file_control(checkpoint->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);

    if (rc != SQLITE_OK)
        return rc;
    struct watched *watched = watched_of(file);
    watched->release = release;
    rc = sqlite3_wal_checkpoint_v2(checkpoint->db, NULL, SQLITE_CHECKPOINT_PASSIVE, frames, &moved);
    watched->release = NULL;
    return rc;
}
