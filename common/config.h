/* Configuration: built-in, file (INI), environment, command line, in this order of precedence.
 *
 * A program has one const table of keys and one struct that it fills. The key `mqtt_host` is
 * `mqtt_host=` in the file, CARRITO_MQTT_HOST in the environment and `--mqtt-host VALUE` (or
 * `--mqtt-host=VALUE`) on the command line. An error names file, line and the line itself, or the
 * variable, or the option. How the file's lines are read: common/ini.h; a value is taken whole.
 * Nothing here is kept after config_free. */
#ifndef CARRITO_CONFIG_H
#define CARRITO_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_type {
    CONFIG_TEXT,   /* char *, owned by the config */
    CONFIG_INT,    /* int64_t, min to max */
    CONFIG_SWITCH, /* bool: 0 or 1 */
    CONFIG_CHECKED /* char *; `check` says whether it may be */
};

struct config_key {
    const char *name; /* lower case, as in the file */
    enum config_type type;
    size_t offset;       /* into the program's struct */
    const char *initial; /* as it would be written in the file; NULL: none (text stays NULL) */
    int64_t min, max;    /* CONFIG_INT */
    bool (*check)(const char *value); /* CONFIG_CHECKED */
    const char *allowed;              /* for the error and for --help: "a plate, e.g. BBCL23" */
    const char *help;                 /* one line */
};

/* A pair `NAME=VALUE` whose name begins with the table's prefix (`kafka.` properties, or the lines
 * of section [products] as `products.NAME`). */
struct config_pair {
    char *name; /* without the prefix */
    char *value;
};

struct config_spec {
    const char *program; /* "carrito-bridge" */
    const char *usage;   /* printed by --help before the table of keys */
    const struct config_key *keys;
    size_t key_count;
    /* A file may be another program's: keys that the table lacks are passed over in it. */
    bool reads_others_files;
    const char *const *pair_prefixes; /* e.g. { "kafka.", "products.", NULL }, or NULL */
    /* What is wrong with a pair's value, in words; NULL: nothing. May be NULL. */
    const char *(*pair_wrong)(const char *name, const char *value);
    /* What is allowed and hardly meant: each looks at the values and returns a sentence, or NULL.
     * Ends with NULL; may be NULL. `--check` says them as warnings and is content all the same. */
    const char *(*const *remarks)(const void *values);
};

struct config_pairs {
    struct config_pair *pairs; /* name keeps its prefix */
    size_t count;
};

enum config_result {
    CONFIG_OK,    /* go on */
    CONFIG_DONE,  /* --help, --version or --check was answered: exit 0 */
    CONFIG_USAGE, /* bad arguments, said on standard error: exit 2 */
    CONFIG_BAD    /* bad configuration, said on standard error: exit 78 */
};

/* Fills `values` from all sources and consumes the options it knows out of argv: what is left
 * (words, and options listed in `own_options`) stays in argv[1..*argc-1], in order. `--` ends the
 * options. `--log LEVEL` / CARRITO_LOG / log= is known everywhere and set at once.
 * `own_options` (NULL-terminated, or NULL): options that the program reads itself; a value that
 * follows one stays as a word, or behind its `=`.
 * `config_check` (or NULL): a rule over all values; returns NULL or what is wrong. */
enum config_result config_load(const struct config_spec *spec, void *values,
                               struct config_pairs *pairs, int *argc, char **argv,
                               const char *const *own_options,
                               const char *(*config_check)(const void *values));
/* Says the remarks in the log: for a program that goes on to work. */
void config_log_remarks(const struct config_spec *spec, const void *values);
void config_free(const struct config_spec *spec, void *values, struct config_pairs *pairs);

/* The exit status for a result. */
int config_exit_status(enum config_result result);

/* Whether a key, or the key of a line `key=value`, holds a secret: by its words (password, token,
 * secret, sasl., …). Such values are in no error, and no option takes one: of a key `token` there
 * are the file, the variable and `--token-file`. */
bool config_is_secret(const char *line);
/* The first line of a small file (a password), without its end; NULL and a log line where it cannot
 * be read, or is empty. The caller frees, by config_free_secret, which wipes it. */
char *config_read_secret(const char *path);
/* The same into `*secret`, whose old value is freed: a secret may change while a program runs. NULL
 * or "" for a path: there is none. */
void config_renew_secret(const char *path, char **secret);
void config_free_secret(char *secret);

/* True where one of the hosts of a list is not this machine (its loopback). */
bool config_is_remote(const char *hosts);

/* For CONFIG_CHECKED: `HOST:PORT`, `host[:port],…`. */
bool config_is_host_port(const char *value);
bool config_is_host_list(const char *value);
/* "es" or "en". */
bool config_is_language(const char *value);

#endif
