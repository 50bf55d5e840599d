#include "ctl/text.h"

#include <stdio.h>

static void print_line(const char *start, enum lang language, const struct saying *saying)
{
    struct buffer line = { 0 };

    say_in(saying, language, &line);
    fprintf(stderr, "%s%s\n", start, line.bytes);
    buffer_free(&line);
}

void text_say(enum lang language, struct saying saying)
{
    print_line("", language, &saying);
}

void text_error(enum lang language, struct saying saying)
{
    print_line("carritoctl: ", language, &saying);
}
