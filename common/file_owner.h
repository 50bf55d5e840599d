/* Lets a command that root types act as the service's user would, so that no file of root's is
 * among the service's, which it could then not open. */
#ifndef CARRITO_FILE_OWNER_H
#define CARRITO_FILE_OWNER_H

#include <stdbool.h>

/* Does nothing but for root. Becomes whoever owns the file at `path`, or, where it is not there,
 * its folder; root stays root among files of its own. False, and said on standard error for
 * `program`, where that cannot be, and where the file is not there and its folder is shared by a
 * group: then nobody knows whose it would be. */
bool file_owner_become(const char *program, const char *path);

#endif
