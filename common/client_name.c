/* HMAC-SHA-256 of the trimmed name under the guild's key, the first 132 bits as base64url (RFC
 * 2104, RFC 4648 section 5). */
#include "common/client_name.h"

#include "common/config.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define DIGEST_BYTES 32

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static bool read_naming(const char *text, enum client_naming *naming)
{
    static const char *const words[] = {
        [CLIENTS_NAMES] = "names", [CLIENTS_PSEUDONYM] = "pseudonym", [CLIENTS_NONE] = "none"
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], text) == 0) {
            *naming = (enum client_naming)i;
            return true;
        }
    return false;
}

bool client_naming_is_valid(const char *text)
{
    enum client_naming naming;

    return read_naming(text, &naming);
}

const char *client_names_wrong(const char *clients, const char *clients_keyfile)
{
    return strcmp(clients, "pseudonym") == 0 && clients_keyfile == NULL
               ? "clients=pseudonym needs clients_keyfile"
               : NULL;
}

char *client_names_open(const char *clients, const char *clients_keyfile,
                        struct client_names *names)
{
    char *key = clients_keyfile != NULL ? config_read_secret(clients_keyfile) : NULL;

    *names = (struct client_names){ CLIENTS_NAMES, key };
    if (clients != NULL)
        read_naming(clients, &names->naming);
    return key;
}

static bool is_pseudonym(const char *name)
{
    return name[0] == '~' && strlen(name) == CLIENT_PSEUDONYM_LENGTH &&
           strspn(name + 1, digits) == CLIENT_PSEUDONYM_LENGTH - 1;
}

/* Six bits of the digest, from the first on. */
static unsigned six_bits(const unsigned char *digest, size_t index)
{
    size_t bit = index * 6, byte = bit / 8;
    unsigned two = ((unsigned)digest[byte] << 8) | digest[byte + 1];

    return (two >> (10 - bit % 8)) & 0x3f;
}

static bool make_pseudonym(const char *key, const char *name, size_t length, char *out)
{
    unsigned char digest[DIGEST_BYTES];
    unsigned made = 0;

    if (HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)name, length, digest,
             &made) == NULL ||
        made != sizeof digest)
        return false;
    out[0] = '~';
    for (size_t i = 0; i + 1 < CLIENT_PSEUDONYM_LENGTH; i++)
        out[i + 1] = digits[six_bits(digest, i)];
    out[CLIENT_PSEUDONYM_LENGTH] = '\0';
    return true;
}

void client_name_apply(const struct client_names *names, char *name, size_t size)
{
    char pseudonym[CLIENT_PSEUDONYM_LENGTH + 1] = "";
    const char *begin = name + strspn(name, " \t");
    size_t length = strlen(begin);

    while (length > 0 && (begin[length - 1] == ' ' || begin[length - 1] == '\t'))
        length--;
    if (names->naming == CLIENTS_NAMES || length == 0 || is_pseudonym(name))
        return;
    if (names->naming == CLIENTS_PSEUDONYM && names->key != NULL &&
        make_pseudonym(names->key, begin, length, pseudonym) && size > CLIENT_PSEUDONYM_LENGTH)
        memcpy(name, pseudonym, sizeof pseudonym);
    else
        name[0] = '\0'; /* a name that cannot be hidden is not written */
}
