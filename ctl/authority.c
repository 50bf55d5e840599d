/* Key and certificate, and what is signed with them; the list of what was taken back is
 * authority_list.c. */
#include "ctl/authority.h"

#include "common/event.h"
#include "common/file_whole.h"
#include "ctl/authority_parts.h"

#include "text_words.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CA_NAME       "guild carts"
#define CA_DAYS       3650
#define DAY_S         86400L
#define SERIAL_BYTES  16 /* random, as RFC 5280, 4.1.2.2 wants: positive and at most 20 */
#define X509_VERSION3 2
#define PUBLIC_MODE   0644

char *authority_path(const char *folder, const char *name)
{
    char *path = NULL;

    if (asprintf(&path, "%s/%s", folder, name) < 0)
        abort();
    return path;
}

bool authority_told(enum lang language, const char *path)
{
    text_error(language, SAY_TEXT_FILE_NOT_WRITTEN(path, strerror(errno)));
    return false;
}

static bool failed(enum lang language)
{
    char why[256];

    ERR_error_string_n(ERR_get_error(), why, sizeof why);
    ERR_clear_error();
    text_error(language, SAY_TEXT_CRYPTO_FAILED(why));
    return false;
}

static bool write_file(enum lang language, const char *path, mode_t mode, BIO *bio)
{
    const struct file_rights rights = { geteuid(), getegid(), mode };
    char *bytes = NULL;
    long length = BIO_get_mem_data(bio, &bytes);
    const struct buffer text = { .bytes = bytes, .length = (size_t)length };

    return file_write_whole(path, &rights, &text) || authority_told(language, path);
}

static bool extend(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

struct extension {
    int kind;
    const char *value;
};

static bool extend_all(X509 *certificate, X509 *issuer, const struct extension *extensions)
{
    for (; extensions->value != NULL; extensions++)
        if (!extend(certificate, issuer, extensions->kind, extensions->value))
            return false;
    return true;
}

static bool set_serial(X509 *certificate)
{
    unsigned char bytes[SERIAL_BYTES];
    BIGNUM *number = NULL;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return false;
    bytes[0] = (unsigned char)((bytes[0] & 0x3f) | 0x40);
    number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool set =
        number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return set;
}

static bool fill(X509 *certificate, const char *name, EVP_PKEY *key, const struct authority_time *t)
{
    X509_NAME *subject = X509_get_subject_name(certificate);
    time_t begin = (time_t)(t->now_ms / 1000 - DAY_S),
           end = (time_t)(t->now_ms / 1000 + t->days * DAY_S);

    return X509_set_version(certificate, X509_VERSION3) == 1 && set_serial(certificate) &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1,
                                      -1, 0) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), begin) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), end) != NULL &&
           X509_set_pubkey(certificate, key) == 1;
}

static X509 *make_own(EVP_PKEY *key, int64_t now_ms)
{
    static const struct extension extensions[] = {
        { NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
        { NID_key_usage, "critical,keyCertSign,cRLSign" },
        { NID_subject_key_identifier, "hash" },
        { 0, NULL },
    };
    X509 *own = X509_new();

    if (own != NULL && fill(own, CA_NAME, key, &(struct authority_time){ now_ms, CA_DAYS }) &&
        X509_set_issuer_name(own, X509_get_subject_name(own)) == 1 &&
        extend_all(own, own, extensions) && X509_sign(own, key, EVP_sha256()) > 0)
        return own;
    X509_free(own);
    return NULL;
}

static bool write_own(struct authority *authority)
{
    BIO *key = BIO_new(BIO_s_secmem()), *certificate = BIO_new(BIO_s_mem());
    char *key_path = authority_path(authority->folder, AUTHORITY_KEY),
         *path = authority_path(authority->folder, AUTHORITY_CERTIFICATE);
    bool made =
        key != NULL && certificate != NULL &&
        PEM_write_bio_PKCS8PrivateKey(key, authority->key, NULL, NULL, 0, NULL, NULL) == 1 &&
        PEM_write_bio_X509(certificate, authority->own) == 1;
    bool written = made ? write_file(authority->language, key_path, S_IRUSR | S_IWUSR, key) &&
                              write_file(authority->language, path, PUBLIC_MODE, certificate)
                        : failed(authority->language);

    BIO_free(key);
    BIO_free(certificate);
    free(key_path);
    free(path);
    return written;
}

static struct authority *begin(enum lang language, const char *folder)
{
    struct authority *authority = calloc(1, sizeof *authority);

    if (authority == NULL)
        abort();
    authority->language = language;
    authority->folder = strdup(folder);
    return authority;
}

static bool is_there(const char *folder, const char *name)
{
    char *path = authority_path(folder, name);
    bool there = access(path, F_OK) == 0;

    free(path);
    return there;
}

bool authority_make_first(enum lang language, const char *folder, int64_t now_ms)
{
    if (is_there(folder, AUTHORITY_KEY) || is_there(folder, AUTHORITY_CERTIFICATE))
        return true;
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST)
        return authority_told(language, folder);
    struct authority *authority = begin(language, folder);
    authority->key = EVP_EC_gen("P-256");
    authority->own = authority->key != NULL ? make_own(authority->key, now_ms) : NULL;
    bool made = authority->own != NULL
                    ? write_own(authority) && authority_write_list(authority, now_ms)
                    : failed(language);
    if (made)
        text_say(language, SAY_TEXT_AUTHORITY_MADE(folder));
    authority_close(authority);
    return made;
}

