/* Reads and writes events. One const table says which member is what in which type of event. */
#include "common/event.h"
#include "common/json_flat.h"
#include "common/json_write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum member_kind {
    MEMBER_INT,
    MEMBER_NUMBER,
    MEMBER_TEXT,
    MEMBER_CART,
    MEMBER_EPOCH,
    MEMBER_CLOCK
};

#define IN(type)     (1u << (type))
#define IN_ALL       (IN(EVENT_TYPES) - 1u)
#define IN_SALE_VOID (IN(EVENT_SALE) | IN(EVENT_VOID))

struct member {
    const char *name;
    enum member_kind kind;
    size_t offset;
    unsigned required, optional; /* types of event, as bits; elsewhere it is an unknown key */
    double min, max;             /* numbers; for texts the code points */
};

#define AT(field)    offsetof(struct event, field)
#define UNLIMITED    1e15
#define INTEGERS     (double)INTEGER_MAX
#define MEMBER_COUNT (sizeof members / sizeof *members)

/* In the order of their names: members are found by bisection. */
static const struct member members[] = {
    { "acc", MEMBER_NUMBER, AT(acc), 0, IN_ALL, 0, UNLIMITED },
    { "alt", MEMBER_NUMBER, AT(alt), 0, IN_ALL, -UNLIMITED, UNLIMITED },
    { "amount", MEMBER_INT, AT(amount), 0, IN(EVENT_SALE), 0, INTEGERS },
    { "batt", MEMBER_NUMBER, AT(batt), 0, IN_ALL, 0, 100 },
    { "boot", MEMBER_TEXT, AT(boot), IN(EVENT_CLOCK), IN_ALL, 1, 64 },
    { "boot_ms", MEMBER_INT, AT(boot_ms), IN(EVENT_CLOCK), IN_ALL, 0, INTEGERS },
    { "cart", MEMBER_CART, AT(cart), IN_ALL, 0, 0, 0 },
    { "client", MEMBER_TEXT, AT(client), 0, IN(EVENT_SALE), 1, CLIENT_CODE_POINTS_MAX },
    { "clock", MEMBER_CLOCK, AT(clock), IN_ALL, 0, 0, 0 },
    { "cog", MEMBER_NUMBER, AT(cog), 0, IN_ALL, 0, 360 },
    { "created_ms", MEMBER_INT, AT(created_ms), 0, IN(EVENT_LOCATION), 0, INTEGERS },
    { "epoch", MEMBER_EPOCH, AT(epoch), IN_ALL, 0, 0, 0 },
    { "fix_ms", MEMBER_INT, AT(fix_ms), 0, IN(EVENT_SALE), 0, INTEGERS },
    { "lat", MEMBER_NUMBER, AT(lat), IN(EVENT_LOCATION), IN(EVENT_SALE), -90, 90 },
    { "lon", MEMBER_NUMBER, AT(lon), IN(EVENT_LOCATION), IN(EVENT_SALE), -180, 180 },
    { "order", MEMBER_TEXT, AT(order), IN(EVENT_ORDER), IN(EVENT_SALE), 1, 64 },
    { "quantity", MEMBER_INT, AT(quantity), IN(EVENT_SALE), 0, 1, QUANTITY_MAX },
    { "reason", MEMBER_TEXT, AT(reason), 0, IN(EVENT_VOID), 0, REASON_CODE_POINTS_MAX },
    { "receipt", MEMBER_INT, AT(receipt), IN_SALE_VOID, 0, 1, INTEGERS },
    { "sale_epoch", MEMBER_EPOCH, AT(sale_epoch), 0, IN(EVENT_VOID), 0, 0 },
    { "seq", MEMBER_INT, AT(seq), IN_ALL, 0, 1, INTEGERS },
    { "status", MEMBER_TEXT, AT(status), IN(EVENT_ORDER), 0, 1, 32 },
    { "stock", MEMBER_INT, AT(stock), IN(EVENT_STOCK), IN_SALE_VOID, 0, INTEGERS },
    { "ts_ms", MEMBER_INT, AT(ts_ms), IN_ALL, 0, 0, INTEGERS },
    { "vel", MEMBER_NUMBER, AT(vel), 0, IN_ALL, -UNLIMITED, UNLIMITED },
};

#define TYPE_NAME(id, word, topic, key)   [EVENT_##id] = word,
#define TYPE_LISTED(id, word, topic, key) ", " word

static const char *const type_names[EVENT_TYPES] = { EVENT_TYPE_TABLE(TYPE_NAME) };
static const char all_types[] = EVENT_TYPE_TABLE(TYPE_LISTED);

static const char *const clock_names[CLOCK_SOURCES] = {
    [CLOCK_GPS] = "gps",
    [CLOCK_NTP] = "ntp",
    [CLOCK_RTC] = "rtc",
    [CLOCK_NONE] = "none",
};

const char *event_type_name(enum event_type type)
{
    return type_names[type];
}

const char *event_clock_name(enum event_clock clock)
{
    return clock_names[clock];
}

