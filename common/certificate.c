/* OpenSSL's reader of PEM, which libmosquitto brings along. */
#include "common/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Nobody is asked: what is locked is a key and no certificate. */
static int no_password(char *password, int size, int writing, void *owner)
{
    (void)password, (void)size, (void)writing, (void)owner;
    return 0;
}

static bool read_end(const X509 *certificate, int64_t *end_ms)
{
    struct tm utc;

    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &utc) != 1)
        return false;
    *end_ms = (int64_t)timegm(&utc) * 1000;
    return true;
}

static bool is_at_end(void)
{
    unsigned long error = ERR_peek_last_error();

    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

/* The next one that can be read; NULL behind the last. Each turn goes on in the text. */
static X509 *next_certificate(BIO *text)
{
    X509 *certificate;

    do {
        ERR_clear_error();
        certificate = PEM_read_bio_X509(text, NULL, no_password, NULL);
    } while (certificate == NULL && !is_at_end() && BIO_pending(text) > 0);
    ERR_clear_error();
    return certificate;
}

bool certificate_ends(const char *pem, size_t length, struct certificate_ends *ends)
{
    BIO *text = length <= CERTIFICATE_FILE_MAX ? BIO_new_mem_buf(pem, (int)length) : NULL;
    bool found = false;

    for (X509 *one; text != NULL && (one = next_certificate(text)) != NULL; X509_free(one)) {
        int64_t end_ms;
        if (!read_end(one, &end_ms))
            continue;
        if (!found || end_ms < ends->first_ms)
            ends->first_ms = end_ms;
        if (!found || end_ms > ends->last_ms)
            ends->last_ms = end_ms;
        found = true;
    }
    BIO_free(text);
    return found;
}

static bool ends_of_file(const char *path, struct certificate_ends *ends)
{
    FILE *file = path != NULL && path[0] != '\0' ? fopen(path, "r") : NULL;
    char *text = file != NULL ? malloc(CERTIFICATE_FILE_MAX) : NULL;
    bool found =
        text != NULL && certificate_ends(text, fread(text, 1, CERTIFICATE_FILE_MAX, file), ends);

    free(text);
    if (file != NULL)
        fclose(file);
    return found;
}

int64_t certificate_files_end_ms(const char *certfile, const char *cafile)
{
    struct certificate_ends own, authorities;
    bool has_own = ends_of_file(certfile, &own);

    if (!ends_of_file(cafile, &authorities))
        return has_own ? own.first_ms : 0;
    return has_own && own.first_ms < authorities.last_ms ? own.first_ms : authorities.last_ms;
}
