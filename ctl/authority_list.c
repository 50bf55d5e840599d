/* The list of certificates that were taken back, and the carts' certificates that it is made of. */
#include "ctl/authority_parts.h"

#include "common/credential.h"
#include "common/file_whole.h"

#include "text_words.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIST_VERSION2   1
#define LIST_MODE       0644
#define LIST_NUMBER_MAX 1000000000L

static X509_CRL *read_list_at(const char *path)
{
    BIO *bio = BIO_new_file(path, "r");
    X509_CRL *list = bio != NULL ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error();
    return list;
}

/* NULL where there is none yet. */
static X509_CRL *read_list(const struct authority *authority)
{
    char *path = authority_path(authority->folder, AUTHORITY_LIST);
    X509_CRL *list = read_list_at(path);

    free(path);
    return list;
}

static bool copy_entries(const X509_CRL *from, X509_CRL *to)
{
    STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED((X509_CRL *)from);

    for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
        X509_REVOKED *entry = X509_REVOKED_dup(sk_X509_REVOKED_value(entries, i));
        if (entry == NULL || X509_CRL_add0_revoked(to, entry) != 1) {
            X509_REVOKED_free(entry);
            return false;
        }
    }
    return true;
}

/* It rises with each list, by which a broker knows the newer one (RFC 5280, 5.2.3). */
static long number_of(const X509_CRL *list)
{
    ASN1_INTEGER *number =
        list != NULL ? X509_CRL_get_ext_d2i(list, NID_crl_number, NULL, NULL) : NULL;
    long value = number != NULL ? ASN1_INTEGER_get(number) : 0;

    ASN1_INTEGER_free(number);
    return value > 0 && value < LIST_NUMBER_MAX ? value : 0;
}

static bool add_number(X509_CRL *list, long value)
{
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    bool added = number != NULL && ASN1_INTEGER_set(number, value) == 1 &&
                 X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1;

    ASN1_INTEGER_free(number);
    return added;
}

static bool add_key_id(const struct authority *authority, X509_CRL *list)
{
    X509V3_CTX context;
    X509_EXTENSION *extension;

    X509V3_set_ctx(&context, authority->own, NULL, NULL, list, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
    /* An authority of openssl(1) may have no id of its key: then the list has none. */
    bool fine = extension == NULL || X509_CRL_add_ext(list, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ERR_clear_error();
    return fine;
}

/* A list that has ended would shut every cart out, so it ends with the authority. */
static bool sign_list(const struct authority *authority, X509_CRL *list, int64_t now_ms)
{
    ASN1_TIME *now = ASN1_TIME_set(NULL, (time_t)(now_ms / 1000));
    bool done = now != NULL && X509_CRL_set_version(list, LIST_VERSION2) == 1 &&
                X509_CRL_set_issuer_name(list, X509_get_subject_name(authority->own)) == 1 &&
                X509_CRL_set1_lastUpdate(list, now) == 1 &&
                X509_CRL_set1_nextUpdate(list, X509_get0_notAfter(authority->own)) == 1 &&
                add_key_id(authority, list) && X509_CRL_sort(list) == 1 &&
                X509_CRL_sign(list, authority->key, EVP_sha256()) > 0;

    ASN1_TIME_free(now);
    return done;
}

static bool save_list(const struct authority *authority, X509_CRL *list)
{
    const struct file_rights rights = { geteuid(), getegid(), LIST_MODE };
    char *path = authority_path(authority->folder, AUTHORITY_LIST), *bytes = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    bool written = bio != NULL && PEM_write_bio_X509_CRL(bio, list) == 1;

    if (written) {
        long length = BIO_get_mem_data(bio, &bytes);
        const struct buffer text = { .bytes = bytes, .length = (size_t)length };
        written =
            file_write_whole(path, &rights, &text) || authority_told(authority->language, path);
    } else {
        text_error(authority->language, SAY_TEXT_CRYPTO_FAILED(AUTHORITY_LIST));
    }
    BIO_free(bio);
    free(path);
    return written;
}

/* A list that can be changed: that of the folder, with a number of its own. */
static X509_CRL *begin_list(const struct authority *authority)
{
    X509_CRL *old = read_list(authority), *list = X509_CRL_new();

    if (list == NULL || !add_number(list, number_of(old) + 1) ||
        (old != NULL && !copy_entries(old, list))) {
        X509_CRL_free(list);
        list = NULL;
    }
    X509_CRL_free(old);
    return list;
}

static bool end_list(const struct authority *authority, X509_CRL *list, int64_t now_ms)
{
    bool done = list != NULL && sign_list(authority, list, now_ms);

    if (!done)
        text_error(authority->language, SAY_TEXT_CRYPTO_FAILED(AUTHORITY_LIST));
    done = done && save_list(authority, list);
    X509_CRL_free(list);
    return done;
}

bool authority_write_list(struct authority *authority, int64_t now_ms)
{
    return end_list(authority, begin_list(authority), now_ms);
}

static X509 *read_certificate(const char *folder, const char *name)
{
    char *path = authority_path(folder, name);
    BIO *bio = BIO_new_file(path, "r");
    X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error();
    free(path);
    return certificate;
}

static bool is_carts(X509 *certificate, const char *cart, int64_t now_ms)
{
    char name[CART_LENGTH_MAX + 2];
    time_t now = (time_t)(now_ms / 1000);

    return X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                                     sizeof name) > 0 &&
           cart_is_same(cart, name) && X509_cmp_time(X509_get0_notAfter(certificate), &now) > 0;
}

/* Calls `visit` for each of the cart's certificates that has not ended; returns how many. */
static size_t each_certificate(const struct authority *authority, const struct authority_wish *of,
                               void (*visit)(void *owner, X509 *certificate), void *owner)
{
    char *folder = authority_path(authority->folder, AUTHORITY_CARTS);
    DIR *files = opendir(folder);
    const struct dirent *file;
    size_t count = 0;

    while (files != NULL && (file = readdir(files)) != NULL) {
        X509 *certificate = file->d_name[0] != '.' ? read_certificate(folder, file->d_name) : NULL;
        if (certificate != NULL && is_carts(certificate, of->cart, of->now_ms)) {
            visit(owner, certificate);
            count++;
        }
        X509_free(certificate);
    }
    if (files != NULL)
        closedir(files);
    free(folder);
    return count;
}

struct taking {
    X509_CRL *list;
    ASN1_TIME *now;
    bool failed;
};

static bool is_on_list(X509_CRL *list, X509 *certificate)
{
    X509_REVOKED *entry;

    return X509_CRL_get0_by_serial(list, &entry, X509_get_serialNumber(certificate)) != 0;
}

static void take_back(void *owner, X509 *certificate)
{
    struct taking *taking = owner;

    if (is_on_list(taking->list, certificate))
        return;
    X509_REVOKED *entry = X509_REVOKED_new();
    if (entry != NULL &&
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)) == 1 &&
        X509_REVOKED_set_revocationDate(entry, taking->now) == 1 &&
        X509_CRL_add0_revoked(taking->list, entry) == 1)
        return;
    X509_REVOKED_free(entry);
    taking->failed = true;
}

