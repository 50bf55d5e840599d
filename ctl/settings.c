/* The table of settings, and the file that `login` keeps. */
#include "ctl/settings.h"

#include "common/buffer.h"
#include "common/file_whole.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX    65536 /* a larger file of a person's is not rewritten */
#define SETTINGS_ARGS_MAX 64
#define URL_BYTES_MAX     512

static bool url_is_valid(const char *value)
{
    size_t scheme = strncmp(value, "https://", 8) == 0  ? 8
                    : strncmp(value, "http://", 7) == 0 ? 7
                                                        : 0;

    return scheme && value[scheme] && value[scheme] != '/' && strlen(value) <= URL_BYTES_MAX &&
           !strpbrk(value + scheme, " ?#@\r\n\t");
}

static bool language_is_known(const char *value)
{
    return strcmp(value, "es") == 0 || strcmp(value, "en") == 0;
}

/* A token goes into a header and a file of lines: visible characters only. */
static bool token_is_valid(const char *value)
{
    for (; *value; value++)
        if (*value <= ' ' || *value > '~')
            return false;
    return true;
}

#define KEY(field, kind) .name = #field, .type = kind, .offset = offsetof(struct settings, field)

static const struct config_key keys[] = {
    { KEY(url, CONFIG_CHECKED), .initial = "http://127.0.0.1:8080", .check = url_is_valid,
      .allowed = "http://HOST[:PORT] or https://HOST[:PORT]", .help = "the collector's address" },
    { KEY(token, CONFIG_CHECKED), .check = token_is_valid, .allowed = "a token as login gives it",
      .help = "the token that login keeps" },
    { KEY(token_file, CONFIG_TEXT), .help = "file with a token, instead of the one of login" },
    { KEY(lang, CONFIG_CHECKED), .initial = "es", .check = language_is_known, .allowed = "es or en",
      .help = "language of the words: es, en" },
    { KEY(tz, CONFIG_TEXT), .initial = "America/Santiago", .help = "the guild's time zone" },
    MQTT_SETTINGS_KEYS(offsetof(struct settings, mqtt)),
    { KEY(kafka_brokers, CONFIG_CHECKED), .initial = "127.0.0.1:9092", .check = config_is_host_list,
      .allowed = "host[:port],...", .help = "Kafka brokers, for tail" },
};

static const char *const pair_prefixes[] = { "kafka.", NULL };

static const struct config_spec spec = {
    .program = "carritoctl",
    .usage = "carritoctl COMMAND [OPTIONS]",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
    .pair_prefixes = pair_prefixes,
    .reads_others_files = true, /* `doctor --config /etc/carrito/bridge.conf` */
};

/* What the configuration reader knows beside the keys; `check` is the one without a value. */
static const char *const extra_options[] = { "config", "log", "check" };

/* True where `word` is `--NAME` or `--NAME=…` of a setting; blanks of the key are dashes there. */
static bool is_setting(const char *word, const char *name)
{
    if (strncmp(word, "--", 2) != 0)
        return false;
    for (word += 2; *name; word++, name++)
        if (*word != (*name == '_' ? '-' : *name))
            return false;
    return *word == '\0' || *word == '=';
}

static bool is_any_setting(const char *word)
{
    for (size_t i = 0; i < spec.key_count; i++)
        if (is_setting(word, keys[i].name))
            return true;
    for (size_t i = 0; i < sizeof extra_options / sizeof *extra_options; i++)
        if (is_setting(word, extra_options[i]))
            return true;
    return false;
}

/* Moves the settings' options from argv to `taken`, which has room for SETTINGS_ARGS_MAX + 1. */
static int take_options(int *argc, char **argv, char **taken)
{
    int kept = 1, count = 1, i = 1;

    taken[0] = argv[0];
    for (; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        if (!is_any_setting(argv[i]) || count + 2 > SETTINGS_ARGS_MAX) {
            argv[kept++] = argv[i];
            continue;
        }
        taken[count++] = argv[i];
        if (!strchr(argv[i], '=') && !is_setting(argv[i], "check") && i + 1 < *argc)
            taken[count++] = argv[++i];
    }
    for (; i < *argc; i++)
        argv[kept++] = argv[i];
    argv[kept] = NULL;
    taken[count] = NULL;
    *argc = kept;
    return count;
}

static bool names_a_file(char *const *taken)
{
    for (; *taken; taken++)
        if (is_setting(*taken, "config"))
            return true;
    return false;
}

