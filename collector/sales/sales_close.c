/* Closes days. */
#include "collector/sales/sales_close.h"
#include "collector/sales/sales_day.h"

#include "collector/sales/closed_days.h"
#include "collector/sales/day_report.h"
#include "collector/sales/day_sums.h"
#include "collector/sales/sales_alerts.h"
#include "collector/sales/sales_late.h"

#include "sales_sql.h"

#include "common/day.h"
#include "common/log.h"
#include "common/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct open_row {
    int32_t day;
    char cart[CART_LENGTH_MAX + 1];
};

/* What was closed of a day, for the log. */
struct closed_sum {
    int32_t day;
    int64_t carts, quantity, amount, sales, voided, unpriced;
};

/* A partition of ours, or PART_MANY for the rows that are of none. */
struct closing_part {
    int32_t part, until;
    struct closed_sum sum;
};

struct day_closer {
    const struct settings *settings;
    struct closing_part *parts;
    size_t count, capacity;
    struct closing_part rest; /* rows of no partition: `until` all have passed */
    bool goes_on;
};

/* One transaction. */
struct slice {
    struct store *store;
    struct late_rows late;
    struct open_row *rows;
    size_t left; /* that may still be closed */
    int64_t grace_ms;
};

/* The last day that has passed by this time; INT32_MIN where the time is not known. */
static int32_t watermark_day(const struct settings *settings, int64_t watermark_ms)
{
    return watermark_ms > 0
               ? sales_day_over(settings->close_grace_s, watermark_ms - SALES_CLOSE_SKEW_MS)
               : INT32_MIN;
}

struct day_closer *day_closer_open(const struct settings *settings)
{
    struct day_closer *closer = day_sums_allocate(sizeof *closer);

    closer->settings = settings;
    day_closer_forget(closer);
    return closer;
}

void day_closer_free(struct day_closer *closer)
{
    if (closer != NULL)
        free(closer->parts);
    free(closer);
}

void day_closer_forget(struct day_closer *closer)
{
    closer->count = 0;
    closer->rest = (struct closing_part){ .part = PART_MANY, .until = INT32_MIN };
    closer->goes_on = false;
}

bool day_closer_goes_on(const struct day_closer *closer)
{
    return closer->goes_on;
}

static bool any_open(struct store *store, int32_t until)
{
    return store_has(store, SQL_DAILY_OPEN_ANY, "i", (int64_t)until);
}

bool day_closer_is_due(struct store *store, const struct settings *settings, int64_t kafka_ms)
{
    int32_t until = closed_days_guild(store);

    if (kafka_ms <= 0)
        return false;
    return watermark_day(settings, kafka_ms) > until || any_open(store, until);
}

/* ---- what has passed ---- */

static struct closing_part *find_part(struct day_closer *closer, int32_t part)
{
    for (size_t i = 0; i < closer->count; i++)
        if (closer->parts[i].part == part)
            return &closer->parts[i];
    if (closer->count == closer->capacity) {
        closer->capacity = closer->capacity > 0 ? 2 * closer->capacity : 16;
        closer->parts = realloc(closer->parts, closer->capacity * sizeof *closer->parts);
        if (closer->parts == NULL)
            abort();
    }
    closer->parts[closer->count] = (struct closing_part){ .part = part, .until = INT32_MIN };
    return &closer->parts[closer->count++];
}

/* From here on what comes of the partition for these days is late, closed or not. */
static void note_part(struct day_closer *closer, struct store *store, const struct role_time *time,
                      const struct role_watermark *mark)
{
    struct closing_part *part = find_part(closer, mark->partition);
    int32_t over = watermark_day(closer->settings, mark->watermark_ms);

    if (over > part->until) {
        store_run(store, SQL_PART_CLOSE, "iii", (int64_t)over, (int64_t)part->part, time->now_ms);
        sales_end_broker(store, part->part, time->kafka_ms);
        part->until = over;
    }
}

static void note_watermark(struct day_closer *closer, struct store *store,
                           const struct role_time *time)
{
    struct closed_days closed = { 0 };
    int32_t all = watermark_day(closer->settings, time->watermark_ms);

    closed_days_read(&closed, store);
    for (size_t i = 0; i < time->watermark_count; i++)
        find_part(closer, time->watermarks[i].partition);
    for (size_t i = 0; i < closer->count; i++) {
        int32_t until = closed_days_of(&closed, closer->parts[i].part);
        if (until > closer->parts[i].until)
            closer->parts[i].until = until;
    }
    for (size_t i = 0; i < time->watermark_count; i++)
        note_part(closer, store, time, &time->watermarks[i]);
    if (closed.guild > closer->rest.until)
        closer->rest.until = closed.guild;
    if (all > closer->rest.until)
        closer->rest.until = all;
    closed_days_free(&closed);
}

