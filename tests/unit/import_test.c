/* Proves what becomes of each line of an import: new ones go where a bridge would send them, those
 * that are here already are counted only, bad ones are dead letters. */
#include "collector/base/hash.h"
#include "collector/sales/import.h"
#include "common/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define HEAD                                                                                       \
    "{\"v\":1,\"cart\":\"BBCL23\",\"epoch\":\"9f0c9f0c9f0c9f0c\",\"ts_ms\":1790000000000,"         \
    "\"clock\":\"gps\","
#define SALE     HEAD "\"type\":\"sale\",\"seq\":4,\"receipt\":3,\"quantity\":2}"
#define OTHER    HEAD "\"type\":\"sale\",\"seq\":4,\"receipt\":3,\"quantity\":9}"
#define LOCATION HEAD "\"type\":\"location\",\"seq\":5,\"lat\":-33.4,\"lon\":-70.6}"
#define ORDER    HEAD "\"type\":\"order\",\"seq\":6,\"order\":\"o1\",\"status\":\"finalizado\"}"

static struct import import_lines(struct store *store, const char *const *lines)
{
    struct import import = { .store = store, .user = "ana", .now_ms = 1790000001000 };

    store_begin(store);
    for (; *lines != NULL; lines++)
        import_line(&import, *lines, strlen(*lines));
    assert_int_equal(store_commit(store), STORE_OK);
    return import;
}

static void assert_counts(const struct import *import, int64_t added, int64_t duplicate,
                          int64_t refused)
{
    assert_int_equal(import->added, added);
    assert_int_equal(import->duplicate, duplicate);
    assert_int_equal(import->refused, refused);
}

/* A row of what is owed, by its id. */
static void assert_queued(struct store *store, const char *id, const char *topic, const char *key)
{
    struct store_rows *rows = store_query(
        store, "SELECT topic, record_key, source, type FROM effects WHERE id = $1", "t", id);
    size_t length;

    assert_true(store_next(rows));
    assert_string_equal(store_text(rows, 0), topic);
    const char *bytes = store_bytes(rows, 1, &length);
    assert_int_equal(length, strlen(key));
    assert_memory_equal(bytes, key, length);
    assert_string_equal(store_text(rows, 2), "import:ana");
    assert_non_null(store_text(rows, 3));
    store_rows_end(rows);
}

static void events_of_any_type_go_where_a_bridge_sends_them(void **state)
{
    static const char *const lines[] = { SALE, "", LOCATION "\r", ORDER, NULL };
    struct import import = import_lines(*state, lines);

    assert_counts(&import, 3, 0, 0);
    assert_queued(*state, "BBCL23/9f0c9f0c9f0c9f0c/4", "carrito.sales", "BBCL23");
    assert_queued(*state, "BBCL23/9f0c9f0c9f0c9f0c/5", "carrito.locations", "BBCL23");
    assert_queued(*state, "BBCL23/9f0c9f0c9f0c9f0c/6", "carrito.order-steps", "o1");
}

static void what_is_stored_or_waits_already_is_counted_only(void **state)
{
    static const char *const lines[] = { SALE, LOCATION, NULL };
    struct store *store = *state;

    store_run(store,
              "INSERT INTO sources (source, cart, epoch, highest_seq, highest_receipt, duplicates, "
              "set_aside, member_checked) VALUES (1, 'BBCL23', '9f0c9f0c9f0c9f0c', 4, 3, 0, 0, 0)",
              "");
    store_run(store,
              "INSERT INTO receipts (source, seq, hash, kind, day, ts_ms) "
              "VALUES (1, 4, $1, 0, 1, 1)",
              "i", hash_bytes(SALE, strlen(SALE)));
    struct import first = import_lines(store, lines);
    assert_counts(&first, 1, 1, 0);
    struct import again = import_lines(store, lines);
    assert_counts(&again, 0, 2, 0);
}

