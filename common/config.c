/* Configuration from four sources, by one table of keys. */
#include "common/config.h"
#include "common/catalogue.h"
#include "common/config_file.h"
#include "common/ini.h"
#include "common/log.h"

#include "typed_words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_MAX 64 /* the longest key, as an option or a variable */

/* What every program knows beside its own keys. */
static const struct config_key log_key = {
    .name = "log",
    .type = CONFIG_TEXT,
    .initial = "info",
    .allowed = "debug, info, warn or error",
    .help = "how much is logged",
};

struct loader {
    const struct config_spec *spec;
    void *values;
    struct config_pairs *pairs;
    char wrong[256]; /* what was wrong with the last value */
};

static void set_text(char **target, const char *value)
{
    free(*target);
    *target = strdup(value);
    if (*target == NULL)
        abort();
}

static bool is_bad(struct loader *loader, const struct config_key *key, const char *value)
{
    const char *allowed = key->allowed != NULL ? key->allowed : "another value";

    if (config_is_secret(key->name))
        snprintf(loader->wrong, sizeof loader->wrong, "%s must be %s", key->name, allowed);
    else
        snprintf(loader->wrong, sizeof loader->wrong, "%s must be %s, not \"%.80s\"", key->name,
                 allowed, value);
    return false;
}

static bool set_int(struct loader *loader, const struct config_key *key, const char *value)
{
    char *end;

    errno = 0;
    long long number = strtoll(value, &end, 10);
    if (value[0] == '\0' || *end != '\0' || errno != 0 || number < key->min || number > key->max) {
        snprintf(loader->wrong, sizeof loader->wrong,
                 "%s must be a whole number from %lld to %lld, not \"%.80s\"", key->name,
                 (long long)key->min, (long long)key->max, value);
        return false;
    }
    *(int64_t *)((char *)loader->values + key->offset) = number;
    return true;
}

static bool set_value(struct loader *loader, const struct config_key *key, const char *value)
{
    char *at = (char *)loader->values + key->offset;

    if (key == &log_key)
        return log_set_level(value) || is_bad(loader, key, value);
    switch (key->type) {
    case CONFIG_INT:
        return set_int(loader, key, value);
    case CONFIG_SWITCH:
        if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
            snprintf(loader->wrong, sizeof loader->wrong, "%s must be 0 or 1, not \"%.80s\"",
                     key->name, value);
            return false;
        }
        *(bool *)at = value[0] == '1';
        return true;
    case CONFIG_CHECKED:
        if (!key->check(value))
            return is_bad(loader, key, value);
        break;
    case CONFIG_TEXT:
        break;
    }
    set_text((char **)at, value);
    return true;
}

static const struct config_key *find_key(const struct config_spec *spec, const char *name)
{
    if (strcmp(name, log_key.name) == 0)
        return &log_key;
    for (size_t i = 0; i < spec->key_count; i++)
        if (strcmp(spec->keys[i].name, name) == 0)
            return &spec->keys[i];
    return NULL;
}

/* True where the name has one of the program's prefixes: the pair is kept, or it is wrong. */
static bool add_pair(struct loader *loader, const char *name, const char *value)
{
    const char *const *prefix = loader->spec->pair_prefixes;

    while (prefix != NULL && *prefix != NULL && strncmp(name, *prefix, strlen(*prefix)) != 0)
        prefix++;
    if (prefix == NULL || *prefix == NULL || loader->pairs == NULL)
        return false;
    const char *wrong =
        loader->spec->pair_wrong != NULL ? loader->spec->pair_wrong(name, value) : NULL;
    if (wrong != NULL) {
        snprintf(loader->wrong, sizeof loader->wrong, "%s", wrong);
        return true;
    }
    struct config_pair *grown =
        realloc(loader->pairs->pairs, (loader->pairs->count + 1) * sizeof *grown);
    if (grown == NULL)
        abort();
    loader->pairs->pairs = grown;
    struct config_pair *pair = &grown[loader->pairs->count++];
    *pair = (struct config_pair){ 0 };
    set_text(&pair->name, name);
    set_text(&pair->value, value);
    return true;
}