/* A token in an argument is seen by everybody on the machine. */
static bool read_token(struct settings *settings)
{
    config_free_secret(settings->token);
    settings->token = config_read_secret(settings->token_file);
    if (settings->token && token_is_valid(settings->token))
        return true;
    fprintf(stderr, "carritoctl: %s: no token in it that can be read\n", settings->token_file);
    return false;
}

enum config_result settings_load(struct settings *settings, int *argc, char **argv)
{
    /* Two places in front for the person's file. */
    char *taken[SETTINGS_ARGS_MAX + 3], option[] = "--config", *path = settings_path();
    int count = take_options(argc, argv, taken);
    enum config_result result;

    if (path && !names_a_file(taken) && access(path, F_OK) == 0) {
        taken[count++] = option;
        taken[count++] = path;
        taken[count] = NULL;
    }
    result = config_load(&spec, settings, &settings->pairs, &count, taken, NULL, NULL);
    if (result == CONFIG_OK && settings->token_file && !read_token(settings))
        result = CONFIG_BAD;
    if (settings->url)
        for (size_t length = strlen(settings->url); settings->url[length - 1] == '/'; length--)
            settings->url[length - 1] = '\0';
    free(path);
    return result;
}

void settings_free(struct settings *settings)
{
    config_free_secret(settings->token);
    settings->token = NULL;
    config_free(&spec, settings, &settings->pairs);
}

void settings_print_help(FILE *file)
{
    for (size_t i = 0; i < spec.key_count; i++) {
        char option[32];

        if (config_is_secret(keys[i].name))
            continue;
        snprintf(option, sizeof option, "%s", keys[i].name);
        for (char *at = option; (at = strchr(at, '_'));)
            *at = '-';
        fprintf(file, "  --%-20s %s%s%s%s\n", option, keys[i].help, keys[i].initial ? " (" : "",
                keys[i].initial ? keys[i].initial : "", keys[i].initial ? ")" : "");
    }
    fprintf(file, "  --%-20s %s\n", "config FILE",
            "another file than ~/.config/carrito/carritoctl.conf");
}

char *settings_path(void)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char *path = NULL;
    int length;

    if (base && base[0] == '/')
        length = asprintf(&path, "%s/carrito/carritoctl.conf", base);
    else if (home && home[0])
        length = asprintf(&path, "%s/.config/carrito/carritoctl.conf", home);
    else
        return NULL;
    return length < 0 ? NULL : path;
}

bool settings_is_readable_by_others(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
}

/* Makes the folders above the file, each for its owner alone. */
static bool make_folders(const char *path)
{
    char folder[4096];

    if ((size_t)snprintf(folder, sizeof folder, "%s", path) >= sizeof folder) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (char *slash = folder; (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return true;
}

static bool line_has_key(const char *line, const char *key)
{
    size_t length = strlen(key);

    line += strspn(line, " \t");
    if (strncmp(line, key, length) != 0)
        return false;
    line += length;
    line += strspn(line, " \t");
    return *line == '=' || *line == ':';
}

/* Appends the lines of the file that say no token, nor, where there is a new one, a url; none where
 * there is no file. */
static void keep_other_lines(const char *path, const char *url, struct buffer *out)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;

    if (!file)
        return;
    while (getline(&line, &room, file) >= 0 && out->length < FILE_BYTES_MAX)
        if (!(url && line_has_key(line, "url")) && !line_has_key(line, "token"))
            buffer_text(out, line);
    if (out->length > 0 && out->bytes[out->length - 1] != '\n')
        buffer_text(out, "\n");
    free(line);
    fclose(file);
}

/* The new text of the file. */
static void write_text(const char *path, const char *url, const char *token, struct buffer *out)
{
    /* The keys come first: a section in the person's lines would swallow them. */
    if (url)
        buffer_format(out, "url=%s\n", url);
    if (token)
        buffer_format(out, "token=%s\n", token);
    keep_other_lines(path, url, out);
}

bool settings_forget(const char *path)
{
    return access(path, F_OK) != 0 || settings_save(path, NULL, NULL);
}

bool settings_save(const char *path, const char *url, const char *token)
{
    struct buffer text = { 0 };

    if (!make_folders(path))
        return false;
    write_text(path, url, token, &text);
    bool done = file_write_whole(path, NULL, &text);
    int error = errno;
    buffer_wipe(&text);
    errno = error;
    return done;
}
