/* Opens each file for one look at its head and its totals. */
#include "agent/outbox_earlier.h"
#include "agent/outbox_aside.h"
#include "agent/outbox_parts.h"
#include "agent/outbox_plate.h"

#include <stdio.h>
#include <string.h>

#define EARLIER_MAX       8  /* 1.2 kB of a message, which a bridge reads up to 4 kB of */
#define EARLIER_HEARTBEAT 45 /* every 15 minutes */

/* Totals that are behind the head, or are not of it, are damaged. */
static bool take(struct outbox *file, int64_t upto_seq, struct outbox_file_counts *found)
{
    if (!outbox_read_head(file) || !file->has_totals ||
        file->totals.receipt != file->head.last_receipt ||
        !outbox_counts(file, upto_seq < 0 ? file->head.acked_seq : upto_seq, &found->counts))
        return false;
    memcpy(found->epoch, file->head.epoch, sizeof found->epoch);
    return true;
}

bool outbox_file_counts(const char *path, int64_t upto_seq, struct outbox_file_counts *found)
{
    struct outbox file = { .read_only = true };
    bool told = database_open_reader(path, &file.db) == DATABASE_OK && take(&file, upto_seq, found);

    sqlite3_close(file.db);
    return told;
}

/* Without a word of what is wrong with a file that was set aside for being so. */
static sqlite3 *open_quietly(const char *path)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL) != SQLITE_OK) {
        sqlite3_close(db);
        return NULL;
    }
    return db;
}

static bool look(const char *path, const char *plate, struct outbox_file_counts *found)
{
    struct outbox file = { .db = open_quietly(path), .read_only = true };
    char its_plate[CART_LENGTH_MAX + 1];
    bool told = false;

    if (file.db == NULL)
        return false;
    outbox_plate_read(file.db, its_plate);
    if (strcmp(plate, its_plate) == 0)
        told = take(&file, -1, found);
    sqlite3_close(file.db);
    return told;
}

void outbox_each_earlier(struct outbox *outbox,
                         void (*call)(void *owner, const struct outbox_file_counts *file),
                         void *owner)
{
    static const enum aside_kind kinds[] = { ASIDE_DAMAGED, ASIDE_FORMER, ASIDE_SENT };
    char plate[CART_LENGTH_MAX + 1];
    int told = 0;

    outbox_plate_read(outbox->db, plate);
    for (size_t i = 0; plate[0] != '\0' && i < sizeof kinds / sizeof *kinds; i++) {
        char *paths[ASIDE_FILES_MAX];
        size_t count = outbox_aside_list(outbox->path, kinds[i], paths);
        for (size_t j = count; j-- > 0 && told < EARLIER_MAX;) {
            struct outbox_file_counts found;
            if (!look(paths[j], plate, &found))
                continue;
            call(owner, &found);
            told++;
        }
        outbox_aside_free(paths, count);
    }
}

bool outbox_earlier_is_due(struct outbox *outbox)
{
    return ++outbox->heartbeats % EARLIER_HEARTBEAT == 0;
}
