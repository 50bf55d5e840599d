/* Proves on a real file system of 6 MB that others have filled: the outbox owns its room. A sale is
 * taken as long as something acknowledged is there, and nothing that waits is ever given for it. */
#include "small_disk.h"

#include "agent/room.h"
#include "common/day.h"

#include <fcntl.h>
#include <sys/stat.h>

#define SOLD       4000
#define WAITING    50
#define PER_COMMIT 50
#define MORE       1500 /* sales on the full disk; without its own room it took 13 */
#define MORE_MAX   60000

static void fill_by_others(void **state)
{
    static const char bytes[4096] = "others";
    char path[1024];

    snprintf(path, sizeof path, "%s/others", ((struct scratch *)*state)->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(fd >= 0);
    while (write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
    assert_int_equal(errno, ENOSPC);
    close(fd);
}

/* So many sales, of which the last WAITING are not acknowledged. */
static struct outbox *filled(void **state, int sales)
{
    const struct sale_request sale = { .quantity = 1, .amount = 500, .price = EVENT_ABSENT };
    const struct moment moment = { NOON_MS, CLOCK_NTP, "boot", 1000 };
    struct outbox *outbox = opened(state);
    struct event events[PER_COMMIT];

    for (int i = 0; i < sales / PER_COMMIT; i++) {
        struct event_maker maker = maker_of(outbox);
        for (int j = 0; j < PER_COMMIT; j++)
            event_maker_sale(&maker, &moment, &sale, &events[j]);
        assert_int_equal(outbox_commit(outbox, events, PER_COMMIT, NULL), OUTBOX_OK);
    }
    outbox_acknowledge(outbox, sales - WAITING);
    return outbox;
}

static int64_t waiting(const struct outbox *outbox)
{
    return outbox_head(outbox)->last_seq - outbox_head(outbox)->acked_seq;
}

/* All are sales of one. Nothing before the oldest row is ever sent again. */
static void expect_counts(struct outbox *outbox)
{
    int64_t last = outbox_head(outbox)->last_seq, acked = outbox_head(outbox)->acked_seq;
    const int64_t upto[] = { last, acked, last - count_rows(outbox, 0) };
    struct outbox_counts counts;

    for (size_t i = 0; i < sizeof upto / sizeof *upto; i++) {
        assert_true(outbox_counts(outbox, upto[i], &counts));
        assert_int_equal(counts.from, 1);
        assert_int_equal(counts.upto, upto[i]);
        assert_int_equal(counts.made, last);
        assert_int_equal(counts.receipts, upto[i]);
        assert_int_equal(counts.quantity, upto[i]);
    }
}

static void expect_sound(struct outbox *outbox)
{
    char wrong[256];

    expect_counts(outbox);
    assert_true(outbox_verify(outbox, wrong, sizeof wrong));
    assert_int_equal(count_rows(outbox, outbox_head(outbox)->acked_seq), waiting(outbox));
}

static void a_full_disk_takes_sales(void **state)
{
    struct outbox *outbox = filled(state, SOLD);

    fill_by_others(state);
    for (int i = 0; i < MORE; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    assert_int_equal(waiting(outbox), WAITING + MORE);
    expect_sound(outbox);
    outbox_close(outbox);
}

/* Others take each block that is given up. */
static void a_disk_that_is_filled_again_takes_sales(void **state)
{
    struct outbox *outbox = filled(state, SOLD);

    for (int i = 0; i < MORE; i++) {
        fill_by_others(state);
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
        if (i % 100 == 0)
            outbox_tidy(outbox);
    }
    expect_sound(outbox);
    outbox_close(outbox);
}

static void a_start_on_a_full_disk_takes_sales(void **state)
{
    outbox_close(filled(state, SOLD));
    fill_by_others(state);
    struct outbox *outbox = opened(state);
    assert_int_equal(outbox_head(outbox)->session, 2);
    for (int i = 0; i < 100; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    expect_sound(outbox);
    outbox_close(outbox);
}

/* All that waits stays, however much is asked for; and with acknowledgements it goes on. */
static void what_waits_is_never_given_for_room(void **state)
{
    struct outbox *outbox = filled(state, WAITING);
    int taken = 0;

    fill_by_others(state);
    while (taken < MORE_MAX && sell(outbox, NOON_MS, 1) == OUTBOX_OK)
        taken++;
    assert_true(taken < MORE_MAX);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_FULL);
    assert_int_equal(waiting(outbox), WAITING + taken);
    expect_sound(outbox);
    fill_by_others(state);
    outbox_acknowledge(outbox, outbox_head(outbox)->last_seq);
    for (int i = 0; i < 200; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    expect_sound(outbox);
    outbox_close(outbox);
}

/* By itself it leaves room to others, as long as it has rows that may go. */
static void a_small_card_is_not_filled_by_the_cart(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 0; i < 20000 / PER_COMMIT; i++) {
        outbox_close(outbox);
        outbox = filled(state, PER_COMMIT);
        outbox_acknowledge(outbox, outbox_head(outbox)->last_seq);
    }
    assert_false(room_is_below(path_of(state), 1024 * 1024));
    expect_sound(outbox);
    outbox_close(outbox);
}

static long long ballast_bytes(void **state)
{
    struct stat file;
    char path[1024];

    snprintf(path, sizeof path, "%s.ballast", path_of(state));
    return stat(path, &file) == 0 ? file.st_size : 0;
}

static void the_ballast_comes_back_with_the_room(void **state)
{
    struct outbox *outbox = filled(state, WAITING);
    char others[1024];

    assert_int_equal(ballast_bytes(state), ROOM_BALLAST_BYTES);
    fill_by_others(state);
    for (int i = 0; i < MORE_MAX && sell(outbox, NOON_MS, 1) == OUTBOX_OK; i++)
        ;
    assert_true(ballast_bytes(state) < ROOM_BALLAST_BYTES);
    snprintf(others, sizeof others, "%s/others", ((struct scratch *)*state)->folder);
    assert_int_equal(unlink(others), 0);
    assert_true(outbox_tidy(outbox));
    assert_int_equal(ballast_bytes(state), ROOM_BALLAST_BYTES);
    assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_SMALL_DISK("a disk that others have filled takes sales", a_full_disk_takes_sales),
        ON_SMALL_DISK("one that they fill again and again, too",
                      a_disk_that_is_filled_again_takes_sales),
        ON_SMALL_DISK("and after a start on it", a_start_on_a_full_disk_takes_sales),
        ON_SMALL_DISK("what waits is never given for room", what_waits_is_never_given_for_room),
        ON_SMALL_DISK("a small card is not filled", a_small_card_is_not_filled_by_the_cart),
        ON_SMALL_DISK("the ballast comes back", the_ballast_comes_back_with_the_room),
    };

    day_set_zone("America/Santiago");
    if (!may_mount()) {
        fprintf(stderr, "skipped: no file system can be mounted here\n");
        return NO_MOUNTS;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
