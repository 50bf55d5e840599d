/* The table `role_wishes`. */
#include "collector/store/role_desired.h"

#include "role_desired_sql.h"

void role_desired_set(struct store *store, const struct role_desired_change *change)
{
    store_run(store, SQL_ROLE_DESIRED_SET, "titi", change->role,
              (int64_t)(change->desired == ROLE_DESIRED_STOP), change->user, change->now_ms);
}

enum role_desired role_desired_read(struct store *store, const char *role,
                                    enum role_desired otherwise)
{
    struct store_rows *rows = store_query(store, SQL_ROLE_DESIRED_READ, "t", role);
    enum role_desired desired = ROLE_DESIRED_RUN;

    if (store_next(rows) && store_int(rows, 0) != 0)
        desired = ROLE_DESIRED_STOP;
    store_rows_end(rows);
    return store_status(store) == STORE_OK ? desired : otherwise;
}