/* Of a number: older files may have a comment behind it, which it cannot mean. */
static void cut_comment(char *value)
{
    char *comment = ini_old_comment(value);

    while (comment != NULL && comment > value && isspace((unsigned char)comment[-1]))
        comment--;
    if (comment != NULL)
        *comment = '\0';
}

/* A pair of the file: NULL, or what is wrong with it. */
static const char *take_pair(void *user, const char *name, char *value)
{
    struct loader *loader = user;
    const struct config_key *key = find_key(loader->spec, name);

    loader->wrong[0] = '\0';
    if (add_pair(loader, name, value))
        return loader->wrong[0] != '\0' ? loader->wrong : NULL;
    if (key == NULL && loader->spec->reads_others_files)
        return NULL;
    if (key == NULL) {
        snprintf(loader->wrong, sizeof loader->wrong, "unknown key \"%.80s\"", name);
        return loader->wrong;
    }
    if (key->type == CONFIG_INT || key->type == CONFIG_SWITCH)
        cut_comment(value);
    return set_value(loader, key, value) ? NULL : loader->wrong;
}

static void variable_name(const char *key, char name[OPTION_MAX + 16])
{
    size_t length = (size_t)snprintf(name, OPTION_MAX + 16, "CARRITO_%s", key);

    for (size_t i = 8; i < length && name[i] != '\0'; i++)
        name[i] = (char)toupper((unsigned char)name[i]);
}

static bool load_variable(struct loader *loader, const struct config_key *key)
{
    char name[OPTION_MAX + 16];

    variable_name(key->name, name);
    const char *value = getenv(name);
    if (value == NULL || set_value(loader, key, value))
        return true;
    fprintf(stderr, "%s: environment, %s=%.200s: %s\n", loader->spec->program, name,
            config_is_secret(key->name) ? "(not shown)" : value, loader->wrong);
    return false;
}

static bool load_environment(struct loader *loader)
{
    for (size_t i = 0; i < loader->spec->key_count; i++)
        if (!load_variable(loader, &loader->spec->keys[i]))
            return false;
    return load_variable(loader, &log_key);
}

static bool load_initial(struct loader *loader)
{
    for (size_t i = 0; i < loader->spec->key_count; i++)
        if (loader->spec->keys[i].initial != NULL &&
            !set_value(loader, &loader->spec->keys[i], loader->spec->keys[i].initial)) {
            fprintf(stderr, "%s: built-in: %s\n", loader->spec->program, loader->wrong);
            return false;
        }
    return true;
}

/* An option as it was written, split: "--mqtt-host=x" is "mqtt_host" and "x". */
struct option {
    char key[OPTION_MAX];
    const char *value; /* NULL where it has no '=' */
};

static bool split_option(const char *word, struct option *option)
{
    const char *equals = strchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);

    if (strncmp(word, "--", 2) != 0 || length < 3 || length - 2 >= sizeof option->key)
        return false;
    for (size_t i = 2; i < length; i++)
        option->key[i - 2] = (char)(word[i] == '-' ? '_' : word[i]);
    option->key[length - 2] = '\0';
    option->value = equals != NULL ? equals + 1 : NULL;
    return true;
}

static bool is_own(const char *const *own_options, const char *word)
{
    size_t length = strcspn(word, "=");

    for (; own_options != NULL && *own_options != NULL; own_options++)
        if (strlen(*own_options) == length && strncmp(*own_options, word, length) == 0)
            return true;
    return false;
}

