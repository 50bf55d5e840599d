/* Gathers a batch's sums as rows (store/rows.h), which are written in the order of their keys. */
#include "collector/sales/sales_batch.h"
#include "collector/sales/sales_late.h"
#include "collector/sales/sales_words.h"

#include "sales_sql.h"

#include <stdlib.h>
#include <string.h>

struct source_day {
    int32_t day;
    int64_t source;
    int64_t first_seq, last_seq, sales, quantity, amount;
};

struct sales_batch {
    struct rows sources, source_days, receipts;
    struct day_sums open, late;
    struct late_rows late_rows; /* revised, and not yet queued for Kafka */
    struct late_days late_days;
    bool any_wrong; /* of the sources */
};

static const struct row_column source_key[] = {
    ROW_COLUMN(ROW_TEXT, struct source, cart),
    ROW_COLUMN(ROW_TEXT, struct source, epoch),
    { .type = ROW_END },
};
static const struct row_column source_loaded[] = {
    ROW_COLUMN(ROW_INT, struct source, number),
    ROW_COLUMN(ROW_INT, struct source, highest_seq),
    ROW_COLUMN(ROW_INT, struct source, highest_receipt),
    ROW_COLUMN(ROW_BOOL, struct source, member_checked),
    ROW_COLUMN(ROW_INT32, struct source, part),
    ROW_COLUMN(ROW_BOOL, struct source, has_waiting_voids),
    ROW_COLUMN(ROW_BOOL, struct source, is_wrong),
    { .type = ROW_END },
};
static const struct row_column source_written[] = {
    ROW_COLUMN(ROW_INT, struct source, highest_seq),
    ROW_COLUMN(ROW_INT, struct source, highest_receipt),
    ROW_COLUMN(ROW_INT, struct source, duplicates),
    ROW_COLUMN(ROW_INT, struct source, set_aside),
    ROW_COLUMN(ROW_BOOL, struct source, member_checked),
    ROW_COLUMN(ROW_INT32, struct source, part),
    ROW_COLUMN(ROW_INT, struct source, number),
    { .type = ROW_END },
};
static const struct row_table sources_table = {
    .size = sizeof(struct source),
    .key = source_key,
    .read = SQL_SOURCE_READ,
    .loaded = source_loaded,
    .write = SQL_SOURCE_UPDATE,
    .written = source_written,
};

static const struct row_column source_day_columns[] = {
    ROW_COLUMN(ROW_INT32, struct source_day, day),
    ROW_COLUMN(ROW_INT, struct source_day, source),
    ROW_COLUMN(ROW_INT, struct source_day, first_seq),
    ROW_COLUMN(ROW_INT, struct source_day, last_seq),
    ROW_COLUMN(ROW_INT, struct source_day, sales),
    ROW_COLUMN(ROW_INT, struct source_day, quantity),
    ROW_COLUMN(ROW_INT, struct source_day, amount),
    { .type = ROW_END },
};
static const struct row_column source_day_key[] = {
    ROW_COLUMN(ROW_INT32, struct source_day, day),
    ROW_COLUMN(ROW_INT, struct source_day, source),
    { .type = ROW_END },
};
static const struct source_day no_source_day = { .first_seq = INT64_MAX, .last_seq = INT64_MIN };
static const struct row_table source_days_table = {
    .size = sizeof(struct source_day),
    .blank = &no_source_day,
    .key = source_day_key,
    .write = SQL_SOURCE_DAY_ADD,
    .written = source_day_columns,
};

static const struct row_column receipt_columns[] = {
    ROW_COLUMN(ROW_INT, struct receipt, source),
    ROW_COLUMN(ROW_INT, struct receipt, seq),
    ROW_COLUMN(ROW_INT, struct receipt, hash),
    ROW_COLUMN(ROW_INT, struct receipt, kind),
    ROW_COLUMN(ROW_INT, struct receipt, day),
    ROW_COLUMN(ROW_INT, struct receipt, ts_ms),
    ROW_COLUMN(ROW_INT_OR_NULL, struct receipt, receipt),
    ROW_COLUMN(ROW_STRING, struct receipt, client),
    ROW_COLUMN(ROW_INT_OR_NULL, struct receipt, quantity),
    ROW_COLUMN(ROW_INT_OR_NULL, struct receipt, amount),
    ROW_COLUMN(ROW_INT_OR_NULL, struct receipt, stock),
    ROW_COLUMN(ROW_NUMBER, struct receipt, lat),
    ROW_COLUMN(ROW_NUMBER, struct receipt, lon),
    ROW_COLUMN(ROW_INT, struct receipt, place),
    ROW_COLUMN(ROW_INT, struct receipt, delay_ms),
    { .type = ROW_END },
};
static const struct row_column receipt_key[] = {
    ROW_COLUMN(ROW_INT, struct receipt, source),
    ROW_COLUMN(ROW_INT, struct receipt, seq),
    { .type = ROW_END },
};
static const struct row_table receipts_table = {
    .size = sizeof(struct receipt),
    .key = receipt_key,
    .write = SQL_RECEIPT_ADD,
    .written = receipt_columns,
};

struct sales_batch *sales_batch_open(void)
{
    struct sales_batch *batch = day_sums_allocate(sizeof *batch);

