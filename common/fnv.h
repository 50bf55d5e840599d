/* FNV-1a, 64 bits (Fowler, Noll, Vo): a number for a text where nobody aims at a clash. */
#ifndef CARRITO_FNV_H
#define CARRITO_FNV_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t fnv_1a(const char *bytes, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    return hash;
}

#endif
