/* The file of a configuration (INI, see common/ini.h), read whole; for config.c, which knows keys.
 */
#ifndef CARRITO_CONFIG_FILE_H
#define CARRITO_CONFIG_FILE_H

#include <stdbool.h>

struct config_file {
    const char *program; /* begins each error */
    const char *path;
    /* Takes a pair, in the file's order; `name` is `section.key` or `key`. Both live for the call,
     * `value` may be changed. NULL, or what is wrong with it, in words. */
    const char *(*take)(void *user, const char *name, char *value);
    void *user;
    int semicolons_line; /* set: the last line whose value has " ;" in it, 0: none */
};

/* False: it cannot be read, is larger than 1 MiB, or a line is wrong; which and why, and the line
 * itself, was said on standard error. Of a secret's line only its key is shown. */
bool config_file_load(struct config_file *file);

#endif
