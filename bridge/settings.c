/* The table of keys. */
#include "bridge/settings.h"
#include "common/config_keys.h"
#include "common/kafka_conf.h"
#include "common/owntracks.h"
#include "common/wire_mqtt.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_bridge_id(const char *value)
{
    size_t length = strlen(value);

    return length >= 1 && length <= BRIDGE_ID_MAX &&
           strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
               length;
}

static bool is_owntracks_cart(const char *value)
{
    return strcmp(value, "device") == 0 || strcmp(value, OWNTRACKS_RULE_USER) == 0;
}

/* `metrics` may also be empty or "off". */
static bool is_listener(const char *value)
{
    return value[0] == '\0' || strcmp(value, "off") == 0 || config_is_host_port(value);
}

static const struct config_key keys[] = {
    MQTT_SETTINGS_KEYS(offsetof(struct settings, mqtt)),
    CONFIG_KEY_KAFKA_BROKERS(offsetof(struct settings, kafka_brokers)),
    { .name = "kafka_replication",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, kafka_replication),
      .initial = "3",
      .min = 1,
      .max = 100,
      .help = "replicas of the topics that carrito-collector makes; the bridge makes none" },
    { .name = "bridge_id",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, bridge_id),
      .check = is_bridge_id,
      .allowed = "1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'",
      .help = "name of this bridge (the host's name)" },
    { .name = "owntracks_cart",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, owntracks_cart),
      .initial = "device",
      .check = is_owntracks_cart,
      .allowed = "device or user",
      .help =
          "the cart of owntracks/{user}/{device}; device only where the broker is on loopback" },
    { .name = "metrics",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, metrics),
      .check = is_listener,
      .allowed = "HOST:PORT or off",
      .help = "where /metrics, /healthz and /readyz are served (off)" },
};

static const char *clear_link(const void *values)
{
    return mqtt_settings_remark(&((const struct settings *)values)->mqtt);
}

static const char *(*const remarks[])(const void *values) = { clear_link, NULL };
static const char *const pair_prefixes[] = { "kafka.", NULL };

const struct config_spec settings_spec = {
    .program = "carrito-bridge",
    .usage = "Usage: carrito-bridge [OPTION]...\n"
             "Carries messages of carts from MQTT to Kafka, and commands back.",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
    .pair_prefixes = pair_prefixes,
    .pair_wrong = kafka_pair_wrong,
    .remarks = remarks,
};

static const char *check(const void *values)
{
    const struct settings *settings = values;

    return mqtt_settings_wrong(&settings->mqtt);
}

/* What a host's name may hold and an MQTT topic or our rule may not becomes '-'. */
static char *host_id(void)
{
    char name[BRIDGE_ID_MAX + 1] = "";

    gethostname(name, sizeof name - 1);
    for (char *at = name; *at != '\0'; at++)
        if (!is_bridge_id((char[]){ *at, '\0' }))
            *at = '-';
    char *id = strdup(name[0] != '\0' ? name : "bridge");
    if (id == NULL)
        abort();
    return id;
}

enum config_result settings_load(struct settings *settings, struct config_pairs *pairs, int *argc,
                                 char **argv)
{
    enum config_result result =
        config_load(&settings_spec, settings, pairs, argc, argv, NULL, check);

    if (result != CONFIG_OK)
        return result;
    if (settings->bridge_id == NULL)
        settings->bridge_id = host_id();
    return CONFIG_OK;
}