bool authority_revoke(struct authority *authority, const char *cart, int64_t now_ms)
{
    const struct authority_wish of = { .cart = cart, .now_ms = now_ms };
    struct taking taking = { .list = begin_list(authority),
                             .now = ASN1_TIME_set(NULL, (time_t)(now_ms / 1000)) };
    bool begun = taking.list != NULL && taking.now != NULL;
    size_t count = begun ? each_certificate(authority, &of, take_back, &taking) : 0;
    bool done = begun && !taking.failed && count > 0;

    if (begun && count == 0)
        text_error(authority->language, SAY_TEXT_CERTIFICATE_UNKNOWN(cart, authority->folder));
    else if (!done)
        text_error(authority->language, SAY_TEXT_CRYPTO_FAILED(AUTHORITY_LIST));
    if (done)
        done = end_list(authority, taking.list, now_ms);
    else
        X509_CRL_free(taking.list);
    ASN1_TIME_free(taking.now);
    return done;
}

struct looking {
    X509_CRL *list;
    bool found;
};

static void look(void *owner, X509 *certificate)
{
    struct looking *looking = owner;

    if (looking->list == NULL || !is_on_list(looking->list, certificate))
        looking->found = true;
}

bool authority_has_valid(struct authority *authority, const char *cart, int64_t now_ms)
{
    const struct authority_wish of = { .cart = cart, .now_ms = now_ms };
    struct looking looking = { .list = read_list(authority) };

    each_certificate(authority, &of, look, &looking);
    X509_CRL_free(looking.list);
    if (!looking.found)
        text_error(authority->language, SAY_TEXT_CERTIFICATE_UNKNOWN(cart, authority->folder));
    return looking.found;
}

static bool is_signed_by(X509_CRL *list, X509 *authority)
{
    EVP_PKEY *key = authority != NULL ? X509_get0_pubkey(authority) : NULL;
    bool is = list != NULL && key != NULL &&
              X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(authority)) == 0 &&
              X509_CRL_verify(list, key) == 1;

    ERR_clear_error();
    return is;
}

bool authority_list_may_replace(enum lang language, const char *from, const char *to)
{
    char *copy = strdup(to), *folder = copy != NULL ? dirname(copy) : NULL;
    X509_CRL *list = read_list_at(from), *old = read_list_at(to);
    X509 *own = folder != NULL ? read_certificate(folder, AUTHORITY_CERTIFICATE) : NULL;
    bool may = false;

    if (own == NULL)
        text_error(language, SAY_TEXT_NO_AUTHORITY_BESIDE(to));
    else if (!is_signed_by(list, own))
        text_error(language, SAY_TEXT_LIST_OTHERS(from));
    else if (number_of(list) < number_of(old))
        text_error(language, SAY_TEXT_LIST_OLDER(from, to));
    else
        may = true;
    X509_free(own);
    X509_CRL_free(list);
    X509_CRL_free(old);
    free(copy);
    return may;
}
