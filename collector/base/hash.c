/* BLAKE2b, cut to 64 bits. */
#include "collector/base/hash.h"

#include <sodium.h>
#include <string.h>

bool hash_init(void)
{
    return sodium_init() >= 0;
}

int64_t hash_bytes(const void *bytes, size_t length)
{
    unsigned char digest[crypto_generichash_BYTES_MIN];
    int64_t hash;

    crypto_generichash(digest, sizeof digest, bytes, length, NULL, 0);
    memcpy(&hash, digest, sizeof hash);
    return hash;
}

void hash_text(const void *bytes, size_t length, char text[33])
{
    unsigned char digest[crypto_generichash_BYTES_MIN];

    crypto_generichash(digest, sizeof digest, bytes, length, NULL, 0);
    sodium_bin2hex(text, 33, digest, sizeof digest);
}
