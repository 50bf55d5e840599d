/* Proves that an outbox belongs to one plate: under another one its file is set aside whole, with
 * what waits in it, and a new epoch begins; what a former outbox still has is told, given out and
 * acknowledged under its own identity, and said to be done once it is. */
#include "outbox_room.h"

#include "agent/former.h"
#include "agent/outbox_former.h"
#include "agent/outbox_plate.h"
#include "common/day.h"

#include <fcntl.h>

#define OLD    "BBCL23"
#define NEW    "ZZTP10"
#define SOLD   5
#define ACKED  2
#define FORMER "outbox.db.former-" OLD "-"
#define SENT   "outbox.db.sent-" OLD "-"

static struct outbox *opened_as(void **state, const char *cart)
{
    struct outbox *outbox = outbox_open(path_of(state), cart, NOON_MS);

    assert_non_null(outbox);
    return outbox;
}

/* Sells as the old plate; its epoch. */
static void sell_as_old(void **state, char epoch[EPOCH_LENGTH_MAX + 1])
{
    struct outbox *outbox = opened_as(state, OLD);

    strcpy(epoch, outbox_head(outbox)->epoch);
    for (int i = 0; i < SOLD; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, ACKED);
    outbox_close(outbox);
}

static void change_plate(void **state, const char *cart)
{
    outbox_close(opened_as(state, cart));
}

static void look(void **state, struct formers *formers)
{
    *formers = (struct formers){ .count = 0 };
    formers_look(formers, path_of(state), NOON_MS);
}

static void the_same_plate_goes_on(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    sell_as_old(state, epoch);
    struct outbox *outbox = opened_as(state, OLD);
    assert_string_equal(outbox_head(outbox)->epoch, epoch);
    assert_int_equal(outbox_head(outbox)->last_seq, SOLD);
    outbox_close(outbox);
    assert_int_equal(scratch_each(*state, ".former-", NULL), 0);
}

/* Its certificate and what it owes are of the name that a release before this one gave it. */
static void a_spelling_of_before_stays(void **state)
{
    char plate[CART_LENGTH_MAX + 1];

    outbox_plate_choose(path_of(state), NULL, OLD, plate);
    assert_string_equal(plate, OLD);
    change_plate(state, "BBCL-23");
    outbox_plate_choose(path_of(state), NULL, OLD, plate);
    assert_string_equal(plate, "BBCL-23");
    outbox_plate_choose(path_of(state), NULL, NEW, plate);
    assert_string_equal(plate, NEW);
}

static void another_plate_begins_a_new_epoch(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    sell_as_old(state, epoch);
    struct outbox *outbox = opened_as(state, NEW);
    assert_string_not_equal(outbox_head(outbox)->epoch, epoch);
    assert_int_equal(outbox_head(outbox)->last_seq, 0);
    assert_int_equal(outbox_head(outbox)->last_receipt, 0);
    assert_int_equal(outbox_head(outbox)->stock, EVENT_ABSENT);
    assert_false(outbox_head(outbox)->damaged); /* nothing was lost */
    outbox_close(outbox);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 1);
}

static void what_waits_is_told(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];
    struct buffer text = { 0 };
    struct formers formers;

    sell_as_old(state, epoch);
    change_plate(state, NEW);
    look(state, &formers);
    assert_int_equal(formers.count, 1);
    assert_string_equal(formers.list[0].cart, OLD);
    assert_string_equal(formers.list[0].epoch, epoch);
    assert_int_equal(formers.list[0].waiting, SOLD - ACKED);
    struct json_writer json = json_write_to(&text);
    json_object_begin(&json, NULL);
    formers_write(&formers, &json);
    json_object_end(&json);
    char *expected = NULL;
    assert_true(asprintf(&expected,
                         "{\"former\":[{\"cart\":\"" OLD "\",\"epoch\":\"%s\",\"waiting\":%d,"
                         "\"sends\":false}]}",
                         epoch, SOLD - ACKED) > 0);
    assert_string_equal(text.bytes, expected);
    free(expected);
    buffer_free(&text);
    formers_free(&formers);
}

