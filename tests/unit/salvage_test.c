/* Proves that damage costs the rows on the damaged pages and no others, that what is missing is
 * named, and that a card on which nothing can be written gives back all that is on it. */
#include "outbox_room.h"

#include "agent/salvage.h"
#include "common/day.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>

#define PAGE       4096
#define ROWS       600
#define ACKED      100
#define PER_COMMIT 50
#define ROOMS      8 /* holes that a test looks at */
#define NO_SEQ     0

struct found {
    bool seen[ROWS + 1];
    int64_t before; /* the number of the row before */
    int holes;
    int64_t first[ROOMS], last[ROOMS];
};

static bool take_row(void *owner, const char *bytes, size_t length)
{
    struct found *found = owner;
    struct json_reason why;
    struct event event;

    assert_true(event_read(bytes, length, &event, &why));
    assert_true(event.seq > found->before && event.seq <= ROWS);
    found->before = event.seq;
    found->seen[event.seq] = true;
    return true;
}

static void take_hole(void *owner, int64_t first_seq, int64_t last_seq)
{
    struct found *found = owner;

    assert_true(found->holes < ROOMS);
    found->first[found->holes] = first_seq;
    found->last[found->holes++] = last_seq;
}

static const struct salvage_calls calls = { take_row, take_hole };

/* Many in a commit: this is not about commits. */
static void sell_all(struct outbox *outbox)
{
    const struct sale_request sale = { .quantity = 1, .amount = 500, .price = EVENT_ABSENT };
    const struct moment moment = { NOON_MS, CLOCK_NTP, "boot", 1000 };
    struct event events[PER_COMMIT];

    for (int i = 0; i < ROWS / PER_COMMIT; i++) {
        struct event_maker maker = maker_of(outbox);
        for (int j = 0; j < PER_COMMIT; j++)
            event_maker_sale(&maker, &moment, &sale, &events[j]);
        assert_int_equal(outbox_commit(outbox, events, PER_COMMIT, NULL), OUTBOX_OK);
    }
}

static void fill(void **state)
{
    struct outbox *outbox = opened(state);

    sell_all(outbox);
    outbox_acknowledge(outbox, ACKED);
    outbox_close(outbox);
}

/* The numbers of the events that stand on this page of the file, its lowest and its highest. */
static bool numbers_on(const char *page, int64_t *lowest, int64_t *highest)
{
    static const char key[] = "\"seq\":";
    const char *at = page;

    *lowest = *highest = NO_SEQ;
    while (page[0] == 0x0d && (at = memmem(at, (size_t)(page + PAGE - at), key, strlen(key)))) {
        int64_t seq = strtoll(at += strlen(key), NULL, 10);
        *lowest = *lowest == NO_SEQ || seq < *lowest ? seq : *lowest;
        *highest = seq > *highest ? seq : *highest;
    }
    return *lowest != NO_SEQ;
}

/* Where the page of event `seq` is, and the numbers on it. */
static off_t page_of(void **state, int64_t seq, int64_t *lowest, int64_t *highest)
{
    int fd = open(path_of(state), O_RDONLY);
    char page[PAGE];
    off_t at = 0;

    assert_true(fd >= 0);
    while (pread(fd, page, PAGE, at) == PAGE) {
        if (numbers_on(page, lowest, highest) && *lowest <= seq && seq <= *highest)
            break;
        at += PAGE;
    }
    assert_true(*lowest <= seq && seq <= *highest);
    close(fd);
    return at;
}

static void overwrite(const char *path, off_t at, int byte, size_t length)
{
    int fd = open(path, O_RDWR);
    char rubbish[PAGE];

    assert_true(fd >= 0);
    memset(rubbish, byte, length);
    assert_int_equal(pwrite(fd, rubbish, length, at), (ssize_t)length);
    close(fd);
}

static void spoil_page_of(void **state, int64_t seq, int64_t *lowest, int64_t *highest)
{
    overwrite(path_of(state), page_of(state, seq, lowest, highest), 0x55, PAGE);
}

static void expect_all_but(const struct found *found, int64_t lowest, int64_t highest)
{
    for (int64_t seq = 1; seq <= ROWS; seq++)
        assert_int_equal(found->seen[seq], seq < lowest || seq > highest);
}

static void a_sound_file_is_whole(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };

    fill(state);
    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    expect_all_but(&found, ROWS + 1, ROWS + 1);
    assert_int_equal(report.rows, ROWS);
    assert_int_equal(report.missing, 0);
    assert_false(report.damaged);
}

