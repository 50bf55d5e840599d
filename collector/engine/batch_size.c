/* What would have taken the time, but at most twice as many as before. */
#include "collector/engine/batch_size.h"

size_t batch_size_next(size_t size, size_t count, int64_t held_us, size_t most)
{
    double in_time = (double)count * BATCH_US / (double)(held_us > 0 ? held_us : 1);

    if (count < size && held_us <= BATCH_US)
        return size;
    if (in_time > 2 * (double)size)
        in_time = 2 * (double)size;
    if (in_time > (double)most)
        in_time = (double)most;
    return in_time < BATCH_SIZE_MIN ? BATCH_SIZE_MIN : (size_t)in_time;
}
