/* The table of keys. */
#include "agent/settings.h"
#include "agent/client.h"
#include "agent/host_plate.h"
#include "agent/source_gps.h"
#include "agent/source_sell.h"

#include "common/config_keys.h"
#include "common/day.h"
#include "common/event.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_cart(const char *value)
{
    char plate[CART_LENGTH_MAX + 1];

    return strcmp(value, "host") == 0 || cart_from_person(value, plate);
}

static bool is_listener(const char *value)
{
    return strcmp(value, "off") == 0 || config_is_host_port(value);
}

static bool is_sell(const char *value)
{
    return strcmp(value, "none") == 0 || source_sell_is_valid(value);
}

static const struct config_key keys[] = {
    MQTT_SETTINGS_KEYS(offsetof(struct settings, mqtt)),
    { .name = "cart",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, cart),
      .check = is_cart,
      .allowed = "a plate, e.g. BBCL23, or host",
      .help = "the cart's plate" },
    { .name = "outbox",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, outbox),
      .initial = "/var/lib/carrito/outbox.db",
      .help = "file of the outbox" },
    CONFIG_KEY_SOCKET(offsetof(struct settings, socket), "local socket of the vendor's commands"),
    { .name = "gps",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, gps),
      .initial = "gpsd://127.0.0.1:2947",
      .check = source_gps_is_valid,
      .allowed = "gpsd://HOST:PORT, sim:SEED, file:PATH or none",
      .help = "where positions come from" },
    { .name = "location_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, location_s),
      .initial = "10",
      .min = 1,
      .max = 3600,
      .help = "seconds between recorded positions" },
    { .name = "price",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, price),
      .initial = "-1",
      .min = -1,
      .max = 10000000,
      .help = "pesos a piece, fills the amount; -1: none" },
    CONFIG_KEY_TILL_ASK(offsetof(struct settings, till_ask),
                        "pieces; more want a second Enter at the till"),
    { .name = "sell",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, sell),
      .initial = "none",
      .check = is_sell,
      .allowed = "none or sim:SEED:PER_MINUTE",
      .help = "sells by itself; only plates SIM-…" },
    CONFIG_KEY_CLIENTS(offsetof(struct settings, clients), "how a client's name leaves the cart"),
    CONFIG_KEY_CLIENTS_KEYFILE(offsetof(struct settings, clients_keyfile)),
    { .name = "metrics",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, metrics),
      .initial = "off",
      .check = is_listener,
      .allowed = "HOST:PORT or off",
      .help = "listener for /metrics, /healthz and /readyz" },
    CONFIG_KEY_TZ(offsetof(struct settings, tz)),
    CONFIG_KEY_DAY_START(offsetof(struct settings, day_start),
                         "when a day begins, until the centre says it"),
    CONFIG_KEY_LANG(offsetof(struct settings, lang), "language of the vendor"),
};

static const char *no_plate(const void *values)
{
    return ((const struct settings *)values)->cart == NULL
               ? "cart= is missing: the agent records nothing until it has a plate, e.g. BBCL23"
               : NULL;
}

static const char *clear_link(const void *values)
{
    return mqtt_settings_remark(&((const struct settings *)values)->mqtt);
}

static const char *(*const remarks[])(const void *values) = { no_plate, clear_link, NULL };

const struct config_spec settings_spec = {
    .program = "carrito-agent",
    .usage = client_usage,
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
    .remarks = remarks,
};

/* What the vendor's commands take. */
static const char *const own_options[] = { "--quantity", "--client", "--amount", "--order",
                                           "--reason",   "--json",   NULL };

static void fold_cart(struct settings *settings)
{
    char plate[CART_LENGTH_MAX + 1];

    if (settings->cart == NULL)
        return;
    settings->cart_is_hosts = strcmp(settings->cart, "host") == 0;
    if (settings->cart_is_hosts)
        host_plate_find("", plate);
    else
        cart_from_person(settings->cart, plate);
    free(settings->cart);
    settings->cart = strdup(plate);
    if (settings->cart == NULL)
        abort();
}

static void set_days(const struct settings *settings)
{
    struct day_start start = { .first_day = INT32_MIN };

    day_start_from_text(settings->day_start, &start.minutes);
    day_set_starts(&start, 1);
}

static const char *check(const void *values)
{
    const struct settings *settings = values;

    if (strcmp(settings->sell, "none") != 0 &&
        (settings->cart == NULL ||
         (strncasecmp(settings->cart, HOST_PLATE_SIMULATED, strlen(HOST_PLATE_SIMULATED)) != 0 &&
          strcmp(settings->cart, "host") != 0)))
        return "sell= is for simulated carts, whose plate begins with SIM-";
    const char *wrong = client_names_wrong(settings->clients, settings->clients_keyfile);
    return wrong != NULL ? wrong : mqtt_settings_wrong(&settings->mqtt);
}

char *settings_name_clients(const struct settings *settings, struct client_names *names)
{
    return client_names_open(settings->clients, settings->clients_keyfile, names);
}

enum config_result settings_load(struct settings *settings, int *argc, char **argv)
{
    enum config_result result =
        config_load(&settings_spec, settings, NULL, argc, argv, own_options, check);

    if (result == CONFIG_OK) {
        fold_cart(settings);
        set_days(settings);
    }
    return result;
}
