/* salvage_cell_read on the bytes of a page: what it takes for a row lies within the page, and what
 * is judged to be an event is one. */
#include "agent/salvage_cell.h"
#include "common/event.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct outbox_row *row)
{
    struct json_reason why;
    struct event event;

    if (!outbox_row_is_event(row, NULL))
        return;
    CLAIM(event_read(row->bytes, row->length, &event, &why) && event.seq == row->seq);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct page_file *pages = page_file_open("/dev/null"); /* no other page is to be had */
    struct salvage_cell cell;
    struct outbox_row row;

    CLAIM(pages != NULL);
    uint8_t *page = calloc(1, page_file_size(pages));
    CLAIM(page != NULL);
    memcpy(page, data, size < page_file_size(pages) ? size : page_file_size(pages));
    for (size_t at = 0; at < page_file_size(pages); at++) {
        if (!salvage_cell_read(&cell, pages, page, at, &row))
            continue;
        CLAIM(row.seq > 0 && row.length <= SALVAGE_RECORD_MAX);
        CLAIM((const uint8_t *)row.bytes >= page + at &&
              (const uint8_t *)row.bytes + row.length <= page + page_file_size(pages));
        check(&row);
    }
    free(page);
    page_file_close(pages);
    return 0;
}