static void print_help(const struct config_spec *spec)
{
    printf("%s\n\nOptions, each also a variable and a key of the file (--config FILE):\n",
           spec->usage);
    for (size_t i = 0; i <= spec->key_count; i++) {
        const struct config_key *key = i < spec->key_count ? &spec->keys[i] : &log_key;
        char variable[OPTION_MAX + 16], option[OPTION_MAX];
        variable_name(key->name, variable);
        snprintf(option, sizeof option, "%s", key->name);
        for (char *at = option; *at != '\0'; at++)
            if (*at == '_')
                *at = '-';
        printf("  --%-20s %-28s %s%s%s%s\n", option, variable, key->help != NULL ? key->help : "",
               key->initial != NULL ? " (" : "", key->initial != NULL ? key->initial : "",
               key->initial != NULL ? ")" : "");
    }
    printf("  --config FILE, --check, --version, --help\n"
           "Precedence: built-in, file, environment, command line.\n");
}

/* The words of the command line in two passes: the file's name first, values last. */
struct command_line {
    const char *config_path;
    bool check, answered; /* --help and --version answer at once */
};

/* Whoever types it reads it in the configured language; in English where none was read yet, or the
 * program has none. */
static enum lang lang_of(const struct loader *loader)
{
    const struct config_key *key = find_key(loader->spec, "lang");
    char *const *name = key != NULL ? (char *const *)((char *)loader->values + key->offset) : NULL;

    return name != NULL && *name != NULL ? lang_from_name(*name) : LANG_EN;
}

static enum config_result usage_error(const struct loader *loader, struct saying wrong)
{
    struct buffer text = { 0 };

    say_in(&wrong, lang_of(loader), &text);
    fprintf(stderr, "%s: %s\n", loader->spec->program, text.bytes);
    buffer_free(&text);
    return CONFIG_USAGE;
}

/* --config, --check, --help, --version; anything else is left alone. */
static enum config_result scan_command_line(const struct loader *loader, int argc, char **argv,
                                            struct command_line *line)
{
    const struct config_spec *spec = loader->spec;
    struct option option;

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (!split_option(argv[i], &option))
            continue;
        if (strcmp(option.key, "help") == 0) {
            print_help(spec);
            return CONFIG_DONE;
        }
        if (strcmp(option.key, "version") == 0) {
            printf("%s %s\n", spec->program, CARRITO_VERSION);
            return CONFIG_DONE;
        }
        if (strcmp(option.key, "check") == 0)
            line->check = true;
        if (strcmp(option.key, "config") != 0)
            continue;
        line->config_path = option.value != NULL ? option.value : i + 1 < argc ? argv[i + 1] : NULL;
        if (line->config_path == NULL)
            return usage_error(loader, SAY_TYPED_NO_FILE(argv[i], spec->program));
    }
    return CONFIG_OK;
}

/* Whoever is on the machine sees the arguments of all processes. */
static enum config_result refuse_secret(const struct config_spec *spec,
                                        const struct config_key *key)
{
    char variable[OPTION_MAX + 16];

    variable_name(key->name, variable);
    fprintf(stderr, "%s: --%s would show it to everybody on this machine; %s, or --%s-file FILE\n",
            spec->program, key->name, variable, key->name);
    return CONFIG_USAGE;
}

/* Takes the options out of argv and leaves words and the program's own options. */
static enum config_result take_options(struct loader *loader, int *argc, char **argv,
                                       const char *const *own_options)
{
    struct option option;
    int kept = 1;

    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < *argc)
                argv[kept++] = argv[i];
            break;
        }
        if (!split_option(argv[i], &option) || is_own(own_options, argv[i])) {
            argv[kept++] = argv[i];
            continue;
        }
        if (strcmp(option.key, "check") == 0)
            continue;
        const char *written = argv[i];
        const struct config_key *key = find_key(loader->spec, option.key);
        bool is_config = strcmp(option.key, "config") == 0;
        if (key == NULL && !is_config)
            return usage_error(loader, SAY_TYPED_UNKNOWN_OPTION(written, loader->spec->program));
        if (key != NULL && config_is_secret(key->name))
            return refuse_secret(loader->spec, key);
        if (option.value == NULL && ++i == *argc)
            return usage_error(loader, SAY_TYPED_NO_VALUE(written, loader->spec->program));
        const char *value = option.value != NULL ? option.value : argv[i];
        if (!is_config && !set_value(loader, key, value)) {
            fprintf(stderr, "%s: %s: %s\n", loader->spec->program, written, loader->wrong);
            return CONFIG_USAGE;
        }
    }
    *argc = kept;
    argv[kept] = NULL;
    return CONFIG_OK;
}