static void a_hole_costs_its_own_rows(void **state, int64_t seq, int64_t named_from)
{
    struct salvage_report report;
    struct found found = { 0 };
    int64_t lowest, highest;

    fill(state);
    spoil_page_of(state, seq, &lowest, &highest);
    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    expect_all_but(&found, lowest, highest);
    assert_true(report.damaged);
    assert_int_equal(report.rows, ROWS - (highest - lowest + 1));
    if (lowest < named_from)
        lowest = named_from;
    assert_int_equal(report.missing, highest >= lowest ? highest - lowest + 1 : 0);
    assert_int_equal(found.holes, highest >= lowest ? 1 : 0);
    if (found.holes == 1) {
        assert_int_equal(found.first[0], lowest);
        assert_int_equal(found.last[0], highest);
    }
}

static void a_hole_in_the_middle(void **state)
{
    a_hole_costs_its_own_rows(state, ROWS / 2, 1);
}

static void a_hole_at_the_end(void **state)
{
    a_hole_costs_its_own_rows(state, ROWS, 1);
}

/* Rows that were acknowledged might have been removed: only what waited is known to be missing. */
static void a_hole_at_the_beginning(void **state)
{
    a_hole_costs_its_own_rows(state, 1, ACKED + 1);
}

static void two_holes_leave_what_is_between(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };
    int64_t first[2], last[2];

    fill(state);
    spoil_page_of(state, 200, &first[0], &last[0]);
    spoil_page_of(state, 400, &first[1], &last[1]);
    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    assert_int_equal(found.holes, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(found.first[i], first[i]);
        assert_int_equal(found.last[i], last[i]);
    }
    for (int64_t seq = last[0] + 1; seq < first[1]; seq++)
        assert_true(found.seen[seq]);
    assert_int_equal(report.last_seq, ROWS);
}

static void a_row_that_is_no_event_is_named(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };

    fill(state);
    change_by_sql(state, "UPDATE events SET bytes = '{' WHERE seq = 300;"
                         "UPDATE events SET bytes = (SELECT bytes FROM events WHERE seq = 1)"
                         " WHERE seq = 301");
    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    expect_all_but(&found, 300, 301);
    assert_int_equal(found.holes, 1);
    assert_int_equal(found.first[0], 300);
    assert_int_equal(found.last[0], 301);
    assert_true(report.damaged);
}

/* The page of the file on which the tree of a table begins. */
static off_t root_of(void **state, const char *sql)
{
    sqlite3_stmt *row = NULL;
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path_of(state), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    off_t page = (off_t)sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return page;
}

static void expect_all_by_pages(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };

    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    expect_all_but(&found, ROWS + 1, ROWS + 1);
    assert_true(report.damaged);
    assert_int_equal(report.missing, 0);
    assert_int_equal(report.rows, ROWS);
}

static void rows_to_which_nothing_leads(void **state)
{
    fill(state);
    overwrite(path_of(state),
              (root_of(state, "SELECT rootpage FROM sqlite_schema WHERE name = 'events'") - 1) *
                  PAGE,
              0x55, PAGE);
    expect_all_by_pages(state);
}

static void a_file_without_its_first_page(void **state)
{
    fill(state);
    overwrite(path_of(state), 0, 0, PAGE);
    expect_all_by_pages(state);
}

static void a_head_with_another_epoch(void **state)
{
    fill(state);
    change_by_sql(state, "UPDATE head SET epoch = '00000000000000000000000000000000'");
    expect_all_by_pages(state);
}

/* A card loses by sectors: of a leaf's first one, its numbers and the rows that are in it. */
static void a_page_without_its_head(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };
    int64_t lowest, highest;

    fill(state);
    off_t at = page_of(state, ROWS / 2, &lowest, &highest);
    overwrite(path_of(state), at, 0, 512);
    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    assert_true(report.missing >= 1 && report.missing <= 3);
    assert_int_equal(report.rows + report.missing, ROWS);
}

static void what_is_not_what_was_written(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };

    fill(state);
    change_by_sql(state, "UPDATE events SET bytes = replace(bytes, '\"quantity\":1', "
                         "'\"quantity\":9') WHERE seq = 300");
    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    expect_all_but(&found, 300, 300);
    assert_int_equal(found.first[0], 300);
    assert_int_equal(found.holes, 1);
}

/* The first releases wrote none. */
static void rows_without_a_checksum(void **state)
{
    fill(state);
    change_by_sql(state, "ALTER TABLE events DROP COLUMN checksum");
    overwrite(path_of(state), 0, 0, PAGE);
    expect_all_by_pages(state);
}

static void an_older_file_is_read_as_it_is(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };

    fill(state);
    change_by_sql(state, "ALTER TABLE events DROP COLUMN checksum");
    assert_true(salvage_events(path_of(state), &calls, &found, &report));
    expect_all_but(&found, ROWS + 1, ROWS + 1);
    assert_false(report.damaged);
}

