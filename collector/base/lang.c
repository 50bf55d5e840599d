/* The choice among the languages. */
#include "collector/base/lang.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The weight of one range in thousandths (RFC 9110, 12.4.2): "en-GB;q=0.8" is 800; 1000 where none
 * is said. */
static int range_weight(const char *range, size_t length)
{
    const char *mark = memmem(range, length, "q=", 2);
    if (mark == NULL || mark[2] != '0')
        return 1000;
    int weight = 0, unit = 100;
    for (const char *digit = mark + 4; mark[3] == '.' && *digit >= '0' && *digit <= '9'; digit++) {
        weight += (*digit - '0') * unit;
        unit /= 10;
    }
    return weight;
}

enum lang lang_choose(const char *accept_language, enum lang standard)
{
    int best = 0;
    enum lang chosen = standard;
    for (const char *range = accept_language; range != NULL && *range != '\0';) {
        range += strspn(range, " ,");
        size_t length = strcspn(range, ",");
        for (enum lang lang = 0; lang < LANGS && length >= 2; lang++) {
            bool named = strncasecmp(range, lang_name(lang), 2) == 0 &&
                         (length == 2 || strchr("-; ", range[2]) != NULL);
            int weight = named ? range_weight(range, length) : 0;
            if (weight > best) {
                best = weight;
                chosen = lang;
            }
        }
        range += length;
    }
    return chosen;
}
