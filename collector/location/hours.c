/* Minutes of the local day. */
#include "collector/location/hours.h"

#include <stdlib.h>
#include <time.h>

#define DAY_MINUTES (24 * 60)

static int minutes(const char *text)
{
    /* analysis: cert-err34-c: the setting was looked at when it was set. */
    return atoi(text) * 60 + atoi(text + 3);
}

bool hours_are_open(const char *hours, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;

    if (hours == NULL || localtime_r(&seconds, &local) == NULL)
        return true;
    int from = minutes(hours), to = minutes(hours + 6);
    int now = local.tm_hour * 60 + local.tm_min;
    if (from == to)
        return true;
    return from < to ? now >= from && now < to : now >= from || now < to;
}

int64_t hours_opened_ms(const char *hours, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;

    if (hours == NULL || localtime_r(&seconds, &local) == NULL)
        return 0;
    int from = minutes(hours), to = minutes(hours + 6);
    if (from == to || (from == 0 && to == DAY_MINUTES))
        return 0;
    if (local.tm_hour * 60 + local.tm_min < from) /* they went past midnight */
        local.tm_mday--;
    local.tm_hour = from / 60;
    local.tm_min = from % 60;
    local.tm_sec = 0;
    local.tm_isdst = -1;
    return (int64_t)mktime(&local) * 1000;
}
