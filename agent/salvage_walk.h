/* All rows that are anywhere in an outbox's file and its log, found without the file's own order.
 *
 * A row is written once and never changed, so that any state of any page which still has it will
 * do: one on a page to which nothing leads any more, or one that was removed since it was
 * acknowledged, is the event that it was. Reads all pages once, with 16 bytes of memory per row. */
#ifndef CARRITO_AGENT_SALVAGE_WALK_H
#define CARRITO_AGENT_SALVAGE_WALK_H

#include "agent/page_file.h"
#include "agent/salvage_cell.h"

struct salvage_walk;

/* The events behind `after_seq`. `epoch`: as the file's head has it, "" where that cannot be read.
 * Where no event of the file is of it, the head is damaged, and the epoch is that of most events.
 * Never NULL; `pages` must outlive it. */
struct salvage_walk *salvage_walk_open(struct page_file *pages, const char *epoch,
                                       int64_t after_seq);
void salvage_walk_close(struct salvage_walk *walk);

const char *salvage_walk_epoch(const struct salvage_walk *walk); /* "" where nothing was found */
/* The next event, by its number, each once; its bytes are valid until the next call. */
bool salvage_walk_next(struct salvage_walk *walk, struct outbox_row *row);

#endif
