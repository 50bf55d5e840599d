/* The oldest rows go: by the size of the ring, by age, and by what the disk has left. For its size
 * alone only what was acknowledged a week ago. */
#include "agent/outbox_leftover.h"
#include "agent/outbox_parts.h"
#include "agent/room.h"

#include "orders_sql.h"
#include "outbox_sql.h"

#include "common/day.h"

#define PRUNE_EVENTS       64 /* oldest rows that go with a commit at least, when the ring is full */
#define PRUNE_FULL_EVENTS  1024         /* that go when the disk is full: some 200 kB */
#define SPARE_BYTES        (512 * 1024) /* empty pages in the file, for when the disk has no more */
#define RECEIPT_DAYS_MAX   400
#define ORDER_MS_MAX       (7 * 86400000LL)
#define RECEIPTS_KEPT      100000 /* whatever their day: a clock may have been far ahead */
#define PRUNE_SALES_PERIOD 256    /* sales between two looks at old receipts */

/* Has the file empty pages, so that it need not grow? */
static bool has_spare(struct outbox *outbox)
{
    sqlite3_stmt *row = BIND(outbox, BYTES_USED, "");
    bool spare = outbox_next_row(outbox, row) && sqlite3_column_int64(row, 1) >= SPARE_BYTES;

    sqlite3_reset(row);
    return spare;
}

/* A disk that becomes short must not be filled by us: the pages that are given free are used anew.
 */
static bool disk_is_short(struct outbox *outbox)
{
    return !has_spare(outbox) && room_is_below(outbox->path, ROOM_SHORT_BYTES) &&
           !outbox_leftover_give_up(outbox->path); /* that gives more */
}

/* Pages in use: what a commit adds and what it frees both show at once, without counting rows. */
static bool ring_is_full(struct outbox *outbox)
{
    sqlite3_stmt *row = BIND(outbox, BYTES_USED, "");
    bool full =
        outbox_next_row(outbox, row) && sqlite3_column_int64(row, 0) > OUTBOX_RING_BYTES_MAX;

    sqlite3_reset(row);
    return full;
}

/* Up to where rows go with this commit; 0: none. */
static int64_t goes_upto(struct outbox *outbox)
{
    if (disk_is_short(outbox))
        return outbox->head.acked_seq;
    return ring_is_full(outbox) ? outbox_may_go(outbox) : 0;
}

enum database_result outbox_prune(struct outbox *outbox, const struct event *last, size_t count)
{
    enum database_result result = DATABASE_OK;

    if (last->clock == CLOCK_GPS || last->clock == CLOCK_NTP)
        outbox->right_ms = last->ts_ms;
    if (last->type == EVENT_SALE && last->receipt % PRUNE_SALES_PERIOD == 0) {
        int64_t oldest = (int64_t)day_of_ms(last->ts_ms) - RECEIPT_DAYS_MAX;
        result = database_run(
            outbox->db, BIND(outbox, RECEIPTS_PRUNE, "ii", oldest, last->receipt - RECEIPTS_KEPT));
        if (result == DATABASE_OK)
            result = database_run(outbox->db,
                                  BIND(outbox, ORDERS_PRUNE, "i", last->ts_ms - ORDER_MS_MAX));
    }
    int64_t upto_seq = result == DATABASE_OK ? goes_upto(outbox) : 0;
    if (upto_seq == 0)
        return result;
    result = database_run(outbox->db, BIND(outbox, EVENTS_PRUNE, "ii", upto_seq,
                                           (int64_t)(PRUNE_EVENTS + 2 * count)));
    if (upto_seq > outbox_may_go(outbox))
        outbox_tell_early(outbox);
    return result == DATABASE_OK ? outbox_totals_prune(outbox) : result;
}

/* The log is emptied into the file; what the centre has all of goes, else the oldest rows go, of
 * what was acknowledged only; both must write, for which the ballast was kept. What is left of it
 * is taken back before others take it. Where nothing may go, the file grows into the ballast, but
 * not to its end: to remove rows one day needs the rest. */
enum database_result outbox_make_room(struct outbox *outbox)
{
    room_give_up_ballast(outbox->path);
    enum database_result result = database_checkpoint(outbox->db);
    bool fits = has_spare(outbox) || outbox_leftover_give_up(outbox->path);
    if (result == DATABASE_OK && !fits) {
        result = database_run(outbox->db, BIND(outbox, EVENTS_PRUNE, "ii", outbox->head.acked_seq,
                                               (int64_t)PRUNE_FULL_EVENTS));
        fits = result == DATABASE_OK && sqlite3_changes(outbox->db) > 0;
        outbox_tell_early(outbox);
    }
    if (result == DATABASE_OK)
        result = database_checkpoint(outbox->db);
    bool kept = room_take_ballast(outbox->path);
    outbox->crowded = !fits && !kept;
    return result == DATABASE_OK && outbox->crowded ? DATABASE_FULL : result;
}
