/* Claims about the role `members`: what is malformed, who has a plate, that premium goes first, and
 * that a decision and its mail are one. */
#include "collector/alerts/alert.h"
#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "collector/members/member.h"

#include "member_words.h"

#include "captured_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOON       1790000000000LL
#define ANSWER_MAX 256
#define VALUE_MAX  512

struct office {
    struct store *store;
    struct settings settings;
    void *role;
    int64_t offsets[2];
    int64_t now_ms;
    char answer[ANSWER_MAX];
};

static int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);

    if (office == NULL)
        return -1;
    office->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    office->settings.lang = "es";
    office->role = role_members.open(&office->settings);
    office->now_ms = NOON;
    *state = office;
    return store_migrate(office->store) == STORE_OK ? 0 : -1;
}

static int close_office(void **state)
{
    struct office *office = *state;

    role_members.close(office->role);
    store_close(office->store);
    free(office);
    return 0;
}

struct application {
    const char *id, *rut, *plate;
    int32_t partition;
};

static void give(struct office *office, const char *value, int32_t partition)
{
    struct kafka_record record = { .topic = TOPIC_MEMBERS,
                                   .partition = partition,
                                   .offset = office->offsets[partition]++,
                                   .append_ms = office->now_ms,
                                   .value = value,
                                   .value_length = strlen(value) };
    role_members.apply(office->role, &record);
}

static void give_application(struct office *office, const struct application *application)
{
    char value[VALUE_MAX];

    snprintf(value, sizeof value,
             "{\"id\":\"%s\",\"name\":\"Ana\",\"lastname\":\"Soto\",\"rut\":\"%s\","
             "\"email\":\"ana@example.cl\",\"plate\":\"%s\",\"premium\":%s,\"ts_ms\":%lld}",
             application->id, application->rut, application->plate,
             application->partition == 1 ? "true" : "false", (long long)office->now_ms);
    give(office, value, application->partition);
}

