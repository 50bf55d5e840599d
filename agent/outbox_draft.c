/* Row by row into drafts, which get their names when they are whole. */
#include "agent/outbox_draft.h"
#include "agent/outbox_aside.h"
#include "agent/outbox_head.h"
#include "agent/outbox_row.h"
#include "agent/outbox_schema.h"

#include "outbox_sql.h"

#include "common/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROWS_PER_COMMIT 1000

static void name_draft(const struct outbox_drafts *drafts, size_t at, char path[ASIDE_PATH_SIZE])
{
    snprintf(path, ASIDE_PATH_SIZE, "%s.rescue-%zu", drafts->outbox, at);
}

static void remove_draft(const struct outbox_drafts *drafts, size_t at)
{
    char path[ASIDE_PATH_SIZE], beside[ASIDE_PATH_SIZE + 8];

    name_draft(drafts, at, path);
    unlink(path);
    snprintf(beside, sizeof beside, "%s-wal", path);
    unlink(beside);
    snprintf(beside, sizeof beside, "%s-shm", path);
    unlink(beside);
}

void outbox_drafts_begin(struct outbox_drafts *drafts, const char *outbox)
{
    *drafts = (struct outbox_drafts){ .outbox = outbox };
    for (size_t i = 0; i < DRAFTS_MAX; i++)
        remove_draft(drafts, i);
}

static struct outbox_draft *open_draft(struct outbox_drafts *drafts, const struct event *event)
{
    struct outbox_draft *draft = &drafts->list[drafts->count];
    char path[ASIDE_PATH_SIZE];

    if (drafts->count == DRAFTS_MAX) {
        log_error("outbox", "a file has events of too many plates", "plate=%s", event->cart);
        drafts->result = DATABASE_REFUSED;
        return NULL;
    }
    name_draft(drafts, drafts->count++, path);
    snprintf(draft->plate, sizeof draft->plate, "%s", event->cart);
    snprintf(draft->epoch, sizeof draft->epoch, "%s", event->epoch);
    draft->first_seq = event->seq;
    drafts->result = database_open_unchecked(path, &draft->db);
    if (drafts->result == DATABASE_OK)
        drafts->result = outbox_schema_bring_up(draft->db);
    if (drafts->result == DATABASE_OK)
        drafts->result = database_script(draft->db, "BEGIN");
    return draft;
}

static struct outbox_draft *draft_of(struct outbox_drafts *drafts, const struct event *event)
{
    for (size_t i = 0; i < drafts->count; i++)
        if (strcmp(drafts->list[i].plate, event->cart) == 0)
            return &drafts->list[i];
    return open_draft(drafts, event);
}

static enum database_result keep(struct outbox_draft *draft, const struct event *event,
                                 const struct buffer *text)
{
    const struct outbox_row row = { .seq = event->seq,
                                    .type = (int64_t)event->type,
                                    .bytes = text->bytes,
                                    .length = text->length };

    draft->last_seq = event->seq;
    if (++draft->rows % ROWS_PER_COMMIT == 0) {
        enum database_result result = database_script(draft->db, "COMMIT; BEGIN");
        if (result != DATABASE_OK)
            return result;
    }
    return database_run(draft->db, database_bind(draft->db, &draft->insert, SQL_EVENT_INSERT,
                                                 "iitii", row.seq, row.type, row.bytes,
                                                 event->ts_ms, outbox_row_checksum(&row)));
}

void outbox_drafts_take(struct outbox_drafts *drafts, const char *bytes, size_t length)
{
    struct json_reason why;
    struct event event;

    if (drafts->result != DATABASE_OK || !event_read(bytes, length, &event, &why))
        return;
    struct outbox_draft *draft = draft_of(drafts, &event);
    if (drafts->result != DATABASE_OK)
        return;
    buffer_clear(&drafts->text); /* a text of its own: SQLite wants its end */
    buffer_append(&drafts->text, bytes, length);
    drafts->result = keep(draft, &event, &drafts->text);
}

/* What the file says of what was acknowledged is about its first rows; another plate's begin later,
 * and lack nothing before them. */
static int64_t acked_before(const struct outbox_drafts *drafts, const struct outbox_draft *draft,
                            int64_t acked_seq)
{
    bool told = draft == drafts->list && acked_seq >= 0 && acked_seq < draft->first_seq;

    return told ? acked_seq : draft->first_seq - 1;
}

static enum database_result write_head(const struct outbox_draft *draft, int64_t acked_seq)
{
    sqlite3_stmt *insert = NULL, *write = NULL, *checked = NULL;
    enum database_result result = database_run(
        draft->db, database_bind(draft->db, &insert, SQL_HEAD_INSERT, "ttit", draft->epoch,
                                 (const char *)NULL, (int64_t)0, draft->plate));

    if (result == DATABASE_OK)
        result = database_run(draft->db, database_bind(draft->db, &write, SQL_HEAD_RESCUED, "ii",
                                                       draft->last_seq, acked_seq));
    struct outbox_head head;
    if (result == DATABASE_OK && !outbox_head_read(draft->db, &head))
        result = DATABASE_DAMAGED;
    if (result == DATABASE_OK) /* its checksum */
        result = outbox_head_write(draft->db, &checked, &head);
    if (result == DATABASE_OK)
        result = database_script(draft->db, "COMMIT");
    sqlite3_finalize(insert);
    sqlite3_finalize(write);
    sqlite3_finalize(checked);
    return result;
}

/* Closing empties the draft's log. */
static void close_draft(struct outbox_draft *draft)
{
    sqlite3_finalize(draft->insert);
    sqlite3_close(draft->db);
}

static bool name_it(const struct outbox_drafts *drafts, size_t at, int64_t wall_ms)
{
    const struct outbox_draft *draft = &drafts->list[at];
    const struct aside as = { ASIDE_FORMER, draft->plate, wall_ms };
    char path[ASIDE_PATH_SIZE], aside[ASIDE_PATH_SIZE];

    name_draft(drafts, at, path);
    if (!outbox_aside_add(drafts->outbox, path, &as, aside))
        return false;
    log_warn("outbox", "a former outbox was made of what waits",
             "path=%s plate=%s epoch=%s rows=%lld", aside, draft->plate, draft->epoch,
             (long long)draft->rows);
    return true;
}

bool outbox_drafts_end(struct outbox_drafts *drafts, int64_t acked_seq, int64_t wall_ms)
{
    for (size_t i = 0; i < drafts->count; i++) {
        struct outbox_draft *draft = &drafts->list[i];
        if (drafts->result == DATABASE_OK)
            drafts->result = write_head(draft, acked_before(drafts, draft, acked_seq));
        close_draft(draft);
    }
    for (size_t i = 0; i < drafts->count; i++)
        if (drafts->result == DATABASE_OK && !name_it(drafts, i, wall_ms))
            drafts->result = DATABASE_REFUSED;
    for (size_t i = 0; i < drafts->count; i++)
        remove_draft(drafts, i); /* where it has no name yet */
    buffer_free(&drafts->text);
    return drafts->result == DATABASE_OK;
}
