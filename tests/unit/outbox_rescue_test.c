/* Proves that what a damaged outbox still gives of what waits is a former outbox of its own epoch,
 * so that it is sent; and that a disk which takes no more costs nothing but that. */
#include "outbox_room.h"

#include "agent/former.h"
#include "agent/outbox_former.h"
#include "common/day.h"

#include <fcntl.h>
#include <sys/stat.h>

#define SOLD   200
#define ACKED  150
#define PAGE   4096
#define FORMER "outbox.db.former-BBCL23-"

static void fill(void **state, char epoch[EPOCH_LENGTH_MAX + 1])
{
    struct outbox *outbox = opened(state);

    strcpy(epoch, outbox_head(outbox)->epoch);
    for (int i = 0; i < SOLD; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_acknowledge(outbox, ACKED);
    outbox_close(outbox);
}

static void spoil(void **state, off_t from, size_t length)
{
    char rubbish[PAGE];
    int fd = open(path_of(state), O_WRONLY);

    memset(rubbish, 0x55, sizeof rubbish);
    assert_true(fd >= 0 && length <= sizeof rubbish);
    assert_int_equal(pwrite(fd, rubbish, length, from), length);
    close(fd);
}

static struct outbox *former_of(void **state)
{
    char *found[ASIDE_FILES_MAX];

    assert_int_equal(outbox_aside_list(path_of(state), ASIDE_FORMER, found), 1);
    struct outbox *former = outbox_open_former(found[0]);
    assert_non_null(former);
    outbox_aside_free(found, 1);
    return former;
}

/* Neither the draft nor its log. */
static void assert_no_draft(void **state)
{
    assert_int_equal(scratch_each(*state, ".rescue", NULL), 0);
}

static void what_waits_is_a_former_outbox(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1], plate[CART_LENGTH_MAX + 1];

    fill(state, epoch);
    spoil(state, 0, 100); /* SQLite takes it for no database */
    struct outbox *outbox = opened(state);
    assert_true(outbox_head(outbox)->damaged);
    assert_string_equal(outbox_head(outbox)->damaged_epoch, epoch);
    assert_string_not_equal(outbox_head(outbox)->epoch, epoch);
    outbox_close(outbox);
    struct outbox *former = former_of(state);
    outbox_former_plate(former, plate);
    assert_string_equal(plate, "BBCL23");
    assert_string_equal(outbox_head(former)->epoch, epoch);
    assert_int_equal(outbox_head(former)->last_seq, SOLD);
    assert_true(count_rows(former, outbox_head(former)->acked_seq) >= SOLD - ACKED);
    outbox_close(former);
    assert_int_equal(scratch_each(*state, ".damaged-", NULL), 1);
    assert_int_equal(scratch_each(*state, ".damaged-whole-", NULL),
                     0); /* what waits is not known */
    assert_no_draft(state);
}

/* Which rows stand on the page is the salvage's matter (salvage_test.c): none of the rest is lost.
 */
static void a_hole_costs_its_own_rows(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];
    struct stat file;

    fill(state, epoch);
    assert_int_equal(stat(path_of(state), &file), 0);
    for (off_t at = file.st_size / 2 / PAGE * PAGE; at < file.st_size; at += PAGE)
        spoil(state, at, 64); /* heads of pages */
    struct outbox *outbox = opened(state);
    int64_t rows = outbox_head(outbox)->damaged_rows;
    assert_true(outbox_head(outbox)->damaged);
    outbox_close(outbox);
    assert_in_range(rows, 1, SOLD);
    struct outbox *former = former_of(state);
    assert_int_equal(count_rows(former, outbox_head(former)->acked_seq), rows);
    assert_int_equal(outbox_count(former, outbox_head(former)->last_seq, INT64_MAX), 0);
    assert_int_equal(outbox_count(former, outbox_head(former)->last_seq - 1, INT64_MAX), 1);
    outbox_close(former);
}

/* Only its counters are damaged: all that waits is read, and nothing else is left in it. */
static void one_that_gives_all_says_so(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    fill(state, epoch);
    change_by_sql(state, "UPDATE head SET last_receipt = 1");
    outbox_close(opened(state));
    struct outbox *former = former_of(state);
    assert_int_equal(count_rows(former, outbox_head(former)->acked_seq), SOLD - ACKED);
    outbox_close(former);
    assert_int_equal(scratch_each(*state, ".damaged-whole-", NULL), 1);
}

static void where_nothing_waits_there_is_none(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    fill(state, epoch);
    struct outbox *outbox = opened(state);
    outbox_acknowledge(outbox, SOLD);
    outbox_close(outbox);
    change_by_sql(state, "UPDATE head SET last_receipt = 1"); /* behind its receipts: no sense */
    outbox = opened(state);
    assert_true(outbox_head(outbox)->damaged);
    assert_int_equal(outbox_head(outbox)->damaged_rows, 0);
    outbox_close(outbox);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 0);
    assert_no_draft(state);
}

static void what_a_power_cut_left_is_no_draft(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1], draft[1024];

    fill(state, epoch);
    spoil(state, 0, 100);
    snprintf(draft, sizeof draft, "%s.rescue-0", path_of(state));
    FILE *left = fopen(draft, "w");
    assert_non_null(left);
    fputs("rubbish", left);
    assert_int_equal(fclose(left), 0);
    outbox_close(opened(state));
    assert_int_equal(scratch_each(*state, FORMER, NULL), 1);
    assert_no_draft(state);
}

/* The new outbox has room, what is large has none. */
static void a_disk_that_takes_no_more_costs_the_sending_only(void **state)
{
    char epoch[EPOCH_LENGTH_MAX + 1];

    fill(state, epoch);
    struct outbox *outbox = opened(state);
    for (int i = 0; i < 2000; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
    spoil(state, 0, 100);
    disk_takes(300000);
    outbox = opened(state);
    disk_takes_all();
    assert_true(outbox_head(outbox)->damaged);
    assert_true(outbox_head(outbox)->damaged_rows >= 2000);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
    assert_int_equal(scratch_each(*state, FORMER, NULL), 0);
    assert_int_equal(scratch_each(*state, ".damaged-", NULL), 1);
    assert_no_draft(state);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("what waits is a former outbox", what_waits_is_a_former_outbox),
        CLAIM("a hole costs its own rows", a_hole_costs_its_own_rows),
        CLAIM("one that gives all says so", one_that_gives_all_says_so),
        CLAIM("where nothing waits there is none", where_nothing_waits_there_is_none),
        CLAIM("what a power cut left is no draft", what_a_power_cut_left_is_no_draft),
        CLAIM("a disk that takes no more costs the sending only",
              a_disk_that_takes_no_more_costs_the_sending_only),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
