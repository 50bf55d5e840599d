/* Row by row into a draft, which gets its name when it is whole. */
#include "agent/outbox_rescue.h"
#include "agent/database.h"
#include "agent/outbox_aside.h"
#include "agent/outbox_row.h"
#include "agent/outbox_schema.h"
#include "agent/salvage.h"

#include "outbox_sql.h"

#include "common/buffer.h"
#include "common/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROWS_PER_COMMIT 1000

struct rescue {
    struct outbox_damage *damage;
    char draft[ASIDE_PATH_SIZE];
    sqlite3 *db;
    sqlite3_stmt *insert;
    enum database_result result;       /* of the draft */
    char plate[CART_LENGTH_MAX + 1];   /* of its events */
    char epoch[EPOCH_LENGTH_MAX + 1];  /* likewise */
    int64_t rows, first_seq, last_seq; /* in the draft */
    struct buffer text;
};

static void remove_draft(const struct rescue *rescue)
{
    char log[ASIDE_PATH_SIZE + 8];

    unlink(rescue->draft);
    snprintf(log, sizeof log, "%s-wal", rescue->draft);
    unlink(log);
    snprintf(log, sizeof log, "%s-shm", rescue->draft);
    unlink(log);
}

static void open_draft(struct rescue *rescue, const char *path)
{
    snprintf(rescue->draft, sizeof rescue->draft, "%s.rescue", path);
    remove_draft(rescue); /* what a power cut left */
    rescue->result = database_open_unchecked(rescue->draft, &rescue->db);
    if (rescue->result == DATABASE_OK)
        rescue->result = outbox_schema_bring_up(rescue->db);
    if (rescue->result == DATABASE_OK)
        rescue->result = database_script(rescue->db, "BEGIN");
}

static enum database_result keep(struct rescue *rescue, const struct event *event)
{
    const struct outbox_row row = { .seq = event->seq,
                                    .type = (int64_t)event->type,
                                    .bytes = rescue->text.bytes,
                                    .length = rescue->text.length };

    if (rescue->rows++ == 0) {
        snprintf(rescue->plate, sizeof rescue->plate, "%s", event->cart);
        snprintf(rescue->epoch, sizeof rescue->epoch, "%s", event->epoch);
        rescue->first_seq = event->seq;
    }
    rescue->last_seq = event->seq;
    if (rescue->rows % ROWS_PER_COMMIT == 0) {
        enum database_result result = database_script(rescue->db, "COMMIT; BEGIN");
        if (result != DATABASE_OK)
            return result;
    }
    return database_run(rescue->db, database_bind(rescue->db, &rescue->insert, SQL_EVENT_INSERT,
                                                  "iitii", row.seq, row.type, row.bytes,
                                                  event->ts_ms, outbox_row_checksum(&row)));
}

/* Of another plate is what an earlier release wrote when the board got one: it stays where it is,
 * as its topic is not this one's. */
static bool belongs(const struct rescue *rescue, const struct event *event)
{
    return rescue->rows == 0 || strcmp(event->cart, rescue->plate) == 0;
}

static bool take_row(void *owner, const char *bytes, size_t length)
{
    struct rescue *rescue = owner;
    struct json_reason why;
    struct event event;

    rescue->damage->rows++;
    if (rescue->result != DATABASE_OK || !event_read(bytes, length, &event, &why) ||
        !belongs(rescue, &event))
        return true;
    buffer_clear(&rescue->text);
    buffer_append(&rescue->text, bytes, length);
    rescue->result = keep(rescue, &event);
    return true;
}

static void note_hole(void *owner, int64_t first_seq, int64_t last_seq)
{
    (void)owner;
    log_error("outbox", "events of a damaged file cannot be read", "first_seq=%lld last_seq=%lld",
              (long long)first_seq, (long long)last_seq);
}

static enum database_result write_head(struct rescue *rescue, int64_t acked_seq)
{
    sqlite3_stmt *insert = NULL, *write = NULL;
    enum database_result result =
        database_run(rescue->db, database_bind(rescue->db, &insert, SQL_HEAD_INSERT, "ttit",
                                               rescue->epoch, NULL, (int64_t)0, rescue->plate));

    if (result == DATABASE_OK)
        result = database_run(rescue->db, database_bind(rescue->db, &write, SQL_HEAD_RESCUED, "ii",
                                                        rescue->last_seq, acked_seq));
    if (result == DATABASE_OK)
        result = database_script(rescue->db, "COMMIT");
    sqlite3_finalize(insert);
    sqlite3_finalize(write);
    return result;
}

/* Closing empties the draft's log. */
static void close_draft(struct rescue *rescue)
{
    sqlite3_finalize(rescue->insert);
    sqlite3_close(rescue->db);
    buffer_free(&rescue->text);
}

void outbox_rescue(const char *path, int64_t wall_ms, struct outbox_damage *damage)
{
    static const struct salvage_calls calls = { take_row, note_hole };
    struct rescue rescue = { .damage = damage };
    struct salvage_report report = { .acked_seq = -1 };
    char aside[ASIDE_PATH_SIZE];

    open_draft(&rescue, path);
    if (salvage_waiting(path, &calls, &rescue, &report))
        snprintf(damage->epoch, sizeof damage->epoch, "%s", report.epoch);
    if (rescue.result == DATABASE_OK && rescue.rows > 0)
        rescue.result =
            write_head(&rescue, report.acked_seq >= 0 && report.acked_seq < rescue.first_seq
                                    ? report.acked_seq
                                    : rescue.first_seq - 1);
    close_draft(&rescue);
    const struct aside as = { ASIDE_FORMER, rescue.plate, wall_ms };
    if (rescue.result == DATABASE_OK && rescue.rows > 0 &&
        outbox_aside_add(path, rescue.draft, &as, aside))
        log_warn("outbox", "what a damaged file still gives will be sent",
                 "path=%s epoch=%s rows=%lld", aside, rescue.epoch, (long long)rescue.rows);
    else
        remove_draft(&rescue);
}
