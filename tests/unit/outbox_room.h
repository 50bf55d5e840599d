/* An outbox in a folder of its own, and sales for it. */
#ifndef CARRITO_TESTS_OUTBOX_ROOM_H
#define CARRITO_TESTS_OUTBOX_ROOM_H

#include "agent/event_maker.h"
#include "agent/outbox.h"

#include "full_disk.h"
#include "scratch.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>

#include <cmocka.h>

#define BULK      512
#define RING_ROWS 40000           /* of the longest voids: more than the ring */
#define NOON_MS   1790006400000LL /* 2026-09-21 13:20 in Santiago */

__attribute__((unused)) static int make_room(void **state)
{
    struct scratch *scratch = malloc(sizeof *scratch);

    scratch_make(scratch);
    *state = scratch;
    return 0;
}

__attribute__((unused)) static int clear_room(void **state)
{
    disk_takes_all();
    disk_has_room();
    scratch_remove(*state);
    free(*state);
    return 0;
}

__attribute__((unused)) static const char *path_of(void **state)
{
    return ((struct scratch *)*state)->path;
}

__attribute__((unused)) static struct outbox *opened(void **state)
{
    struct outbox *outbox = outbox_open(path_of(state), "BBCL23", NOON_MS);

    assert_non_null(outbox);
    return outbox;
}

__attribute__((unused)) static struct event_maker maker_of(const struct outbox *outbox)
{
    return (struct event_maker){ .cart = "BBCL23", .head = *outbox_head(outbox) };
}

__attribute__((unused)) static enum outbox_result sell(struct outbox *outbox, int64_t wall_ms,
                                                       int64_t quantity)
{
    struct sale_request sale = { .quantity = quantity,
                                 .amount = quantity * 500,
                                 .price = EVENT_ABSENT };
    struct moment moment = { wall_ms, CLOCK_NTP, "boot", 1000 };
    struct event_maker maker = maker_of(outbox);
    struct event event;

    event_maker_sale(&maker, &moment, &sale, &event);
    return outbox_commit(outbox, &event, 1, NULL);
}

/* Voids with the longest reason, so that few rows fill the ring. */
__attribute__((unused)) static void fill_ring(struct outbox *outbox, int rows)
{
    static struct event events[BULK];
    struct moment moment = { NOON_MS, CLOCK_NTP, "boot", 1000 };
    char reason[REASON_CODE_POINTS_MAX + 1];

    memset(reason, 1, sizeof reason - 1); /* written as \u0001 */
    reason[sizeof reason - 1] = '\0';
    while (rows > 0) {
        struct event_maker maker = maker_of(outbox);
        for (int i = 0; i < BULK; i++) {
            event_maker_void(&maker, &moment, 1, 1, reason, &events[i]);
            memset(events[i].boot, 2, 64);
        }
        assert_int_equal(outbox_commit(outbox, events, BULK, NULL), OUTBOX_OK);
        rows -= BULK;
    }
}

__attribute__((unused)) static unsigned count_rows(struct outbox *outbox, int64_t after_seq)
{
    struct outbox_range range = { after_seq, INT64_MAX, 100000, SIZE_MAX };
    struct buffer rows = { 0 };
    unsigned events;

    outbox_read(outbox, &range, &rows, &events);
    buffer_free(&rows);
    return events;
}

__attribute__((unused)) static void change_by_sql(void **state, const char *sql)
{
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(path_of(state), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, make_room, clear_room, NULL                                                \
    }

#endif
