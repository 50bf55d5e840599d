/* The bridge's configuration: one row per key (contract, section 7). */
#ifndef CARRITO_BRIDGE_SETTINGS_H
#define CARRITO_BRIDGE_SETTINGS_H

#include "common/mqtt_settings.h"

struct settings {
    struct mqtt_settings mqtt;
    char *kafka_brokers;
    int64_t kafka_replication;
    char *bridge_id;      /* the host's name where none was given */
    char *owntracks_cart; /* "device" or "user" */
    char *metrics;        /* or NULL */
};

extern const struct config_spec settings_spec;

/* config_load with the bridge's table, and the host's name for the id. */
enum config_result settings_load(struct settings *settings, struct config_pairs *pairs, int *argc,
                                 char **argv);

#endif
