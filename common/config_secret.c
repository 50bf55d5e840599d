/* Secrets: which keys hold one, and how one is read from a file of its own. */
#include "common/config.h"
#include "common/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_BYTES_MAX 4096
#define NAME_BYTES_MAX   128

/* Names of a place are none, whatever it holds. */
static bool names_a_place(const char *name)
{
    static const char *const ends[] = { "file", "_FILE", ".location" };
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (length >= strlen(ends[i]) && strcmp(name + length - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

bool config_is_secret(const char *line)
{
    static const char *const words[] = { "password", "passwd", "secret",  "token",
                                         "sasl.",    "jaas",   "ssl.key", "keystore" };
    char name[NAME_BYTES_MAX];

    line += strspn(line, " \t");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(line, "=: \t"), line);
    for (size_t i = 0; i < sizeof words / sizeof *words && !names_a_place(name); i++)
        if (strcasestr(name, words[i]) != NULL)
            return true;
    return false;
}

char *config_read_secret(const char *path)
{
    char text[SECRET_BYTES_MAX + 1];
    FILE *file = fopen(path, "re");
    char *secret = NULL;

    if (file == NULL) {
        log_error("config", "secret cannot be read", "path=%s error=%s", path, strerror(errno));
        return NULL;
    }
    size_t length = fread(text, 1, SECRET_BYTES_MAX, file);
    bool failed = ferror(file) != 0;
    int error = errno; /* of the reading, where that is what failed */
    fclose(file);
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    if (failed)
        log_error("config", "secret cannot be read", "path=%s error=%s", path, strerror(error));
    else if (text[0] == '\0')
        log_error("config", "the first line of a secret's file is empty", "path=%s", path);
    else
        secret = strdup(text);
    explicit_bzero(text, sizeof text);
    return secret;
}

void config_renew_secret(const char *path, char **secret)
{
    config_free_secret(*secret);
    *secret = path != NULL && path[0] != '\0' ? config_read_secret(path) : NULL;
}

void config_free_secret(char *secret)
{
    if (secret != NULL)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}
