/* The head's word, else the newest event's. */
#include "agent/outbox_plate.h"

#include "outbox_sql.h"

#include "common/buffer.h"

#include <stdio.h>
#include <unistd.h>

/* The first column of a statement's first row; false where there is none, or no such column. */
static bool read_text(sqlite3 *db, const char *sql, struct buffer *text)
{
    sqlite3_stmt *row = NULL;
    bool found = sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK &&
                 sqlite3_step(row) == SQLITE_ROW && sqlite3_column_text(row, 0) != NULL;

    if (found)
        buffer_append(text, sqlite3_column_text(row, 0), (size_t)sqlite3_column_bytes(row, 0));
    sqlite3_finalize(row);
    return found;
}

static void take_events(const struct buffer *bytes, char plate[CART_LENGTH_MAX + 1])
{
    struct json_reason why;
    struct event event;

    if (event_read(bytes->bytes, bytes->length, &event, &why))
        snprintf(plate, CART_LENGTH_MAX + 1, "%s", event.cart);
}

bool outbox_plate_named(sqlite3 *db, char plate[CART_LENGTH_MAX + 1])
{
    struct buffer text = { 0 };
    bool named = read_text(db, SQL_HEAD_PLATE, &text);

    snprintf(plate, CART_LENGTH_MAX + 1, "%s", named ? text.bytes : "");
    buffer_free(&text);
    return named;
}

void outbox_plate_read(sqlite3 *db, char plate[CART_LENGTH_MAX + 1])
{
    struct buffer text = { 0 };

    if (!outbox_plate_named(db, plate) && read_text(db, SQL_EVENTS_NEWEST, &text))
        take_events(&text, plate);
    if (!cart_is_valid(plate))
        plate[0] = '\0';
    buffer_free(&text);
}

void outbox_plate_look(const char *path, char plate[CART_LENGTH_MAX + 1])
{
    sqlite3 *db = NULL;

    plate[0] = '\0';
    if (access(path, F_OK) == 0 && database_open_reader(path, &db) == DATABASE_OK)
        outbox_plate_read(db, plate);
    sqlite3_close(db);
}

enum database_result outbox_plate_write(sqlite3 *db, const char *plate)
{
    sqlite3_stmt *write = NULL;
    enum database_result result =
        database_run(db, database_bind(db, &write, SQL_HEAD_PLATE_WRITE, "t", plate));

    sqlite3_finalize(write);
    return result;
}
