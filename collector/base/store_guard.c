/* Counts the transactions of a thread. */
#include "collector/base/store_guard.h"

#include "common/log.h"

#include <stdlib.h>

static _Thread_local int writing;

void store_guard_begin(void)
{
    writing++;
}

void store_guard_end(void)
{
    writing--;
}

void store_guard_no_write(const char *what)
{
    if (writing == 0)
        return;
    log_error("store", "waits for a peer inside a transaction", "for=%s", what);
    abort();
}
