/* `carritoctl cart revoke PLATE`: a lost cart is out. Where the authority is, its certificates go
 * on the list; beside each broker, with `--crl`, the broker gets the list and looks at it, and the
 * session that the cart may have is ended.
 *
 * mosquitto looks at certificates in handshakes only, and reads the list again on SIGHUP, which
 * ends nobody's connection. What ends the cart's is a second client of its name: the id of a cart's
 * client is its plate (use_username_as_clientid), and who signs in on loopback may have any. */
#include "ctl/cmd_cart.h"

#include "common/clock.h"
#include "common/file_whole.h"
#include "common/mqtt_link.h"
#include "ctl/authority.h"

#include "text_words.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIST_STANDARD "/etc/mosquitto/certs/carts.crl"
#define PID_STANDARD  "/run/mosquitto/mosquitto.pid"
#define LIST_MODE     0644
#define RELOAD_MS     2000  /* for the broker to have read the list */
#define HOLD_MS       35000 /* a cart that is let in comes back by then: it waits 30 s at most */
#define PATIENCE_MS   60000
#define KEEPALIVE_S   30

static bool not_read(const struct ctl *ctl, const char *path)
{
    text_error(ctl->language, SAY_TEXT_FILE_NOT_READ(path, strerror(errno)));
    return false;
}

static bool not_written(const struct ctl *ctl, const char *path)
{
    text_error(ctl->language, SAY_TEXT_FILE_NOT_WRITTEN(path, strerror(errno)));
    return false;
}

static bool install_list(const struct ctl *ctl, const char *from, const char *to)
{
    const struct file_rights rights = { geteuid(), getegid(), LIST_MODE };
    struct buffer text = { 0 };
    bool done = authority_list_may_replace(ctl->language, from, to) &&
                (file_read_whole(from, AUTHORITY_LIST_BYTES_MAX, &text) || not_read(ctl, from)) &&
                (file_write_whole(to, &rights, &text) || not_written(ctl, to));

    buffer_free(&text);
    return done;
}

static bool is_mosquitto(pid_t pid)
{
    struct buffer name = { 0 };
    char path[64];

    snprintf(path, sizeof path, "/proc/%ld/comm", (long)pid);
    bool is = file_read_whole(path, sizeof path, &name) && strcmp(name.bytes, "mosquitto\n") == 0;
    buffer_free(&name);
    return is;
}

static bool reload_broker(const struct ctl *ctl, const char *pid_file)
{
    struct buffer text = { 0 };
    bool read = file_read_whole(pid_file, 32, &text);
    pid_t pid = read && text.bytes != NULL ? (pid_t)strtol(text.bytes, NULL, 10) : 0;

    buffer_free(&text);
    if (!read)
        return not_read(ctl, pid_file);
    if (pid > 1 && is_mosquitto(pid) && kill(pid, SIGHUP) == 0)
        return true;
    text_error(ctl->language, SAY_TEXT_BROKER_NOT_RELOADED(pid_file));
    return false;
}

/* What is known of the second client of the cart's name. */
struct hold {
    int64_t since_ms; /* 0: the name is not ours now */
    bool lost;        /* the cart took it back */
    const char *refused;
};

static void on_connected(void *owner, bool session_present)
{
    (void)session_present;
    ((struct hold *)owner)->since_ms = clock_mono_ms();
}

static void on_disconnected(void *owner, const char *why)
{
    struct hold *hold = owner;

    (void)why;
    hold->since_ms = 0;
    hold->lost = true;
}

static void on_refused(void *owner, const char *why)
{
    ((struct hold *)owner)->refused = why;
}

static void on_message(void *owner, const struct mqtt_message *message)
{
    (void)owner, (void)message;
}

static const struct mqtt_link_events link_events = { .connected = on_connected,
                                                     .disconnected = on_disconnected,
                                                     .refused = on_refused,
                                                     .message = on_message };

static bool holds(const struct hold *hold, int64_t mono_ms)
{
    return hold->since_ms > 0 && mono_ms - hold->since_ms >= HOLD_MS;
}

