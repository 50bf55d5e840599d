/* The settings of a link to the MQTT brokers: one set of keys for agent, bridge, simulator and
 * command line. */
#ifndef CARRITO_MQTT_SETTINGS_H
#define CARRITO_MQTT_SETTINGS_H

#include "common/config.h"
#include "common/mqtt_link.h"

struct mqtt_settings {
    char *host; /* "host[:port],…" */
    int64_t port;
    char *user, *password_file;        /* or NULL */
    char *cafile, *certfile, *keyfile; /* or NULL */
};

/* The rows of a program's table of keys; AT is the offset of its struct mqtt_settings. */
#define MQTT_SETTINGS_KEY(AT, NAME, FIELD, KIND)                                                   \
    .name = "mqtt_" NAME, .type = (KIND), .offset = (AT) + offsetof(struct mqtt_settings, FIELD)
#define MQTT_SETTINGS_KEYS(AT)                                                                     \
    { MQTT_SETTINGS_KEY(AT, "host", host, CONFIG_CHECKED), .initial = "127.0.0.1",                 \
      .check = config_is_host_list, .allowed = "host[:port],…",                                    \
      .help = "MQTT brokers, tried in turn" },                                                     \
        { MQTT_SETTINGS_KEY(AT, "port", port, CONFIG_INT), .initial = "1883", .min = 1,            \
          .max = 65535, .help = "port where the host has none" },                                  \
        { MQTT_SETTINGS_KEY(AT, "user", user, CONFIG_TEXT), .help = "name at the MQTT broker" },   \
        { MQTT_SETTINGS_KEY(AT, "password_file", password_file, CONFIG_TEXT),                      \
          .help = "file with the password" },                                                      \
        { MQTT_SETTINGS_KEY(AT, "cafile", cafile, CONFIG_TEXT),                                    \
          .help = "certificate authority; its presence turns TLS on" },                            \
        { MQTT_SETTINGS_KEY(AT, "certfile", certfile, CONFIG_TEXT), .help = "own certificate" },   \
    {                                                                                              \
        MQTT_SETTINGS_KEY(AT, "keyfile", keyfile, CONFIG_TEXT), .help = "key of the certificate"   \
    }

/* What is wrong with the three files of TLS; NULL: nothing. */
const char *mqtt_settings_wrong(const struct mqtt_settings *settings);
/* A remark for config_spec where another machine is spoken to in the clear, or NULL. */
const char *mqtt_settings_remark(const struct mqtt_settings *settings);

/* Reads the password, NULL where there is none to be read from a file; the caller frees it by
 * config_free_secret(). False, and logged, where the file says none. Blocks for the disk. */
bool mqtt_settings_read_password(const struct mqtt_settings *settings, char **password);
/* Where to, who, and by which files; the rest is zero. Points into settings and password. */
struct mqtt_link_options mqtt_settings_link(const struct mqtt_settings *settings,
                                            const char *password);

#endif
