/* `carrito-collector restore FILE`. */
#ifndef CARRITO_COLLECTOR_RESTORE_COMMAND_H
#define CARRITO_COLLECTOR_RESTORE_COMMAND_H

#include "collector/base/settings.h"
#include "common/config.h"

/* Puts the backup in the store's place, and says what it has and what comes again from Kafka. It is
 * copied and checked first; the store that was there is kept under another name beside it. Mails
 * that tell of what happened before now are not sent: they were. Refuses while a collector has the
 * store open. Returns the exit status: 0 done, 1 failed, 78 where the backup is not for this
 * program; said on standard error. Blocks for disk and Kafka. */
int restore_command(const struct settings *settings, const struct config_pairs *pairs,
                    const char *file);

#endif
