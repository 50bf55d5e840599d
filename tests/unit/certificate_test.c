/* Claims about the end of certificates: the corpus is read as openssl reads it, and what is cut or
 * is no certificate says nothing. */
#include "common/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CART_END_MS      1798011616000 /* openssl x509 -enddate */
#define AUTHORITY_END_MS 3372219616000 /* past 2050: written with its century */
#define CART             CORPUS_DIR "/certificate/01-cart.pem"
#define AUTHORITY        CORPUS_DIR "/certificate/02-authority-past-2050.pem"
#define TWO              CORPUS_DIR "/certificate/03-two.pem"

static void ends_are_as_openssl_says(void **state)
{
    (void)state;
    assert_int_equal(certificate_files_end_ms(CART, NULL), CART_END_MS);
    assert_int_equal(certificate_files_end_ms(NULL, AUTHORITY), AUTHORITY_END_MS);
}

static void a_chain_ends_first_and_trust_ends_last(void **state)
{
    (void)state;
    assert_int_equal(certificate_files_end_ms(TWO, NULL), CART_END_MS);
    assert_int_equal(certificate_files_end_ms(NULL, TWO), AUTHORITY_END_MS);
    assert_int_equal(certificate_files_end_ms(CART, AUTHORITY), CART_END_MS);
    assert_int_equal(certificate_files_end_ms(AUTHORITY, CART), CART_END_MS);
}

static void what_cannot_be_read_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(certificate_files_end_ms(NULL, NULL), 0);
    assert_int_equal(certificate_files_end_ms("", "/nowhere"), 0);
    assert_int_equal(certificate_files_end_ms(__FILE__, CART), CART_END_MS);
}

static void a_certificate_that_is_cut_says_nothing(void **state)
{
    char text[4096];
    struct certificate_ends ends;
    FILE *file = fopen(AUTHORITY, "r");
    (void)state;

    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    for (size_t cut = 0; cut + 40 < length; cut++)
        assert_false(certificate_ends(text, cut, &ends));
    assert_true(certificate_ends(text, length, &ends));
}

/* Appends the file's text; returns its new length. */
static size_t add_file(char *text, size_t size, size_t length, const char *path)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    length += fread(text + length, 1, size - length, file);
    fclose(file);
    return length;
}

static void what_is_broken_is_passed_over(void **state)
{
    static const char broken[] = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    char text[8192];
    struct certificate_ends ends;
    (void)state;

    size_t length = add_file(text, sizeof text, 0, AUTHORITY);
    memcpy(text + length, broken, strlen(broken));
    length = add_file(text, sizeof text, length + strlen(broken), CART);
    assert_true(certificate_ends(text, length, &ends));
    assert_int_equal(ends.first_ms, CART_END_MS);
    assert_int_equal(ends.last_ms, AUTHORITY_END_MS);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "ends are as openssl says", ends_are_as_openssl_says, NULL, NULL, NULL },
        { "a chain ends with its first, trust with its last",
          a_chain_ends_first_and_trust_ends_last, NULL, NULL, NULL },
        { "what cannot be read says nothing", what_cannot_be_read_says_nothing, NULL, NULL, NULL },
        { "what is broken is passed over", what_is_broken_is_passed_over, NULL, NULL, NULL },
        { "a certificate that is cut says nothing", a_certificate_that_is_cut_says_nothing, NULL,
          NULL, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