/* One batch, committed. */
static void batch(struct office *office, const struct application *applications, size_t count)
{
    assert_true(store_begin(office->store));
    role_members.begin(office->role, office->store, office->now_ms);
    for (size_t i = 0; i < count; i++)
        give_application(office, &applications[i]);
    role_members.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

/* The premium partition was read, to its end where that is our time. */
static void pass(struct office *office, int64_t watermark_ms)
{
    struct role_watermark marks = { TOPIC_MEMBERS, 1, watermark_ms,
                                    watermark_ms >= office->now_ms };
    struct role_time time = { .now_ms = office->now_ms,
                              .watermarks = &marks,
                              .watermark_count = 1 };

    assert_true(store_begin(office->store));
    role_members.begin(office->role, office->store, office->now_ms);
    role_members.tick(office->role, &time);
    role_members.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
}

static void take(struct office *office, const char *id, const char *rut, const char *plate)
{
    const struct application application = { id, rut, plate, 0 };

    batch(office, &application, 1);
    pass(office, office->now_ms);
}

/* The first column of all rows, with blanks between. */
static const char *ask(struct office *office, const char *sql)
{
    struct store_rows *rows = store_query(office->store, sql, "");

    office->answer[0] = '\0';
    while (store_next(rows)) {
        const char *text = store_text(rows, 0);
        snprintf(office->answer + strlen(office->answer),
                 sizeof office->answer - strlen(office->answer), "%s%s",
                 office->answer[0] != '\0' ? " " : "", text != NULL ? text : "null");
    }
    store_rows_end(rows);
    return office->answer;
}

#define STATUSES "SELECT id || '=' || status FROM members ORDER BY id"

static bool read_text(const char *text, struct member *member, struct json_reason *why)
{
    cJSON *object = json_read_object(text, strlen(text), 4096, 3, why);
    bool read = object != NULL && member_read(object, member, why);

    cJSON_Delete(object);
    return read;
}

static void what_is_malformed_names_its_field(void **state)
{
    static const struct {
        const char *field, *text;
    } bad[] = {
        { "name", "{\"lastname\":\"S\",\"rut\":\"1-9\",\"email\":\"a@b.cl\",\"plate\":\"ABC\"}" },
        { "name", "{\"name\":\" \",\"lastname\":\"S\",\"rut\":\"1-9\",\"email\":\"a@b.cl\","
                  "\"plate\":\"ABC\"}" },
        { "name", "{\"name\":\"A\\nB\",\"lastname\":\"S\",\"rut\":\"1-9\",\"email\":\"a@b.cl\","
                  "\"plate\":\"ABC\"}" },
        { "lastname", "{\"name\":\"A\",\"rut\":\"1-9\",\"email\":\"a@b.cl\",\"plate\":\"ABC\"}" },
        { "rut", "{\"name\":\"A\",\"lastname\":\"S\",\"email\":\"a@b.cl\",\"plate\":\"ABC\"}" },
        { "rut", "{\"name\":\"A\",\"lastname\":\"S\",\"rut\":\"1-9\",\"passport\":\"AB123\","
                 "\"email\":\"a@b.cl\",\"plate\":\"ABC\"}" },
        { "rut", "{\"name\":\"A\",\"lastname\":\"S\",\"rut\":\"1-8\",\"email\":\"a@b.cl\","
                 "\"plate\":\"ABC\"}" },
        { "passport", "{\"name\":\"A\",\"lastname\":\"S\",\"passport\":\"ab123\","
                      "\"email\":\"a@b.cl\",\"plate\":\"ABC\"}" },
        { "passport", "{\"name\":\"A\",\"lastname\":\"S\",\"passport\":\"A123\","
                      "\"email\":\"a@b.cl\",\"plate\":\"ABC\"}" },
        { "email", "{\"name\":\"A\",\"lastname\":\"S\",\"rut\":\"1-9\",\"email\":\"a b@b.cl\","
                   "\"plate\":\"ABC\"}" },
        { "plate", "{\"name\":\"A\",\"lastname\":\"S\",\"rut\":\"1-9\",\"email\":\"a@b.cl\","
                   "\"plate\":\"AB\"}" },
        { "premium", "{\"name\":\"A\",\"lastname\":\"S\",\"rut\":\"1-9\",\"email\":\"a@b.cl\","
                     "\"plate\":\"ABC\",\"premium\":1}" },
    };
    struct member member;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct json_reason why = { 0 };
        assert_false(read_text(bad[i].text, &member, &why));
        assert_string_equal(why.field, bad[i].field);
    }
}

static void what_is_good_is_kept_in_one_form(void **state)
{
    struct json_reason why = { 0 };
    struct member member;
    (void)state;
    assert_true(
        read_text("{\"name\":\" Ana María \",\"lastname\":\"Soto\",\"rut\":\"12.345.678-5\","
                  "\"passport\":null,\"email\":\"ana@b.cl\",\"plate\":\"bbcl23\","
                  "\"premium\":true}",
                  &member, &why));
    assert_string_equal(member.name, "Ana María");
    assert_string_equal(member.rut, "12345678-5");
    assert_string_equal(member.plate, "BBCL23");
    assert_true(member.premium);
    assert_true(read_text("{\"name\":\"A\",\"lastname\":\"S\",\"passport\":\"AB1234\","
                          "\"email\":\"a@b.cl\",\"plate\":\"ABC\"}",
                          &member, &why));
    assert_string_equal(member_person(&member), "AB1234");
    assert_false(member.premium);
}

