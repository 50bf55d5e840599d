/* Reads closed_days and closed_parts. */
#include "collector/sales/closed_days.h"

#include "sales_sql.h"

#include <stdlib.h>

static void add(struct closed_days *days, const struct closed_part *part)
{
    if (days->count == days->capacity) {
        days->capacity = days->capacity > 0 ? 2 * days->capacity : 16;
        days->parts = realloc(days->parts, days->capacity * sizeof *days->parts);
        if (days->parts == NULL)
            abort();
    }
    days->parts[days->count++] = *part;
    if (part->until > days->most)
        days->most = part->until;
}

int32_t closed_days_guild(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_CLOSED_UNTIL, "");
    int32_t day =
        store_next(rows) && !store_is_null(rows, 0) ? (int32_t)store_int(rows, 0) : INT32_MIN;

    store_rows_end(rows);
    return day;
}

void closed_days_read(struct closed_days *days, struct store *store)
{
    days->guild = days->most = closed_days_guild(store);
    days->count = 0;
    struct store_rows *rows = store_query(store, SQL_CLOSED_PARTS, "");
    while (store_next(rows))
        add(days,
            &(struct closed_part){ (int32_t)store_int(rows, 0), (int32_t)store_int(rows, 1) });
    store_rows_end(rows);
}

int32_t closed_days_of(const struct closed_days *days, int32_t part)
{
    for (size_t i = 0; i < days->count; i++)
        if (days->parts[i].part == part && days->parts[i].until > days->guild)
            return days->parts[i].until;
    return days->guild;
}

void closed_days_free(struct closed_days *days)
{
    free(days->parts);
    *days = (struct closed_days){ 0 };
}
