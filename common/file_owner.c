/* stat → setgroups → setgid → setuid. */
#include "common/file_owner.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool refuse(const char *program, const char *path, const char *why)
{
    fprintf(stderr, "%s: %s: %s\n", program, path, why);
    return false;
}

/* As in /var/lib/carrito, where each service makes its own. A folder that is open to all, as /tmp,
 * is nobody's. */
static bool is_shared(const struct stat *folder)
{
    return (folder->st_mode & S_IWGRP) != 0 && (folder->st_mode & S_IWOTH) == 0 &&
           folder->st_gid != 0;
}

/* With the groups of that user, where it has a name. */
static bool become(uid_t user, gid_t group)
{
    const struct passwd *entry = getpwuid(user);
    bool grouped =
        entry != NULL ? initgroups(entry->pw_name, entry->pw_gid) == 0 : setgroups(0, NULL) == 0;

    return grouped && setgid(entry != NULL ? entry->pw_gid : group) == 0 && setuid(user) == 0;
}

bool file_owner_become(const char *program, const char *path)
{
    struct stat status;

    if (geteuid() != 0)
        return true;
    if (stat(path, &status) != 0) {
        char *copy = strdup(path);
        bool there = copy != NULL && stat(dirname(copy), &status) == 0;
        free(copy);
        if (!there)
            return true; /* whoever opens it says why it cannot be */
        if (status.st_uid == 0 && is_shared(&status))
            return refuse(program, path,
                          "is not there yet, and as root it would become root's: start the service "
                          "first, or run this as its user (setpriv --reuid USER --regid USER "
                          "--init-groups)");
    }
    if (status.st_uid == 0 || become(status.st_uid, status.st_gid))
        return true;
    return refuse(program, path, strerror(errno));
}