static bool read_own(struct authority *authority)
{
    char *key_path = authority_path(authority->folder, AUTHORITY_KEY),
         *path = authority_path(authority->folder, AUTHORITY_CERTIFICATE);
    BIO *key = BIO_new_file(key_path, "r"), *certificate = BIO_new_file(path, "r");

    if (key == NULL || certificate == NULL) {
        text_error(authority->language,
                   SAY_TEXT_FILE_NOT_READ(key == NULL ? key_path : path, strerror(errno)));
    } else {
        authority->key = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
        authority->own = PEM_read_bio_X509(certificate, NULL, NULL, NULL);
        if (authority->key == NULL || authority->own == NULL)
            text_error(authority->language,
                       SAY_TEXT_FILE_NOT_READ(authority->key == NULL ? key_path : path, "PEM"));
        else if (X509_check_private_key(authority->own, authority->key) != 1)
            text_error(authority->language, SAY_TEXT_AUTHORITY_DIFFERS(key_path, path));
        else
            authority->complete = true;
    }
    ERR_clear_error();
    BIO_free(key);
    BIO_free(certificate);
    free(key_path);
    free(path);
    return authority->complete;
}

struct authority *authority_open(enum lang language, const char *folder)
{
    struct authority *authority = begin(language, folder);

    if (read_own(authority))
        return authority;
    authority_close(authority);
    return NULL;
}

void authority_close(struct authority *authority)
{
    if (authority == NULL)
        return;
    X509_free(authority->own);
    EVP_PKEY_free(authority->key);
    free(authority->folder);
    free(authority);
}

/* The key of a request that its owner has signed: who asks must have the other half. */
static EVP_PKEY *asked_key(const char *request)
{
    BIO *bio = BIO_new_mem_buf(request, -1);
    X509_REQ *asked = bio != NULL ? PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL) : NULL;
    EVP_PKEY *key = asked != NULL ? X509_REQ_get_pubkey(asked) : NULL;

    if (key != NULL && X509_REQ_verify(asked, key) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    X509_REQ_free(asked);
    BIO_free(bio);
    return key;
}

static X509 *make_carts(const struct authority *authority, EVP_PKEY *key,
                        const struct authority_wish *wish)
{
    static const struct extension extensions[] = {
        { NID_basic_constraints, "critical,CA:FALSE" },
        { NID_key_usage, "critical,digitalSignature" },
        { NID_ext_key_usage, "clientAuth" },
        { NID_authority_key_identifier, "keyid" },
        { 0, NULL },
    };
    X509 *made = X509_new();

    if (made != NULL &&
        fill(made, wish->cart, key, &(struct authority_time){ wish->now_ms, wish->days }) &&
        X509_set_issuer_name(made, X509_get_subject_name(authority->own)) == 1 &&
        extend_all(made, authority->own, extensions) &&
        X509_sign(made, authority->key, EVP_sha256()) > 0)
        return made;
    X509_free(made);
    return NULL;
}

/* What was signed and is not known could not be taken back. */
static bool keep(const struct authority *authority, const char *cart, const X509 *made, BIO *text)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(made), NULL);
    char *serial = number != NULL ? BN_bn2hex(number) : NULL, *name = NULL, *path;
    char *folder = authority_path(authority->folder, AUTHORITY_CARTS);

    if (asprintf(&name, "%s.%s.crt", cart, serial != NULL ? serial : "") < 0)
        abort();
    path = authority_path(folder, name);
    bool kept = (mkdir(folder, S_IRWXU) == 0 || errno == EEXIST ||
                 authority_told(authority->language, folder)) &&
                write_file(authority->language, path, PUBLIC_MODE, text);
    free(path);
    free(folder);
    free(name);
    OPENSSL_free(serial);
    BN_free(number);
    return kept;
}

static void append(BIO *bio, struct buffer *out)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(bio, &bytes);

    buffer_append(out, bytes, (size_t)length);
}

bool authority_sign(struct authority *authority, const struct authority_wish *wish,
                    struct buffer *certificate)
{
    EVP_PKEY *key = asked_key(wish->request);
    X509 *made = key != NULL ? make_carts(authority, key, wish) : NULL;
    BIO *text = BIO_new(BIO_s_mem());
    bool done = made != NULL && text != NULL && PEM_write_bio_X509(text, made) == 1;

    done = done ? keep(authority, wish->cart, made, text) : failed(authority->language);
    if (done)
        append(text, certificate);
    BIO_free(text);
    X509_free(made);
    EVP_PKEY_free(key);
    return done;
}

bool authority_certificate(const struct authority *authority, struct buffer *certificate)
{
    BIO *text = BIO_new(BIO_s_mem());
    bool done = text != NULL && PEM_write_bio_X509(text, authority->own) == 1;

    if (done)
        append(text, certificate);
    else
        failed(authority->language);
    BIO_free(text);
    return done;
}
