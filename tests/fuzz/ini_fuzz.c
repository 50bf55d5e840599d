/* ini_read over each line of a file: what it gives lies in the line, has no blanks around it, and
 * together with one sign is the whole line. */
#include "common/ini.h"
#include "tests/fuzz/fuzz.h"

#include <ctype.h>

static void check_span(struct ini_span span, struct ini_span line)
{
    CLAIM(span.at >= line.at && span.at + span.length <= line.at + line.length);
    CLAIM(span.length == 0 || (!isspace((unsigned char)span.at[0]) &&
                               !isspace((unsigned char)span.at[span.length - 1])));
    CLAIM(memchr(span.at, '\0', span.length) == NULL);
}

/* Between the two there is one '=' or ':', and else only blanks, as before and behind them. */
static void check_whole(const struct ini_line *read, struct ini_span line)
{
    size_t other = 0;

    for (size_t i = 0; i < line.length; i++) {
        const char *at = line.at + i;
        if ((at < read->key.at || at >= read->key.at + read->key.length) &&
            (at < read->value.at || at >= read->value.at + read->value.length) &&
            !isspace((unsigned char)*at)) {
            CLAIM(*at == '=' || *at == ':');
            other++;
        }
    }
    CLAIM(other == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const sections[] = { "", "products" };
    char *text = fuzz_text(data, size);
    size_t at = ini_mark(text, size);

    while (at < size) {
        const char *newline = memchr(text + at, '\n', size - at);
        struct ini_span line = { text + at,
                                 newline != NULL ? (size_t)(newline - text) - at : size - at };
        for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
            struct ini_line read = ini_read(line, sections[i]);
            if (read.kind == INI_PAIR || read.kind == INI_SECTION)
                check_span(read.key, line);
            if (read.kind == INI_PAIR) {
                CLAIM(read.key.length > 0);
                check_span(read.value, line);
                check_whole(&read, line);
            }
        }
        at += line.length + 1;
    }
    free(text);
    return 0;
}