static void print_remarks(const struct config_spec *spec, const void *values)
{
    for (size_t i = 0; spec->remarks != NULL && spec->remarks[i] != NULL; i++) {
        const char *remark = spec->remarks[i](values);
        if (remark != NULL)
            fprintf(stderr, "%s: warning: %s\n", spec->program, remark);
    }
}

void config_log_remarks(const struct config_spec *spec, const void *values)
{
    for (size_t i = 0; spec->remarks != NULL && spec->remarks[i] != NULL; i++) {
        const char *remark = spec->remarks[i](values);
        if (remark != NULL)
            log_warn("config", remark, NULL);
    }
}

enum config_result config_load(const struct config_spec *spec, void *values,
                               struct config_pairs *pairs, int *argc, char **argv,
                               const char *const *own_options,
                               const char *(*config_check)(const void *values))
{
    static const char semicolons[] =
        "\" ;\" behind a value begins no comment; older versions cut the value there";
    struct loader loader = { .spec = spec, .values = values, .pairs = pairs };
    struct config_file file = { .program = spec->program, .take = take_pair, .user = &loader };
    struct command_line line = { 0 };
    enum config_result result = scan_command_line(&loader, *argc, argv, &line);

    if (result != CONFIG_OK)
        return result;
    file.path = line.config_path;
    if (!load_initial(&loader) || (file.path != NULL && !config_file_load(&file)) ||
        !load_environment(&loader))
        return CONFIG_BAD;
    result = take_options(&loader, argc, argv, own_options);
    if (result != CONFIG_OK)
        return result;
    const char *wrong = config_check != NULL ? config_check(values) : NULL;
    if (wrong != NULL) {
        fprintf(stderr, "%s: configuration: %s\n", spec->program, wrong);
        return CONFIG_BAD;
    }
    if (!line.check) {
        if (file.semicolons_line != 0)
            log_warn("config", semicolons, "file=%s line=%d", file.path, file.semicolons_line);
        return CONFIG_OK;
    }
    if (file.semicolons_line != 0)
        fprintf(stderr, "%s: warning: %s, line %d: %s\n", spec->program, file.path,
                file.semicolons_line, semicolons);
    print_remarks(spec, values);
    printf("configuration ok\n");
    return CONFIG_DONE;
}

void config_free(const struct config_spec *spec, void *values, struct config_pairs *pairs)
{
    for (size_t i = 0; i < spec->key_count; i++)
        if (spec->keys[i].type == CONFIG_TEXT || spec->keys[i].type == CONFIG_CHECKED) {
            char **text = (char **)((char *)values + spec->keys[i].offset);
            free(*text);
            *text = NULL;
        }
    for (size_t i = 0; pairs != NULL && i < pairs->count; i++) {
        free(pairs->pairs[i].name);
        free(pairs->pairs[i].value);
    }
    if (pairs != NULL) {
        free(pairs->pairs);
        *pairs = (struct config_pairs){ 0 };
    }
}

int config_exit_status(enum config_result result)
{
    static const int statuses[] = {
        [CONFIG_OK] = 0,
        [CONFIG_DONE] = 0,
        [CONFIG_USAGE] = 2,
        [CONFIG_BAD] = 78,
    };

    return statuses[result];
}
