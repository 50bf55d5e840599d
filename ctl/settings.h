/* Where the collector, the brokers and the token are: the person's file, the environment, options.
 *
 * The person's file is $XDG_CONFIG_HOME/carrito/carritoctl.conf, else
 * ~/.config/carrito/carritoctl.conf; `login` writes address and token into it, mode 0600. */
#ifndef CARRITO_CTL_SETTINGS_H
#define CARRITO_CTL_SETTINGS_H

#include "common/mqtt_settings.h"
#include "ctl/text.h"

#include <stdio.h>

struct settings {
    char *url;        /* without a path and without a slash at its end */
    char *token;      /* NULL before the first login */
    char *token_file; /* whose first line is the token, before any other; or NULL */
    char *lang, *tz;
    struct mqtt_settings mqtt;
    char *kafka_brokers;
    struct config_pairs pairs; /* kafka.NAME= of the file */
};

/* Takes the settings' options out of argv (the other words stay, in order) and reads all sources.
 * Anything but CONFIG_OK was answered or told already. */
enum config_result settings_load(struct settings *settings, int *argc, char **argv);
void settings_free(struct settings *settings);
/* The settings as --help shows them. */
void settings_print_help(FILE *file);

/* The person's file; NULL where there is no home. The caller frees. */
char *settings_path(void);
/* Puts url and token into the file and keeps its other lines; the file appears whole or not at
 * all. False: errno says why. */
bool settings_save(const char *path, const char *url, const char *token);
/* Takes the token out of the file again; its other lines stay. True where there is no file. */
bool settings_forget(const char *path);
/* True where the file exists and others than its owner can read it. */
bool settings_is_readable_by_others(const char *path);

#endif
