/* The context is whole: with MOSQ_OPT_SSL_CTX and without its defaults libmosquitto adds nothing to
 * it, neither its own comparison of names nor its files. It does set the address as the name for
 * SNI, though, after it has made the SSL; so the true one is set when the handshake starts. */
#include "common/mqtt_tls.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

/* An alert is its level and what it says; the level means nothing in TLS 1.3. */
static void hear_alert(const SSL *ssl, int alert)
{
    struct mqtt_tls_peer *peer = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    int description = alert & 0xff;
    if (peer && description != SSL_AD_CLOSE_NOTIFY && description != SSL_AD_USER_CANCELLED)
        peer->alert = description;
}

static void on_info(const SSL *ssl, int where, int result)
{
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT)
        hear_alert(ssl, result);
    if (!(where & SSL_CB_HANDSHAKE_START))
        return;
    /* Given as const, and the one place where the extension may still be changed. No name for an
     * address (RFC 6066, 3). */
    SSL *mine = (SSL *)ssl;
    SSL_set_tlsext_host_name(mine, X509_VERIFY_PARAM_get0_host(SSL_get0_param(mine), 0));
}

static int on_verify(int valid, X509_STORE_CTX *store)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct mqtt_tls_peer *peer = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (!valid && peer)
        peer->error = X509_STORE_CTX_get_error(store);
    return valid;
}

/* Else OpenSSL would ask at a terminal. */
static int no_password(char *buffer, int size, int writing, void *object)
{
    (void)buffer, (void)size, (void)writing, (void)object;
    return -1;
}

static bool expect_name(SSL_CTX *context, const char *name)
{
    X509_VERIFY_PARAM *expected = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_ip_asc(expected, name) == 1 ||
           X509_VERIFY_PARAM_set1_host(expected, name, 0) == 1;
}

static bool use_files(SSL_CTX *context, const struct mqtt_link_options *options)
{
    const char *certfile = options->certfile, *keyfile = options->keyfile;

    if (options->identity)
        options->identity->files(options->identity->owner, &certfile, &keyfile);
    if (SSL_CTX_load_verify_locations(context, options->cafile, NULL) != 1)
        return false;
    if (certfile && SSL_CTX_use_certificate_chain_file(context, certfile) != 1)
        return false;
    return !keyfile || (SSL_CTX_use_PrivateKey_file(context, keyfile, SSL_FILETYPE_PEM) == 1 &&
                        SSL_CTX_check_private_key(context) == 1);
}

SSL_CTX *mqtt_tls_new(const struct mqtt_link_options *options, struct mqtt_tls_peer *peer)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    peer->error = peer->alert = 0;
    if (!context)
        return NULL;
    SSL_CTX_set_default_passwd_cb(context, no_password);
    SSL_CTX_set_app_data(context, peer);
    SSL_CTX_set_info_callback(context, on_info);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION);
    bool done = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                use_files(context, options) && expect_name(context, peer->name);
    /* What is left in the queue would be taken for the next call's error. */
    ERR_clear_error();
    if (done)
        return context;
    SSL_CTX_free(context);
    return NULL;
}

static void say_clock(const char *what, int64_t wall_ms, char why[MQTT_TLS_WHY_MAX])
{
    char text[32] = "?";
    time_t wall_s = (time_t)(wall_ms / 1000);
    struct tm utc;
    if (gmtime_r(&wall_s, &utc))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", &utc);
    snprintf(why, MQTT_TLS_WHY_MAX,
             "the clock says %s UTC, and then the broker's certificate %s: is the clock right?",
             text, what);
}

void mqtt_tls_why(const struct mqtt_tls_peer *peer, int64_t wall_ms, char why[MQTT_TLS_WHY_MAX])
{
    switch (peer->error) {
    case X509_V_OK:
        snprintf(why, MQTT_TLS_WHY_MAX,
                 "the broker does not take the certificate from here: %s (alert %d)",
                 SSL_alert_desc_string_long(peer->alert), peer->alert);
        break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        say_clock("is not valid yet", wall_ms, why);
        break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        say_clock("is no longer valid", wall_ms, why);
        break;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        snprintf(why, MQTT_TLS_WHY_MAX, "the broker's certificate is not for this name");
        break;
    default:
        snprintf(why, MQTT_TLS_WHY_MAX, "the broker's certificate: %s",
                 X509_verify_cert_error_string(peer->error));
    }
}