/* Whoever was first: nobody is told of another, and people decide. */
static void who_has_a_plate_is_decided_by_people(void **state)
{
    struct office *office = *state;
    const struct member_decision yes = { .status = MEMBER_ACCEPTED, .now_ms = NOON + 5 };
    const struct member_decision no = { .status = MEMBER_REJECTED, .now_ms = NOON + 6 };
    char id[MEMBER_ID_MAX + 1];

    take(office, "a", "1-9", "BBCL23");
    take(office, "b", "2-7", "BBCL23");
    take(office, "c", "1-9", "CCDD24");
    take(office, "d", "2-7", "CCDD24");
    assert_string_equal(ask(office, STATUSES), "a=pending b=pending c=pending d=pending");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM mails"), "0");
    assert_int_equal(member_decide(office->store, "b", &yes, id), MEMBER_DECIDED);
    assert_string_equal(id, "b");
    assert_int_equal(member_decide(office->store, "a", &yes, id), MEMBER_IS_TAKEN);
    assert_int_equal(member_decide(office->store, "d", &yes, id), MEMBER_IS_TAKEN);
    assert_int_equal(member_decide(office->store, "c", &yes, id), MEMBER_DECIDED);
    assert_string_equal(ask(office, STATUSES), "a=pending b=accepted c=accepted d=pending");
    assert_int_equal(member_decide(office->store, "a", &no, id), MEMBER_DECIDED);
    assert_int_equal(member_decide(office->store, "d", &no, id), MEMBER_DECIDED);
    /* The plate of one was another's; the other is a member already: their mails are the same. */
    assert_string_equal(ask(office, "SELECT COUNT(DISTINCT REPLACE(REPLACE(parameters, 'BBCL23', "
                                    "''), 'CCDD24', '')) FROM mails WHERE template = 'member' AND "
                                    "id LIKE '%rejected'"),
                        "1");
}

/* As an earlier release decided it. */
static void why_an_earlier_release_refused_is_told_in_each_language(void **state)
{
    struct buffer text = { 0 }, again = { 0 };
    struct saying saying = SAY_MEMBER_PLATE_TAKEN("BBCL23");

    (void)state;
    say_keep(&saying, &again);
    member_say_reason(again.bytes, LANG_ES, &text);
    assert_string_equal(text.bytes, "la patente BBCL23 ya tiene un socio o una solicitud");
    buffer_clear(&text);
    member_say_reason(again.bytes, LANG_EN, &text);
    assert_string_equal(text.bytes, "the plate BBCL23 has a member or an application already");
    buffer_free(&text);
    buffer_free(&again);
}

static void the_log_names_no_person(void **state)
{
    struct office *office = *state;
    const struct member_decision no = { .status = MEMBER_REJECTED,
                                        .reason = "12345678-5 no vino",
                                        .now_ms = NOON + 6 };
    char id[MEMBER_ID_MAX + 1];
    int saved;
    FILE *file = capture(&saved);

    take(office, "a", "12345678-5", "BBCL23");
    take(office, "b", "12345678-5", "CCDD24");
    member_decide(office->store, "b", &no, id);
    char *said = captured(file, saved);
    assert_non_null(strstr(said, "id=b"));
    assert_null(strstr(said, "12345678"));
    assert_null(strstr(said, "CCDD24"));
    free(said);
}

static void an_id_counts_once(void **state)
{
    struct office *office = *state;
    const struct application twice[] = { { "a", "1-9", "BBCL23", 0 }, { "a", "1-9", "BBCL23", 0 } };

    batch(office, twice, 2);
    pass(office, office->now_ms);
    take(office, "a", "1-9", "BBCL23");
    assert_string_equal(ask(office, STATUSES), "a=pending");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM applications"), "0");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM mails"), "0");
}

static void premium_goes_first_within_a_batch(void **state)
{
    struct office *office = *state;
    const struct application both[] = { { "a", "1-9", "BBCL23", 0 }, { "b", "2-7", "BBCL23", 1 } };

    office->settings.members_auto_accept = true;
    batch(office, both, 2);
    pass(office, office->now_ms);
    assert_string_equal(ask(office, STATUSES), "a=pending b=accepted");
}

