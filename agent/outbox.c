/* The outbox's transactions. */
#include "agent/outbox.h"
#include "agent/database.h"
#include "agent/outbox_file.h"
#include "agent/outbox_head.h"
#include "agent/outbox_leftover.h"
#include "agent/outbox_parts.h"
#include "agent/outbox_plate.h"
#include "agent/outbox_schema.h"
#include "agent/outbox_split.h"
#include "agent/room.h"

#include "outbox_sql.h"

#include "common/day.h"
#include "common/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The names of the places, where the file's are longer. */
#define SQL_OLDEST SQL_EVENTS_OLDEST_WAITING

static bool start_session(struct outbox *outbox)
{
    if (!outbox_read_head(outbox))
        return false;
    outbox->head.session++;
    return outbox_write_head(outbox, &outbox->head) == DATABASE_OK;
}

static bool open_writable(struct outbox *outbox, const char *cart, int64_t wall_ms)
{
    struct outbox_damage damage = { .rows = 0 };
    bool crowded = room_is_below(outbox->path, ROOM_OPEN_BYTES);

    if (crowded) /* opening writes */
        room_give_up_ballast(outbox->path);
    outbox->db = outbox_file_open(outbox->path, cart, wall_ms, &damage);
    if (outbox->db == NULL || outbox_effects_prepare(outbox->db) != DATABASE_OK ||
        !start_session(outbox))
        return false;
    outbox->head.mended = damage.head;
    if (crowded)
        room_take_ballast(outbox->path);
    room_keep_ballast(outbox->path);
    return true;
}

/* Up to where what waits is not this plate's; `plate` says whose. */
static int64_t left_upto(const struct outbox *outbox, const char *cart,
                         char plate[CART_LENGTH_MAX + 1])
{
    if (!outbox_plate_named(outbox->db, plate))
        return outbox_split_upto(outbox->db, cart, plate);
    return strcmp(plate, cart) != 0 ? outbox->head.last_seq : 0;
}

/* Another plate's events are no batch of this one's: they would be refused, and counted as done. */
static void leave_to_its_plate(struct outbox *outbox, const char *cart)
{
    struct outbox_head *head = &outbox->head;
    struct outbox_left *left = &outbox->left;
    int64_t upto_seq = left_upto(outbox, cart, left->cart);

    if (upto_seq <= head->acked_seq)
        return;
    left->is_all = upto_seq == head->last_seq && outbox_is_one_plates(outbox);
    left->waiting = outbox_count(outbox, head->acked_seq, upto_seq);
    log_error("outbox", "the card has another plate's events", "plate=%s waiting=%lld", left->cart,
              (long long)left->waiting);
    head->acked_seq = upto_seq;
    outbox_totals_lose(outbox);
}

struct outbox_left outbox_left(const struct outbox *outbox)
{
    return outbox->left;
}

static bool read_sound(struct outbox *outbox)
{
    return !outbox_file_is_cut(outbox->path) &&
           database_open_reader(outbox->path, &outbox->db) == DATABASE_OK &&
           outbox_schema_lend(outbox->db) == DATABASE_OK && outbox_read_head(outbox) &&
           database_check(outbox->db) == DATABASE_OK;
}

/* A card that fails often lets itself be read still. The session counts in memory only. */
static bool open_read_only(struct outbox *outbox, const char *cart)
{
    if (!read_sound(outbox) && !outbox_salvage(outbox))
        return false;
    log_error("outbox", "the card cannot be written: nothing is recorded, what waits is sent",
              "path=%s", outbox->path);
    leave_to_its_plate(outbox, cart);
    outbox->head.session++;
    outbox->read_only = true;
    return true;
}

struct outbox *outbox_open(const char *path, const char *cart, int64_t wall_ms)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);

    if (outbox == NULL || (outbox->path = strdup(path)) == NULL)
        abort();
    outbox->handed_seq = INT64_MAX;
    outbox->file = outbox_file_lock(path);
    if (outbox->file == NULL || !(room_is_writable(path) ? open_writable(outbox, cart, wall_ms)
                                                         : open_read_only(outbox, cart))) {
        outbox_close(outbox);
        return NULL;
    }
    outbox_follow_days(outbox);
    outbox_effects_catch_up(outbox);
    outbox->closed_ms = outbox_day_read(outbox->db);
    if (!outbox->read_only)
        outbox_listening_read(outbox);
    log_info("outbox", "open", "path=%s epoch=%s session=%lld last_seq=%lld acked_seq=%lld", path,
             outbox->head.epoch, (long long)outbox->head.session, (long long)outbox->head.last_seq,
             (long long)outbox->head.acked_seq);
    return outbox;
}

