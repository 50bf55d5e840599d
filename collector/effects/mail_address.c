/* Addresses as people type them, and as they go over the wire. Names of domains by libidn2. */
#include "collector/effects/mail_address.h"

#include "collector/base/typed.h"

#include <ctype.h>
#include <idn2.h>
#include <stdio.h>
#include <string.h>

#define LOCAL_BYTES_MAX  64  /* RFC 5321, 4.5.3.1 */
#define LABEL_BYTES_MAX  63  /* RFC 1035, 2.3.4 */
#define DOMAIN_BYTES_MAX 253 /* the same, as text */

/* A server that does not know SMTPUTF8 (RFC 6531) takes no other signs before the @. */
static bool is_atom(unsigned char c)
{
    return c < 0x80 && (isalnum(c) || strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

static bool is_local(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_atom((unsigned char)text[i]) || (text[i] == '.' && (i == 0 || text[i - 1] == '.')))
            return false;
    return length > 0 && length <= LOCAL_BYTES_MAX && text[length - 1] != '.';
}

/* Letters, digits and hyphens, a hyphen at neither end (RFC 1123, 2.1). */
static bool is_label(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80 || (!isalnum((unsigned char)text[i]) && text[i] != '-'))
            return false;
    return length > 0 && length <= LABEL_BYTES_MAX && text[0] != '-' && text[length - 1] != '-';
}

static bool is_domain(const char *text)
{
    size_t length = strlen(text);

    if (length > DOMAIN_BYTES_MAX)
        return false;
    for (;; text++) {
        length = strcspn(text, ".");
        if (!is_label(text, length))
            return false;
        text += length;
        if (*text == '\0')
            return true;
    }
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

/* Whether a label begins or ends with a hyphen; that of an A-label shows it no more. */
static bool has_hyphen_at_an_end(const char *domain)
{
    size_t length = strlen(domain);

    return length == 0 || domain[0] == '-' || domain[length - 1] == '-' ||
           strstr(domain, "-.") != NULL || strstr(domain, ".-") != NULL;
}

/* The domain in place, of `size` bytes with NUL: A-labels (RFC 5890, 2.3.2.1) where it has other
 * signs than ASCII. */
static bool fold_domain(char *domain, size_t size)
{
    uint8_t *labels = NULL;
    bool fits = !has_hyphen_at_an_end(domain);

    if (fits && !is_ascii(domain)) {
        /* Not IDN2_USE_STD3_ASCII_RULES: libidn2 2.3.3 then leaves an underscore out in silence. */
        fits = idn2_lookup_u8((const uint8_t *)domain, &labels,
                              IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK &&
               strlen((const char *)labels) < size;
        if (fits)
            memcpy(domain, labels, strlen((const char *)labels) + 1);
        idn2_free(labels);
    }
    return fits && is_domain(domain);
}

bool mail_address_from_person(const char *typed, char address[MAIL_ADDRESS_SIZE])
{
    char trimmed[MAIL_ADDRESS_SIZE];
    char *at;

    if (!typed_visible(typed, trimmed, sizeof trimmed) || (at = strchr(trimmed, '@')) == NULL ||
        !is_local(trimmed, (size_t)(at - trimmed)) ||
        !fold_domain(at + 1, sizeof trimmed - (size_t)(at + 1 - trimmed)))
        return false;
    memcpy(address, trimmed, strlen(trimmed) + 1);
    return true;
}

/* The next item, valid or not; false at the end. */
static bool next_item(const char **list, char item[MAIL_ADDRESS_SIZE])
{
    const char *at = *list;

    if (at == NULL || *at == '\0')
        return false;
    at += strspn(at, " \t");
    size_t length = strcspn(at, ",");
    *list = at + length + (at[length] == ',');
    while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
        length--;
    snprintf(item, MAIL_ADDRESS_SIZE, "%.*s", (int)length, at);
    if (length >= MAIL_ADDRESS_SIZE)
        item[0] = '\0';
    return true;
}

bool mail_list_next(const char **list, char address[MAIL_ADDRESS_SIZE])
{
    char item[MAIL_ADDRESS_SIZE];

    while (next_item(list, item))
        if (mail_address_from_person(item, address))
            return true;
    return false;
}

bool mail_list_is_valid(const char *list)
{
    char item[MAIL_ADDRESS_SIZE], address[MAIL_ADDRESS_SIZE];

    while (next_item(&list, item))
        if (!mail_address_from_person(item, address))
            return false;
    return true;
}
