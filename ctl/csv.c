/* RFC 4180, with cells defused as the API defuses them. */
#include "ctl/csv.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_number(const char *text)
{
    char *end;

    strtod(text, &end);
    return end != text && *end == '\0' && strspn(text, "+-.0123456789eE") == strlen(text);
}

void csv_field(struct buffer *out, size_t index, const char *text)
{
    bool would_run = text[0] && strchr("=+-@\t\r", text[0]) && !is_number(text);
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (index > 0)
        buffer_text(out, ",");
    if (quoted)
        buffer_text(out, "\"");
    if (would_run)
        buffer_text(out, "'");
    for (; *text; text++)
        buffer_text(out, *text == '"' ? "\"\"" : (char[]){ *text, '\0' });
    if (quoted)
        buffer_text(out, "\"");
}

void csv_end(struct buffer *out)
{
    buffer_text(out, "\r\n");
}
