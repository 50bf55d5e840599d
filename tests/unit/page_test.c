/* Proves that a cursor leads back to the key that it was made from, that no other text is taken for
 * one, and how numbers and days of a query are read. */
#include "collector/http/page.h"

#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void a_cursor_leads_back(void **state)
{
    static const int64_t ints[] = { 0, -1, 20716, INT64_MAX, INT64_MIN };
    static const char *const texts[] = { "", "A", "BB", "BBCL23", "a\nb\n3:x\t\x01\x7f~?>Ñ" };
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct page_key key = { .ints = { ints[i], 0, ints[4 - i] } }, read = { 0 };
        struct buffer cursor = { 0 };
        strcpy(key.texts[1], texts[i]);
        page_cursor_write(&cursor, "iti", &key);
        assert_null(strpbrk(cursor.bytes, "+/=&? "));
        assert_true(page_cursor_read(cursor.bytes, "iti", &read));
        assert_memory_equal(&key, &read, sizeof key);
        assert_false(page_cursor_read(cursor.bytes, "it", &read));
        assert_false(page_cursor_read(cursor.bytes, "itit", &read));
        buffer_free(&cursor);
    }
}

static void other_texts_are_no_cursors(void **state)
{
    static const char *const texts[] = {
        "", "abc", "=", "MQ", "////", "AAo", "A",
        /* 1:77, 2:7, 01:7, 1;7, :7, -1:7, 1:7 with a NUL, 1:a, 999:7, 7\n */
        "MTo3Nw", "Mjo3", "MDE6Nw", "MTs3", "Ojc", "LTE6Nw", "MTo3AA", "MTph", "OTk5Ojc", "Nwo"
    };
    struct page_key key = { .ints = { 7 } };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(page_cursor_read(texts[i], "i", &key));
        assert_int_equal(key.ints[0], 7);
    }
}

static void random_bytes_do_no_harm(void **state)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct page_key key;
    (void)state;
    srandom(1);
    for (int i = 0; i < 20000; i++) {
        char text[65] = "";
        long length = random() % 64;
        for (long at = 0; at < length; at++)
            text[at] = digits[random() % 64];
        page_cursor_read(text, i % 2 ? "it" : "tti", &key);
    }
}

static void a_long_text_is_no_key(void **state)
{
    struct page_key key = { 0 };
    char text[600];
    (void)state;
    memset(text, 'Q', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(page_cursor_read(text, "t", &key));
    /* "64:" or "65:" and as many letters; 64 have room. */
    static const struct {
        const char *length;
        int groups;
        const char *last;
        bool fits;
    } rows[] = { { "NjQ6", 21, "QQ", true }, { "NjU6", 21, "QUE", false } };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer cursor = { 0 };
        buffer_text(&cursor, rows[i].length);
        for (int group = 0; group < rows[i].groups; group++)
            buffer_text(&cursor, "QUFB");
        buffer_text(&cursor, rows[i].last);
        assert_int_equal(page_cursor_read(cursor.bytes, "t", &key), rows[i].fits);
        buffer_free(&cursor);
    }
}

static void days_are_a_date_a_month_or_a_year(void **state)
{
    static const struct {
        const char *text, *first, *last;
    } rows[] = {
        { "2026-09-18", "2026-09-18", "2026-09-18" }, { "2026-09", "2026-09-01", "2026-09-30" },
        { "2026-12", "2026-12-01", "2026-12-31" },    { "2026-02", "2026-02-01", "2026-02-28" },
        { "2024-02", "2024-02-01", "2024-02-29" },    { "2026", "2026-01-01", "2026-12-31" }
    };
    static const char *const none[] = { "",           "26",      "20260",    "2026-",
                                        "2026-9",     "2026-13", "2026-00",  "2026-09-",
                                        "2026-09-31", "-2026",   "september" };
    int32_t first, last, expected;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(page_days_read(rows[i].text, &first, &last));
        assert_true(day_from_text(rows[i].first, &expected));
        assert_int_equal(first, expected);
        assert_true(day_from_text(rows[i].last, &expected));
        assert_int_equal(last, expected);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(page_days_read(none[i], &first, &last));
}

static void numbers_are_read_strictly(void **state)
{
    int64_t value = 5;
    (void)state;
    assert_int_equal(page_number_read("1000", 1, 1000, &value), PAGE_NUMBER_OK);
    assert_int_equal(value, 1000);
    assert_int_equal(page_number_read("1001", 1, 1000, &value), PAGE_NUMBER_OUTSIDE);
    assert_int_equal(page_number_read("0", 1, 1000, &value), PAGE_NUMBER_OUTSIDE);
    assert_int_equal(page_number_read("-1", 1, 1000, &value), PAGE_NUMBER_OUTSIDE);
    assert_int_equal(page_number_read("99999999999999999999", 1, 1000, &value),
                     PAGE_NUMBER_OUTSIDE);
    assert_int_equal(page_number_read("", 1, 1000, &value), PAGE_NUMBER_MALFORMED);
    assert_int_equal(page_number_read("-", 1, 1000, &value), PAGE_NUMBER_MALFORMED);
    assert_int_equal(page_number_read(" 1", 1, 1000, &value), PAGE_NUMBER_MALFORMED);
    assert_int_equal(page_number_read("1e2", 1, 1000, &value), PAGE_NUMBER_MALFORMED);
    assert_int_equal(value, 1000);
}

static void a_day_is_a_date_or_an_instant_of_it(void **state)
{
    int32_t day, same;
    (void)state;
    assert_true(day_set_zone("America/Santiago"));
    assert_true(page_day_read("2026-09-18", &day));
    assert_true(page_day_read("2026-09-19T02:59:59Z", &same));
    assert_int_equal(day, same);
    assert_true(page_day_read("2026-09-19T03:00:00Z", &same));
    assert_int_equal(day + 1, same);
    assert_false(page_day_read("2026-02-30", &day));
    assert_false(page_day_read("yesterday", &day));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a cursor leads back to its key", a_cursor_leads_back, NULL, NULL, NULL },
        { "other texts are no cursors", other_texts_are_no_cursors, NULL, NULL, NULL },
        { "random bytes do no harm", random_bytes_do_no_harm, NULL, NULL, NULL },
        { "a text too long for a key is no cursor", a_long_text_is_no_key, NULL, NULL, NULL },
        { "numbers are read strictly", numbers_are_read_strictly, NULL, NULL, NULL },
        { "days are a date, a month or a year", days_are_a_date_a_month_or_a_year, NULL, NULL,
          NULL },
        { "a day is a date or an instant of it", a_day_is_a_date_or_an_instant_of_it, NULL, NULL,
          NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
