/* Proves what a cart says of its totals: up to what is acknowledged, of outboxes that were set
 * aside too, and at the end of an export of all that is in it. */
#include "outbox_room.h"

#include "agent/counts.h"
#include "agent/outbox_aside.h"
#include "common/day.h"

#define OTHER_PLATE "CARRO-2"

static void (*const in_heartbeat)(struct outbox *, struct json_writer *) = counts_write;
static void (*const in_state)(struct outbox *, struct json_writer *) = counts_write_state;

/* What a message of this kind holds of it; the caller frees it. */
static struct buffer said(struct outbox *outbox,
                          void (*write)(struct outbox *outbox, struct json_writer *json))
{
    struct buffer text = { 0 };
    struct json_writer json = json_write_to(&text);

    json_object_begin(&json, NULL);
    write(outbox, &json);
    json_object_end(&json);
    return text;
}

static void expect(struct outbox *outbox,
                   void (*write)(struct outbox *outbox, struct json_writer *json),
                   const char *expected)
{
    struct buffer text = said(outbox, write);

    assert_string_equal(text.bytes, expected);
    buffer_free(&text);
}

static void a_heartbeat_says_what_is_acknowledged(void **state)
{
    struct outbox *outbox = opened(state);

    expect(outbox, in_heartbeat,
           "{\"counts\":{\"from\":1,\"upto\":0,\"made\":0,\"receipts\":0,\"voided\":0,"
           "\"quantity\":0,\"amount\":0}}");
    for (int i = 1; i <= 3; i++)
        sell(outbox, NOON_MS, i);
    outbox_acknowledge(outbox, 2);
    expect(outbox, in_heartbeat,
           "{\"counts\":{\"from\":1,\"upto\":2,\"made\":3,\"receipts\":2,\"voided\":0,"
           "\"quantity\":3,\"amount\":1500}}");
    outbox_close(outbox);
}

/* Three sales, of which two are acknowledged; then the file becomes one that was set aside. */
static void leave_one(void **state, const char *plate, const struct aside *as,
                      char epoch[EPOCH_LENGTH_MAX + 1])
{
    char aside[ASIDE_PATH_SIZE];
    struct outbox *outbox = outbox_open(path_of(state), plate, NOON_MS);

    assert_non_null(outbox);
    for (int i = 1; i <= 3; i++)
        sell(outbox, NOON_MS, i);
    outbox_acknowledge(outbox, 2);
    memcpy(epoch, outbox_head(outbox)->epoch, EPOCH_LENGTH_MAX + 1);
    outbox_close(outbox);
    assert_true(outbox_aside_move(path_of(state), as, aside));
}

static void expect_earlier(struct outbox *outbox, const char *epoch)
{
    char expected[512];

    snprintf(expected, sizeof expected,
             "{\"counts\":{\"from\":1,\"upto\":0,\"made\":0,\"receipts\":0,\"voided\":0,"
             "\"quantity\":0,\"amount\":0,\"earlier\":[{\"epoch\":\"%s\",\"from\":1,\"upto\":2,"
             "\"made\":3,\"receipts\":2,\"voided\":0,\"quantity\":3,\"amount\":1500}]}}",
             epoch);
    expect(outbox, in_state, expected);
}

static void a_state_says_those_of_a_damaged_file(void **state)
{
    const struct aside as = { .kind = ASIDE_DAMAGED, .wall_ms = 1 };
    char epoch[EPOCH_LENGTH_MAX + 1];

    leave_one(state, "BBCL23", &as, epoch);
    struct outbox *outbox = opened(state);
    expect_earlier(outbox, epoch);
    outbox_close(outbox);
}

static void and_of_its_own_plate_only(void **state)
{
    const struct aside own = { ASIDE_FORMER, "BBCL23", 1 };
    const struct aside other = { ASIDE_FORMER, OTHER_PLATE, 2 };
    char epoch[EPOCH_LENGTH_MAX + 1], not_said[EPOCH_LENGTH_MAX + 1];

    leave_one(state, "BBCL23", &own, epoch);
    leave_one(state, OTHER_PLATE, &other, not_said);
    struct outbox *outbox = opened(state);
    expect_earlier(outbox, epoch);
    outbox_close(outbox);
}

