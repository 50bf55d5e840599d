/* The head's word, else the newest event's. */
#include "agent/outbox_plate.h"

#include "outbox_sql.h"

#include "common/buffer.h"
#include "common/credential.h"
#include "common/file_whole.h"

#include <stdio.h>
#include <string.h>
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

static bool is_certificate_of(const char *certfile, const char *cart)
{
    struct buffer text = { 0 };
    char named[CART_LENGTH_MAX + 1];
    bool its = certfile != NULL && file_read_whole(certfile, CREDENTIAL_PEM_MAX, &text) &&
               credential_cart(text.bytes, named) && strcmp(named, cart) == 0;

    buffer_free(&text);
    return its;
}

void outbox_plate_choose(const char *path, const char *certfile, const char *cart,
                         char plate[CART_LENGTH_MAX + 1])
{
    outbox_plate_look(path, plate);
    if (!cart_is_same(plate, cart) || is_certificate_of(certfile, cart))
        snprintf(plate, CART_LENGTH_MAX + 1, "%s", cart);
}

enum database_result outbox_plate_write(sqlite3 *db, const char *plate)
{
    sqlite3_stmt *write = NULL;
    enum database_result result =
        database_run(db, database_bind(db, &write, SQL_HEAD_PLATE_WRITE, "t", plate));

    sqlite3_finalize(write);
    return result;
}
