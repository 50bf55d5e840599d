/* A password is never an argument: those are seen by ps(1). */
#include "ctl/prompt.h"

#include "ctl/stop.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool prompt_line(char line[PROMPT_LINE_SIZE])
{
    if (!fgets(line, PROMPT_LINE_SIZE, stdin))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

bool prompt_secret(const char *question, char line[PROMPT_LINE_SIZE])
{
    struct termios before, quiet;
    bool changed = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0, read;

    if (changed) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        fprintf(stderr, "%s: ", question);
    }
    read = prompt_line(line);
    if (changed) {
        fputc('\n', stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    }
    return read && !stop_requested();
}

bool prompt_is_sure(const char *question)
{
    char line[PROMPT_LINE_SIZE];

    if (!isatty(STDIN_FILENO))
        return true;
    fprintf(stderr, "%s ", question);
    return prompt_line(line) && !stop_requested() && line[0] != '\0' &&
           strchr("yYsS", line[0]) != NULL;
}
