/* Groups of three digits. */
#include "collector/base/figure.h"

#include <math.h>
#include <stdio.h>

#define EXACT_MAX 9007199254740991.0

void figure_write(double value, enum lang lang, struct buffer *out)
{
    static const char separators[LANGS] = { [LANG_ES] = '.', [LANG_EN] = ',' };
    char text[32];
    int length = snprintf(text, sizeof text, "%.0f", fabs(value) < EXACT_MAX ? value : 0);
    for (int i = 0; i < length; i++) {
        int left = length - i;
        if (i > 0 && text[i - 1] != '-' && left % 3 == 0)
            buffer_append(out, &separators[lang], 1);
        buffer_append(out, &text[i], 1);
    }
}

void figure_write_pesos(double pesos, enum lang lang, struct buffer *out)
{
    buffer_text(out, "$");
    figure_write(pesos, lang, out);
}
