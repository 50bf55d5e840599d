/* Opens without looking through the file: a vendor may be waiting. Only what an earlier release
 * left there is made up for, once. */
#include "agent/outbox_former.h"
#include "agent/outbox_head.h"
#include "agent/outbox_parts.h"
#include "agent/outbox_plate.h"
#include "agent/outbox_schema.h"
#include "agent/outbox_split.h"
#include "agent/room.h"

#include "outbox_sql.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

/* Nothing can be rescued into another file: what is damaged is looked for at once, and what the
 * file still gives is sent from memory. */
static bool open_read_only(struct outbox *former)
{
    former->read_only = true;
    return (database_open_reader(former->path, &former->db) == DATABASE_OK &&
            outbox_schema_lend(former->db) == DATABASE_OK && outbox_read_head(former) &&
            database_check(former->db) == DATABASE_OK) ||
           outbox_salvage(former);
}

static bool open_file(struct outbox *former)
{
    if (!room_is_writable(former->path))
        return open_read_only(former);
    return database_open_unchecked(former->path, &former->db) == DATABASE_OK &&
           outbox_schema_bring_up(former->db) == DATABASE_OK && outbox_read_head(former) &&
           (former->head.mended == HEAD_SOUND ||
            outbox_head_mend(former->db, &former->head) == DATABASE_OK);
}

struct outbox *outbox_open_former(const char *path)
{
    struct outbox *former = calloc(1, sizeof *former);

    if (former == NULL || (former->path = strdup(path)) == NULL)
        abort();
    former->handed_seq = INT64_MAX;
    if (open_file(former) && outbox_effects_prepare(former->db) == DATABASE_OK) {
        outbox_effects_catch_up(former);
        return former;
    }
    log_error("outbox", "a former outbox cannot be read", "path=%s", path);
    former->broken = true; /* nothing is written over it */
    outbox_close(former);
    return NULL;
}

void outbox_former_plate(struct outbox *former, char plate[CART_LENGTH_MAX + 1])
{
    outbox_plate_read(former->db, plate);
}

/* What the head says is read again: some of what waited has left. */
void outbox_former_split(struct outbox *former, const char *outbox, int64_t wall_ms)
{
    if (!former->read_only && outbox_split(former->db, outbox, wall_ms))
        outbox_read_head(former);
}
