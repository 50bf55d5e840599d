/* The table of keys, and the rules of those that are no plain number or text. */
#include "collector/settings_load.h"

#include "collector/effects/mail.h"
#include "collector/effects/webhook.h"
#include "collector/engine/role.h"
#include "collector/http/address.h"
#include "collector/orders/products.h"
#include "collector/store/store_url.h"
#include "common/client_name.h"
#include "common/config_keys.h"
#include "common/day.h"
#include "common/kafka_conf.h"

#include <string.h>

static bool is_store(const char *value)
{
    return store_sqlite_path(value) != NULL;
}

static bool is_restock_count(const char *value)
{
    return strcmp(value, "carts") == 0 || strcmp(value, "sales") == 0;
}

static bool is_orders(const char *value)
{
    return strcmp(value, "auto") == 0 || strcmp(value, "dispatch") == 0;
}

static bool is_host_name(const char *value)
{
    return value[strspn(
               value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")] == '\0';
}

static bool is_smtp(const char *value)
{
    return value[0] == '\0' || (strncmp(value, "smtp://", 7) == 0 && value[7] != '\0') ||
           (strncmp(value, "smtps://", 8) == 0 && value[8] != '\0');
}

static bool is_mail_from(const char *value)
{
    char address[MAIL_ADDRESS_SIZE];

    return value[0] == '\0' || mail_address_from_person(value, address);
}

/* Two digits of at most `max`; -1 where they are not. */
static int two_digits(const char *text, int max)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    int value = (text[0] - '0') * 10 + text[1] - '0';
    return value <= max ? value : -1;
}

/* HH:MM, up to 24:00. */
static bool is_time_of_day(const char *text)
{
    int hours = two_digits(text, 24);

    if (hours < 0 || text[2] != ':')
        return false;
    return two_digits(text + 3, hours == 24 ? 0 : 59) >= 0;
}

static bool is_hours(const char *value)
{
    return strlen(value) == 11 && value[5] == '-' && is_time_of_day(value) &&
           is_time_of_day(value + 6);
}

static const struct config_key keys[] = {
    CONFIG_KEY_KAFKA_BROKERS(offsetof(struct settings, kafka_brokers)),
    { .name = "kafka_replication",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, kafka_replication),
      .initial = "0",
      .min = 0,
      .max = 100,
      .help = "replicas of new topics; 0: 3 where there are three brokers, else 1" },
    { .name = "store",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, store),
      .initial = STORE_SQLITE_SCHEME "/var/lib/carrito/collector.db",
      .check = is_store,
      .allowed = STORE_SQLITE_SCHEME "PATH (this version has no driver for postgresql://)",
      .help = "where results are kept" },
    { .name = "http",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, http),
      .initial = "127.0.0.1:8080",
      .check = config_is_host_port,
      .allowed = "HOST:PORT",
      .help = "address of the API and the console" },
    { .name = "http_proxies",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, http_proxies),
      .check = address_list_is_valid,
      .allowed = "addresses and networks with commas between, e.g. 127.0.0.1, 10.0.0.0/8, fd00::/8",
      .help = "addresses and networks whose X-Forwarded-For counts" },
    { .name = "public_url",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, public_url),
      .help = "address of the console for links in mails" },
    { .name = "roles",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, roles),
      .initial = "sales,stock,location,members,orders,access,api,notify",
      .check = role_list_is_valid,
      .allowed = "a list of sales, stock, location, members, orders, access, api, notify",
      .help = "what this process does" },
    { .name = "smtp",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, smtp),
      .initial = "smtp://127.0.0.1:25",
      .check = is_smtp,
      .allowed = "smtp://HOST:PORT, smtps://HOST:PORT, or empty",
      .help = "mail server; empty: no mail" },
    { .name = "smtp_user",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, smtp_user),
      .help = "name at the mail server" },
    { .name = "smtp_password_file",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, smtp_password_file),
      .help = "file with its password" },
    { .name = "smtp_cafile",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, smtp_cafile),
      .help = "authorities that vouch for the mail server; none: the system's" },
    { .name = "smtp_ehlo",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, smtp_ehlo),
      .check = is_host_name,
      .allowed = "a host's name, e.g. carrito.example.org",
      .help = "what the mail server is told that we are called; none: this host's name" },
    { .name = "smtp_timeout_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, smtp_timeout_s),
      .initial = "120",
      .min = 1,
      .max = 3600,
      .help = "how long the mail server may take for one mail, in seconds" },
    { .name = "mail_from",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, mail_from),
      .check = is_mail_from,
      .allowed = "an address, e.g. carrito@example.org",
      .help = "sender of mails" },
    { .name = "mail_rate",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, mail_rate),
      .initial = "60",
      .min = 0,
      .max = 1000000,
      .help = "mails per recipient and hour; 0: no limit" },
    { .name = "stranger_mail_rate",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, stranger_mail_rate),
      .initial = "1000",
      .min = 0,
      .max = 1000000,
      .help = "mails an hour to all who order or apply, together; 0: no limit" },
    { .name = "alert_mail",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, alert_mail),
      .check = mail_list_is_valid,
      .allowed = "addresses with commas between",
      .help = "addresses for alerts from MAJOR up" },
    { .name = "alert_mail_after_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, alert_mail_after_s),
      .initial = "300",
      .min = 0,
      .max = 86400,
      .help = "seconds that a cart, its GPS or a link must be away before it is mailed" },
    { .name = "report_mail",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, report_mail),
      .check = mail_list_is_valid,
      .allowed = "addresses with commas between",
      .help = "addresses for the closed day" },
    CONFIG_KEY_TZ(offsetof(struct settings, tz)),
    CONFIG_KEY_DAY_START(offsetof(struct settings, day_start),
                         "when a day begins; a change counts from the next day on"),
    CONFIG_KEY_LANG(offsetof(struct settings, lang), "language of what people read"),
    { .name = "tiles",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, tiles),
      .help = "tile server of the map" },
    { .name = "webhook",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, webhook),
      .check = webhook_url_is_valid,
      .allowed = "https://…, or http://… to this machine",
      .help = "address that alerts are posted to" },
    { .name = "webhook_secret_file",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, webhook_secret_file),
      .help = "file with the secret that signs what is posted" },
    { .name = "retention_days",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, retention_days),
      .initial = "0",
      .min = 0,
      .max = 100000,
      .help = "how long data is kept, in Kafka too; 0: for ever" },
    { .name = "track_days",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, track_days),
      .initial = "90",
      .min = 0,
      .max = 100000,
      .help = "how long positions of carts are kept; 0: for ever" },
    { .name = "order_days",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, order_days),
      .initial = "400",
      .min = 0,
      .max = 100000,
      .help = "how long an order that came to its end keeps its buyer; 0: for ever" },
    CONFIG_KEY_CLIENTS(offsetof(struct settings, clients),
                       "how a client's name is written down at the centre"),
    CONFIG_KEY_CLIENTS_KEYFILE(offsetof(struct settings, clients_keyfile)),
    { .name = "backup_folder",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, backup_folder),
      .initial = "/var/backups/carrito",
      .help = "where \"backup\" without a FILE puts backups of the store" },
    { .name = "backup_copy",
      .type = CONFIG_TEXT,
      .offset = offsetof(struct settings, backup_copy),
      .help = "a second folder for them, on another disk" },
    { .name = "backup_keep",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, backup_keep),
      .initial = "14",
      .min = 1,
      .max = 100000,
      .help = "how many stay in each" },
    { .name = "backup_old_h",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, backup_old_h),
      .initial = "48",
      .min = 0,
      .max = 100000,
      .help = "hours after which the last one is too old; 0: nobody is told" },
    { .name = "simulations",
      .type = CONFIG_SWITCH,
      .offset = offsetof(struct settings, simulations),
      .initial = "0",
      .help = "1: POST /simulations is allowed" },
    { .name = "rate",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, rate),
      .initial = "60",
      .min = 0,
      .max = 1000000,
      .help = "sign-ins and open POSTs per address and minute; 0: no limit" },
    { .name = "close_grace_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, close_grace_s),
      .initial = "300",
      .min = 0,
      .max = 86400,
      .help = "from the end of a day to its close, in seconds" },
    { .name = "silence_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, silence_s),
      .initial = "60",
      .min = 1,
      .max = 86400,
      .help = "silence after which a cart has vanished" },
    { .name = "silence_phone_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, silence_phone_s),
      .initial = "2100",
      .min = 1,
      .max = 86400,
      .help = "the same for phones" },
    { .name = "hours",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, hours),
      .initial = "00:00-24:00",
      .check = is_hours,
      .allowed = "HH:MM-HH:MM",
      .help = "hours in which silence raises alerts" },
    { .name = "restock_threshold",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, restock_threshold),
      .initial = "20",
      .min = 0,
      .max = 1000000,
      .help = "stock at which a cart is low" },
    { .name = "restock_batch",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, restock_batch),
      .initial = "5",
      .min = 1,
      .max = 1000,
      .help = "carts in a restock batch" },
    { .name = "restock_count",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, restock_count),
      .initial = "carts",
      .check = is_restock_count,
      .allowed = "carts or sales",
      .help = "what fills a batch" },
    { .name = "members_auto_accept",
      .type = CONFIG_SWITCH,
      .offset = offsetof(struct settings, members_auto_accept),
      .initial = "0",
      .help = "1: applications are accepted at once" },
    { .name = "unregistered",
      .type = CONFIG_SWITCH,
      .offset = offsetof(struct settings, unregistered),
      .initial = "1",
      .help = "0: no alert for a cart that sells and is no member's" },
    { .name = "orders",
      .type = CONFIG_CHECKED,
      .offset = offsetof(struct settings, orders),
      .initial = "auto",
      .check = is_orders,
      .allowed = "auto or dispatch",
      .help = "how orders move" },
    { .name = "order_step_ms",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, order_step_ms),
      .initial = "0",
      .min = 0,
      .max = 86400000,
      .help = "pause between an order's states in auto" },
    { .name = "offer_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, offer_s),
      .initial = "60",
      .min = 1,
      .max = 3600,
      .help = "how long a cart may answer an offer in dispatch, in seconds" },
    { .name = "dispatch_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, dispatch_s),
      .initial = "600",
      .min = 1,
      .max = 86400,
      .help = "how long an order looks for its cart, in seconds" },
    { .name = "orders_per_cart",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, orders_per_cart),
      .initial = "3",
      .min = 1,
      .max = 100,
      .help = "orders that a cart has at once" },
    { .name = "login_attempts",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, login_attempts),
      .initial = "5",
      .min = 1,
      .max = 1000,
      .help = "attempts in a minute that block an account" },
    { .name = "login_block_s",
      .type = CONFIG_INT,
      .offset = offsetof(struct settings, login_block_s),
      .initial = "900",
      .min = 1,
      .max = 86400,
      .help = "how long it stays blocked" },
};