/* Until the name has been ours for a while, the cart has it again, the broker says no, or time is
 * over. */
static void keep_name(struct mqtt_link *link, struct hold *hold)
{
    int64_t mono_ms = clock_mono_ms(), end_ms = mono_ms + PATIENCE_MS;

    while (!holds(hold, mono_ms) && !hold->lost && hold->refused == NULL && mono_ms < end_ms) {
        struct pollfd ready = { .fd = mqtt_link_fd(link), .events = mqtt_link_poll_events(link) };
        int timeout_ms = mqtt_link_timeout_ms(link, mono_ms);
        if (poll(&ready, 1, timeout_ms < 200 ? timeout_ms : 200) <= 0)
            ready.revents = 0;
        mono_ms = clock_mono_ms();
        mqtt_link_turn(link, ready.revents, mono_ms, MQTT_LINK_MAY_ALL);
    }
}

/* With the lines of mosquitto's access list that keep it out. */
static void tell_came_back(const struct ctl *ctl, const char *cart)
{
    text_error(ctl->language, SAY_TEXT_CART_CAME_BACK(cart));
    fprintf(stderr, "user %s\ntopic deny #\n", cart);
}

static bool end_session(const struct ctl *ctl, const char *cart)
{
    const struct settings *settings = &ctl->settings;
    char *password;
    struct hold hold = { 0 };

    mqtt_settings_read_password(&settings->mqtt, &password);
    struct mqtt_link_options options = mqtt_settings_link(&settings->mqtt, password);
    options.client_id = cart;
    options.keepalive_s = KEEPALIVE_S;
    options.clean_start = true;
    options.quiet = true;
    options.events = &link_events;
    options.owner = &hold;
    struct mqtt_link *link = mqtt_link_open(&options);
    bool held = false;

    if (link != NULL) {
        poll(NULL, 0, RELOAD_MS);
        keep_name(link, &hold);
        held = holds(&hold, clock_mono_ms());
    }
    if (hold.refused != NULL)
        text_error(ctl->language, SAY_TEXT_BROKER_REFUSED(settings->mqtt.host, hold.refused));
    else if (!held && hold.lost)
        tell_came_back(ctl, cart);
    else if (!held)
        text_error(ctl->language, SAY_TEXT_BROKER_SILENT(settings->mqtt.host));
    mqtt_link_close(link);
    config_free_secret(password);
    return held;
}

static bool revoke_at_broker(const struct ctl *ctl, const struct options *options, const char *cart)
{
    const char *to = options_get(options, "crlfile"), *pid = options_get(options, "pidfile");

    if (!install_list(ctl, options_get(options, "crl"), to != NULL ? to : LIST_STANDARD) ||
        !reload_broker(ctl, pid != NULL ? pid : PID_STANDARD) || !end_session(ctl, cart))
        return false;
    text_say(ctl->language, SAY_TEXT_CART_OUT(cart, HOLD_MS / 1000));
    return true;
}

static bool revoke_at_authority(const struct ctl *ctl, const char *folder, const char *cart)
{
    struct authority *authority = authority_open(ctl->language, folder);
    bool done = authority != NULL && authority_revoke(authority, cart, ctl->now_ms);

    authority_close(authority);
    if (!done)
        return false;
    char *list = authority_path(folder, "carts.crl");
    text_say(ctl->language, SAY_TEXT_CART_REVOKED(cart, list));
    printf("%s\n", list);
    free(list);
    return true;
}

int cart_revoke(const struct ctl *ctl, const struct options *options)
{
    char cart[CART_LENGTH_MAX + 1];

    if (!cart_key_plate(ctl, options, cart))
        return EXIT_BAD_ARGUMENTS;
    bool done = options_has(options, "crl")
                    ? revoke_at_broker(ctl, options, cart)
                    : revoke_at_authority(ctl, cart_key_folder(options), cart);
    return done ? EXIT_OK : EXIT_FAILED;
}
