/* Reads, adds, tells. */
#include "collector/engine/day_starts.h"

#include "collector/effects/command.h"
#include "collector/store/store_days.h"

#include "day_starts_sql.h"

#include "common/day.h"
#include "common/event.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_AGAIN_MS   (7 * 86400000LL)
#define COMMAND_LIFE_MS (30 * 86400000LL)

struct outbox_name {
    char cart[CART_LENGTH_MAX + 1], epoch[EPOCH_LENGTH_MAX + 1];
};

/* Gathered first: telling writes. */
static void tell_all(struct store *store, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_DAY_START_CARTS, "");
    struct outbox_name *names = NULL;
    size_t count = 0;

    for (; store_next(rows); count++) {
        names = realloc(names, (count + 1) * sizeof *names);
        if (names == NULL)
            abort();
        snprintf(names[count].cart, sizeof names[count].cart, "%s", store_text(rows, 0));
        snprintf(names[count].epoch, sizeof names[count].epoch, "%s", store_text(rows, 1));
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        day_starts_tell(store, names[i].cart, names[i].epoch, now_ms);
    free(names);
}

static void add_start(struct store *store, int32_t minutes, int64_t now_ms)
{
    int32_t first = day_not_begun(now_ms, minutes);
    char day[DAY_TEXT_SIZE], text[DAY_START_TEXT_SIZE];

    store_run(store, SQL_DAY_STARTS_WITHDRAW, "i", (int64_t)first);
    if (day_start_minutes(first - 1) != minutes)
        store_run(store, SQL_DAY_START_INSERT, "ii", (int64_t)first, (int64_t)minutes);
    day_text(first, day);
    day_start_text(minutes, text);
    log_info("days", "days begin at another time", "from=%s day_start=%s", day, text);
    store_days_follow(store);
}

enum store_result day_starts_take(struct store *store, int32_t minutes, int64_t now_ms)
{
    if (!store_begin(store))
        return store_commit(store);
    if (store_days_follow(store) == 0) {
        store_run(store, SQL_DAY_START_INSERT, "ii", (int64_t)0, (int64_t)minutes);
        store_days_follow(store);
    } else if (day_start_minutes(INT32_MAX) != minutes) {
        add_start(store, minutes, now_ms);
    }
    tell_all(store, now_ms);
    return store_commit(store);
}

void day_starts_tell(struct store *store, const char *cart, const char *epoch, int64_t now_ms)
{
    char id[65], members[96], day[DAY_TEXT_SIZE], text[DAY_START_TEXT_SIZE];
    size_t count;
    const struct day_start *starts = day_starts(&count);

    if (count == 0 || (count == 1 && starts[0].minutes == 0))
        return;
    const struct day_start *last = &starts[count - 1];
    if (!store_run(store, SQL_DAY_START_TOLD, "ttiiii", cart, epoch, (int64_t)last->first_day,
                   (int64_t)last->minutes, now_ms, now_ms - TELL_AGAIN_MS) ||
        store_changed(store) != 1)
        return;
    day_text(last->first_day, day);
    day_start_text(last->minutes, text);
    snprintf(id, sizeof id, "days-%.16s-%s-%s-%lld", epoch, day, text,
             (long long)(now_ms / TELL_AGAIN_MS));
    snprintf(members, sizeof members, "{\"day_start\":\"%s\",\"day_start_from\":\"%s\"}", text,
             day);
    command_add(store, &(struct command){ .id = id,
                                          .cart = cart,
                                          .name = wire_command_name(COMMAND_CONFIG),
                                          .members = members,
                                          .expires_ms = now_ms + COMMAND_LIFE_MS });
}
