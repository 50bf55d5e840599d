/* A program in the voice's place: it writes down what it was to say, a line each, and then speaks
 * for as long as a test wants. */
#ifndef CARRITO_TESTS_SPOKEN_H
#define CARRITO_TESTS_SPOKEN_H

#include "scratch.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Makes it in the folder; its path is `program`, of at most `size` bytes. `body` comes after the
 * line is written. */
__attribute__((unused)) static void spoken_make(const struct scratch *scratch, const char *body,
                                                char *program, size_t size)
{
    snprintf(program, size, "%s/speak", scratch->folder);
    FILE *file = fopen(program, "w");
    if (file == NULL)
        abort();
    fprintf(file,
            "#!/bin/sh\nprintf '%%s|%%s|%%s|%%s\\n' \"$1\" \"$2\" \"$3\" \"$4\" >>%s/spoken\n%s\n",
            scratch->folder, body);
    fclose(file);
    chmod(program, 0700);
}

/* All that was to be said so far; static. */
__attribute__((unused)) static const char *spoken_so_far(const struct scratch *scratch)
{
    static char text[4096];
    char path[600];

    memset(text, 0, sizeof text);
    snprintf(path, sizeof path, "%s/spoken", scratch->folder);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return text;
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

#endif
