/* Whether operators want a role to run: a row in the store, which every process of the role looks
 * at twice a second and follows, after a restart too. */
#ifndef CARRITO_COLLECTOR_ROLE_WISH_H
#define CARRITO_COLLECTOR_ROLE_WISH_H

#include "collector/store/store.h"

#include <stdint.h>

enum role_desired { ROLE_DESIRED_RUN, ROLE_DESIRED_STOP };

struct role_desired_change {
    const char *role;
    enum role_desired desired;
    const char *user; /* who wants it */
    int64_t now_ms;
};

/* In the caller's transaction. */
void role_desired_set(struct store *store, const struct role_desired_change *change);
/* Where nobody said anything, and where the store does not answer, `otherwise`. */
enum role_desired role_desired_read(struct store *store, const char *role,
                                    enum role_desired otherwise);

#endif
