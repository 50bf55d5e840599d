/* Files and what they hold; what a certificate must be is credential.h's. */
#include "agent/renewal.h"

#include "common/certificate.h"
#include "common/credential.h"
#include "common/file_whole.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A pair of files, or one that holds both. */
struct pair {
    char *certfile, *keyfile; /* NULL: none */
};

struct renewal {
    char cart[CART_LENGTH_MAX + 1];
    char *cafile;
    struct pair configured;
    char *pem, *pem_new, *key_new; /* beside the outbox */
    bool uses_pem;                 /* and not what is configured */
    bool has_new;                  /* a pair that has not come in yet */
    bool tries_new;                /* in the attempt that goes on */
    struct mqtt_identity identity;
    struct buffer request; /* empty: nothing is wanted */
    int64_t own_end_ms;    /* of the certificate in use; 0: not known */
};

static char *copy(const char *text)
{
    char *copied = text != NULL ? strdup(text) : NULL;

    if (text != NULL && copied == NULL)
        abort();
    return copied;
}

static char *beside(const char *outbox, const char *ending)
{
    char *path = NULL;

    if (asprintf(&path, "%s.%s", outbox, ending) < 0)
        abort();
    return path;
}

/* The caller frees, by buffer_wipe(). */
static struct buffer read_text(const char *path)
{
    struct buffer text = { 0 };

    if (path != NULL)
        file_read_whole(path, CREDENTIAL_PEM_MAX, &text);
    return text;
}

/* When it ends; 0 where it is no pair for this cart. */
static int64_t pem_end_ms(const struct renewal *renewal, const char *path)
{
    struct buffer text = read_text(path);
    const struct credential pair = { text.bytes, text.bytes, NULL };
    struct certificate_ends ends = { 0 };

    bool good = text.length > 0 && credential_wrong(&pair, renewal->cart, 0) == NULL &&
                certificate_ends(text.bytes, text.length, &ends);
    buffer_wipe(&text);
    return good ? ends.first_ms : 0;
}

static const char *certfile_in_use(const struct renewal *renewal)
{
    return renewal->uses_pem ? renewal->pem : renewal->configured.certfile;
}

static void choose(struct renewal *renewal)
{
    int64_t configured_ms = certificate_files_end_ms(renewal->configured.certfile, NULL);

    renewal->uses_pem = pem_end_ms(renewal, renewal->pem) > configured_ms;
    renewal->has_new = pem_end_ms(renewal, renewal->pem_new) > 0;
    renewal->own_end_ms = certificate_files_end_ms(certfile_in_use(renewal), NULL);
}

static void files(void *owner, const char **certfile, const char **keyfile);
static void admitted(void *owner);

struct renewal *renewal_open(const struct renewal_options *options)
{
    struct renewal *renewal = calloc(1, sizeof *renewal);

    if (renewal == NULL)
        abort();
    snprintf(renewal->cart, sizeof renewal->cart, "%s", options->cart);
    renewal->cafile = copy(options->cafile);
    renewal->configured = (struct pair){ copy(options->certfile), copy(options->keyfile) };
    renewal->pem = beside(options->outbox, "pem");
    renewal->pem_new = beside(options->outbox, "pem.new");
    renewal->key_new = beside(options->outbox, "key.new");
    renewal->identity = (struct mqtt_identity){ files, admitted, renewal };
    if (renewal->configured.certfile != NULL)
        choose(renewal);
    return renewal;
}

void renewal_close(struct renewal *renewal)
{
    if (renewal == NULL)
        return;
    free(renewal->cafile);
    free(renewal->configured.certfile);
    free(renewal->configured.keyfile);
    free(renewal->pem);
    free(renewal->pem_new);
    free(renewal->key_new);
    buffer_free(&renewal->request);
    free(renewal);
}

const struct mqtt_identity *renewal_identity(struct renewal *renewal)
{
    return &renewal->identity;
}

static void files(void *owner, const char **certfile, const char **keyfile)
{
    struct renewal *renewal = owner;

    renewal->tries_new = renewal->has_new && !renewal->tries_new;
    if (renewal->tries_new || renewal->uses_pem) {
        *certfile = *keyfile = renewal->tries_new ? renewal->pem_new : renewal->pem;
        return;
    }
    *certfile = renewal->configured.certfile;
    *keyfile = renewal->configured.keyfile;
}

