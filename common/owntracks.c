/* Reads OwnTracks' messages by a table of its types and one of its members. */
#include "common/owntracks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX  8
#define MS_IN_S    1000.0
#define TST_S_MAX  9007199254740.0 /* INTEGER_MAX in milliseconds */
#define NUMBER_MAX 32              /* characters of a number in quotes */

static enum owntracks_result read_position(const cJSON *object, struct event *event,
                                           struct json_reason *why);
static enum owntracks_result read_transition(const cJSON *object, struct event *event,
                                             struct json_reason *why);
static enum owntracks_result ignore(const cJSON *object, struct event *event,
                                    struct json_reason *why);
static enum owntracks_result refuse_encrypted(const cJSON *object, struct event *event,
                                              struct json_reason *why);

static const struct {
    const char *type;
    enum owntracks_result (*read)(const cJSON *object, struct event *event,
                                  struct json_reason *why);
} types[] = {
    { "location", read_position },
    { "transition", read_transition },
    { "encrypted", refuse_encrypted },
    { "lwt", ignore },
    { "waypoint", ignore },
    { "waypoints", ignore },
    { "status", ignore },
    { "card", ignore },
    { "cmd", ignore },
    { "configuration", ignore },
    { "steps", ignore },
    { "beacon", ignore },
    { "request", ignore },
    { "dump", ignore },
};

/* Members that are kept where they can be; a phone writes -1 for what it does not know. */
static const struct {
    const char *name;
    size_t offset;
    double min, max;
} measures[] = {
    { "acc", offsetof(struct event, acc), 0, 1e7 },
    { "alt", offsetof(struct event, alt), -1e5, 1e6 },
    { "vel", offsetof(struct event, vel), 0, 1e4 },
    { "cog", offsetof(struct event, cog), 0, 360 },
    { "batt", offsetof(struct event, batt), 0, 100 },
};

/* A number, or one in quotes, as some clients write it. NAN where it is neither. */
static double number_of(const cJSON *object, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);
    char *end;

    if (cJSON_IsNumber(member))
        return member->valuedouble;
    if (!cJSON_IsString(member) || strlen(member->valuestring) > NUMBER_MAX ||
        strspn(member->valuestring, "+-.0123456789eE") != strlen(member->valuestring))
        return NAN;
    double value = strtod(member->valuestring, &end);
    return end != member->valuestring && *end == '\0' ? value : NAN;
}

static bool read_number(const cJSON *object, const char *name, double limit, double *value,
                        struct json_reason *why)
{
    *value = number_of(object, name);
    if (isfinite(*value) && fabs(*value) <= limit)
        return true;
    if (cJSON_GetObjectItemCaseSensitive(object, name) == NULL)
        return json_refuse(why, name, SAY_REASON_MISSING(name));
    return json_refuse(why, name, SAY_REASON_NUMBER_RANGE(name, -(int64_t)limit, (int64_t)limit));
}

static enum owntracks_result read_position(const cJSON *object, struct event *event,
                                           struct json_reason *why)
{
    double tst;

    if (!read_number(object, "lat", 90, &event->lat, why) ||
        !read_number(object, "lon", 180, &event->lon, why) ||
        !read_number(object, "tst", TST_S_MAX, &tst, why))
        return OWNTRACKS_REFUSED;
    if (tst < 0) {
        json_refuse(why, "tst", SAY_REASON_NEGATIVE("tst"));
        return OWNTRACKS_REFUSED;
    }
    event->ts_ms = (int64_t)llround(tst * MS_IN_S);
    double created = number_of(object, "created_at");
    if (created >= 0 && created <= TST_S_MAX)
        event->created_ms = (int64_t)llround(created * MS_IN_S);
    event->has_position = true;
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++) {
        double value = number_of(object, measures[i].name);
        if (value >= measures[i].min && value <= measures[i].max)
            memcpy((char *)event + measures[i].offset, &value, sizeof value);
    }
    return OWNTRACKS_POSITION;
}

