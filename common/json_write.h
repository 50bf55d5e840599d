/* Writes JSON, token by token, into a buffer; commas and escapes are its work.
 *
 * Inside an object every call names its `key`; inside an array, and at the top, `key` is NULL.
 * A NULL text is written as null, and so is a number that is not finite. Text must be valid UTF-8;
 * what is not becomes U+FFFD. Objects and arrays nest to JSON_WRITE_DEPTH_MAX. */
#ifndef CARRITO_JSON_WRITE_H
#define CARRITO_JSON_WRITE_H

#include "common/buffer.h"

#include <stdbool.h>

#define JSON_WRITE_DEPTH_MAX 16

struct json_writer {
    struct buffer *out; /* not owned */
    unsigned depth;
    bool has_member[JSON_WRITE_DEPTH_MAX + 1];
};

/* Starts a text at the end of what `out` holds. */
struct json_writer json_write_to(struct buffer *out);
void json_object_begin(struct json_writer *json, const char *key);
void json_object_end(struct json_writer *json);
void json_array_begin(struct json_writer *json, const char *key);
void json_array_end(struct json_writer *json);
void json_text(struct json_writer *json, const char *key, const char *value);
void json_text_n(struct json_writer *json, const char *key, const char *value, size_t length);
void json_int(struct json_writer *json, const char *key, int64_t value);
/* The shortest decimal that reads back as the same double. */
void json_number(struct json_writer *json, const char *key, double value);
/* Milliseconds since 1970 UTC as RFC 3339 in UTC. */
void json_time(struct json_writer *json, const char *key, int64_t wall_ms);
void json_bool(struct json_writer *json, const char *key, bool value);
void json_null(struct json_writer *json, const char *key);
/* The members of `object`, a JSON object without blanks around it, among those of the open one. */
void json_members(struct json_writer *json, const char *object);
/* `value` is a JSON text already. */
void json_raw(struct json_writer *json, const char *key, const char *value, size_t length);

#endif
