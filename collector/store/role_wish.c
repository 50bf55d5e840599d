/* The table `role_wishes`. */
#include "collector/store/role_wish.h"

#include "role_wish_sql.h"

void role_wish_set(struct store *store, const struct role_wish_change *change)
{
    store_run(store, SQL_ROLE_WISH_SET, "titi", change->role,
              (int64_t)(change->wish == ROLE_WISH_STOP), change->user, change->now_ms);
}

enum role_wish role_wish_read(struct store *store, const char *role, enum role_wish otherwise)
{
    struct store_rows *rows = store_query(store, SQL_ROLE_WISH_READ, "t", role);
    enum role_wish wish = ROLE_WISH_RUN;

    if (store_next(rows) && store_int(rows, 0) != 0)
        wish = ROLE_WISH_STOP;
    store_rows_end(rows);
    return store_status(store) == STORE_OK ? wish : otherwise;
}