bool outbox_is_read_only(const struct outbox *outbox)
{
    return outbox->read_only;
}

struct outbox *outbox_open_reader(const char *path)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);

    if (outbox == NULL)
        abort();
    if (database_open_reader(path, &outbox->db) == DATABASE_OK &&
        outbox_schema_lend(outbox->db) == DATABASE_OK && outbox_read_head(outbox)) {
        outbox_follow_days(outbox);
        outbox->closed_ms = outbox_day_read(outbox->db);
        return outbox;
    }
    outbox_close(outbox);
    return NULL;
}

void outbox_close(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    /* After a failed fsync nothing more is written over this handle. */
    if (outbox->db != NULL && !outbox->broken)
        outbox_save(outbox);
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(outbox->statements[i]);
    sqlite3_close(outbox->db);
    outbox_file_unlock(outbox->file);
    buffer_free(&outbox->bytes);
    free(outbox->path);
    free(outbox);
}

const struct outbox_head *outbox_head(const struct outbox *outbox)
{
    return &outbox->head;
}

static enum database_result insert_event(struct outbox *outbox, const struct event *event)
{
    struct outbox_row row = { .seq = event->seq, .type = (int64_t)event->type };

    buffer_clear(&outbox->bytes);
    event_write(event, &outbox->bytes);
    row.bytes = outbox->bytes.bytes;
    row.length = outbox->bytes.length;
    return database_run(outbox->db, BIND(outbox, EVENT_INSERT, "iitii", row.seq, row.type,
                                         row.bytes, event->ts_ms, outbox_row_checksum(&row)));
}

bool outbox_is_broken(const struct outbox *outbox)
{
    return outbox->broken;
}

bool outbox_answered(struct outbox *outbox, const char *id, struct buffer *answer)
{
    return outbox_answers_find(outbox->db, id, answer);
}

/* What the vendor does when a day begins. */
static bool is_work(const struct event *events, size_t count)
{
    bool works = false;

    for (size_t i = 0; i < count; i++)
        works |= events[i].type == EVENT_SALE || events[i].type == EVENT_STOCK;
    return works;
}

/* He is there: offers that nobody answered count no longer. */
static bool is_there(const struct event *events, size_t count)
{
    bool steps = false;

    for (size_t i = 0; i < count; i++)
        steps |= events[i].type == EVENT_ORDER;
    return steps || is_work(events, count);
}

