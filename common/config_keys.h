/* Rows of tables of keys (config.h) that more than one program has, each with the same name,
 * default and rule. AT is the offset of the member in the program's struct; HELP is its
 * own line of --help. */
#ifndef CARRITO_CONFIG_KEYS_H
#define CARRITO_CONFIG_KEYS_H

#include "common/config.h"
#include "common/day.h"
#include "common/protocol.h"

#define CONFIG_KEY_TZ(AT)                                                                          \
    {                                                                                              \
        .name = "tz", .type = CONFIG_CHECKED, .offset = (AT), .initial = "America/Santiago",       \
        .check = day_set_zone, .allowed = "a zone of the system, e.g. America/Santiago",           \
        .help = "the guild's zone"                                                                 \
    }

#define CONFIG_KEY_DAY_START(AT, HELP)                                                             \
    {                                                                                              \
        .name = "day_start", .type = CONFIG_CHECKED, .offset = (AT), .initial = "00:00",           \
        .check = day_start_is_valid, .allowed = "HH:MM, 00:00 to 12:00", .help = (HELP)            \
    }

#define CONFIG_KEY_LANG(AT, HELP)                                                                  \
    {                                                                                              \
        .name = "lang", .type = CONFIG_CHECKED, .offset = (AT), .initial = "es",                   \
        .check = config_is_language, .allowed = "es or en", .help = (HELP)                         \
    }

#define CONFIG_KEY_KAFKA_BROKERS(AT)                                                               \
    {                                                                                              \
        .name = "kafka_brokers", .type = CONFIG_CHECKED, .offset = (AT),                           \
        .initial = "127.0.0.1:9092", .check = config_is_host_list, .allowed = "host[:port],…",     \
        .help = "Kafka brokers to begin with"                                                      \
    }

/* With client_name.h: how clients are written down. */
#define CONFIG_KEY_CLIENTS(AT, HELP)                                                               \
    {                                                                                              \
        .name = "clients", .type = CONFIG_CHECKED, .offset = (AT), .initial = "names",             \
        .check = client_naming_is_valid, .allowed = "names, pseudonym or none", .help = (HELP)     \
    }

#define CONFIG_KEY_CLIENTS_KEYFILE(AT)                                                             \
    {                                                                                              \
        .name = "clients_keyfile", .type = CONFIG_TEXT, .offset = (AT),                            \
        .help = "the guild's key for pseudonyms"                                                   \
    }

/* A socket's path: of the agent, and of who speaks to it. */
#define CONFIG_KEY_SOCKET(AT, HELP)                                                                \
    {                                                                                              \
        .name = "socket", .type = CONFIG_TEXT, .offset = (AT),                                     \
        .initial = "/run/carrito/agent.sock", .help = (HELP)                                       \
    }

/* Pieces; more want a second Enter at the till. */
#define CONFIG_KEY_TILL_ASK(AT, HELP)                                                              \
    {                                                                                              \
        .name = "till_ask", .type = CONFIG_INT, .offset = (AT), .initial = "20", .min = 1,         \
        .max = QUANTITY_MAX, .help = (HELP)                                                        \
    }

#endif
