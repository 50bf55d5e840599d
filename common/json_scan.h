/* The grammar of RFC 8259, strictly: what json_read.c and json_flat.c look at bytes with before
 * they believe them. Allocates nothing. */
#ifndef CARRITO_JSON_SCAN_H
#define CARRITO_JSON_SCAN_H

#include "common/json_read.h"

/* Where a member of the outermost object stands in the text. */
struct json_span {
    const char *key;   /* after its opening quote */
    const char *value; /* its first byte */
};

struct json_scan {
    const unsigned char *at, *end;
    unsigned depth, depth_max;
    struct saying wrong;      /* the first thing that is wrong; zero: nothing */
    const unsigned char *key; /* of the value that is looked at, or NULL */
    size_t key_length;
    struct json_span *spans; /* to be filled in; or NULL */
    size_t count, capacity;
};

/* True where the bytes are one JSON object, at most `bytes_max` long. Of `scan` the caller sets
 * `depth_max` and, where the members are wanted, `spans` and `capacity`: an object of n bytes has
 * at most n / 5 members, and more than there is room for are refused. */
bool json_scan_object(const char *bytes, size_t length, size_t bytes_max, struct json_scan *scan,
                      struct json_reason *why);
/* True where no key in the tree stands twice, and all its numbers are finite. */
bool json_tree_is_good(const cJSON *node, struct json_reason *why);

#endif