static void one_heartbeat_in_45_says_them(void **state)
{
    const struct aside as = { ASIDE_SENT, "BBCL23", 1 };
    char epoch[EPOCH_LENGTH_MAX + 1];
    int said_by = 0;

    leave_one(state, "BBCL23", &as, epoch);
    struct outbox *outbox = opened(state);
    for (int i = 0; i < 90; i++) {
        struct buffer text = said(outbox, in_heartbeat);
        said_by += strstr(text.bytes, epoch) != NULL;
        buffer_free(&text);
    }
    assert_int_equal(said_by, 2);
    outbox_close(outbox);
}

/* Rubbish, a file of an earlier release, and totals that are not of the head beside them. */
static void what_cannot_tell_is_passed_over(void **state)
{
    static const char *const harm[] = {
        "DROP TABLE totals",
        "UPDATE head SET effects_seq = NULL",
        "UPDATE head SET last_receipt = 77",
    };
    char epoch[EPOCH_LENGTH_MAX + 1], name[1024];

    for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
        const struct aside as = { ASIDE_DAMAGED, NULL, (int64_t)i + 1 };
        struct outbox *outbox = opened(state);
        sell(outbox, NOON_MS, 1);
        outbox_close(outbox);
        change_by_sql(state, harm[i]);
        assert_true(outbox_aside_move(path_of(state), &as, (char[ASIDE_PATH_SIZE]){ "" }));
    }
    snprintf(name, sizeof name, "%s.damaged-9", path_of(state));
    FILE *rubbish = fopen(name, "w");
    assert_non_null(rubbish);
    fputs("rubbish", rubbish);
    fclose(rubbish);
    leave_one(state, "BBCL23", &(struct aside){ .kind = ASIDE_DAMAGED, .wall_ms = 10 }, epoch);
    struct outbox *outbox = opened(state);
    expect_earlier(outbox, epoch);
    outbox_close(outbox);
}

static void an_export_says_all_that_is_in_it(void **state)
{
    struct outbox *outbox = opened(state);
    struct buffer line = { 0 };
    char expected[512];

    for (int i = 1; i <= 4; i++)
        sell(outbox, NOON_MS, i);
    outbox_acknowledge(outbox, 1);
    assert_true(counts_write_export(path_of(state), 3, &line)); /* the fourth came meanwhile */
    snprintf(expected, sizeof expected,
             "{\"counts\":{\"epoch\":\"%s\",\"from\":1,\"upto\":3,\"made\":3,\"receipts\":3,"
             "\"voided\":0,\"quantity\":6,\"amount\":3000}}",
             outbox_head(outbox)->epoch);
    assert_string_equal(line.bytes, expected);
    buffer_clear(&line);
    outbox_close(outbox);
    change_by_sql(state, "DROP TABLE totals");
    assert_false(counts_write_export(path_of(state), 3, &line));
    assert_int_equal(line.length, 0);
    buffer_free(&line);
}

/* A sale on a card that can only be read was never told: it says nothing, not zero. */
static void where_they_cannot_be_told_nothing_is_said(void **state)
{
    outbox_close(opened(state));
    change_by_sql(state, "UPDATE head SET effects_seq = NULL");
    struct outbox *outbox = outbox_open_reader(path_of(state));
    assert_non_null(outbox);
    expect(outbox, in_heartbeat, "{}");
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a heartbeat says what is acknowledged", a_heartbeat_says_what_is_acknowledged),
        CLAIM("a state says those of a damaged file, too", a_state_says_those_of_a_damaged_file),
        CLAIM("and those of its own plate only", and_of_its_own_plate_only),
        CLAIM("one heartbeat in 45 says them", one_heartbeat_in_45_says_them),
        CLAIM("what cannot tell is passed over", what_cannot_tell_is_passed_over),
        CLAIM("an export says all that is in it", an_export_says_all_that_is_in_it),
        CLAIM("where they cannot be told nothing is said",
              where_they_cannot_be_told_nothing_is_said),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
