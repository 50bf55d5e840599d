/* The agent's configuration (contract, section 7). */
#ifndef CARRITO_AGENT_SETTINGS_H
#define CARRITO_AGENT_SETTINGS_H

#include "common/client_name.h"
#include "common/mqtt_settings.h"

struct settings {
    struct mqtt_settings mqtt;
    char *cart;         /* a plate, after settings_load; NULL: none was given */
    bool cart_is_hosts; /* made of the machine's name, so that the outbox may know another */
    char *outbox, *socket;
    char *gps, *sell;
    int64_t location_s;
    int64_t price;                   /* EVENT_ABSENT: none */
    int64_t till_ask;                /* pieces; more want a second Enter */
    char *metrics;                   /* HOST:PORT, or "off" */
    char *clients, *clients_keyfile; /* how clients are written down; the guild's key, or NULL */
    char *tz, *day_start, *lang;
};

extern const struct config_spec settings_spec;

/* How clients are written down. Returns the key that `names` uses, or NULL; the caller frees it, by
 * config_free_secret(). Blocks for the disk. */
char *settings_name_clients(const struct settings *settings, struct client_names *names);

enum config_result settings_load(struct settings *settings, int *argc, char **argv);

#endif
