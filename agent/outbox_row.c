/* Judges a row by its checksum, or by its words where it has none. */
#include "agent/outbox_row.h"

#include "common/event.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#define NUMBERS_SIZE 64 /* three of them, and blanks */

void outbox_row_take(sqlite3_stmt *statement, struct outbox_row *row)
{
    *row = (struct outbox_row){
        .seq = sqlite3_column_int64(statement, 0),
        .type = sqlite3_column_int64(statement, 1),
        .bytes = (const char *)sqlite3_column_text(statement, 2),
        .length = (size_t)sqlite3_column_bytes(statement, 2),
        .has_checksum = sqlite3_column_type(statement, 3) != SQLITE_NULL,
        .checksum = sqlite3_column_int64(statement, 3),
    };
}

int64_t outbox_checksum(const char *bytes, size_t length)
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    uint64_t checksum = 0;

    SHA256((const unsigned char *)bytes, length, digest);
    for (size_t i = 0; i < sizeof checksum; i++)
        checksum = checksum << 8 | digest[i];
    return checksum != OUTBOX_NO_CHECKSUM ? (int64_t)checksum : 1;
}

int64_t outbox_row_checksum(const struct outbox_row *row)
{
    char text[NUMBERS_SIZE + EVENT_BYTES_MAX];
    size_t length = row->length < EVENT_BYTES_MAX ? row->length : EVENT_BYTES_MAX;
    int numbers = snprintf(text, NUMBERS_SIZE, "%lld %lld %zu ", (long long)row->seq,
                           (long long)row->type, row->length);

    memcpy(text + numbers, row->bytes, length);
    return outbox_checksum(text, (size_t)numbers + length);
}

bool outbox_row_is_whole(const struct outbox_row *row)
{
    return row->bytes != NULL && row->length <= EVENT_BYTES_MAX &&
           (!row->has_checksum || outbox_row_checksum(row) == row->checksum);
}

bool outbox_row_is_event(const struct outbox_row *row, const char *epoch)
{
    struct json_reason why;
    struct event event;

    return outbox_row_is_whole(row) && event_read(row->bytes, row->length, &event, &why) &&
           event.seq == row->seq && (epoch == NULL || strcmp(event.epoch, epoch) == 0);
}
