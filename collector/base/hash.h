/* A 64-bit fingerprint of bytes: the first 8 bytes of BLAKE2b-128 (RFC 7693), by libsodium.
 *
 * It tells a repetition of an event from another content under the same identity, so it must not be
 * easy to aim at; a cart that wanted to could only damage its own records. Thread-safe. */
#ifndef CARRITO_COLLECTOR_HASH_H
#define CARRITO_COLLECTOR_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before threads. False where the library cannot be had. */
bool hash_init(void);
int64_t hash_bytes(const void *bytes, size_t length);
/* All 128 bits as 32 hexadecimal digits and NUL: for ids that a repetition must make again. */
void hash_text(const void *bytes, size_t length, char text[33]);

#endif
