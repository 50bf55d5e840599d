/* Proves that a file of the first release, in which a board went on under another plate, gives each
 * plate its own: what waits of the others leaves it as former outboxes under the same epoch, the
 * rest goes on. */
#include "outbox_room.h"

#include "agent/former.h"
#include "agent/outbox_former.h"
#include "common/day.h"

#define OLD   "BBCL23"
#define NEW   "ZZTP10"
#define THIRD "CCDD45"

/* As the first release did: whoever sells, it is the same file. */
static void sell_as(struct outbox *outbox, const char *cart, int times)
{
    struct moment moment = { NOON_MS, CLOCK_NTP, "boot", 1000 };
    struct sale_request sale = { .quantity = 2, .amount = 1000, .price = EVENT_ABSENT };

    while (times > 0) {
        struct event_maker maker = { .cart = cart, .head = *outbox_head(outbox) };
        struct event events[50];
        size_t count = 0;
        for (; times > 0 && count < sizeof events / sizeof *events; times--)
            event_maker_sale(&maker, &moment, &sale, &events[count++]);
        assert_int_equal(outbox_commit(outbox, events, count, NULL), OUTBOX_OK);
    }
}

/* It knew neither plates nor totals nor checksums. */
static void make_first_releases(void **state)
{
    change_by_sql(state, "UPDATE head SET cart = NULL, clock_zero_ms = NULL, effects_seq = NULL;"
                         "UPDATE events SET checksum = NULL; DELETE FROM totals");
}

struct board {
    const char *cart;
    int sales;
};

static char epoch[EPOCH_LENGTH_MAX + 1]; /* of the file that was filled */

static void fill(void **state, const struct board *boards, size_t count, int64_t acked)
{
    struct outbox *outbox = outbox_open(path_of(state), boards[0].cart, NOON_MS);

    assert_non_null(outbox);
    strcpy(epoch, outbox_head(outbox)->epoch);
    for (size_t i = 0; i < count; i++)
        sell_as(outbox, boards[i].cart, boards[i].sales);
    outbox_acknowledge(outbox, acked);
    outbox_close(outbox);
    make_first_releases(state);
}

static struct outbox *opened_as(void **state, const char *cart)
{
    struct outbox *outbox = outbox_open(path_of(state), cart, NOON_MS);

    assert_non_null(outbox);
    return outbox;
}

static void assert_only(struct outbox *outbox, const char *cart, unsigned rows)
{
    struct outbox_range range = { outbox_head(outbox)->acked_seq, INT64_MAX, 100000, SIZE_MAX };
    struct buffer text = { 0 };
    unsigned events, found = 0;
    char member[64];

    snprintf(member, sizeof member, "\"cart\":\"%s\"", cart);
    outbox_read(outbox, &range, &text, &events);
    for (const char *at = text.bytes; at != NULL && (at = strstr(at, member)) != NULL; at++)
        found++;
    buffer_free(&text);
    assert_int_equal(events, rows);
    assert_int_equal(found, rows);
}

/* The former outbox of this plate, and that no more of them is there. */
static struct outbox *former_of(void **state, const char *cart)
{
    char *found[ASIDE_FILES_MAX], part[64];
    size_t count = outbox_aside_list(path_of(state), ASIDE_FORMER, found);
    struct outbox *former = NULL;

    snprintf(part, sizeof part, ".former-%s-", cart);
    for (size_t i = 0; i < count; i++) {
        if (strstr(found[i], part) == NULL)
            continue;
        assert_null(former);
        former = outbox_open_former(found[i]);
        assert_non_null(former);
    }
    outbox_aside_free(found, count);
    assert_non_null(former);
    return former;
}

static void assert_former(void **state, const char *cart, unsigned rows)
{
    struct outbox *former = former_of(state, cart);

    assert_string_equal(outbox_head(former)->epoch, epoch);
    assert_only(former, cart, rows);
    outbox_close(former);
}

