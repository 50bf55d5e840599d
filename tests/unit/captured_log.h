/* The log of what a test does, which goes to standard error. */
#ifndef CARRITO_TESTS_CAPTURED_LOG_H
#define CARRITO_TESTS_CAPTURED_LOG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* What is written to standard error from here on goes to a file. */
__attribute__((unused)) static FILE *capture(int *saved)
{
    FILE *file = tmpfile();

    assert_non_null(file);
    *saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    return file;
}

/* Gives standard error back, and the text, which the caller frees. */
__attribute__((unused)) static char *captured(FILE *file, int saved)
{
    dup2(saved, STDERR_FILENO);
    close(saved);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    char *text = calloc(1, (size_t)length + 1);
    rewind(file);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)length, file), length);
    fclose(file);
    return text;
}

/* How often it is in the text. */
__attribute__((unused)) static int count(const char *text, const char *what)
{
    int found = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        found++;
    return found;
}

/* How often it was written so far; writing goes on. */
__attribute__((unused)) static int count_so_far(FILE *file, const char *what)
{
    struct stat now;

    assert_int_equal(fstat(fileno(file), &now), 0);
    char *text = calloc(1, (size_t)now.st_size + 1);
    assert_non_null(text);
    assert_int_equal(pread(fileno(file), text, (size_t)now.st_size, 0), now.st_size);
    int found = count(text, what);
    free(text);
    return found;
}

#endif
