/* Dates boots. */
#include "collector/sales/sales_boots.h"

#include "collector/engine/event_time.h"

#include "sales_sql.h"

#include "common/day.h"

#include <stdlib.h>
#include <string.h>

struct left_days {
    int32_t *days;
    size_t count, capacity;
};

struct move {
    struct sales_batch *batch;
    struct store *store;
    const struct event *clock;
    struct left_days left;
};

bool sales_boot_time(struct store *store, const struct event *event, int64_t append_ms,
                     int64_t *when_ms)
{
    if (event->boot[0] == '\0' || event->boot_ms == EVENT_ABSENT)
        return false;
    struct store_rows *rows = store_query(store, SQL_BOOT_FIND, "tt", event->cart, event->boot);
    if (!store_next(rows))
        return false;
    int64_t found_ms = store_int(rows, 0) + event->boot_ms;
    store_rows_end(rows);
    if (found_ms > append_ms + CLOCK_AHEAD_MS_MAX)
        return false;
    *when_ms = found_ms;
    return true;
}

void sales_boot_wait(struct store *store, const struct source *source, const struct event *event,
                     int64_t append_ms)
{
    if (event->boot[0] != '\0' && event->boot_ms != EVENT_ABSENT)
        store_run(store, SQL_UNDATED_INSERT, "ttiiii", event->cart, event->boot, source->number,
                  event->seq, event->boot_ms, append_ms);
}

static void leave(struct left_days *left, int32_t day)
{
    for (size_t i = 0; i < left->count; i++)
        if (left->days[i] == day)
            return;
    if (left->count == left->capacity) {
        left->capacity = left->capacity > 0 ? left->capacity * 2 : 8;
        left->days = realloc(left->days, left->capacity * sizeof *left->days);
        if (left->days == NULL)
            abort();
    }
    left->days[left->count++] = day;
}

/* A sale is taken from one day and put on the other, taken back or not. */
static void move_sums(struct move *move, struct store_rows *rows, struct sale_effect *effect,
                      int32_t true_day)
{
    bool is_void = !store_is_null(rows, 10);

    effect->receipt = store_int(rows, 6);
    effect->client = store_text(rows, 7);
    effect->quantity = store_int(rows, 8);
    effect->amount = store_is_null(rows, 9) ? EVENT_ABSENT : store_int(rows, 9);
    for (int sign = -1; sign <= 1; sign += 2) {
        effect->sign = is_void ? 0 : sign;
        effect->voided = is_void ? sign : 0;
        sales_batch_add(move->batch, move->store, effect);
        effect->day = true_day;
    }
    store_run(move->store, SQL_GAP_DATE, "iii", (int64_t)effect->day, effect->source->number,
              effect->receipt - 1);
}

static void move_event(struct move *move, struct store_rows *rows, int64_t zero_ms)
{
    int64_t when_ms = zero_ms + store_int(rows, 2);
    struct event key = { 0 };
    int32_t day = (int32_t)store_int(rows, 5), true_day = day_of_ms(when_ms);

    if (when_ms > store_int(rows, 3) + CLOCK_AHEAD_MS_MAX)
        return;
    memcpy(key.cart, move->clock->cart, sizeof key.cart);
    strncpy(key.epoch, store_text(rows, 0), sizeof key.epoch - 1);
    struct sale_effect effect = { .day = day,
                                  .source = sales_batch_source(move->batch, move->store, &key),
                                  .seq = store_int(rows, 1) };
    store_run(move->store, SQL_RECEIPT_DATE, "iiii", (int64_t)true_day, when_ms,
              effect.source->number, effect.seq);
    if (true_day == day)
        return;
    leave(&move->left, day);
    sales_batch_mark(move->batch, true_day, effect.source, effect.seq);
    if (store_int(rows, 4) == EVENT_SALE)
        move_sums(move, rows, &effect, true_day);
}

/* Days that nothing is left of. */
static void clear_left(const struct move *move)
{
    for (size_t i = 0; i < move->left.count; i++) {
        int64_t day = move->left.days[i];
        store_run(move->store, SQL_SOURCE_DAY_LEAVE, "it", day, move->clock->cart);
        store_run(move->store, SQL_DAILY_LEAVE, "it", day, move->clock->cart);
    }
}

bool sales_boot_date(struct sales_batch *batch, struct store *store, const struct event *clock,
                     const struct late_cause *cause)
{
    struct move move = { .batch = batch, .store = store, .clock = clock };
    int64_t zero_ms = clock->ts_ms - clock->boot_ms;
    bool any = false;

    if (!store_run(store, SQL_BOOT_INSERT, "tti", clock->cart, clock->boot, zero_ms) ||
        store_changed(store) != 1)
        return false;
    sales_batch_store_kept(batch, store);
    struct store_rows *rows = store_query(store, SQL_UNDATED_READ, "tt", clock->cart, clock->boot);
    for (; store_next(rows); any = true)
        move_event(&move, rows, zero_ms);
    store_rows_end(rows);
    if (!any)
        return false;
    store_run(store, SQL_UNDATED_DELETE, "tt", clock->cart, clock->boot);
    sales_batch_revise(batch, store, cause);
    sales_batch_write(batch, store);
    clear_left(&move);
    free(move.left.days);
    return true;
}