static void admitted(void *owner)
{
    struct renewal *renewal = owner;

    if (!renewal->tries_new)
        return;
    renewal->tries_new = false;
    if (rename(renewal->pem_new, renewal->pem) != 0) {
        log_error("renewal", "a new certificate cannot be kept", "file=%s", renewal->pem);
        return;
    }
    unlink(renewal->key_new);
    buffer_clear(&renewal->request);
    choose(renewal);
    log_info("renewal", "connected by the new certificate", "cart=%s", renewal->cart);
}

/* The key that waits, or a new one. */
static bool waiting_key(struct renewal *renewal, struct buffer *key)
{
    *key = read_text(renewal->key_new);
    if (key->length > 0)
        return true;
    if (credential_make_key(key) && file_write_whole(renewal->key_new, NULL, key))
        return true;
    log_error("renewal", "no key can be made", "file=%s", renewal->key_new);
    return false;
}

bool renewal_turn(struct renewal *renewal, int64_t wall_ms)
{
    struct buffer key = { 0 };
    bool asks;

    if (renewal->request.length > 0 || renewal->own_end_ms == 0 ||
        renewal->own_end_ms - wall_ms >= RENEWAL_BEFORE_MS)
        return false;
    asks = waiting_key(renewal, &key) &&
           credential_make_request(key.bytes, renewal->cart, &renewal->request);
    if (asks)
        log_info("renewal", "the certificate ends soon: asking for another", "cart=%s",
                 renewal->cart);
    else
        unlink(renewal->key_new); /* no key that can be read: another one, the next time */
    buffer_wipe(&key);
    return asks;
}

const char *renewal_request(const struct renewal *renewal)
{
    return renewal->request.length > 0 ? renewal->request.bytes : NULL;
}

void renewal_write_request(struct renewal *renewal, int64_t wall_ms, struct json_writer *json)
{
    renewal_turn(renewal, wall_ms);
    if (renewal_request(renewal) != NULL)
        json_text(json, "request", renewal_request(renewal));
}

static const char *wrong_with(const struct renewal *renewal, const char *key,
                              const char *certificate)
{
    const struct credential answer = { key, certificate, NULL };
    struct buffer used = read_text(certfile_in_use(renewal));
    const char *wrong = credential_wrong(&answer, renewal->cart, 0);

    if (wrong == NULL &&
        (used.bytes == NULL || !credential_same_authority(certificate, used.bytes)))
        wrong = "it is of another authority";
    buffer_wipe(&used);
    return wrong;
}

bool renewal_take(struct renewal *renewal, const char *certificate)
{
    struct buffer key = read_text(renewal->key_new), pair = { 0 };
    const char *wrong = key.length > 0 ? wrong_with(renewal, key.bytes, certificate)
                                       : "no certificate was asked for";

    if (wrong == NULL) {
        buffer_append(&pair, key.bytes, key.length);
        buffer_text(&pair, certificate);
        if (!file_write_whole(renewal->pem_new, NULL, &pair))
            wrong = "it cannot be written";
    }
    if (wrong != NULL)
        log_warn("renewal", "a certificate that is not taken", "why=%s", wrong);
    renewal->has_new = renewal->has_new || wrong == NULL;
    renewal->tries_new = false; /* the next attempt does */
    buffer_wipe(&key);
    buffer_wipe(&pair);
    return wrong == NULL;
}

int64_t renewal_end_ms(struct renewal *renewal)
{
    if (renewal->configured.certfile != NULL)
        choose(renewal);
    return certificate_files_end_ms(certfile_in_use(renewal), renewal->cafile);
}

struct renewal_use renewal_use(const struct renewal *renewal)
{
    return (struct renewal_use){ renewal->configured.certfile, certfile_in_use(renewal),
                                 renewal->own_end_ms };
}

void renewal_write_end(struct renewal *renewal, struct json_writer *json)
{
    int64_t end_ms = renewal_end_ms(renewal);

    if (end_ms > 0)
        json_int(json, "certificate_ms", end_ms);
}