static void premium_that_waits_in_kafka_goes_first(void **state)
{
    struct office *office = *state;
    const struct application standard = { "a", "1-9", "BBCL23", 0 };
    const struct application premium = { "b", "2-7", "BBCL23", 1 };

    office->settings.members_auto_accept = true;
    batch(office, &standard, 1);
    office->now_ms += 500;
    pass(office, NOON - 1); /* partition 1 has more than what was read of it */
    assert_string_equal(ask(office, STATUSES), "");
    assert_int_equal(role_members.due(office->role, office->store,
                                      &(struct role_time){ .now_ms = office->now_ms }),
                     ROLE_DUE_WATERMARK);
    batch(office, &premium, 1);
    pass(office, office->now_ms);
    assert_string_equal(ask(office, STATUSES), "a=pending b=accepted");
    assert_int_equal(role_members.due(office->role, office->store,
                                      &(struct role_time){ .now_ms = office->now_ms }),
                     ROLE_NOTHING_DUE);
}

static void a_rejected_one_frees_the_plate(void **state)
{
    struct office *office = *state;
    const struct member_decision no = { .status = MEMBER_REJECTED,
                                        .reason = "sin permiso",
                                        .now_ms = NOON };
    const struct member_decision yes = { .status = MEMBER_ACCEPTED, .now_ms = NOON };
    char id[MEMBER_ID_MAX + 1];

    take(office, "a", "1-9", "BBCL23");
    take(office, "b", "2-7", "BBCL23");
    assert_int_equal(member_decide(office->store, "1-9", &no, id), MEMBER_DECIDED);
    assert_string_equal(ask(office, "SELECT reason FROM members WHERE id = 'a'"), "sin permiso");
    assert_int_equal(member_decide(office->store, "2-7", &yes, id), MEMBER_DECIDED);
    assert_string_equal(ask(office, STATUSES), "a=rejected b=accepted");
}

static void a_decision_owes_one_mail(void **state)
{
    struct office *office = *state;
    const struct member_decision yes = { .status = MEMBER_ACCEPTED, .now_ms = NOON + 5 };
    const struct member_decision no = { .status = MEMBER_REJECTED, .now_ms = NOON + 6 };
    char id[MEMBER_ID_MAX + 1];

    take(office, "a", "12345678-5", "BBCL23");
    assert_int_equal(member_decide(office->store, "1-9", &yes, id), MEMBER_UNKNOWN);
    assert_int_equal(member_decide(office->store, "12.345.678-5", &yes, id), MEMBER_DECIDED);
    assert_string_equal(id, "a");
    assert_int_equal(member_decide(office->store, "12345678-5", &no, id), MEMBER_WAS_DECIDED);
    assert_string_equal(ask(office, STATUSES), "a=accepted");
    assert_string_equal(ask(office, "SELECT id || ' ' || recipient || ' ' || template || "
                                    "parameters FROM mails"),
                        "member/a/accepted ana@example.cl member{"
                        "\"status\":\"accepted\",\"reason\":null,\"plate\":\"BBCL23\"}");
}

static void acceptance_ends_the_alert_of_the_cart(void **state)
{
    struct office *office = *state;
    const struct member_decision yes = { .status = MEMBER_ACCEPTED, .now_ms = NOON + 5 };
    char id[MEMBER_ID_MAX + 1];

    alert_raise(office->store, &(struct alert){ .kind = ALERT_UNREGISTERED_CART,
                                                .subject = "BBCL23",
                                                .cart = "BBCL23",
                                                .says = SAY_ALERT_UNREGISTERED_CART("BBCL23"),
                                                .at_ms = NOON });
    take(office, "a", "1-9", "BBCL23");
    assert_string_equal(ask(office, "SELECT status FROM alerts"), "ACTIVE_UNACK");
    member_decide(office->store, "1-9", &yes, id);
    assert_string_equal(ask(office, "SELECT status FROM alerts"), "CLEARED_UNACK");
}

static void accepted_at_once_where_set_so(void **state)
{
    struct office *office = *state;

    office->settings.members_auto_accept = true;
    take(office, "a", "1-9", "BBCL23");
    take(office, "b", "2-7", "BBCL23");
    assert_string_equal(ask(office, STATUSES), "a=accepted b=pending");
    assert_string_equal(ask(office, "SELECT id FROM mails ORDER BY id"), "member/a/accepted");
    assert_string_equal(ask(office, "SELECT decided_ms FROM members WHERE id = 'a'"),
                        "1790000000000");
}