/* What is longer than a page goes on on other pages. */
static void a_row_of_two_pages(void **state)
{
    fill(state);
    change_by_sql(state, "UPDATE events SET checksum = NULL, bytes = substr(bytes, 1, "
                         "length(bytes) - 1) || ',\"x\":\"' || "
                         "hex(zeroblob((4080 - length(bytes)) / 2)) || '\"}'"
                         "WHERE seq IN (300, 301, 302)");
    overwrite(path_of(state), 0, 0, PAGE);
    expect_all_by_pages(state);
}

static void only_what_waits(void **state)
{
    struct salvage_report report;
    struct found found = { .before = ACKED };

    fill(state);
    overwrite(path_of(state),
              (root_of(state, "SELECT rootpage FROM sqlite_schema WHERE name = 'events'") - 1) *
                  PAGE,
              0x55, PAGE);
    assert_true(salvage_waiting(path_of(state), &calls, &found, &report));
    assert_int_equal(report.first_seq, ACKED + 1);
    assert_int_equal(report.rows, ROWS - ACKED);
    assert_int_equal(report.acked_seq, ACKED);
}

static void no_outbox_is_told(void **state)
{
    struct salvage_report report;
    struct found found = { 0 };

    assert_false(salvage_events(path_of(state), &calls, &found, &report));
}

/* As a card that is mounted read-only answers. */
static int open_on_read_only(const char *path, int flags, int mode)
{
    if ((flags & O_ACCMODE) != O_RDONLY || ((flags & O_CREAT) && access(path, F_OK) != 0)) {
        errno = EROFS;
        return -1;
    }
    return open(path, flags, mode);
}

static void expect_all_read_only(void **state)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    struct salvage_report report;
    struct found found = { 0 };

    vfs->xSetSystemCall(vfs, "open", (sqlite3_syscall_ptr)open_on_read_only);
    bool read = salvage_events(path_of(state), &calls, &found, &report);
    vfs->xSetSystemCall(vfs, NULL, NULL);
    assert_true(read);
    expect_all_but(&found, ROWS + 1, ROWS + 1);
    assert_false(report.damaged);
    assert_int_equal(report.missing, 0);
}

static void a_read_only_card_gives_all(void **state)
{
    fill(state);
    assert_int_equal(scratch_each(*state, "-wal", NULL), 0);
    expect_all_read_only(state);
}

/* A card out of a machine that lost its power: the newest rows are in the log only. */
static void a_read_only_card_gives_its_log_too(void **state)
{
    char from[1024], to[1024], command[6000];

    snprintf(from, sizeof from, "%s/live.db", ((struct scratch *)*state)->folder);
    struct outbox *outbox = outbox_open(from, "BBCL23", NOON_MS);
    assert_non_null(outbox);
    sell_all(outbox);
    snprintf(to, sizeof to, "%s", path_of(state));
    snprintf(command, sizeof command, "cp '%s' '%s' && cp '%s-wal' '%s-wal'", from, to, from, to);
    assert_int_equal(system(command), 0);
    outbox_close(outbox);
    assert_int_equal(scratch_each(*state, "outbox.db-wal", NULL), 1);
    expect_all_read_only(state);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a sound file is whole", a_sound_file_is_whole),
        CLAIM("a hole costs the rows of its page", a_hole_in_the_middle),
        CLAIM("a hole at the end is named", a_hole_at_the_end),
        CLAIM("a hole at the beginning costs no more", a_hole_at_the_beginning),
        CLAIM("between two holes all is read", two_holes_leave_what_is_between),
        CLAIM("a row that is not its event is named", a_row_that_is_no_event_is_named),
        CLAIM("rows to which no page leads are read", rows_to_which_nothing_leads),
        CLAIM("a file is read without its first page", a_file_without_its_first_page),
        CLAIM("an epoch is that of the events", a_head_with_another_epoch),
        CLAIM("a sector costs its own rows", a_page_without_its_head),
        CLAIM("a row that is not what was written is named", what_is_not_what_was_written),
        CLAIM("rows of before have no checksum", rows_without_a_checksum),
        CLAIM("a file of before is read as it is", an_older_file_is_read_as_it_is),
        CLAIM("a row of two pages is one", a_row_of_two_pages),
        CLAIM("what waits is read alone", only_what_waits),
        CLAIM("where there is no outbox it says so", no_outbox_is_told),
        CLAIM("a read-only card gives back all", a_read_only_card_gives_all),
        CLAIM("a read-only card gives back its log", a_read_only_card_gives_its_log_too),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