static void what_waits_of_the_old_plate_leaves(void **state)
{
    static const struct board boards[] = { { OLD, 50 }, { NEW, 20 } };
    struct outbox_counts counts;
    struct day_sums sums;
    char wrong[256];

    fill(state, boards, 2, 10);
    struct outbox *outbox = opened_as(state, NEW);
    assert_string_equal(outbox_head(outbox)->epoch, epoch);
    assert_int_equal(outbox_head(outbox)->last_seq, 70);
    assert_int_equal(outbox_head(outbox)->last_receipt, 70);
    assert_only(outbox, NEW, 20);
    assert_true(outbox_verify(outbox, wrong, sizeof wrong));
    outbox_day_sums(outbox, day_of_ms(NOON_MS), &sums);
    assert_int_equal(sums.sales, 20); /* `today` is the plate's own */
    assert_true(outbox_counts(outbox, INT64_MAX, &counts));
    assert_int_equal(counts.from, 51);
    assert_int_equal(counts.receipts, 20);
    assert_int_equal(counts.quantity, 40);
    assert_former(state, OLD, 40);
    outbox_close(outbox);
    assert_int_equal(scratch_each(*state, ".rescue", NULL), 0);
}

static void it_is_split_once(void **state)
{
    static const struct board boards[] = { { OLD, 5 }, { NEW, 2 } };

    fill(state, boards, 2, 0);
    outbox_close(opened_as(state, NEW));
    outbox_close(opened_as(state, NEW));
    assert_int_equal(scratch_each(*state, ".former-", NULL), 1);
}

static void a_plate_that_came_back_has_both(void **state)
{
    static const struct board boards[] = { { NEW, 3 }, { OLD, 5 }, { NEW, 2 } };

    fill(state, boards, 3, 0);
    struct outbox *outbox = opened_as(state, NEW);
    assert_only(outbox, NEW, 2);
    assert_former(state, NEW, 3);
    assert_former(state, OLD, 5);
    outbox_close(outbox);
}

static void a_third_plate_leaves_both_behind(void **state)
{
    static const struct board boards[] = { { OLD, 5 }, { NEW, 2 } };

    fill(state, boards, 2, 0);
    struct outbox *outbox = opened_as(state, THIRD);
    assert_string_not_equal(outbox_head(outbox)->epoch, epoch);
    assert_only(outbox, THIRD, 0);
    outbox_close(outbox);
    assert_former(state, OLD, 5);
    assert_former(state, NEW, 2);
}

static void what_the_centre_has_stays(void **state)
{
    static const struct board boards[] = { { OLD, 5 }, { NEW, 2 } };

    fill(state, boards, 2, 5);
    struct outbox *outbox = opened_as(state, NEW);
    assert_only(outbox, NEW, 2);
    assert_int_equal(count_rows(outbox, 0), 7);
    outbox_close(outbox);
    assert_int_equal(scratch_each(*state, ".former-", NULL), 0);
}

/* Nothing is sent under a wrong plate for want of room; the next start has more. */
static void without_room_it_waits_whole(void **state)
{
    static const struct board boards[] = { { OLD, 3000 }, { NEW, 2 } };
    struct formers formers = { .count = 0 };

    fill(state, boards, 2, 0);
    disk_takes(300000);
    struct outbox *outbox = opened_as(state, NEW);
    assert_only(outbox, NEW, 0);
    formers_look(&formers, path_of(state), NOON_MS);
    disk_takes_all();
    assert_int_equal(formers.count, 1);
    assert_int_equal(formers.list[0].waiting, 3002);
    assert_true(formers.list[0].is_unreadable); /* so that nothing sends it */
    formers_look(&formers, path_of(state), NOON_MS);
    assert_int_equal(formers.count, 2);
    for (size_t i = 0; i < formers.count; i++)
        assert_false(formers.list[i].is_unreadable);
    formers_free(&formers);
    outbox_close(outbox);
    assert_former(state, OLD, 3000);
    assert_former(state, NEW, 2);
}

static void a_damaged_one_gives_each_its_own(void **state)
{
    static const struct board boards[] = { { OLD, 5 }, { NEW, 2 } };

    fill(state, boards, 2, 0);
    FILE *file = fopen(path_of(state), "r+");
    assert_non_null(file);
    fputs("no database", file);
    assert_int_equal(fclose(file), 0);
    outbox_close(opened_as(state, NEW));
    assert_former(state, OLD, 5);
    assert_former(state, NEW, 2);
    assert_int_equal(scratch_each(*state, ".damaged-", NULL), 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("what waits of the old plate leaves", what_waits_of_the_old_plate_leaves),
        CLAIM("it is split once", it_is_split_once),
        CLAIM("a plate that came back has both", a_plate_that_came_back_has_both),
        CLAIM("a third plate leaves both behind", a_third_plate_leaves_both_behind),
        CLAIM("what the centre has stays", what_the_centre_has_stays),
        CLAIM("without room it waits whole", without_room_it_waits_whole),
        CLAIM("a damaged one gives each its own", a_damaged_one_gives_each_its_own),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
