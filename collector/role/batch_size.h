/* How many records one transaction takes: few where they take long, as the other writers of the
 * store wait for it; many while a backlog is made up, since each row is then written once for many
 * records. What arrives slower than it is applied never fills a batch, and is not concerned. */
#ifndef CARRITO_COLLECTOR_BATCH_SIZE_H
#define CARRITO_COLLECTOR_BATCH_SIZE_H

#include <stddef.h>
#include <stdint.h>

#define BATCH_SIZE_MIN   1000
#define BATCH_SIZE_FIRST 4000
#define BATCH_SIZE_MAX   32000 /* 3 MB of records, and what the library has of them */
#define BATCH_US_MAX     250000

/* The size of the next batch, after one of `count` records that might have had `size` took this
 * long. */
size_t batch_size_next(size_t size, size_t count, int64_t took_us);

#endif
