/* libsodium's HMAC with a key of any length. */
#include "collector/effects/hmac.h"

#include <sodium.h>

void hmac_sha256(const struct hmac_key *key, const void *bytes, size_t length,
                 char text[HMAC_TEXT_SIZE])
{
    crypto_auth_hmacsha256_state state;
    unsigned char digest[crypto_auth_hmacsha256_BYTES];

    crypto_auth_hmacsha256_init(&state, key->bytes, key->length);
    crypto_auth_hmacsha256_update(&state, bytes, length);
    crypto_auth_hmacsha256_final(&state, digest);
    sodium_bin2hex(text, HMAC_TEXT_SIZE, digest, sizeof digest);
    sodium_memzero(&state, sizeof state);
}
