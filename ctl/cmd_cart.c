/* `carritoctl cart add PLATE`: all that makes a board a cart, as one file that the agent takes
 * (agent/enrolment.h). What all carts share stands in the authority's folder: their settings, where
 * the brokers are among them (carts.conf), by which certificates they know these (broker-ca.crt),
 * and the key of the clients' pseudonyms (clients.key). */
#include "ctl/cmd_cart.h"

#include "common/config_edit.h"
#include "common/credential.h"
#include "common/file_whole.h"
#include "ctl/authority.h"

#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define DAYS_STANDARD  "825" /* the help says it, too */
#define CARTS_SETTINGS "carts.conf"
#define CARTS_BROKERS  "broker-ca.crt"
#define CARTS_CLIENTS  "clients.key"
#define CLIENTS_BYTES  32
#define TLS_PORT       "8883"
#define FILE_BYTES_MAX 65536

const struct option_spec cart_key_options[CART_KEY_OPTIONS] = {
    { .name = "authority", .kind = OPTION_TEXT, .help = &help_add_renew_revoke_folder_of_the },
    { .name = "days", .kind = OPTION_COUNT, .help = &help_add_renew_days },
    { .name = "broker", .kind = OPTION_TEXT, .help = &help_add_the_carts_brokers_host_port },
    { .name = "broker-ca", .kind = OPTION_TEXT, .help = &help_add_certificate_by_which_carts_know },
    { .name = "out", .letter = 'o', .kind = OPTION_TEXT, .help = &help_add_the_file_for_the_cart },
    { .name = "crl", .kind = OPTION_TEXT, .help = &help_revoke_beside_a_broker_the_list },
    { .name = "crlfile", .kind = OPTION_TEXT, .help = &help_revoke_where_the_broker_reads_it },
    { .name = "interval-s", .kind = OPTION_COUNT, .help = &help_locate_so_often },
    { .name = "from", .kind = OPTION_COUNT, .help = &help_replay_from_seq },
    { .name = "pidfile", .kind = OPTION_TEXT, .help = &help_revoke_file_with_the_process_number },
};

const char *cart_key_folder(const struct options *options)
{
    const char *folder = options_get(options, "authority");

    return folder != NULL ? folder : ".";
}

int64_t cart_key_days(const struct options *options)
{
    const char *days = options_get(options, "days");

    return strtoll(days != NULL ? days : DAYS_STANDARD, NULL, 10);
}

bool cart_key_plate(const struct ctl *ctl, const struct options *options,
                    char cart[CART_LENGTH_MAX + 1])
{
    const char *typed = options->word_count > 1 ? options->words[1] : NULL;

    if (typed == NULL)
        text_error(ctl->language, SAY_TEXT_WORD_MISSING(words_in(ctl->language, &usage_plate)));
    else if (!cart_from_person(typed, cart))
        text_error(ctl->language,
                   SAY_TEXT_WORD_BAD(typed, words_in(ctl->language, &text_wants_cart)));
    else
        return true;
    return false;
}

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

/* Puts the brokers that were named into the settings of all carts. */
static bool keep_brokers(const struct ctl *ctl, const char *path, const char *brokers)
{
    struct buffer old = { 0 }, text = { 0 };
    struct config_pair pairs[] = { { "mqtt_host", NULL },
                                   { "mqtt_port", TLS_PORT },
                                   { "clients", "pseudonym" } };
    char *hosts = strdup(brokers);
    bool done = true;

    pairs[0].value = hosts;
    if (!config_is_host_list(brokers)) {
        text_error(ctl->language, SAY_TEXT_OPTION_BAD("broker", brokers, "host[:port],…"));
        done = false;
    } else if (file_read_whole(path, FILE_BYTES_MAX, &old)) {
        config_edit(&old, &(struct config_pairs){ pairs, 1 }, &text); /* the rest is theirs */
    } else {
        config_edit(&old, &(struct config_pairs){ pairs, 3 }, &text);
    }
    done = done && (file_write_whole(path, NULL, &text) || not_written(ctl, path));
    buffer_free(&old);
    buffer_free(&text);
    free(hosts);
    return done;
}

static bool keep_broker_ca(const struct ctl *ctl, const char *path, const char *from)
{
    struct buffer text = { 0 };
    bool done = file_read_whole(from, CREDENTIAL_PEM_MAX, &text) || not_read(ctl, from);

    if (done && !credential_readable(text.bytes)) {
        text_error(ctl->language, SAY_TEXT_NO_CERTIFICATE(from));
        done = false;
    }
    done = done && (file_write_whole(path, NULL, &text) || not_written(ctl, path));
    buffer_free(&text);
    return done;
}

/* What all carts share, as the folder has it or the options say. */
struct shared {
    struct buffer settings, brokers, clients;
};

