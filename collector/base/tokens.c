/* libsodium's random numbers and SHA-256. */
#include "collector/base/tokens.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_BYTES 32

void token_make(char token[TOKEN_SIZE])
{
    unsigned char bytes[TOKEN_BYTES];
    if (sodium_init() < 0)
        abort();
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(token, TOKEN_SIZE, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
}

bool token_has_form(const char *text)
{
    return strlen(text) == TOKEN_SIZE - 1 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
               TOKEN_SIZE - 1;
}

void token_hash(const char *token, char hash[TOKEN_HASH_SIZE])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const unsigned char *)token, strlen(token));
    sodium_bin2hex(hash, TOKEN_HASH_SIZE, digest, sizeof digest);
}