/* ---- a slice ---- */

static void tell_closed(struct closing_part *part)
{
    struct closed_sum *sum = &part->sum;
    char day[DAY_TEXT_SIZE];

    if (sum->carts == 0)
        return;
    day_text(sum->day, day);
    log_info("sales", "day closed",
             "day=%s partition=%d carts=%lld quantity=%lld amount=%lld sales=%lld voided=%lld "
             "unpriced=%lld",
             day, (int)part->part, (long long)sum->carts, (long long)sum->quantity,
             (long long)sum->amount, (long long)sum->sales, (long long)sum->voided,
             (long long)sum->unpriced);
    *sum = (struct closed_sum){ 0 };
}

static void count(struct closing_part *part, const struct daily_row *row)
{
    struct closed_sum *sum = &part->sum;

    if (sum->day != row->day)
        tell_closed(part);
    sum->day = row->day;
    sum->carts++;
    sum->quantity += row->quantity;
    day_sums_add_to(&sum->amount, row->amount);
    sum->sales += row->sales;
    sum->voided += row->voided;
    sum->unpriced += row->unpriced;
}

/* They are read before any of them is changed: a row that is closed leaves the index in hand. */
static size_t read_open(const struct slice *slice, const struct closing_part *part)
{
    struct store_rows *rows =
        part->part == PART_MANY
            ? store_query(slice->store, SQL_DAILY_OPEN_OF_NONE, "ii", (int64_t)part->until,
                          (int64_t)slice->left)
            : store_query(slice->store, SQL_DAILY_OPEN_OF_PART, "iii", (int64_t)part->part,
                          (int64_t)part->until, (int64_t)slice->left);
    size_t found = 0;

    while (found < slice->left && store_next(rows)) {
        struct open_row *row = &slice->rows[found++];
        row->day = (int32_t)store_int(rows, 0);
        snprintf(row->cart, sizeof row->cart, "%s", store_text(rows, 1));
    }
    store_rows_end(rows);
    return found;
}

static void close_part(struct slice *slice, struct closing_part *part)
{
    struct daily_row row;

    if (part->until == INT32_MIN || slice->left == 0)
        return;
    size_t found = read_open(slice, part);
    for (size_t i = 0; i < found; i++)
        if (daily_row_read(slice->store, slice->rows[i].day, slice->rows[i].cart, &row) &&
            late_close_row(slice->store, &slice->late, &row, slice->grace_ms))
            count(part, &row);
    slice->left -= found;
    if (slice->left > 0)
        tell_closed(part);
}

static void close_slice(struct day_closer *closer, struct store *store)
{
    struct slice slice = { .store = store,
                           .rows = day_sums_allocate(SALES_CLOSE_ROWS_MAX * sizeof *slice.rows),
                           .left = SALES_CLOSE_ROWS_MAX,
                           .grace_ms = closer->settings->close_grace_s * 1000 };

    for (size_t i = 0; i < closer->count; i++)
        close_part(&slice, &closer->parts[i]);
    close_part(&slice, &closer->rest);
    late_rows_publish(&slice.late, store);
    closer->goes_on = slice.left == 0;
    free(slice.rows);
}

/* ---- the guild ---- */

/* True where this process is the one that closes up to that day. */
static bool win(struct store *store, int32_t day, int64_t now_ms)
{
    char text[DAY_TEXT_SIZE];

    if (!store_run(store, SQL_DAY_CLOSE, "ii", (int64_t)day, now_ms) || store_changed(store) != 1)
        return false;
    store_run(store, SQL_CLOSED_PARTS_DELETE, "i", (int64_t)day);
    day_text(day, text);
    log_info("sales", "days are closed", "until=%s", text);
    return true;
}

/* All partitions have passed the day, and each row of it is closed: another process may still be at
 * its own. */
static void close_guild(const struct day_closer *closer, struct store *store,
                        const struct role_time *time)
{
    int32_t before = closed_days_guild(store), until = closer->rest.until;

    if (until > before && !any_open(store, until) && win(store, until, time->now_ms))
        day_report_closed(store, closer->settings,
                          &(struct day_span){ .after = before, .until = until }, time->kafka_ms);
}

void day_closer_close(struct day_closer *closer, struct store *store, const struct role_time *time)
{
    note_watermark(closer, store, time);
    close_slice(closer, store);
    close_guild(closer, store, time);
}
