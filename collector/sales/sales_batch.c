/* Gathers a batch's sums in search trees of the C library and writes them in key order. */
#include "collector/sales/sales_batch.h"
#include "collector/sales/sales_late.h"
#include "collector/sales/sales_words.h"
#include "collector/tree.h"

#include "sales_sql.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct source_day {
    int32_t day;
    int64_t source;
    int64_t first_seq, last_seq, sales, quantity, amount;
};

struct sales_batch {
    void *sources, *source_days; /* tsearch roots */
    struct day_sums open, late;
    struct late_rows late_rows; /* revised, and not yet owed to Kafka */
    int32_t late_until;
};

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_sources(const void *left, const void *right)
{
    const struct source *a = left, *b = right;
    int order = strcmp(a->cart, b->cart);

    return order != 0 ? order : strcmp(a->epoch, b->epoch);
}

static int compare_source_days(const void *left, const void *right)
{
    const struct source_day *a = left, *b = right;
    int order = compare_numbers(a->day, b->day);

    return order != 0 ? order : compare_numbers(a->source, b->source);
}

struct sales_batch *sales_batch_open(void)
{
    struct sales_batch *batch = day_sums_allocate(sizeof *batch);

    batch->late.keeps_receipts = true;
    batch->late_until = INT32_MIN;
    return batch;
}

void sales_batch_forget(struct sales_batch *batch)
{
    day_sums_forget(&batch->open);
    day_sums_forget(&batch->late);
    late_rows_forget(&batch->late_rows);
    tdestroy(batch->source_days, free);
    tdestroy(batch->sources, free);
    batch->sources = batch->source_days = NULL;
}

void sales_batch_close(struct sales_batch *batch)
{
    if (batch == NULL)
        return;
    sales_batch_forget(batch);
    free(batch);
}

static bool read_source(struct source *source, struct store *store)
{
    struct store_rows *rows =
        store_query(store, SQL_SOURCE_READ, "tt", source->cart, source->epoch);

    if (!store_next(rows))
        return false;
    source->number = store_int(rows, 0);
    source->highest_seq = store_int(rows, 1);
    source->highest_receipt = store_int(rows, 2);
    source->member_checked = store_int(rows, 3) != 0;
    source->has_waiting_voids = store_int(rows, 4) > 0;
    source->is_wrong = store_int(rows, 5) > 0;
    store_rows_end(rows);
    return true;
}

struct source *sales_batch_source(struct sales_batch *batch, struct store *store,
                                  const struct event *event)
{
    struct source key = { 0 };

    memcpy(key.cart, event->cart, sizeof key.cart);
    memcpy(key.epoch, event->epoch, sizeof key.epoch);
    struct source *source = tree_get(&batch->sources, &key, sizeof key, compare_sources, NULL);
    if (source->number == 0 && !read_source(source, store)) {
        store_run(store, SQL_SOURCE_INSERT, "tt", source->cart, source->epoch);
        read_source(source, store);
    }
    return source;
}

static struct source_day *source_day_of(struct sales_batch *batch, int32_t day,
                                        const struct source *source, int64_t seq)
{
    struct source_day key = {
        .day = day, .source = source->number, .first_seq = seq, .last_seq = seq
    };
    struct source_day *part =
        tree_get(&batch->source_days, &key, sizeof key, compare_source_days, NULL);

    if (seq < part->first_seq)
        part->first_seq = seq;
    if (seq > part->last_seq)
        part->last_seq = seq;
    return part;
}

void sales_batch_mark(struct sales_batch *batch, int32_t day, const struct source *source,
                      int64_t seq)
{
    source_day_of(batch, day, source, seq);
}

void sales_batch_late_until(struct sales_batch *batch, int32_t day)
{
    batch->late_until = day;
}

void sales_batch_add(struct sales_batch *batch, const struct sale_effect *effect)
{
    struct source_day *part = source_day_of(batch, effect->day, effect->source, effect->seq);

    part->quantity += effect->quantity * effect->sign;
    day_sums_add_to(&part->amount,
                    effect->amount != EVENT_ABSENT ? effect->amount * effect->sign : 0);
    part->sales += effect->sign;
    day_sums_add(effect->day > batch->late_until ? &batch->open : &batch->late, effect);
}

void sales_batch_revise(struct sales_batch *batch, struct store *store,
                        const struct late_cause *cause)
{
    struct late_write late = { store, &batch->late_rows, cause };

    if (day_sums_is_empty(&batch->late))
        return;
    /* The batch may hold some of what belongs to a row that is closed now, its clients too; it does
     * so only about midnight. */
    if (!day_sums_is_empty(&batch->open) && batch->open.first_day <= batch->late_until)
        day_sums_write(&batch->open, store);
    day_sums_each(&batch->late, store, late_write_row, &late);
    day_sums_forget(&batch->late);
}

static void write_source_day(const void *node, VISIT visit, void *closure)
{
    const struct source_day *part = *(struct source_day *const *)node;

    if (visit == postorder || visit == leaf)
        store_run(closure, SQL_SOURCE_DAY_ADD, "iiiiiii", (int64_t)part->day, part->source,
                  part->first_seq, part->last_seq, part->sales, part->quantity, part->amount);
}

static void write_source(const void *node, VISIT visit, void *closure)
{
    const struct source *source = *(struct source *const *)node;

    if (visit != postorder && visit != leaf)
        return;
    store_run(closure, SQL_SOURCE_UPDATE, "iiiiii", source->highest_seq, source->highest_receipt,
              source->duplicates, source->set_aside, (int64_t)source->member_checked,
              source->number);
    if (source->is_wrong && source->grew)
        sales_words_again(closure, source->cart, source->epoch);
}

void sales_batch_write(struct sales_batch *batch, struct store *store)
{
    day_sums_write(&batch->open, store);
    twalk_r(batch->source_days, write_source_day, store);
    twalk_r(batch->sources, write_source, store);
    late_rows_publish(&batch->late_rows, store);
    sales_batch_forget(batch);
}
