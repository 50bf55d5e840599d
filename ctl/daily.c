/* The API shows all days where none is named; this decides what a person means. */
#include "ctl/daily.h"

#include "ctl/request.h"

#include "text_words.h"

#include <stdio.h>
#include <string.h>

bool daily_choose(const struct options *options, int64_t now_ms, struct daily_days *days)
{
    const char *day = options_get(options, "day"), *group = options_get(options, "group");
    const char *from = options_get(options, "from"), *to = options_get(options, "to");
    bool all = options_has(options, "all"), range = from || to;
    bool over_days = (group && strcmp(group, "cart") != 0 && strcmp(group, "guild") != 0) ||
                     options_has(options, "revised-after");

    if ((day != NULL) + all + range > 1)
        return false;
    memset(days, 0, sizeof *days);
    if (day) {
        snprintf(days->from, sizeof days->from, "%s", day);
        snprintf(days->to, sizeof days->to, "%s", day);
    } else if (range) {
        snprintf(days->from, sizeof days->from, "%s", from ? from : "");
        snprintf(days->to, sizeof days->to, "%s", to ? to : "");
    } else if (!all && !over_days) {
        day_text(day_of_ms(now_ms), days->from);
        day_text(day_of_ms(now_ms), days->to);
    }
    return true;
}

/* From a month to the same one are many days. */
static bool is_one_day(const struct daily_days *days)
{
    return strlen(days->from) == DAY_TEXT_SIZE - 1 && strcmp(days->from, days->to) == 0;
}

void daily_add(const struct daily_days *days, struct buffer *path)
{
    if (is_one_day(days)) {
        request_add(path, "day", days->from);
        return;
    }
    if (days->from[0])
        request_add(path, "from", days->from);
    if (days->to[0])
        request_add(path, "to", days->to);
}

void daily_title(enum lang language, const struct daily_days *days, const char *zone,
                 struct buffer *out)
{
    if (is_one_day(days))
        say_in(&SAY_TEXT_DAILY_DAY(days->from, zone), language, out);
    else if (days->from[0] || days->to[0])
        say_in(&SAY_TEXT_DAILY_RANGE(days->from[0] ? days->from : "…", days->to[0] ? days->to : "…",
                                     zone),
               language, out);
    else
        say_in(&SAY_TEXT_DAILY_ALL(zone), language, out);
}
