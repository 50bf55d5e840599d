/* Proves which of the records that pass by are kept and shown: the newest, in one total order. */
#include "collector/api/newest_records.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void take(struct newest_records *newest, int32_t partition, int64_t offset,
                 int64_t append_ms)
{
    newest_take(newest, &(struct kafka_record){ .topic = "t",
                                                .partition = partition,
                                                .offset = offset,
                                                .append_ms = append_ms,
                                                .value = "x",
                                                .value_length = 1 });
}

static void the_newest_stay_whatever_the_order_they_come_in(void **state)
{
    static const int64_t expected[] = { 50, 40, 30 };
    struct newest_records *newest = newest_open(3);
    size_t count;
    (void)state;

    take(newest, 0, 1, 20);
    take(newest, 1, 1, 40);
    take(newest, 0, 2, 50);
    take(newest, 1, 0, 10);
    take(newest, 2, 7, 30);
    const struct kept_record *records = newest_sorted(newest, &count);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(records[i].append_ms, expected[i]);
    newest_close(newest);
}

static void of_the_same_time_partition_and_offset_decide(void **state)
{
    static const int64_t expected[][2] = { { 0, 9 }, { 0, 8 }, { 1, 5 } };
    struct newest_records *newest = newest_open(3);
    size_t count;
    (void)state;

    take(newest, 1, 4, 7);
    take(newest, 1, 5, 7);
    take(newest, 0, 8, 7);
    take(newest, 0, 9, 7);
    const struct kept_record *records = newest_sorted(newest, &count);
    assert_int_equal(count, 3);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(records[i].partition, expected[i][0]);
        assert_int_equal(records[i].offset, expected[i][1]);
    }
    newest_close(newest);
}

static void bytes_of_strangers_become_text(void **state)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *text;
    } cases[] = {
        { "plain", 5, "plain" },
        { "ma\xC3\xB1o", 5, "ma\xC3\xB1o" },
        { "a\xFF"
          "b",
          3,
          "a\xEF\xBF\xBD"
          "b" },
        { "a\0b", 3,
          "a\xEF\xBF\xBD"
          "b" },
        { "cut \xE2\x82", 6, "cut \xEF\xBF\xBD\xEF\xBF\xBD" },
        { "", 0, "" },
    };
    struct newest_records *newest = newest_open(1);
    size_t count;
    (void)state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        newest_take(newest, &(struct kafka_record){ .topic = "t",
                                                    .append_ms = (int64_t)i,
                                                    .value = cases[i].bytes,
                                                    .value_length = cases[i].length });
        assert_string_equal(newest_sorted(newest, &count)->value, cases[i].text);
    }
    newest_close(newest);
}

static void a_huge_value_is_cut(void **state)
{
    static char huge[NEWEST_VALUE_MAX + 100];
    struct newest_records *newest = newest_open(1);
    size_t count;
    (void)state;

    memset(huge, 'x', sizeof huge);
    newest_take(newest,
                &(struct kafka_record){ .topic = "t", .value = huge, .value_length = sizeof huge });
    assert_int_equal(strlen(newest_sorted(newest, &count)->value), NEWEST_VALUE_MAX);
    newest_close(newest);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        { "the newest stay, whatever the order they come in",
          the_newest_stay_whatever_the_order_they_come_in, NULL, NULL, NULL },
        { "of the same time, partition and offset decide",
          of_the_same_time_partition_and_offset_decide, NULL, NULL, NULL },
        { "bytes of strangers become text", bytes_of_strangers_become_text, NULL, NULL, NULL },
        { "a huge value is cut", a_huge_value_is_cut, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