/* A phone without a fix says which region's edge it has crossed, and no more. */
static enum owntracks_result read_transition(const cJSON *object, struct event *event,
                                             struct json_reason *why)
{
    if (cJSON_GetObjectItemCaseSensitive(object, "lat") == NULL &&
        cJSON_GetObjectItemCaseSensitive(object, "lon") == NULL)
        return OWNTRACKS_IGNORED;
    return read_position(object, event, why);
}

static enum owntracks_result ignore(const cJSON *object, struct event *event,
                                    struct json_reason *why)
{
    (void)object;
    (void)event;
    (void)why;
    return OWNTRACKS_IGNORED;
}

static enum owntracks_result refuse_encrypted(const cJSON *object, struct event *event,
                                              struct json_reason *why)
{
    (void)object;
    (void)event;
    json_refuse(why, "_type", SAY_REASON_PHONE_ENCRYPTS());
    return OWNTRACKS_REFUSED;
}

static enum owntracks_result read_object(const cJSON *object, struct event *event,
                                         struct json_reason *why)
{
    const char *type;

    if (!json_get_text(object, "_type", JSON_REQUIRED, 1, 32, &type, why))
        return OWNTRACKS_REFUSED;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].type, type) == 0)
            return types[i].read(object, event, why);
    json_refuse(why, "_type", SAY_REASON_PHONE_TYPE());
    return OWNTRACKS_REFUSED;
}

enum owntracks_result owntracks_read(const char *cart, const char *bytes, size_t length,
                                     struct event *event, struct json_reason *why)
{
    event_clear(event);
    event->type = EVENT_LOCATION;
    event->clock = CLOCK_NTP; /* phones set their clocks by the network */
    event->owntracks = true;
    snprintf(event->cart, sizeof event->cart, "%s", cart);
    if (length == 0) /* how a retained message is removed */
        return OWNTRACKS_IGNORED;
    cJSON *object = json_read_object(bytes, length, OWNTRACKS_BYTES_MAX, DEPTH_MAX, why);
    enum owntracks_result result =
        object != NULL ? read_object(object, event, why) : OWNTRACKS_REFUSED;
    cJSON_Delete(object);
    return result;
}

/* One level of a topic as a person might have typed the plate. */
static bool read_plate(const char *level, size_t length, char cart[CART_LENGTH_MAX + 1])
{
    char text[CART_LENGTH_MAX + 1];

    if (length > CART_LENGTH_MAX)
        return false;
    memcpy(text, level, length);
    text[length] = '\0';
    return cart_from_person(text, cart);
}

/* The level that is not asked for the cart may be any name, but not the plate of another. */
static bool is_of_another(const char *level, size_t length, const char *cart)
{
    char named[CART_LENGTH_MAX + 1];

    return read_plate(level, length, named) && cart_is_national(named) && strcmp(named, cart) != 0;
}

bool owntracks_cart(const char *topic, enum owntracks_rule rule, char cart[CART_LENGTH_MAX + 1],
                    struct json_reason *why)
{
    const char *user = topic + (topic[0] == '/');
    size_t root = strlen(OWNTRACKS_ROOT "/");
    bool by_user = rule == OWNTRACKS_CART_IS_USER;
    char found[CART_LENGTH_MAX + 1];

    if (strncmp(user, OWNTRACKS_ROOT "/", root) != 0)
        return json_refuse(why, "topic", SAY_REASON_PHONE_TOPIC());
    user += root;
    size_t user_length = strcspn(user, "/");
    if (user_length == 0 || user[user_length] != '/')
        return json_refuse(why, "topic", SAY_REASON_PHONE_TOPIC());
    const char *device = user + user_length + 1;
    size_t device_length = strcspn(device, "/");
    if (by_user ? !read_plate(user, user_length, found) : !read_plate(device, device_length, found))
        return json_refuse(why, "topic", SAY_REASON_PHONE_TOPIC_CART(by_user ? "user" : "device"));
    if (by_user ? is_of_another(device, device_length, found)
                : is_of_another(user, user_length, found))
        return json_refuse(why, "topic", SAY_REASON_PHONE_TOPIC_OTHER(found));
    memcpy(cart, found, sizeof found);
    return true;
}