/* The file of an editor: its mark, its line ends, its last sign. */
static void marks_and_line_ends_of_the_file_are_not_bytes_of_the_event(void **state)
{
    static const char *const lines[] = { "\xef\xbb\xbf" SALE "\r", LOCATION " \t\r" ORDER "\r\x1a",
                                         "\xef\xbb\xbf", "\r", NULL };
    static const char *const bare[] = { SALE, LOCATION, ORDER, NULL };
    struct import import = import_lines(*state, lines);

    assert_counts(&import, 3, 0, 0);
    struct store_rows *rows =
        store_query(*state, "SELECT value FROM effects WHERE id = 'BBCL23/9f0c9f0c9f0c9f0c/4'", "");
    size_t length;
    assert_true(store_next(rows));
    const char *bytes = store_bytes(rows, 0, &length);
    assert_int_equal(length, strlen(SALE));
    assert_memory_equal(bytes, SALE, length);
    store_rows_end(rows);
    import = import_lines(*state, bare);
    assert_counts(&import, 0, 3, 0);
}

static void another_content_under_a_stored_identity_is_sent_for_the_role_to_judge(void **state)
{
    static const char *const lines[] = { OTHER, NULL };
    struct store *store = *state;

    store_run(store,
              "INSERT INTO sources (source, cart, epoch, highest_seq, highest_receipt, duplicates, "
              "set_aside, member_checked) VALUES (1, 'BBCL23', '9f0c9f0c9f0c9f0c', 4, 3, 0, 0, 0)",
              "");
    store_run(store,
              "INSERT INTO receipts (source, seq, hash, kind, day, ts_ms) "
              "VALUES (1, 4, $1, 0, 1, 1)",
              "i", hash_bytes(SALE, strlen(SALE)));
    struct import import = import_lines(store, lines);
    assert_counts(&import, 0, 0, 1); /* it will be set aside, and is not new */
    assert_queued(store, "BBCL23/9f0c9f0c9f0c9f0c/4", "carrito.sales", "BBCL23");
}

#define COUNTS                                                                                     \
    "{\"counts\":{\"from\":1,\"upto\":4,\"made\":4,\"receipts\":3,\"voided\":0,\"quantity\":6,"    \
    "\"amount\":0,\"earlier\":[]}}"

static void the_line_of_totals_is_a_word_of_the_outbox_before_it(void **state)
{
    static const char *const lines[] = { COUNTS, SALE, COUNTS, NULL };
    struct import import = import_lines(*state, lines);

    assert_counts(&import, 1, 0, 0);
    struct store_rows *rows = store_query(
        *state, "SELECT cart, epoch, upto, receipts, owed, offline, at_ms FROM words", "");
    assert_true(store_next(rows));
    assert_string_equal(store_text(rows, 0), "BBCL23");
    assert_string_equal(store_text(rows, 1), "9f0c9f0c9f0c9f0c");
    assert_int_equal(store_int(rows, 2), 4);
    assert_int_equal(store_int(rows, 3), 3);
    assert_int_equal(store_int(rows, 4), 1);
    assert_int_equal(store_int(rows, 5), 1);
    assert_int_equal(store_int(rows, 6), 1790000001000);
    assert_false(store_next(rows));
}

static void bad_lines_are_dead_letters_and_disturb_nobody(void **state)
{
    static const char *const lines[] = { "rubbish", SALE, OTHER, "{\"v\":1}", "rubbish", NULL };
    struct import import = import_lines(*state, lines);

    assert_counts(&import, 1, 0, 4);
    struct store_rows *rows = store_query(
        *state, "SELECT COUNT(*), COUNT(error) FROM effects WHERE topic = 'carrito.dead-letters'",
        "");
    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), 3); /* the same bytes once */
    assert_int_equal(store_int(rows, 1), 3);
    store_rows_end(rows);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("marks and line ends of the file are not bytes of the event",
              marks_and_line_ends_of_the_file_are_not_bytes_of_the_event),
        CLAIM("events of any type go where a bridge sends them",
              events_of_any_type_go_where_a_bridge_sends_them),
        CLAIM("what is stored or waits already is counted only",
              what_is_stored_or_waits_already_is_counted_only),
        CLAIM("another content under a stored identity is sent for the role to judge",
              another_content_under_a_stored_identity_is_sent_for_the_role_to_judge),
        CLAIM("the line of totals is a word of the outbox before it",
              the_line_of_totals_is_a_word_of_the_outbox_before_it),
        CLAIM("bad lines are dead letters and disturb nobody",
              bad_lines_are_dead_letters_and_disturb_nobody),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
