/* libsodium's password hashing. */
#include "collector/access/passwords.h"

#include "collector/base/tokens.h"
#include "common/log.h"

#include "password_files.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's size of a hash");

/* Made once, with the same cost as real ones, from a random password that nobody kept. */
static const char nobody[] = "$argon2id$v=19$m=65536,t=2,p=1$1KuiosFu1YmTB/"
                             "Nwj5W+CQ$ySrzAN7tv8ro9vNaPgLwW3TXZAMiXFzQiX4elipztIs";

static bool is_common(const char *password)
{
    size_t length = strlen(password);
    const char *line = password_files[0].text;

    for (; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
        if (strncasecmp(line, password, length) == 0 && line[length] == '\n')
            return true;
    return false;
}

bool password_may_be(const char *field, const char *password, struct json_reason *why)
{
    if (token_has_form(password))
        return json_refuse(why, field, SAY_REASON_PASSWORD_TOKEN(field));
    return !is_common(password) || json_refuse(why, field, SAY_REASON_PASSWORD_COMMON(field));
}

bool password_hash(const char *password, char hash[PASSWORD_HASH_SIZE])
{
    if (sodium_init() >= 0 &&
        crypto_pwhash_str(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0)
        return true;
    log_error("passwords", "a password cannot be hashed", "needs_bytes=%zu",
              (size_t)crypto_pwhash_MEMLIMIT_INTERACTIVE);
    return false;
}

bool password_check(const char *hash, const char *password)
{
    char padded[PASSWORD_HASH_SIZE] = { 0 };
    const char *against = hash != NULL ? hash : nobody;
    if (sodium_init() < 0 || strlen(against) >= sizeof padded)
        return false;
    memcpy(padded, against, strlen(against));
    bool right = crypto_pwhash_str_verify(padded, password, strlen(password)) == 0;
    return right && hash != NULL;
}
