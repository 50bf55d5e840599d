/* The role `members`: who may sell under which plate (contract, section 5, "members").
 *
 * Premium first: what is read of the premium partition is taken at the end of its batch. The others
 * are queued in the store, and taken by a tick once all is taken that the premium partition had
 * when they were read. So a premium application that waits in Kafka is never behind another one,
 * however the batches fall and whichever process has which partition; the others wait about a
 * second. */
#include "collector/base/settings.h"
#include "collector/carts/cart_row.h"
#include "collector/engine/role.h"
#include "collector/members/member.h"
#include "collector/people/erased.h"

#include "members_sql.h"

#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_BYTES_MAX 65536
#define RECORD_DEPTH_MAX 4
#define TURN_MAX         500 /* as the statements have it */
#define TURNS_MAX        8   /* in one transaction */

struct members {
    const struct settings *settings;
    struct store *store; /* of the batch in hand */
    int64_t now_ms;
    bool has_premium; /* the batch brought some */
    struct erased erased;
};

/* An application whose turn it is. */
struct turn {
    char id[MEMBER_ID_MAX + 1];
    char *value;
    size_t length;
    int64_t append_ms;
};

static void *open_members(const struct settings *settings)
{
    struct members *members = calloc(1, sizeof *members);

    if (members == NULL)
        abort();
    members->settings = settings;
    return members;
}

static void close_members(void *state)
{
    struct members *members = state;

    erased_free(&members->erased);
    free(members);
}

static void begin(void *state, struct store *store, int64_t now_ms)
{
    struct members *members = state;

    members->store = store;
    members->now_ms = now_ms;
    members->has_premium = false;
    erased_read(&members->erased, store);
}

/* What somebody applied for before being erased comes again from Kafka: it is gone. Who applies
 * anew afterwards is welcome. */
static bool is_erased(const struct members *members, const struct member *member, int64_t append_ms)
{
    enum person_kind kind = member->rut[0] != '\0' ? PERSON_RUT : PERSON_PASSPORT;
    const struct erased_person *person = erased_find(&members->erased, kind, member_person(member));

    return person != NULL && append_ms <= person->erased_ms;
}

static bool read_member(const char *bytes, size_t length, struct member *member,
                        struct json_reason *why)
{
    cJSON *object = json_read_object(bytes, length, RECORD_BYTES_MAX, RECORD_DEPTH_MAX, why);
    bool read = object != NULL && member_read_record(object, member, why);

    cJSON_Delete(object);
    return read;
}

static void apply(void *state, const struct kafka_record *record)
{
    struct members *members = state;
    struct json_reason why = { 0 };
    struct member member;

    if (!read_member(record->value, record->value_length, &member, &why)) {
        outgoing_dead_letter(members->store, record, &why);
        return;
    }
    if (member_is_known(members->store, member.id) ||
        is_erased(members, &member, record->append_ms))
        return;
    store_run(members->store, SQL_APPLICATION_INSERT, "tiiiib", member.id,
              (int64_t)record->partition, record->offset, record->append_ms, members->now_ms,
              record->value, record->value_length);
    if (record->partition == MEMBER_PREMIUM_PARTITION)
        members->has_premium = true;
}

static void take(struct members *members, const struct turn *turn)
{
    struct json_reason why = { 0 };
    struct member member;
    struct member_decision decision = { .now_ms = members->now_ms };

    store_run(members->store, SQL_APPLICATION_DELETE, "t", turn->id);
    if (!read_member(turn->value, turn->length, &member, &why)) {
        log_error("members", "a queued application cannot be read", "why=%s", why.text);
        return;
    }
    /* A clock that is ahead is not believed. */
    if (member.applied_ms == MEMBER_TIME_UNKNOWN || member.applied_ms > turn->append_ms)
        member.applied_ms = turn->append_ms;
    cart_known_as(members->store, member.plate);
    decision.cause_ms = turn->append_ms;
    /* Who of two has a plate is for people to say, and nothing that a stranger is told of. */
    if (members->settings->members_auto_accept && !member_has_conflict(members->store, &member))
        decision.status = MEMBER_ACCEPTED;
    member_take(members->store, &member, &decision);
}

static void read_turn(struct store_rows *rows, struct turn *turn)
{
    const void *bytes = store_bytes(rows, 2, &turn->length);

    snprintf(turn->id, sizeof turn->id, "%s", store_text(rows, 0));
    turn->append_ms = store_int(rows, 1);
    turn->value = malloc(turn->length + 1);
    if (turn->value == NULL)
        abort();
    memcpy(turn->value, bytes, turn->length);
}

/* Takes those of a query, so many at once; true where there may be more. */
static bool take_some(struct members *members, struct store_rows *rows)
{
    struct turn turns[TURN_MAX];
    size_t count = 0;

    while (count < TURN_MAX && store_next(rows))
        read_turn(rows, &turns[count++]);
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++) {
        take(members, &turns[i]);
        free(turns[i].value);
    }
    return count == TURN_MAX && store_status(members->store) == STORE_OK;
}

static void end(void *state)
{
    struct members *members = state;
    bool more = members->has_premium;

    while (more)
        more = take_some(members, store_query(members->store, SQL_APPLICATIONS_PREMIUM, "i",
                                              (int64_t)MEMBER_PREMIUM_PARTITION));
}

static void forget(void *state)
{
    struct members *members = state;

    members->has_premium = false;
}

static enum role_due due(void *state, struct store *store, const struct role_time *time)
{
    (void)state;
    (void)time;
    return store_has(store, SQL_APPLICATION_ANY, "") ? ROLE_DUE_WATERMARK : ROLE_NOTHING_DUE;
}

static void tick(void *state, const struct role_time *time)
{
    struct members *members = state;
    struct role_watermark premium =
        role_watermark_of(time, TOPIC_MEMBERS, MEMBER_PREMIUM_PARTITION);
    bool more = premium.to_end;

    /* Where another process has the premium partition, it takes the others too. */
    for (int i = 0; more && i < TURNS_MAX; i++)
        more = take_some(members,
                         store_query(members->store, SQL_APPLICATIONS_OTHERS, "ii",
                                     (int64_t)MEMBER_PREMIUM_PARTITION, premium.watermark_ms));
}

static const char *const topics[] = { TOPIC_MEMBERS, NULL };

const struct role_calls role_members = {
    .name = "members",
    .topics = topics,
    .open = open_members,
    .close = close_members,
    .begin = begin,
    .apply = apply,
    .end = end,
    .forget = forget,
    .due = due,
    .tick = tick,
};
