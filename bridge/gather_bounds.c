/* When a turn waits, and how long: measured at 1,000 and 5,000 messages a second on two cores. */
#include "bridge/gather.h"

#define GATHER_MS           4
#define GATHER_MESSAGES_MIN 3 /* fewer are no rate */
#define GATHER_MESSAGES_MAX                                                                        \
    200                      /* more: a turn takes longer than this wait, and gathers by that      \
                              */
#define GATHER_RATE_MIN 2500 /* a second */

int64_t gather_ms(size_t messages, int64_t us)
{
    if (messages < GATHER_MESSAGES_MIN || messages > GATHER_MESSAGES_MAX)
        return 0;
    return (int64_t)messages * 1000000 >= us * GATHER_RATE_MIN ? GATHER_MS : 0;
}
