/* Finds the outbox's rows in the bytes of a page, whatever became of the page's own numbers.
 *
 * Every place is tried as the beginning of a row, so that a page whose head is gone still gives the
 * rows that are whole. Whether what is found is a row is for outbox_row.h to judge. Format:
 * sqlite.org/fileformat2.html, "B-tree Pages" and "Record Format". */
#ifndef CARRITO_AGENT_SALVAGE_CELL_H
#define CARRITO_AGENT_SALVAGE_CELL_H

#include "agent/outbox_row.h"
#include "agent/page_file.h"
#include "common/protocol.h"

#define SALVAGE_RECORD_MAX (EVENT_BYTES_MAX + 64)

/* Room for a row that is longer than its page. */
struct salvage_cell {
    unsigned char record[SALVAGE_RECORD_MAX];
};

/* Does a row of `events` begin at `at`? Its bytes are in `page`, or in `cell` where a part of it is
 * on other pages. */
bool salvage_cell_read(struct salvage_cell *cell, struct page_file *pages,
                       const unsigned char *page, size_t at, struct outbox_row *row);

#endif
