/* libcrypto's X509 and EVP_PKEY, each text read once where it is used. */
#include "common/credential.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

/* Nobody is asked: a key with a password is none that a cart could use. */
static int no_password(char *password, int size, int writing, void *owner)
{
    (void)password, (void)size, (void)writing, (void)owner;
    return 0;
}

static BIO *open_text(const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;

    return length > 0 && length <= CREDENTIAL_PEM_MAX ? BIO_new_mem_buf(text, (int)length) : NULL;
}

static EVP_PKEY *read_key(const char *text)
{
    BIO *bio = open_text(text);
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error(); /* what is left in the queue would be taken for the next call's error */
    return key;
}

static X509 *read_certificate(const char *text)
{
    BIO *bio = open_text(text);
    X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, no_password, NULL) : NULL;

    BIO_free(bio);
    ERR_clear_error();
    return certificate;
}

static bool take_text(BIO *bio, bool written, struct buffer *out)
{
    char *bytes = NULL;
    long length = written ? BIO_get_mem_data(bio, &bytes) : 0;

    if (length > 0)
        buffer_append(out, bytes, (size_t)length);
    BIO_free(bio);
    ERR_clear_error();
    return length > 0;
}

bool credential_make_key(struct buffer *key)
{
    EVP_PKEY *made = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_secmem());
    bool written = made != NULL && bio != NULL &&
                   PEM_write_bio_PKCS8PrivateKey(bio, made, NULL, NULL, 0, NULL, NULL) == 1;

    EVP_PKEY_free(made);
    return take_text(bio, written, key);
}

static bool name_cart(X509_NAME *name, const char *cart)
{
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)cart, -1, -1,
                                      0) == 1;
}

bool credential_make_request(const char *key, const char *cart, struct buffer *request)
{
    EVP_PKEY *mine = read_key(key);
    X509_REQ *made = X509_REQ_new();
    BIO *bio = BIO_new(BIO_s_mem());
    bool written =
        mine != NULL && made != NULL && bio != NULL &&
        name_cart(X509_REQ_get_subject_name(made), cart) && X509_REQ_set_pubkey(made, mine) == 1 &&
        X509_REQ_sign(made, mine, EVP_sha256()) > 0 && PEM_write_bio_X509_REQ(bio, made) == 1;

    X509_REQ_free(made);
    EVP_PKEY_free(mine);
    return take_text(bio, written, request);
}

static bool cart_of(const X509 *certificate, char cart[CART_LENGTH_MAX + 1])
{
    char text[CART_LENGTH_MAX + 2];
    int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text,
                                           sizeof text);

    if (length < 0 || (size_t)length != strlen(text) || !cart_is_valid(text))
        return false;
    memcpy(cart, text, (size_t)length + 1);
    return true;
}

bool credential_cart(const char *certificate, char cart[CART_LENGTH_MAX + 1])
{
    X509 *read = read_certificate(certificate);
    bool named = read != NULL && cart_of(read, cart);

    X509_free(read);
    return named;
}

bool credential_readable(const char *certificate)
{
    X509 *read = read_certificate(certificate);

    X509_free(read);
    return read != NULL;
}

static bool has_ended(const X509 *certificate, int64_t built_ms)
{
    time_t built = (time_t)(built_ms / 1000);

    return X509_cmp_time(X509_get0_notAfter(certificate), &built) < 0;
}

/* The whole chain is these two: a cart's authority signs by itself. */
static bool is_signed(X509 *certificate, const char *authority)
{
    X509 *signer = read_certificate(authority);
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *chain = X509_STORE_CTX_new();
    bool fine = signer != NULL && store != NULL && chain != NULL &&
                X509_STORE_add_cert(store, signer) == 1 &&
                X509_STORE_CTX_init(chain, store, certificate, NULL) == 1;

    if (fine) {
        X509_STORE_CTX_set_flags(chain, X509_V_FLAG_NO_CHECK_TIME);
        X509_STORE_CTX_set_purpose(chain, X509_PURPOSE_SSL_CLIENT);
        fine = X509_verify_cert(chain) == 1;
    }
    X509_STORE_CTX_free(chain);
    X509_STORE_free(store);
    X509_free(signer);
    ERR_clear_error();
    return fine;
}

static const char *wrong_with(const struct credential *credential, EVP_PKEY *key, X509 *certificate,
                              const char *cart)
{
    char named[CART_LENGTH_MAX + 1];

    if (key == NULL)
        return "its key cannot be read";
    if (certificate == NULL)
        return "its certificate cannot be read";
    if (X509_check_private_key(certificate, key) != 1)
        return "key and certificate do not fit each other";
    if (!cart_of(certificate, named) || strcmp(named, cart) != 0)
        return "its certificate is not for this plate";
    if (credential->authority != NULL && !is_signed(certificate, credential->authority))
        return "its certificate is not signed by the authority that came with it";
    return NULL;
}

const char *credential_wrong(const struct credential *credential, const char *cart,
                             int64_t built_ms)
{
    EVP_PKEY *key = read_key(credential->key);
    X509 *certificate = read_certificate(credential->certificate);
    const char *wrong = wrong_with(credential, key, certificate, cart);

    if (wrong == NULL && has_ended(certificate, built_ms))
        wrong = "its certificate had ended before this program was made";
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return wrong;
}

static bool same_signer(X509 *certificate, X509 *other)
{
    const ASN1_OCTET_STRING *one = X509_get0_authority_key_id(certificate);
    const ASN1_OCTET_STRING *two = X509_get0_authority_key_id(other);

    if (X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_issuer_name(other)) != 0)
        return false;
    /* Certificates of former releases may have no id of the key. */
    return one == NULL || two == NULL || ASN1_OCTET_STRING_cmp(one, two) == 0;
}

bool credential_same_authority(const char *certificate, const char *other)
{
    X509 *one = read_certificate(certificate), *two = read_certificate(other);
    bool same = one != NULL && two != NULL && same_signer(one, two);

    X509_free(one);
    X509_free(two);
    return same;
}
