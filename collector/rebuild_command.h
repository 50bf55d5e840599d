/* `carrito-collector --rebuild [--force]`. */
#ifndef CARRITO_COLLECTOR_REBUILD_COMMAND_H
#define CARRITO_COLLECTOR_REBUILD_COMMAND_H

#include "collector/base/settings.h"
#include "common/config.h"

enum rebuild_how {
    REBUILD_WHOLE, /* only where Kafka has all of it */
    REBUILD_FORCED /* also where something is lost by it */
};

/* Empties what the role `sales` made, so that it reads its topic again once a collector starts.
 * Refuses while anything else has the store open. Returns the exit status: 0 done, 1 failed (said
 * on standard error). Blocks for disk and Kafka. */
int rebuild_command(const struct settings *settings, const struct config_pairs *pairs,
                    enum rebuild_how how);

#endif
