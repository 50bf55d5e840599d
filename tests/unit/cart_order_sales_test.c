/* Proves that the last step of an order and its sale are one: what it sells, by which keys, and
 * that a power cut at any write leaves both or none. */
#include "orders_room.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void an_order_ends_with_its_sale(void **state)
{
    ask(state, "{\"request\":\"restock\",\"stock\":40}");
    offer_order(state, "o-1", 1);
    deliver(state, "o-1");
    int64_t before = last_seq(state);
    assert_holds(ask(state, STEP("o-1", "finalizado")),
                 "\"text\":\"ok pedido o-1: finalizado, venta 1, quedan 38\",\"receipt\":1,"
                 "\"stock\":38,\"seq\":5,\"quantity\":2}");
    assert_int_equal(last_seq(state), before + 2);
    assert_holds(events(state), "\"order\":\"o-1\",\"status\":\"finalizado\"}\n{");
    assert_holds(events(state), "\"receipt\":1,\"quantity\":2,\"amount\":1000,"
                                "\"order\":\"o-1\",\"stock\":38}");
    assert_holds(ask(state, "{\"request\":\"today\"}"),
                 "\"sales\":1,\"quantity\":2,\"amount\":1000");
    assert_holds(ask(state, "{\"request\":\"void\",\"receipt\":1}"), "ok anulada la venta 1");
    assert_holds(ask(state, "{\"request\":\"today\"}"), "\"sales\":0,\"quantity\":0");
    assert_holds(ask(state, STEP("o-1", "finalizado")), "\"reason\":\"order-over\"");
}

static void more_than_was_counted_is_sold_and_said(void **state)
{
    ask(state, "{\"request\":\"restock\",\"stock\":1}");
    offer_order(state, "o-1", 1);
    deliver(state, "o-1");
    assert_holds(ask(state, STEP("o-1", "finalizado")), "era más de lo contado: quedan 0");
    anew(state);
    offer_order(state, "o-1", 1); /* never counted */
    deliver(state, "o-1");
    assert_holds(ask(state, STEP("o-1", "finalizado")),
                 "finalizado, venta 1\",\"receipt\":1,\"seq\"");
}

static void a_pick_up_is_handed_over_at_once(void **state)
{
    hear(state, OFFERED("o-1", "1", ",\"pickup\":true"));
    assert_holds(ask(state, STEP("o-1", "finalizado")), "\"reason\":\"order-step\"");
    step(state, "o-1", "preparando");
    step(state, "o-1", "finalizado");
    assert_holds(events(state), "\"receipt\":1,\"quantity\":2,\"amount\":1000");
}

/* Power fails at the n-th write. */
static int writes_left;

static ssize_t failing_pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    if (writes_left-- == 0)
        _exit(9);
    return pwrite(fd, bytes, size, offset);
}

static ssize_t failing_write(int fd, const void *bytes, size_t size)
{
    if (writes_left-- == 0)
        _exit(9);
    return write(fd, bytes, size);
}

#define LAST "{\"request\":\"order\",\"id\":\"r\",\"order\":\"o-1\",\"status\":\"finalizado\"}"

/* True where it came to its end. */
static bool finish_with_power_for(void **state, int writes)
{
    struct room *room = *state;
    int status = 0;

    outbox_close(room->commit.outbox);
    pid_t child = fork();
    if (child == 0) {
        sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
        room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
        writes_left = writes;
        vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)failing_write);
        vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)failing_pwrite);
        vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)failing_pwrite);
        ask(state, LAST);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    room->commit.outbox = outbox_open(room->scratch.path, "BBCL23", NOW_MS);
    assert_non_null(room->commit.outbox);
    return WEXITSTATUS(status) == 0;
}

static void power_that_fails_leaves_both_or_none(void **state)
{
    int none = 0, both = 0;
    bool ended = false;

    for (int writes = 0; !ended && writes < 100; writes++) {
        offer_order(state, "o-1", 1);
        deliver(state, "o-1");
        ended = finish_with_power_for(state, writes);
        bool has_step = strstr(events(state), "\"status\":\"finalizado\"") != NULL;
        bool has_sale = strstr(events(state), "\"receipt\":1") != NULL;
        bool has_row = strstr(rows(state), "=finalizado") != NULL;
        assert_int_equal(has_step, has_sale);
        assert_int_equal(has_step, has_row);
        none += !has_step;
        both += has_step;
        assert_holds(ask(state, LAST), "finalizado, venta 1\",\"receipt\":1,\"seq\":4,");
        assert_int_equal(last_seq(state), 4); /* done once, whenever it is asked again */
        anew(state);
    }
    assert_true(ended && none >= 1 && both >= 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("an order ends with its sale", an_order_ends_with_its_sale),
        CLAIM("more than was counted is sold, and said", more_than_was_counted_is_sold_and_said),
        CLAIM("a pick-up is handed over at once", a_pick_up_is_handed_over_at_once),
        CLAIM("power that fails leaves both or none", power_that_fails_leaves_both_or_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
