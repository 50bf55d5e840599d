/* Where the collector's configuration comes from: defaults, file, environment, options (contract,
 * section 7). */
#ifndef CARRITO_COLLECTOR_SETTINGS_LOAD_H
#define CARRITO_COLLECTOR_SETTINGS_LOAD_H

#include "collector/base/settings.h"

extern const struct config_spec settings_spec;

/* Options of the program's own commands. */
extern const char *const settings_own_options[];

/* Takes what it knows out of argc and argv. What is wrong was told. `settings` and `pairs` are the
 * caller's to free, by config_free(). */
enum config_result settings_load(struct settings *settings, struct config_pairs *pairs, int *argc,
                                 char **argv);

#endif
