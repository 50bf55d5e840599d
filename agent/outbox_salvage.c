/* Makes an outbox in memory of what a damaged file on a read-only card still gives. */
#include "agent/outbox_parts.h"
#include "agent/outbox_schema.h"
#include "agent/salvage.h"

#include "outbox_sql.h"

#include "common/log.h"

#include <stdio.h>

#define ROWS_MAX 200000 /* some 50 MB of memory; what is behind waits for another card */

struct copy {
    struct outbox *outbox;
    enum database_result result;
    int64_t rows;
};

static bool copy_row(void *owner, const char *bytes, size_t length)
{
    struct copy *copy = owner;
    struct json_reason why;
    struct event event;

    if (copy->rows++ == ROWS_MAX) {
        log_error("outbox", "not all that can be read has room in memory", "rows=%d", ROWS_MAX);
        return false;
    }
    buffer_clear(&copy->outbox->bytes);
    buffer_append(&copy->outbox->bytes, bytes, length);
    event_read(bytes, length, &event, &why);
    struct outbox_row row = {
        .seq = event.seq, .type = (int64_t)event.type, .bytes = bytes, .length = length
    };
    copy->result = database_run(copy->outbox->db, BIND(copy->outbox, EVENT_INSERT, "iitii", row.seq,
                                                       row.type, copy->outbox->bytes.bytes,
                                                       event.ts_ms, outbox_row_checksum(&row)));
    return copy->result == DATABASE_OK;
}

static void note_hole(void *owner, int64_t first_seq, int64_t last_seq)
{
    struct outbox_unreadable *unreadable = &((struct copy *)owner)->outbox->unreadable;

    log_error("outbox", "events cannot be read", "first_seq=%lld last_seq=%lld",
              (long long)first_seq, (long long)last_seq);
    if (unreadable->events == 0)
        unreadable->first_seq = first_seq;
    unreadable->events += last_seq - first_seq + 1;
    unreadable->last_seq = last_seq;
}

bool outbox_salvage(struct outbox *outbox)
{
    static const struct salvage_calls calls = { copy_row, note_hole };
    struct copy copy = { .outbox = outbox };
    struct outbox_head *head = &outbox->head;
    struct salvage_report report;

    sqlite3_close(outbox->db);
    outbox->db = NULL;
    int rc = sqlite3_open(":memory:", &outbox->db);
    copy.result = database_judge(outbox->db, rc);
    if (copy.result == DATABASE_OK)
        copy.result = outbox_schema_bring_up(outbox->db);
    if (copy.result != DATABASE_OK || !salvage_waiting(outbox->path, &calls, &copy, &report) ||
        copy.result != DATABASE_OK || report.epoch[0] == '\0')
        return false;
    snprintf(head->epoch, sizeof head->epoch, "%s", report.epoch);
    head->acked_seq = report.acked_seq >= 0 ? report.acked_seq : report.first_seq - 1;
    head->last_seq = report.rows > 0 ? report.last_seq : head->acked_seq;
    log_error("outbox", "the file is damaged: what can be read is sent from memory",
              "path=%s epoch=%s rows=%lld missing=%lld", outbox->path, head->epoch,
              (long long)report.rows, (long long)report.missing);
    return true;
}