void event_clear(struct event *event)
{
    *event = (struct event){
        .boot_ms = EVENT_ABSENT,
        .receipt = EVENT_ABSENT,
        .quantity = EVENT_ABSENT,
        .amount = EVENT_ABSENT,
        .stock = EVENT_ABSENT,
        .fix_ms = EVENT_ABSENT,
        .created_ms = EVENT_ABSENT,
        .acc = NAN,
        .alt = NAN,
        .vel = NAN,
        .cog = NAN,
        .batt = NAN,
    };
}

bool epoch_is_valid(const char *text)
{
    size_t length = strlen(text);

    return length >= EPOCH_LENGTH_MIN && length <= EPOCH_LENGTH_MAX &&
           strspn(text, "0123456789abcdef") == length;
}

void epoch_make(char epoch[EPOCH_LENGTH_MAX + 1])
{
    unsigned char random[EPOCH_LENGTH_MAX / 2];

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        abort(); /* 16 bytes never come in part, and the system call has been there since 2014 */
    for (size_t i = 0; i < sizeof random; i++) {
        epoch[2 * i] = "0123456789abcdef"[random[i] >> 4];
        epoch[2 * i + 1] = "0123456789abcdef"[random[i] & 15];
    }
    epoch[EPOCH_LENGTH_MAX] = '\0';
}

static int index_of(const char *const *names, int count, const char *text)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