    batch->sources.table = &sources_table;
    batch->source_days.table = &source_days_table;
    batch->receipts.table = &receipts_table;
    batch->late.keeps_receipts = true;
    batch->late_days = (struct late_days){ INT32_MIN, INT32_MIN };
    return batch;
}

void sales_batch_forget(struct sales_batch *batch)
{
    day_sums_forget(&batch->open);
    day_sums_forget(&batch->late);
    late_rows_forget(&batch->late_rows);
    rows_forget(&batch->source_days);
    rows_forget(&batch->sources);
    rows_forget(&batch->receipts);
    batch->any_wrong = false;
}

void sales_batch_close(struct sales_batch *batch)
{
    if (batch == NULL)
        return;
    sales_batch_forget(batch);
    free(batch);
}

struct source *sales_batch_source(struct sales_batch *batch, struct store *store,
                                  const struct event *event)
{
    struct source key = { 0 };

    memcpy(key.cart, event->cart, sizeof key.cart);
    memcpy(key.epoch, event->epoch, sizeof key.epoch);
    struct source *source = rows_get(&batch->sources, store, &key);
    if (source->number == 0) {
        store_run(store, SQL_SOURCE_INSERT, "tt", source->cart, source->epoch);
        rows_load(&sources_table, store, source);
    }
    batch->any_wrong = batch->any_wrong || source->is_wrong;
    return source;
}

void sales_batch_keep(struct sales_batch *batch, const struct receipt *receipt)
{
    struct receipt *kept = rows_get(&batch->receipts, NULL, receipt);

    *kept = *receipt;
    if (receipt->client != NULL)
        kept->client = rows_text(&batch->receipts, receipt->client);
}

bool sales_batch_insert(struct store *store, const struct receipt *receipt)
{
    store_run(store, SQL_RECEIPT_INSERT, "iiiiiiotooonnii", receipt->source, receipt->seq,
              receipt->hash, receipt->kind, receipt->day, receipt->ts_ms, receipt->receipt,
              receipt->client, receipt->quantity, receipt->amount, receipt->stock, receipt->lat,
              receipt->lon, receipt->place, receipt->delay_ms);
    return store_changed(store) == 1;
}

void sales_batch_store_kept(struct sales_batch *batch, struct store *store)
{
    rows_write(&batch->receipts, store);
}

static struct source_day *source_day_of(struct sales_batch *batch, int32_t day,
                                        const struct source *source, int64_t seq)
{
    struct source_day *part = rows_get(
        &batch->source_days, NULL, &(struct source_day){ .day = day, .source = source->number });

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

void sales_batch_place(struct store *store, struct source *source, int32_t part)
{
    if (source->part == part)
        return;
    source->part = part;
    store_run(store, SQL_DAILY_PART_MIX, "ti", source->cart, (int64_t)part);
}

void sales_batch_late_days(struct sales_batch *batch, const struct late_days *days)
{
    batch->late_days = *days;
}

static bool is_late(const struct sales_batch *batch, struct store *store,
                    const struct sale_effect *effect)
{
    if (effect->day <= batch->late_days.until || effect->day > batch->late_days.some)
        return effect->day <= batch->late_days.until;
    return store_has(store, SQL_DAILY_IS_CLOSED, "it", (int64_t)effect->day, effect->source->cart);
}

void sales_batch_add(struct sales_batch *batch, struct store *store,
                     const struct sale_effect *effect)
{
    struct source_day *part = source_day_of(batch, effect->day, effect->source, effect->seq);

    part->quantity += effect->quantity * effect->sign;
    day_sums_add_to(&part->amount,
                    effect->amount != EVENT_ABSENT ? effect->amount * effect->sign : 0);
    part->sales += effect->sign;
    day_sums_add(is_late(batch, store, effect) ? &batch->late : &batch->open, effect);
}

void sales_batch_revise(struct sales_batch *batch, struct store *store,
                        const struct late_cause *cause)
{
    struct late_write late = { store, &batch->late_rows, cause };
    const struct late_days *days = &batch->late_days;
    int32_t last = days->until > days->some ? days->until : days->some;

    if (day_sums_is_empty(&batch->late))
        return;
    sales_batch_store_kept(batch, store);
    /* The batch may hold some of what belongs to a row that is closed now, its clients too; it does
     * so only about midnight, and where a partition is behind. */
    if (!day_sums_is_empty(&batch->open) && batch->open.first_day <= last)
        day_sums_write(&batch->open, store);
    day_sums_count_clients(&batch->late, store);
    rows_each(&batch->late.cart_days, late_write_row, &late);
    day_sums_forget(&batch->late);
}

/* What the cart's word was wrong about may have come. */
static void ask_again(void *store, void *row)
{
    const struct source *source = row;

    if (source->is_wrong && source->grew)
        sales_words_again(store, source->cart, source->epoch);
}

void sales_batch_write(struct sales_batch *batch, struct store *store)
{
    sales_batch_store_kept(batch, store);
    day_sums_write(&batch->open, store);
    rows_write(&batch->source_days, store);
    if (batch->any_wrong)
        rows_each(&batch->sources, ask_again, store);
    rows_write(&batch->sources, store);
    late_rows_publish(&batch->late_rows, store);
    sales_batch_forget(batch);
}