static void where_nothing_waits_nothing_is_said(void **state)
{
    struct buffer text = { 0 };
    struct formers formers;

    change_plate(state, OLD);
    look(state, &formers);
    struct json_writer json = json_write_to(&text);
    json_object_begin(&json, NULL);
    formers_write(&formers, &json);
    json_object_end(&json);
    assert_string_equal(text.bytes, "{}");
    buffer_free(&text);
}

/* The former outbox that is there. */
static struct outbox *former_of(void **state)
{
    char *found[ASIDE_FILES_MAX];

    assert_int_equal(outbox_aside_list(path_of(state), ASIDE_FORMER, found), 1);
    struct outbox *former = outbox_open_former(found[0]);
    assert_non_null(former);
    outbox_aside_free(found, 1);
    return former;
}

static void it_is_acknowledged_bit_by_bit(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1], plate[CART_LENGTH_MAX + 1];
    struct formers formers;

    sell_as_old(state, epoch);
    change_plate(state, NEW);
    struct outbox *former = former_of(state);
    outbox_former_plate(former, plate);
    assert_string_equal(plate, OLD);
    assert_int_equal(count_rows(former, outbox_head(former)->acked_seq), SOLD - ACKED);
    outbox_acknowledge(former, SOLD - 1);
    assert_int_equal(outbox_count(former, SOLD - 1, INT64_MAX), 1);
    outbox_close(former);
    look(state, &formers); /* as after a restart */
    assert_int_equal(formers.list[0].waiting, 1);
    formers_free(&formers);
    former = former_of(state);
    outbox_acknowledge(former, SOLD);
    outbox_close(former);
    look(state, &formers);
    assert_int_equal(formers.count, 0);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 0);
    assert_int_equal(scratch_each(*state, SENT, NULL), 1);
}

static void what_the_centre_has_is_set_aside_as_sent(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    sell_as_old(state, epoch);
    struct outbox *outbox = opened_as(state, OLD);
    outbox_acknowledge(outbox, SOLD);
    outbox_close(outbox);
    change_plate(state, NEW);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 0);
    assert_int_equal(scratch_each(*state, SENT, NULL), 1);
}

static void there_and_back_keeps_each(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1], again[EPOCH_LENGTH_MAX + 1];
    struct formers formers;

    sell_as_old(state, epoch);
    change_plate(state, NEW);
    sell_as_old(state, again);
    assert_string_not_equal(epoch, again);
    change_plate(state, NEW); /* within the same millisecond by the clock of this test */
    look(state, &formers);
    assert_int_equal(formers.count, 2);
    assert_string_equal(formers.list[0].epoch, epoch);
    assert_string_equal(formers.list[1].epoch, again);
    formers_free(&formers);
}

/* As an earlier release left it: its head has no plate. */
static void a_file_of_before_is_its_newest_events(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    sell_as_old(state, epoch);
    change_by_sql(state, "UPDATE head SET cart = NULL");
    struct outbox *outbox = opened_as(state, OLD);
    assert_string_equal(outbox_head(outbox)->epoch, epoch);
    outbox_close(outbox);
    change_by_sql(state, "UPDATE head SET cart = NULL");
    change_plate(state, NEW);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 1);
}

static void a_file_of_before_without_an_event_is_whose_it_becomes(void **state)
{
    change_plate(state, OLD);
    change_by_sql(state, "UPDATE head SET cart = NULL");
    change_plate(state, NEW);
    assert_int_equal(scratch_each(*state, ".sent-", NULL), 0);
    change_plate(state, OLD);
    assert_int_equal(scratch_each(*state, "outbox.db.sent-" NEW "-", NULL), 1);
}

