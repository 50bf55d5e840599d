/* Proves that a row which is not what was written is never handed out, is named once, and holds up
 * nothing. */
#include "outbox_room.h"

#include "agent/outbox_row.h"
#include "agent/outbox_uplink.h"
#include "captured_log.h"
#include "common/day.h"

#define SOLD 200

static void sell_some(void **state)
{
    struct outbox *outbox = opened(state);

    for (int i = 0; i < SOLD; i++)
        assert_int_equal(sell(outbox, NOON_MS, 1), OUTBOX_OK);
    outbox_close(outbox);
}

/* As a card that gives back another digit. */
static void change_rows(void **state, const char *which)
{
    char sql[256];

    snprintf(sql, sizeof sql,
             "UPDATE events SET bytes = replace(bytes, '\"quantity\":1', '\"quantity\":7') "
             "WHERE %s",
             which);
    change_by_sql(state, sql);
}

/* All that the uplink is given, each batch acknowledged; how many events that was. */
static int64_t drain(struct outbox *outbox)
{
    struct uplink_store store = outbox_uplink(outbox);
    int64_t events = 0;

    for (;;) {
        struct uplink_range range = { store.calls->acked_seq(outbox), INT64_MAX, 64,
                                      BATCH_BYTES_MAX };
        struct uplink_batch batch = { 0 };
        if (!store.calls->read(outbox, &range, &batch)) {
            buffer_free(&batch.ndjson);
            return events;
        }
        events += batch.events;
        assert_null(strstr(batch.ndjson.bytes, "\"quantity\":7"));
        store.calls->acknowledge(outbox, batch.last_seq);
        buffer_free(&batch.ndjson);
    }
}

static void the_rest_goes_on_behind(void **state, const char *which, int64_t bad)
{
    sell_some(state);
    change_rows(state, which);
    struct outbox *outbox = opened(state);
    assert_int_equal(drain(outbox), SOLD - bad);
    assert_int_equal(outbox_head(outbox)->acked_seq, SOLD);
    assert_int_equal(outbox_unreadable(outbox).events, bad);
    assert_false(outbox_is_broken(outbox));
    outbox_close(outbox);
}

static void one_is_left_out(void **state)
{
    the_rest_goes_on_behind(state, "seq = 50", 1);
}

static void the_last_one_holds_up_nothing(void **state)
{
    the_rest_goes_on_behind(state, "seq = 200", 1);
}

static void more_than_a_batch_hold_up_nothing(void **state)
{
    the_rest_goes_on_behind(state, "seq BETWEEN 10 AND 150", 141);
}

static void all_of_them_hold_up_nothing(void **state)
{
    the_rest_goes_on_behind(state, "1", SOLD);
}

static void it_is_named_once(void **state)
{
    int saved;

    sell_some(state);
    change_rows(state, "seq IN (50, 60)");
    struct outbox *outbox = opened(state);
    FILE *file = capture(&saved);
    count_rows(outbox, 0);
    count_rows(outbox, 0);
    char *text = captured(file, saved);
    assert_int_equal(count(text, "an event is not what was written"), 2);
    free(text);
    struct outbox_unreadable unreadable = outbox_unreadable(outbox);
    assert_int_equal(unreadable.events, 2);
    assert_int_equal(unreadable.first_seq, 50);
    assert_int_equal(unreadable.last_seq, 60);
    outbox_close(outbox);
}

static void rows_of_before_are_handed_out(void **state)
{
    sell_some(state);
    change_by_sql(state, "UPDATE events SET checksum = NULL");
    struct outbox *outbox = opened(state);
    assert_int_equal(drain(outbox), SOLD);
    outbox_close(outbox);
}

static void number_and_kind_are_covered(void **state)
{
    static const char bytes[] = "{}";
    struct outbox_row row = {
        .seq = 7, .type = EVENT_SALE, .bytes = bytes, .length = 2, .has_checksum = true
    };

    (void)state;
    row.checksum = outbox_row_checksum(&row);
    assert_true(outbox_row_is_whole(&row));
    row.seq = 8;
    assert_false(outbox_row_is_whole(&row));
    row.seq = 7;
    row.type = EVENT_VOID;
    assert_false(outbox_row_is_whole(&row));
    row.type = EVENT_SALE;
    row.length = 1;
    assert_false(outbox_row_is_whole(&row));
    row.length = 2;
    row.bytes = NULL;
    assert_false(outbox_row_is_whole(&row));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a row that was changed is left out", one_is_left_out),
        CLAIM("the last row holds up nothing", the_last_one_holds_up_nothing),
        CLAIM("more than a batch hold up nothing", more_than_a_batch_hold_up_nothing),
        CLAIM("all of them hold up nothing", all_of_them_hold_up_nothing),
        CLAIM("it is named once", it_is_named_once),
        CLAIM("rows without a checksum are handed out", rows_of_before_are_handed_out),
        CLAIM("number and kind are covered", number_and_kind_are_covered),
    };

    day_set_zone("America/Santiago");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
