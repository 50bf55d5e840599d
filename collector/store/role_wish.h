/* Whether operators want a role to run: a row in the store, which every process of the role looks
 * at twice a second and follows, after a restart too. */
#ifndef CARRITO_COLLECTOR_ROLE_WISH_H
#define CARRITO_COLLECTOR_ROLE_WISH_H

#include "collector/store/store.h"

#include <stdint.h>

enum role_wish { ROLE_WISH_RUN, ROLE_WISH_STOP };

struct role_wish_change {
    const char *role;
    enum role_wish wish;
    const char *user; /* who wants it */
    int64_t now_ms;
};

/* In the caller's transaction. */
void role_wish_set(struct store *store, const struct role_wish_change *change);
/* Where nobody said anything, and where the store does not answer, `otherwise`. */
enum role_wish role_wish_read(struct store *store, const char *role, enum role_wish otherwise);

#endif
