/* ids of the alerts → records */
#include "collector/people/people_alerts.h"

#include "collector/alerts/alert.h"

#include "people_sql.h"

#include <stdlib.h>

struct ids {
    char **list;
    size_t count;
};

static void read_ids(struct store *store, const struct person_key *key, struct ids *ids)
{
    struct store_rows *rows = store_query(store, SQL_PEOPLE_ALERTS_OF, "t", key->pseudonym);

    while (store_next(rows)) {
        char **more = realloc(ids->list, (ids->count + 1) * sizeof *more);
        if (more == NULL)
            abort();
        ids->list = more;
        ids->list[ids->count++] = store_text_copy(rows, 0);
    }
    store_rows_end(rows);
}

void people_alerts_again(struct store *store, const struct person_key *key, int64_t now_ms)
{
    struct ids ids = { 0 };

    store_run(store, SQL_PEOPLE_ALERTS_END, "it", now_ms, key->pseudonym);
    read_ids(store, key, &ids);
    for (size_t i = 0; i < ids.count; i++) {
        alert_tell_again(store, ids.list[i], now_ms);
        free(ids.list[i]);
    }
    free(ids.list);
    store_run(store, SQL_PEOPLE_ALERTS_REMOVE, "t", key->pseudonym);
}