static const char *pair_wrong(const char *name, const char *value)
{
    const char *wrong = kafka_pair_wrong(name, value);

    return wrong != NULL ? wrong : product_pair_wrong(name, value);
}

static const char *clients_wrong(const void *values)
{
    const struct settings *settings = values;

    return client_names_wrong(settings->clients, settings->clients_keyfile);
}

static const char *const pair_prefixes[] = { "kafka.", "products.", NULL };

const struct config_spec settings_spec = {
    .program = "carrito-collector",
    .usage = "carrito-collector: turns Kafka's records into what the guild's operators need.\n\n"
             "  carrito-collector [--create-topics [--wait S]]   run; or make the topics that are\n"
             "                                        missing, waiting S (60) s for Kafka\n"
             "  carrito-collector user add|list|role|remove|password|unblock|token …\n"
             "  carrito-collector backup [FILE]       a copy of the store, also while it runs;\n"
             "                                        without FILE into backup_folder, and the\n"
             "                                        oldest there go\n"
             "  carrito-collector restore FILE        a backup in the store's place, while none\n"
             "                                        runs; says what comes again from Kafka\n"
             "  carrito-collector --rebuild [--force] forgets sales, days and audit: the next one\n"
             "                                        that runs reads them from Kafka again\n"
             "  carrito-collector --routes            the API's endpoints, and who may use each",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
    .pair_prefixes = pair_prefixes,
    .pair_wrong = pair_wrong,
};

const char *const settings_own_options[] = { "--create-topics", "--rebuild", "--force", "--role",
                                             "--cart",          "--wait",    NULL };

enum config_result settings_load(struct settings *settings, struct config_pairs *pairs, int *argc,
                                 char **argv)
{
    enum config_result result = config_load(&settings_spec, settings, pairs, argc, argv,
                                            settings_own_options, clients_wrong);

    if (result != CONFIG_OK)
        return result;
    settings->pairs = pairs;
    struct day_start start = { .first_day = 0 };
    day_start_from_text(settings->day_start, &start.minutes);
    day_set_starts(&start, 1); /* until the store says since when (engine/day_starts.h) */
    return CONFIG_OK;
}
