/* Reads an object whose members matter one by one, such as an event, without building a tree: half
 * of what reading an event costs would be the tree's many small allocations.
 *
 * Refuses what json_read_object() refuses, in the same words. */
#ifndef CARRITO_JSON_FLAT_H
#define CARRITO_JSON_FLAT_H

#include "common/json_read.h"

#define JSON_FLAT_BYTES_MAX   4096
#define JSON_FLAT_MEMBERS_MAX (JSON_FLAT_BYTES_MAX / 5) /* `"":1,` is the shortest */

struct json_member {
    const char *key;
    const char *text; /* NULL: not a string */
    double number;    /* NAN: not a number */
};

/* Some 40 KB, of which a small text touches little: made for the stack. */
struct json_flat {
    size_t count;
    struct json_member members[JSON_FLAT_MEMBERS_MAX]; /* in the order of the text */
    char texts[JSON_FLAT_BYTES_MAX];                   /* what keys and texts point into */
};

/* False: `why` says what is wrong. `bytes` is not kept. At most JSON_FLAT_BYTES_MAX bytes. */
bool json_flat_read(const char *bytes, size_t length, unsigned depth_max, struct json_flat *flat,
                    struct json_reason *why);
/* NULL where there is none. */
const struct json_member *json_flat_find(const struct json_flat *flat, const char *key);

#endif