/* The index in members[], or -1 for an unknown key. */
static int find_member(const char *name)
{
    int low = 0, high = (int)MEMBER_COUNT - 1;

    while (low <= high) {
        int middle = (low + high) / 2;
        int order = (unsigned char)name[0] - (unsigned char)members[middle].name[0];
        if (order == 0)
            order = strcmp(name, members[middle].name);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

static bool read_int(const struct member *member, double number, void *target,
                     struct json_reason *why)
{
    if (!(fabs(number) <= INTEGERS) || number != (double)(int64_t)number)
        return json_refuse(why, member->name, SAY_REASON_INTEGER(member->name));
    if (number < member->min || number > member->max)
        return json_refuse(
            why, member->name,
            SAY_REASON_RANGE(member->name, (int64_t)member->min, (int64_t)member->max));
    *(int64_t *)target = (int64_t)number;
    return true;
}

static bool read_number(const struct member *member, double number, void *target,
                        struct json_reason *why)
{
    if (isnan(number))
        return json_refuse(why, member->name, SAY_REASON_NUMBER(member->name));
    if (!(number >= member->min && number <= member->max))
        return json_refuse(why, member->name,
                           SAY_REASON_RANGE(member->name, member->min, member->max));
    *(double *)target = number;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Texts are compared byte by byte after trimming, so they are kept trimmed. */
static bool read_text(const struct member *member, const char *text, char *target,
                      struct json_reason *why)
{
    size_t code_points = utf8_code_points(text), length = strlen(text);

    if (code_points > (size_t)member->max)
        return json_refuse(why, member->name,
                           SAY_REASON_CHARACTERS_AT_MOST(member->name, (int)member->max));
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    for (; length > 0 && is_blank(*text); length--)
        text++;
    if (length == 0 && member->min > 0)
        return json_refuse(why, member->name, SAY_REASON_BLANK(member->name));
    memcpy(target, text, length);
    target[length] = '\0';
    return true;
}

static bool read_word(const struct member *member, const char *text, void *target,
                      struct json_reason *why)
{
    int clock;

    switch (member->kind) {
    case MEMBER_CART:
        if (!cart_is_valid(text))
            return json_refuse(why, "cart", SAY_REASON_PLATE("cart"));
        strcpy(target, text);
        return true;
    case MEMBER_EPOCH:
        if (!epoch_is_valid(text))
            return json_refuse(why, member->name, SAY_REASON_EPOCH(member->name));
        strcpy(target, text);
        return true;
    case MEMBER_CLOCK:
        clock = index_of(clock_names, CLOCK_SOURCES, text);
        if (clock < 0)
            return json_refuse(why, "clock", SAY_REASON_CLOCK());
        *(enum event_clock *)target = (enum event_clock)clock;
        return true;
    default:
        return read_text(member, text, target, why);
    }
}

static bool read_member(const struct member *member, const struct json_member *value,
                        struct event *event, struct json_reason *why)
{
    void *target = (char *)event + member->offset;

    if (member->kind == MEMBER_INT)
        return read_int(member, value->number, target, why);
    if (member->kind == MEMBER_NUMBER)
        return read_number(member, value->number, target, why);
    if (value->text == NULL)
        return json_refuse(why, member->name, SAY_REASON_STRING(member->name));
    return read_word(member, value->text, target, why);
}

static const char *word_of(const struct json_flat *flat, const char *key)
{
    const struct json_member *found = json_flat_find(flat, key);

    return found != NULL && found->text != NULL ? found->text : "";
}

static bool read_version(const struct json_flat *flat, struct json_reason *why)
{
    static const struct member member = { .name = "v", .kind = MEMBER_INT, .min = 1, .max = 1 };
    const struct json_member *found = json_flat_find(flat, member.name);
    int64_t version;

    if (found == NULL)
        return json_refuse(why, member.name, SAY_REASON_MISSING(member.name));
    return read_int(&member, found->number, &version, why);
}

static bool read_type(const struct json_flat *flat, struct event *event, struct json_reason *why)
{
    const struct json_member *type = json_flat_find(flat, "type");

    if (type == NULL || type->text == NULL)
        return json_refuse(why, "type",
                           type == NULL ? SAY_REASON_MISSING("type") : SAY_REASON_STRING("type"));
    int index = index_of(type_names, EVENT_TYPES, type->text);
    if (index < 0)
        return json_refuse(why, "type", SAY_REASON_TYPE(all_types + strlen(", ")));
    event->type = (enum event_type)index;
    const char *source = word_of(flat, "source");
    event->owntracks = event->type == EVENT_LOCATION && strcmp(source, "owntracks") == 0;
    event->desk = event->type != EVENT_LOCATION && strcmp(source, "desk") == 0;
    return true;
}

static bool check_required(const struct event *event, uint32_t seen, struct json_reason *why)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        bool identity = members[i].offset == AT(epoch) || members[i].offset == AT(seq);
        if (identity && event->owntracks) {
            if (seen & (1u << i))
                return json_refuse(why, members[i].name,
                                   SAY_REASON_PHONE_HAS_NONE(members[i].name));
        } else if ((members[i].required & IN(event->type)) && !(seen & (1u << i))) {
            return json_refuse(why, members[i].name, SAY_REASON_MISSING(members[i].name));
        }
    }
    return true;
}

static bool read_members(const struct json_flat *flat, struct event *event, struct json_reason *why)
{
    uint32_t seen = 0;
    bool lat = false, lon = false;
    _Static_assert(MEMBER_COUNT <= 32, "one bit a member");

    for (size_t n = 0; n < flat->count; n++) {
        int i = find_member(flat->members[n].key);
        if (i < 0 || !((members[i].required | members[i].optional) & IN(event->type)))
            continue;
        if (!read_member(&members[i], &flat->members[n], event, why))
            return false;
        seen |= 1u << i;
        lat |= members[i].offset == AT(lat);
        lon |= members[i].offset == AT(lon);
    }
    event->has_position = lat && lon;
    if (lat != lon && event->type == EVENT_SALE)
        return json_refuse(why, lat ? "lon" : "lat", SAY_REASON_PLACE());
    return check_required(event, seen, why);
}

bool event_read(const char *bytes, size_t length, struct event *event, struct json_reason *why)
{
    struct json_flat flat;
    _Static_assert(EVENT_BYTES_MAX == JSON_FLAT_BYTES_MAX, "an event is read as a flat object");

    if (!json_flat_read(bytes, length, EVENT_DEPTH_MAX, &flat, why))
        return false;
    event_clear(event);
    bool read =
        read_version(&flat, why) && read_type(&flat, event, why) && read_members(&flat, event, why);
    event->amount_bad = event->amount > AMOUNT_MAX;
    if (event->amount_bad)
        event->amount = EVENT_ABSENT;
    return read;
}

static void write_int(struct json_writer *json, const char *key, int64_t value)
{
    if (value != EVENT_ABSENT)
        json_int(json, key, value);
}

static void write_text(struct json_writer *json, const char *key, const char *value)
{
    if (value[0] != '\0')
        json_text(json, key, value);
}

static void write_number(struct json_writer *json, const char *key, double value)
{
    if (!isnan(value))
        json_number(json, key, value);
}

void event_write(const struct event *event, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_int(&json, "v", 1);
    json_text(&json, "type", type_names[event->type]);
    json_text(&json, "cart", event->cart);
    write_text(&json, "epoch", event->epoch);
    if (event->seq > 0)
        json_int(&json, "seq", event->seq);
    json_int(&json, "ts_ms", event->ts_ms);
    json_text(&json, "clock", clock_names[event->clock]);
    write_text(&json, "boot", event->boot);
    write_int(&json, "boot_ms", event->boot_ms);
    write_int(&json, "receipt", event->receipt);
    write_text(&json, "sale_epoch", event->sale_epoch);
    write_text(&json, "client", event->client);
    write_int(&json, "quantity", event->quantity);
    write_int(&json, "amount", event->amount);
    write_text(&json, "order", event->order);
    write_text(&json, "status", event->status);
    write_int(&json, "stock", event->stock);
    write_text(&json, "reason", event->reason);
    if (event->has_position) {
        json_number(&json, "lat", event->lat);
        json_number(&json, "lon", event->lon);
    }
    write_int(&json, "fix_ms", event->fix_ms);
    write_int(&json, "created_ms", event->created_ms);
    write_number(&json, "acc", event->acc);
    write_number(&json, "alt", event->alt);
    write_number(&json, "vel", event->vel);
    write_number(&json, "cog", event->cog);
    write_number(&json, "batt", event->batt);
    if (event->owntracks)
        json_text(&json, "source", "owntracks");
    if (event->desk)
        json_text(&json, "source", "desk");
    json_object_end(&json);
}
