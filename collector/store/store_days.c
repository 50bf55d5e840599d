/* Reads and compares. */
#include "collector/store/store_days.h"

#include "store_days_sql.h"

#include "common/day.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_known(const struct day_start *starts, size_t count)
{
    size_t known_count;
    const struct day_start *known = day_starts(&known_count);

    for (size_t i = 0; known_count == count && i < count; i++)
        if (known[i].first_day != starts[i].first_day || known[i].minutes != starts[i].minutes)
            return false;
    return known_count == count;
}

size_t store_days_follow(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_DAY_STARTS_READ, "");
    struct day_start *starts = NULL;
    size_t count = 0;

    for (; store_next(rows); count++) {
        starts = realloc(starts, (count + 1) * sizeof *starts);
        if (starts == NULL)
            abort();
        starts[count] = (struct day_start){ .first_day = (int32_t)store_int(rows, 0),
                                            .minutes = (int32_t)store_int(rows, 1) };
    }
    store_rows_end(rows);
    if (store_status(store) != STORE_OK)
        count = 0;
    if (count > 0 && !is_known(starts, count))
        day_set_starts(starts, count);
    free(starts);
    return count;
}
