/* How many records one transaction takes while a backlog is made up: as many as fit in the time for
 * which the other writers of the store may wait, since each row is then written once for many
 * records. What arrives slower than it is applied never fills a batch, and is not concerned. */
#ifndef CARRITO_COLLECTOR_BATCH_SIZE_H
#define CARRITO_COLLECTOR_BATCH_SIZE_H

#include <stddef.h>
#include <stdint.h>

#define BATCH_SIZE_MIN                                                                             \
    4000 /* fewer would take longer a record, which no slow disk is helped by                      \
          */
#define BATCH_US 400000

/* The size of the next batch, of at most `most`, after one of `count` records that might have had
 * `size` held the write lock for so long. */
size_t batch_size_next(size_t size, size_t count, int64_t held_us, size_t most);

#endif
