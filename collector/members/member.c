/* Reading, writing and the rules of form. */
#include "collector/members/member.h"

#include "collector/effects/mail.h"
#include "collector/effects/outgoing.h"
#include "common/event.h"
#include "common/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

/* A name, without the blanks around it. */
static bool read_name(const cJSON *object, const char *key, char name[MEMBER_NAME_MAX * 4 + 1],
                      struct json_reason *why)
{
    const char *text;

    if (!json_get_text(object, key, JSON_REQUIRED, 1, MEMBER_NAME_MAX, &text, why))
        return false;
    text += strspn(text, " ");
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length == 0 || has_control(text))
        return json_refuse(why, key, SAY_REASON_NAME(key));
    memcpy(name, text, length);
    name[length] = '\0';
    return true;
}

bool passport_is_valid(const char *text)
{
    size_t length = 0;

    while (isascii((unsigned char)text[length]) &&
           (isupper((unsigned char)text[length]) || isdigit((unsigned char)text[length])))
        length++;
    return text[length] == '\0' && length >= PASSPORT_MIN && length <= PASSPORT_MAX;
}

static bool is_given(const cJSON *object, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return value != NULL && !cJSON_IsNull(value);
}

/* Exactly one of rut and passport. */
static bool read_person(const cJSON *object, struct member *member, struct json_reason *why)
{
    bool has_rut = is_given(object, "rut");
    const char *text;

    if (has_rut == is_given(object, "passport"))
        return json_refuse(why, "rut", SAY_REASON_RUT_OR_PASSPORT());
    if (!json_get_text(object, has_rut ? "rut" : "passport", JSON_REQUIRED, 1, 32, &text, why))
        return false;
    if (has_rut && !rut_from_person(text, member->rut))
        return json_refuse(why, "rut", SAY_REASON_RUT());
    if (!has_rut && !passport_is_valid(text))
        return json_refuse(why, "passport", SAY_REASON_PASSPORT());
    if (!has_rut)
        snprintf(member->passport, sizeof member->passport, "%s", text);
    return true;
}

bool member_read(const cJSON *object, struct member *member, struct json_reason *why)
{
    const char *email, *plate;

    memset(member, 0, sizeof *member);
    if (!read_name(object, "name", member->name, why) ||
        !read_name(object, "lastname", member->lastname, why) ||
        !read_person(object, member, why) ||
        !json_get_text(object, "email", JSON_REQUIRED, 1, MEMBER_EMAIL_MAX, &email, why) ||
        !json_get_text(object, "plate", JSON_REQUIRED, 1, CART_TYPED_MAX, &plate, why) ||
        !json_get_bool(object, "premium", JSON_OPTIONAL, &member->premium, why))
        return false;
    if (!mail_address_from_person(email, member->email))
        return json_refuse(why, "email", SAY_REASON_MAIL("email"));
    if (!cart_from_person(plate, member->plate))
        return json_refuse(why, "plate", SAY_REASON_PLATE("plate"));
    return true;
}

static bool id_is_valid(const char *id)
{
    for (; *id != '\0'; id++)
        if (!isascii((unsigned char)*id) ||
            (!isalnum((unsigned char)*id) && strchr("._-", *id) == NULL))
            return false;
    return true;
}

bool member_read_record(const cJSON *object, struct member *member, struct json_reason *why)
{
    const char *id;

    if (!member_read(object, member, why))
        return false;
    member->applied_ms = MEMBER_TIME_UNKNOWN;
    if (!json_get_text(object, "id", JSON_REQUIRED, 1, MEMBER_ID_MAX, &id, why) ||
        !json_get_int(object, "ts_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &member->applied_ms, why))
        return false;
    if (!id_is_valid(id))
        return json_refuse(why, "id", SAY_REASON_LETTERS("id", ". _ -"));
    snprintf(member->id, sizeof member->id, "%s", id);
    return true;
}

void member_write(const struct member *member, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "id", member->id);
    json_text(&json, "rut", text_or_null(member->rut));
    json_text(&json, "passport", text_or_null(member->passport));
    json_text(&json, "name", member->name);
    json_text(&json, "lastname", member->lastname);
    json_text(&json, "email", member->email);
    json_text(&json, "plate", member->plate);
    json_bool(&json, "premium", member->premium);
    json_int(&json, "ts_ms", member->applied_ms);
    json_object_end(&json);
}

const char *member_person(const struct member *member)
{
    return member->rut[0] != '\0' ? member->rut : member->passport;
}

void member_enqueue(struct store *store, const struct member *member)
{
    const int32_t partition = member->premium ? MEMBER_PREMIUM_PARTITION : 0;
    const char *person = member_person(member);
    struct buffer value = { 0 };

    member_write(member, &value);
    outgoing_add(store, &(struct outgoing){ .id = member->id,
                                            .topic = TOPIC_MEMBERS,
                                            .key = person,
                                            .key_length = strlen(person),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = "member",
                                            .partition = &partition });
    buffer_free(&value);
}