/* Somebody reads, so that closing does not empty the log. */
static void its_log_goes_with_it(void **state)
{
    struct sqlite3 *reader = NULL;

    struct outbox *outbox = opened_as(state, OLD);
    assert_int_equal(sqlite3_open(path_of(state), &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT * FROM events", NULL, NULL, NULL),
                     SQLITE_OK);
    for (int i = 0; i < SOLD; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
    change_plate(state, NEW);
    assert_int_equal(scratch_each(*state, "-wal", NULL), 1);
    sqlite3_close(reader);
    struct outbox *former = former_of(state);
    assert_int_equal(outbox_head(former)->last_seq, SOLD);
    assert_int_equal(count_rows(former, 0), SOLD);
    outbox_close(former);
}

static void spoil_former(void **state, off_t from, size_t length)
{
    char *found[ASIDE_FILES_MAX], rubbish[4096];

    memset(rubbish, 0x55, sizeof rubbish);
    assert_int_equal(outbox_aside_list(path_of(state), ASIDE_FORMER, found), 1);
    int fd = open(found[0], O_WRONLY);
    assert_int_equal(pwrite(fd, rubbish, length, from), length);
    close(fd);
    outbox_aside_free(found, 1);
}

/* The rows stand behind a page of 4096 bytes for each table and index before them. */
static void a_damaged_one_gives_what_it_has(void **state)
{
    static const off_t places[] = { 0, 2 * 4096 }; /* the first page; the head's */

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char epoch[EPOCH_LENGTH_MAX + 1];
        struct formers formers;
        sell_as_old(state, epoch);
        change_plate(state, NEW);
        spoil_former(state, places[i], 100);
        look(state, &formers);
        assert_int_equal(formers.count, 1);
        assert_string_equal(formers.list[0].cart, OLD);
        assert_string_equal(formers.list[0].epoch, epoch);
        assert_in_range(formers.list[0].waiting, SOLD - ACKED, SOLD);
        struct outbox *former = former_of(state);
        outbox_acknowledge(former, SOLD);
        outbox_close(former);
        formers_free(&formers);
        look(state, &formers);
        assert_int_equal(formers.count, 0);
        assert_int_equal(scratch_each(*state, ".damaged-", NULL), i + 1);
        assert_int_equal(scratch_each(*state, SENT, NULL), i + 1);
    }
}

static void one_that_gives_nothing_is_set_aside(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];
    char *found[ASIDE_FILES_MAX];
    struct formers formers;

    sell_as_old(state, epoch);
    change_plate(state, NEW);
    assert_int_equal(outbox_aside_list(path_of(state), ASIDE_FORMER, found), 1);
    assert_int_equal(truncate(found[0], 100), 0);
    outbox_aside_free(found, 1);
    look(state, &formers);
    assert_int_equal(formers.count, 0);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 0);
    assert_int_equal(scratch_each(*state, ".damaged-", NULL), 1);
}

/* It stays what it is until there is room. */
static void a_full_disk_leaves_it_as_it_is(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];
    struct formers formers;

    sell_as_old(state, epoch);
    change_plate(state, NEW);
    spoil_former(state, 0, 100);
    disk_takes(10000);
    look(state, &formers);
    disk_takes_all();
    assert_int_equal(formers.count, 0);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 1);
    assert_int_equal(scratch_each(*state, ".damaged-", NULL), 0);
    look(state, &formers);
    assert_int_equal(formers.count, 1);
    formers_free(&formers);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("the same plate goes on", the_same_plate_goes_on),
        CLAIM("a spelling of before stays", a_spelling_of_before_stays),
        CLAIM("another plate begins a new epoch", another_plate_begins_a_new_epoch),
        CLAIM("what waits of the former plate is told", what_waits_is_told),
        CLAIM("where nothing waits nothing is said", where_nothing_waits_nothing_is_said),
        CLAIM("a former outbox is acknowledged and done", it_is_acknowledged_bit_by_bit),
        CLAIM("what the centre has is set aside as sent", what_the_centre_has_is_set_aside_as_sent),
        CLAIM("no file is written over", there_and_back_keeps_each),
        CLAIM("a file of before is its newest event's", a_file_of_before_is_its_newest_events),
        CLAIM("a file of before without an event is whose it becomes",
              a_file_of_before_without_an_event_is_whose_it_becomes),
        CLAIM("its log goes with it", its_log_goes_with_it),
        CLAIM("a damaged former outbox gives what it has", a_damaged_one_gives_what_it_has),
        CLAIM("one that gives nothing is set aside", one_that_gives_nothing_is_set_aside),
        CLAIM("a full disk leaves it as it is", a_full_disk_leaves_it_as_it_is),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