/* The key by which all carts of the guild give a client the same pseudonym. */
static bool read_clients(const struct ctl *ctl, const char *path, struct buffer *key)
{
    unsigned char bytes[CLIENTS_BYTES];

    if (file_read_whole(path, FILE_BYTES_MAX, key))
        return true;
    if (errno != ENOENT || getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return not_read(ctl, path);
    for (size_t i = 0; i < sizeof bytes; i++)
        buffer_format(key, "%02x", bytes[i]);
    buffer_text(key, "\n");
    explicit_bzero(bytes, sizeof bytes);
    return file_write_whole(path, NULL, key) || not_written(ctl, path);
}

static bool read_shared(const struct ctl *ctl, const struct options *options, struct shared *shared)
{
    char *settings = authority_path(cart_key_folder(options), CARTS_SETTINGS),
         *brokers = authority_path(cart_key_folder(options), CARTS_BROKERS),
         *clients = authority_path(cart_key_folder(options), CARTS_CLIENTS);
    const char *hosts = options_get(options, "broker"), *ca = options_get(options, "broker-ca");
    bool done = (hosts == NULL || keep_brokers(ctl, settings, hosts)) &&
                (ca == NULL || keep_broker_ca(ctl, brokers, ca));

    if (done && (access(settings, F_OK) != 0 || access(brokers, F_OK) != 0)) {
        text_error(ctl->language, SAY_TEXT_BROKERS_MISSING(settings, brokers));
        done = false;
    }
    done =
        done &&
        (file_read_whole(settings, FILE_BYTES_MAX, &shared->settings) || not_read(ctl, settings)) &&
        (file_read_whole(brokers, CREDENTIAL_PEM_MAX, &shared->brokers) ||
         not_read(ctl, brokers)) &&
        read_clients(ctl, clients, &shared->clients);
    free(clients);
    free(settings);
    free(brokers);
    return done;
}

static void write_part(struct buffer *text, const char *name, const struct buffer *part)
{
    buffer_format(text, "\n[%s]\n%s", name, part->bytes);
}

/* Key, request, certificate, and all of it as the text of the file. */
static bool make_text(struct authority *authority, const struct authority_wish *wish,
                      const struct shared *shared, struct buffer *text)
{
    struct authority_wish asked = *wish;
    struct buffer key = { 0 }, request = { 0 }, certificate = { 0 }, own = { 0 };
    bool done =
        credential_make_key(&key) && credential_make_request(key.bytes, wish->cart, &request);

    asked.request = request.bytes;
    done = done && authority_sign(authority, &asked, &certificate) &&
           authority_certificate(authority, &own);
    if (done) {
        buffer_format(
            text,
            "# carrito: what makes a board the cart %s: `carrito-agent enrol FILE`, or as\n"
            "# carrito.enrol on the partition that the board boots from. The cart's\n"
            "# secret key is in it: whoever has it speaks for the cart.\n"
            "cart=%s\n%s",
            wish->cart, wish->cart, shared->settings.bytes);
        write_part(text, "key", &key);
        write_part(text, "certificate", &certificate);
        write_part(text, "brokers", &shared->brokers);
        write_part(text, "authority", &own);
        write_part(text, "clients", &shared->clients);
    }
    buffer_wipe(&key);
    buffer_free(&request);
    buffer_free(&certificate);
    buffer_free(&own);
    return done;
}

static bool write_text(const struct ctl *ctl, const char *path, struct buffer *text)
{
    bool done = file_write_whole(path, NULL, text) || not_written(ctl, path);

    if (done) {
        text_say(ctl->language, SAY_TEXT_CART_ADDED(path));
        printf("%s\n", path);
    }
    return done;
}

static bool add(const struct ctl *ctl, const struct options *options, const char *cart,
                const char *path)
{
    const char *folder = cart_key_folder(options);
    const struct authority_wish wish = { .cart = cart,
                                         .days = cart_key_days(options),
                                         .now_ms = ctl->now_ms };
    struct authority *authority = NULL;
    struct shared shared = { 0 };
    struct buffer text = { 0 };
    bool done = false;

    if (!authority_make_first(ctl->language, folder, ctl->now_ms) ||
        !read_shared(ctl, options, &shared))
        goto done;
    authority = authority_open(ctl->language, folder);
    done = authority != NULL && make_text(authority, &wish, &shared, &text) &&
           write_text(ctl, path, &text);
done:
    authority_close(authority);
    buffer_wipe(&text);
    buffer_free(&shared.settings);
    buffer_free(&shared.brokers);
    buffer_wipe(&shared.clients);
    return done;
}

int cart_add(const struct ctl *ctl, const struct options *options)
{
    char cart[CART_LENGTH_MAX + 1], standard[CART_LENGTH_MAX + 8];
    const char *path = options_get(options, "out");

    if (!cart_key_plate(ctl, options, cart))
        return EXIT_BAD_ARGUMENTS;
    snprintf(standard, sizeof standard, "%s.enrol", cart);
    path = path != NULL ? path : standard;
    if (access(path, F_OK) == 0) { /* a key that a cart may use is not lost by a second call */
        text_error(ctl->language, SAY_TEXT_FILE_EXISTS(path));
        return EXIT_FAILED;
    }
    return add(ctl, options, cart, path) ? EXIT_OK : EXIT_FAILED;
}
