/* Checks the bytes of a JSON text by the grammar of RFC 8259, then lets cJSON build the tree.
 *
 * The check is strict so that cJSON's leniency (see the header) never shows. */
#include "common/json_read.h"
#include "common/json_scan.h"
#include "common/protocol.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 1000   /* of one object; a record of 4 KiB has no room for as many */
#define CUT_KEY  "kept" /* of `about`: so many bytes are kept */

/* Takes off the piece of a character with which a limit on bytes may have left a text. */
static void end_whole(char *text)
{
    size_t length = strlen(text), last = length;

    while (last > 0 && ((unsigned char)text[last - 1] & 0xc0) == 0x80)
        last--;
    if (last > 0 && !utf8_is_valid(text + last - 1, length - last + 1))
        text[last - 1] = '\0';
}

static void tell(const struct saying *saying, enum lang lang, char text[JSON_REASON_MAX])
{
    struct buffer told = { 0 };

    say_in(saying, lang, &told);
    snprintf(text, JSON_REASON_MAX, "%s", told.bytes);
    end_whole(text);
    buffer_free(&told);
}

static void keep(const struct saying *saying, char about[JSON_ABOUT_MAX])
{
    struct buffer kept = { 0 };

    say_keep(saying, &kept);
    if (snprintf(about, JSON_ABOUT_MAX, "%s", kept.bytes) >= JSON_ABOUT_MAX)
        about[0] = '\0';
    buffer_free(&kept);
}

void json_wipe(cJSON *object)
{
    cJSON *member;

    cJSON_ArrayForEach(member, object)
    {
        if (cJSON_IsString(member))
            explicit_bzero(member->valuestring, strlen(member->valuestring));
        json_wipe(member);
    }
}

bool json_refuse(struct json_reason *why, const char *field, struct saying saying)
{
    snprintf(why->field, sizeof why->field, "%s", field);
    end_whole(why->field);
    why->sentence = saying.sentence;
    tell(&saying, LANG_EN, why->text);
    tell(&saying, LANG_ES, why->spanish);
    keep(&saying, why->about);
    return false;
}

static void append_cut(size_t kept_bytes, enum lang lang, char text[JSON_REASON_MAX])
{
    struct buffer told = { 0 };

    buffer_text(&told, text);
    say_in(&SAY_REASON_CUT((int64_t)kept_bytes), lang, &told);
    snprintf(text, JSON_REASON_MAX, "%s", told.bytes);
    end_whole(text);
    buffer_free(&told);
}

void json_reason_cut(struct json_reason *why, size_t kept_bytes)
{
    size_t length = strlen(why->about);

    append_cut(kept_bytes, LANG_EN, why->text);
    append_cut(kept_bytes, LANG_ES, why->spanish);
    if (length > 0 &&
        snprintf(why->about + length - 1, sizeof why->about - length + 1, ",\"" CUT_KEY "\":%zu}",
                 kept_bytes) >= (int)(sizeof why->about - length + 1))
        why->about[0] = '\0';
}

void json_reason_say(const char *about, const char *text, enum lang lang, struct buffer *out)
{
    cJSON *kept = about != NULL ? cJSON_Parse(about) : NULL;
    const cJSON *cut = cJSON_GetObjectItemCaseSensitive(kept, CUT_KEY);

    if (!say_kept(about, reason_sentences, lang, out))
        buffer_text(out, text != NULL ? text : "");
    else if (cJSON_IsNumber(cut))
        say_in(&SAY_REASON_CUT((int64_t)cut->valuedouble), lang, out);
    cJSON_Delete(kept);
}

/* Duplicate keys, by comparing each key with those before it: they are few. The reason has the key
 * as `field` has it, in whole characters. */
static bool check_keys(const cJSON *object, struct json_reason *why)
{
    size_t count = 0;

    for (const cJSON *member = object->child; member != NULL; member = member->next) {
        if (++count > KEYS_MAX)
            return json_refuse(why, "", SAY_REASON_KEYS_IN_OBJECT(KEYS_MAX));
        for (const cJSON *other = object->child; other != member; other = other->next)
            if (member->string[0] == other->string[0] && strcmp(member->string, other->string) == 0)
                return json_refuse(why, member->string, SAY_REASON_KEY_TWICE(why->field));
    }
    return true;
}

bool json_tree_is_good(const cJSON *node, struct json_reason *why)
{
    if (cJSON_IsObject(node) && !check_keys(node, why))
        return false;
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        if (cJSON_IsNumber(child) && !isfinite(child->valuedouble))
            return json_refuse(why, child->string != NULL ? child->string : "",
                               SAY_REASON_NOT_FINITE());
        if (child->child != NULL && !json_tree_is_good(child, why))
            return false;
    }
    return true;
}

cJSON *json_read_object(const char *bytes, size_t length, size_t bytes_max, unsigned depth_max,
                        struct json_reason *why)
{
    struct json_scan scan = { .depth_max = depth_max };

    if (!json_scan_object(bytes, length, bytes_max, &scan, why))
        return NULL;
    cJSON *object = cJSON_ParseWithLength(bytes, length);
    if (object == NULL) {
        json_refuse(why, "", SAY_REASON_NOT_JSON());
        return NULL;
    }
    if (json_tree_is_good(object, why))
        return object;
    cJSON_Delete(object);
    return NULL;
}

static const cJSON *find(const cJSON *object, const char *key, enum json_presence presence,
                         struct json_reason *why)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);

    if (member == NULL && presence == JSON_REQUIRED)
        json_refuse(why, key, SAY_REASON_MISSING(key));
    return member;
}

bool json_get_int(const cJSON *object, const char *key, enum json_presence presence, int64_t min,
                  int64_t max, int64_t *value, struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsNumber(member) || member->valuedouble != floor(member->valuedouble) ||
        fabs(member->valuedouble) > (double)INTEGER_MAX)
        return json_refuse(why, key, SAY_REASON_INTEGER(key));
    int64_t number = (int64_t)member->valuedouble;
    if (number < min || number > max)
        return json_refuse(why, key, SAY_REASON_RANGE(key, (int64_t)min, (int64_t)max));
    *value = number;
    return true;
}

bool json_get_number(const cJSON *object, const char *key, enum json_presence presence, double min,
                     double max, double *value, struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsNumber(member))
        return json_refuse(why, key, SAY_REASON_NUMBER(key));
    if (!(member->valuedouble >= min && member->valuedouble <= max))
        return json_refuse(why, key, SAY_REASON_RANGE(key, min, max));
    *value = member->valuedouble;
    return true;
}

bool json_get_text(const cJSON *object, const char *key, enum json_presence presence,
                   size_t code_points_min, size_t code_points_max, const char **value,
                   struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsString(member))
        return json_refuse(why, key, SAY_REASON_STRING(key));
    size_t length = utf8_code_points(member->valuestring);
    if (length < code_points_min || length > code_points_max)
        return json_refuse(
            why, key,
            SAY_REASON_CHARACTERS(key, (int64_t)code_points_min, (int64_t)code_points_max));
    *value = member->valuestring;
    return true;
}

bool json_get_bool(const cJSON *object, const char *key, enum json_presence presence, bool *value,
                   struct json_reason *why)
{
    const cJSON *member = find(object, key, presence, why);

    if (member == NULL)
        return presence == JSON_OPTIONAL;
    if (!cJSON_IsBool(member))
        return json_refuse(why, key, SAY_REASON_BOOL(key));
    *value = cJSON_IsTrue(member);
    return true;
}
