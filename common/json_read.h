/* Reads JSON that a stranger sent: checks the bytes for what cJSON lets pass, then parses.
 *
 * cJSON 1.7.15 takes invalid UTF-8, NUL, raw control characters, leading zeros, `1.e5`, 1e999,
 * a byte order mark and duplicate keys, and nests to 1000. All of that is refused here, with a
 * reason that a person can act on. Thread-safe; nothing blocks. */
#ifndef CARRITO_JSON_READ_H
#define CARRITO_JSON_READ_H

#include "common/catalogue.h"
#include "reason_words.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_REASON_MAX 160
#define JSON_ABOUT_MAX  256

/* Why something was refused: a sentence of common/words/reasons.txt. It is told in each language at
 * once, as what it is about may be gone before it is read. */
struct json_reason {
    const struct sentence *sentence; /* NULL: nothing was refused */
    char text[JSON_REASON_MAX];      /* in English, as logs have it */
    char spanish[JSON_REASON_MAX];
    char about[JSON_ABOUT_MAX]; /* its name and arguments (say_keep), for who reads it later; "":
                                 * they do not fit */
    char field[32];             /* the key at fault, "" where there is none */
};

/* Returns the text's value (the caller frees it with cJSON_Delete), or NULL and the reason.
 * Refused: more than `bytes_max` bytes, deeper than `depth_max`, over 1000 keys in one object,
 * anything but one JSON object. */
cJSON *json_read_object(const char *bytes, size_t length, size_t bytes_max, unsigned depth_max,
                        struct json_reason *why);

/* Overwrites all texts in an object in which a secret came, before it is deleted. NULL is harmless.
 */
void json_wipe(cJSON *object);

enum json_presence { JSON_OPTIONAL, JSON_REQUIRED };

/* Member readers. Names compare exactly. True: read, or absent and optional (then *value is left
 * as it was). False: absent and required, of another type, or out of range; `why` says which.
 * A null counts as another type. */
bool json_get_int(const cJSON *object, const char *key, enum json_presence presence, int64_t min,
                  int64_t max, int64_t *value, struct json_reason *why);
bool json_get_number(const cJSON *object, const char *key, enum json_presence presence, double min,
                     double max, double *value, struct json_reason *why);
/* *value points into `object`. Lengths are in Unicode code points. */
bool json_get_text(const cJSON *object, const char *key, enum json_presence presence,
                   size_t code_points_min, size_t code_points_max, const char **value,
                   struct json_reason *why);
bool json_get_bool(const cJSON *object, const char *key, enum json_presence presence, bool *value,
                   struct json_reason *why);
/* For a rule of the caller's: says that `field` is at fault, by SAY_REASON_…(), and returns false.
 */
bool json_refuse(struct json_reason *why, const char *field, struct saying saying);
/* Adds to the reason that of what was refused only the first bytes are kept. */
void json_reason_cut(struct json_reason *why, size_t kept_bytes);
/* Appends a reason in this language: by its `about`, or as it was told where there is none of this
 * release. NULL is no text. */
void json_reason_say(const char *about, const char *text, enum lang lang, struct buffer *out);

/* True where the bytes are well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong). */
bool utf8_is_valid(const char *bytes, size_t length);
size_t utf8_code_points(const char *text);

#endif