static enum database_result try_commit(struct outbox *outbox, const struct event *events,
                                       size_t count, const struct outbox_answer *answer)
{
    struct outbox_head head = outbox->head;
    bool opens = outbox->closed_ms != EVENT_ABSENT && is_work(events, count);
    bool listens = outbox->listening.missed > 0 && is_there(events, count);
    struct outbox_totals totals = outbox->totals;
    enum database_result result = database_script(outbox->db, "BEGIN IMMEDIATE");

    for (size_t i = 0; result == DATABASE_OK && i < count; i++) {
        result = insert_event(outbox, &events[i]);
        if (result == DATABASE_OK)
            result = outbox_effects_keep(outbox, &head, &events[i]);
        outbox_effects_advance(&head, &events[i]);
    }
    if (result == DATABASE_OK)
        result = outbox_write_head(outbox, &head);
    if (result == DATABASE_OK)
        result = outbox_answers_keep(outbox->db, answer);
    if (result == DATABASE_OK && opens)
        result = outbox_day_reopen(outbox);
    if (result == DATABASE_OK && listens)
        result = outbox_listening_worked(outbox);
    if (result == DATABASE_OK)
        result = outbox_prune(outbox, &events[count - 1], count);
    if (result == DATABASE_OK)
        result = database_script(outbox->db, "COMMIT");
    if (result == DATABASE_OK) {
        outbox->head = head;
        outbox->closed_ms = opens ? EVENT_ABSENT : outbox->closed_ms;
        outbox->listening.missed = listens ? 0 : outbox->listening.missed;
        outbox->unsaved = false;
        outbox->commits++;
        return result;
    }
    outbox->totals = totals;
    /* A failed fsync is not tried again: the kernel has forgotten the pages (ATC'20). */
    sqlite3_exec(outbox->db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

enum outbox_result outbox_commit(struct outbox *outbox, const struct event *events, size_t count,
                                 const struct outbox_answer *answer)
{
    enum database_result result = DATABASE_FULL;

    if (outbox->read_only)
        return OUTBOX_READ_ONLY;
    if (!outbox->crowded)
        result = try_commit(outbox, events, count, answer);
    if (result == DATABASE_FULL) {
        result = outbox_make_room(outbox);
        if (result == DATABASE_OK)
            result = try_commit(outbox, events, count, answer);
    }
    return outbox_outcome(outbox, result);
}

/* Rows are read in order, and again after a rewind. */
static void note_unreadable(struct outbox *outbox, int64_t seq)
{
    struct outbox_unreadable *known = &outbox->unreadable;

    if (seq <= known->last_seq)
        return;
    log_error("outbox", "an event is not what was written: it is not sent", "seq=%lld",
              (long long)seq);
    if (known->events++ == 0)
        known->first_seq = seq;
    known->last_seq = seq;
}

struct outbox_unreadable outbox_unreadable(const struct outbox *outbox)
{
    return outbox->unreadable;
}

int64_t outbox_read(struct outbox *outbox, const struct outbox_range *range, struct buffer *ndjson,
                    unsigned *events)
{
    sqlite3_stmt *rows = BIND(outbox, EVENTS_READ, "iii", range->after_seq, range->upto_seq,
                              (int64_t)range->events_max);
    size_t start = ndjson->length;
    int64_t last = 0;

    *events = 0;
    while (outbox_next_row(outbox, rows)) {
        struct outbox_row row;
        outbox_row_take(rows, &row);
        if (!outbox_row_is_whole(&row)) {
            note_unreadable(outbox, row.seq);
            last = row.seq;
            continue;
        }
        if (ndjson->length - start + row.length + 1 > range->bytes_max)
            break;
        buffer_append(ndjson, row.bytes, row.length);
        buffer_append(ndjson, "\n", 1);
        last = row.seq;
        (*events)++;
    }
    sqlite3_reset(rows);
    if (last > outbox->handed_seq)
        outbox->handed_seq = last;
    return last;
}

void outbox_acknowledge(struct outbox *outbox, int64_t seq)
{
    if (seq <= outbox->head.acked_seq || seq > outbox->handed_seq || seq > outbox->head.last_seq)
        return;
    outbox->head.acked_seq = seq;
    outbox->unsaved = true;
}

enum outbox_result outbox_save(struct outbox *outbox)
{
    enum outbox_result result = OUTBOX_OK;

    if (outbox->unsaved && outbox->read_only)
        return OUTBOX_READ_ONLY;
    if (outbox->unsaved)
        result = outbox_outcome(outbox, outbox_write_head(outbox, &outbox->head));
    if (result == OUTBOX_OK)
        outbox->unsaved = false;
    return result;
}

bool outbox_tidy(struct outbox *outbox)
{
    if (outbox->read_only) {
        outbox->broken = outbox->broken || room_is_writable(outbox->path);
        return false;
    }
    if (outbox->broken || outbox->commits < OUTBOX_TIDY_COMMITS)
        return false;
    outbox->commits = 0;
    room_keep_ballast(outbox->path);
    if (outbox->right_ms > 0)
        outbox_leftover_tidy(outbox->path, outbox->right_ms);
    return outbox_outcome(outbox, database_checkpoint(outbox->db)) == OUTBOX_OK;
}

void outbox_day_sums(struct outbox *outbox, int32_t day, struct day_sums *sums)
{
    sqlite3_stmt *row = BIND(outbox, DAY_SUMS, "i", (int64_t)day);

    *sums = (struct day_sums){ 0 };
    if (outbox_next_row(outbox, row))
        *sums = (struct day_sums){ sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                                   sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3) };
    sqlite3_reset(row);
}

static int64_t oldest_after_ms(struct outbox *outbox, int64_t after_seq)
{
    sqlite3_stmt *row = BIND(outbox, OLDEST, "i", after_seq);
    bool waits = outbox_next_row(outbox, row);
    int64_t ts_ms = waits ? sqlite3_column_int64(row, 0) : 0;

    sqlite3_reset(row);
    return ts_ms;
}

int64_t outbox_oldest_waiting_ms(struct outbox *outbox)
{
    return oldest_after_ms(outbox, outbox->head.acked_seq);
}

int64_t outbox_kept_since_ms(struct outbox *outbox)
{
    return oldest_after_ms(outbox, 0);
}

int64_t outbox_written_bytes(struct outbox *outbox)
{
    int pages = 0, highest = 0;

    sqlite3_db_status(outbox->db, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 0);
    return (int64_t)pages * 4096;
}

bool outbox_verify(struct outbox *outbox, char *wrong, size_t size)
{
    return outbox_file_verify(outbox->db, wrong, size);
}
