/* Reads a cell of a table's leaf page: its length, its number, and the record. */
#include "agent/salvage_cell.h"

#include <endian.h>
#include <string.h>

#define RECORD_MIN      64 /* no event is shorter */
#define RECORD_HEAD_MAX 32
#define INTEGER_BYTES   8

struct reader {
    const unsigned char *at, *end;
    bool failed; /* it went beyond the end */
};

static uint64_t read_varint(struct reader *reader)
{
    uint64_t value = 0;

    for (int i = 0; i < 9; i++) {
        if (reader->at == reader->end)
            break;
        unsigned byte = *reader->at++;
        if (i == 8)
            return value << 8 | byte;
        value = value << 7 | (byte & 0x7f);
        if (byte < 0x80)
            return value;
    }
    reader->failed = true;
    return 0;
}

static bool is_integer(uint64_t type)
{
    return (type >= 1 && type <= 6) || type == 8 || type == 9;
}

static size_t size_of(uint64_t type)
{
    static const unsigned char sizes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0 };

    return type < sizeof sizes ? sizes[type] : (size_t)(type - 12) / 2;
}

static int64_t read_integer(struct reader *reader, uint64_t type)
{
    size_t size = size_of(type);
    uint64_t value;

    if (type == 8 || type == 9)
        return (int64_t)type - 8;
    if ((size_t)(reader->end - reader->at) < size) {
        reader->failed = true;
        return 0;
    }
    value = (*reader->at & 0x80) != 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | *reader->at++;
    return (int64_t)value;
}

/* The columns of `events` (sql/steps/): seq is the cell's number, so that the record has a null for
 * it. The checksum may be missing; what comes behind it is of no interest here. */
enum column { SEQ, TYPE, BYTES, TS_MS, CHECKSUM, COLUMNS };

/* The kinds of the columns; false where they are not those of an event. */
static bool read_head(struct reader *record, uint64_t types[COLUMNS], size_t length)
{
    const unsigned char *start = record->at;
    uint64_t head = read_varint(record);
    struct reader reader = { .at = record->at };
    int count = 0;

    if (record->failed || head > RECORD_HEAD_MAX || head > length ||
        head > (size_t)(record->end - start))
        return false;
    record->at = reader.end = start + head;
    types[CHECKSUM] = 0;
    while (reader.at < reader.end && !reader.failed && count < COLUMNS)
        types[count++] = read_varint(&reader);
    return !reader.failed && count >= CHECKSUM && types[SEQ] == 0 && is_integer(types[TYPE]) &&
           types[BYTES] >= 13 && types[BYTES] % 2 == 1 && is_integer(types[TS_MS]) &&
           (types[CHECKSUM] == 0 || is_integer(types[CHECKSUM]));
}

static bool read_record(struct reader *record, size_t length, struct outbox_row *row)
{
    uint64_t types[COLUMNS];

    if (!read_head(record, types, length))
        return false;
    row->type = read_integer(record, types[TYPE]);
    row->length = size_of(types[BYTES]);
    if (record->failed || row->length > (size_t)(record->end - record->at))
        return false;
    row->bytes = (const char *)record->at;
    record->at += row->length;
    read_integer(record, types[TS_MS]);
    row->has_checksum = types[CHECKSUM] != 0;
    row->checksum = row->has_checksum ? read_integer(record, types[CHECKSUM]) : 0;
    return !record->failed;
}

/* How much of a record of this length is on its leaf page. */
static size_t local_length(size_t length, size_t page_size)
{
    size_t most = page_size - 35, least = (page_size - 12) * 32 / 255 - 23;
    size_t some = least + (length - least) % (page_size - 4);

    return length <= most ? length : some <= most ? some : least;
}

/* Puts the record together from its leaf and the chain of pages that the four bytes behind begin.
 */
static bool gather(struct salvage_cell *cell, struct page_file *pages, struct reader local,
                   size_t length)
{
    size_t have = (size_t)(local.end - local.at), page_size = page_file_size(pages);
    const unsigned char *next = local.end;

    memcpy(cell->record, local.at, have);
    while (have < length) {
        uint32_t number;
        memcpy(&number, next, sizeof number);
        const unsigned char *page = page_file_newest(pages, be32toh(number));
        if (page == NULL)
            return false;
        size_t part = length - have < page_size - 4 ? length - have : page_size - 4;
        memcpy(cell->record + have, page + 4, part);
        have += part;
        next = page;
    }
    return true;
}

bool salvage_cell_read(struct salvage_cell *cell, struct page_file *pages,
                       const unsigned char *page, size_t at, struct outbox_row *row)
{
    size_t page_size = page_file_size(pages);
    struct reader reader = { .at = page + at, .end = page + page_size };
    uint64_t length = read_varint(&reader);

    if (reader.failed || length < RECORD_MIN || length > SALVAGE_RECORD_MAX)
        return false;
    *row = (struct outbox_row){ .seq = (int64_t)read_varint(&reader) };
    size_t local = local_length((size_t)length, page_size);
    size_t behind = local < length ? sizeof(uint32_t) : 0;
    if (reader.failed || row->seq < 1 || local + behind > (size_t)(reader.end - reader.at))
        return false;
    struct reader record = { .at = reader.at, .end = reader.at + local };
    if (behind == 0)
        return read_record(&record, (size_t)length, row);
    uint64_t types[COLUMNS];
    if (!read_head(&record, types, (size_t)length))
        return false; /* most places are no row: the other pages are not read for them */
    record.at = reader.at;
    if (!gather(cell, pages, record, (size_t)length))
        return false;
    record = (struct reader){ .at = cell->record, .end = cell->record + length };
    return read_record(&record, (size_t)length, row);
}