static void a_record_without_a_time_has_kafkas(void **state)
{
    struct office *office = *state;

    assert_true(store_begin(office->store));
    role_members.begin(office->role, office->store, NOON);
    give(office,
         "{\"id\":\"a\",\"name\":\"A\",\"lastname\":\"S\",\"rut\":\"1-9\","
         "\"email\":\"a@b.cl\",\"plate\":\"ABC\"}",
         1);
    role_members.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_string_equal(ask(office, "SELECT applied_ms FROM members"), "1790000000000");
}

static void what_cannot_be_read_is_a_dead_letter(void **state)
{
    struct office *office = *state;

    assert_true(store_begin(office->store));
    role_members.begin(office->role, office->store, NOON);
    give(office, "{}", 0);
    give(office,
         "{\"id\":\"<x>\",\"name\":\"A\",\"lastname\":\"S\",\"rut\":\"1-9\","
         "\"email\":\"a@b.cl\",\"plate\":\"ABC\",\"ts_ms\":1}",
         1);
    role_members.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_string_equal(ask(office, "SELECT source || ': ' || error FROM effects ORDER BY source"),
                        "kafka:carrito.members/0/0: name is missing "
                        "kafka:carrito.members/1/0: id must be letters, digits and . _ -");
    assert_string_equal(ask(office, STATUSES), "");
}

static void what_is_owed_goes_into_its_partition(void **state)
{
    struct office *office = *state;
    struct member member = { .id = "a",
                             .rut = "1-9",
                             .name = "A",
                             .lastname = "S",
                             .email = "a@b.cl",
                             .plate = "ABC",
                             .applied_ms = NOON };
    struct json_reason why = { 0 };
    struct buffer value = { 0 };
    struct member again;

    member_enqueue(office->store, &member);
    snprintf(member.id, sizeof member.id, "b");
    member.premium = true;
    member_enqueue(office->store, &member);
    assert_string_equal(ask(office, "SELECT topic || '/' || part || '/' || record_key "
                                    "FROM effects ORDER BY id"),
                        "carrito.members/0/1-9 carrito.members/1/1-9");
    member_write(&member, &value);
    cJSON *object = json_read_object(value.bytes, value.length, 4096, 3, &why);
    assert_true(member_read_record(object, &again, &why));
    assert_memory_equal(&again, &member, sizeof member);
    cJSON_Delete(object);
    buffer_free(&value);
}

#define CLAIM(words, function)                                                                     \
    {                                                                                              \
        words, function, open_office, close_office, NULL                                           \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("what is malformed names its field", what_is_malformed_names_its_field),
        CLAIM("what is good is kept in one form", what_is_good_is_kept_in_one_form),
        CLAIM("who has a plate is decided by people", who_has_a_plate_is_decided_by_people),
        CLAIM("why an earlier release refused is told in each language",
              why_an_earlier_release_refused_is_told_in_each_language),
        CLAIM("the log names no person", the_log_names_no_person),
        CLAIM("an id counts once", an_id_counts_once),
        CLAIM("premium goes first within a batch", premium_goes_first_within_a_batch),
        CLAIM("premium that waits in Kafka goes first", premium_that_waits_in_kafka_goes_first),
        CLAIM("a rejected one frees the plate and the person", a_rejected_one_frees_the_plate),
        CLAIM("a decision queues one mail, and is made once", a_decision_owes_one_mail),
        CLAIM("acceptance ends the alert of the cart", acceptance_ends_the_alert_of_the_cart),
        CLAIM("accepted at once where that is set", accepted_at_once_where_set_so),
        CLAIM("a record without a time has Kafka's", a_record_without_a_time_has_kafkas),
        CLAIM("what cannot be read is a dead letter", what_cannot_be_read_is_a_dead_letter),
        CLAIM("what is owed goes into its partition", what_is_owed_goes_into_its_partition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
