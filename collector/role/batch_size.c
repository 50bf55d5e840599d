/* Doubles a full batch that was quick; cuts one that was slow to what would have been in time. */
#include "collector/role/batch_size.h"

size_t batch_size_next(size_t size, size_t count, int64_t took_us)
{
    if (took_us > BATCH_US_MAX) {
        size_t in_time = (size_t)((double)count * BATCH_US_MAX / (double)took_us);
        return in_time > size ? size : in_time > BATCH_SIZE_MIN ? in_time : BATCH_SIZE_MIN;
    }
    if (count < size || took_us > BATCH_US_MAX / 2)
        return size;
    return size < BATCH_SIZE_MAX / 2 ? size * 2 : BATCH_SIZE_MAX;
}
