/* Claims about wake: a commit that leaves work wakes whom it is for, a rollback nobody. */
#include "collector/mail.h"
#include "collector/outgoing.h"
#include "collector/store.h"
#include "collector/wake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

struct room {
    struct store *store;
    struct wake *wake;
};

static int open_room(void **state)
{
    struct room *room = calloc(1, sizeof *room);

    if (room == NULL)
        return -1;
    room->wake = wake_open();
    room->store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    *state = room;
    if (store_migrate(room->store) != STORE_OK)
        return -1;
    store_set_wake(room->store, room->wake);
    return 0;
}

static int close_room(void **state)
{
    struct room *room = *state;

    store_close(room->store);
    wake_close(room->wake);
    free(room);
    return 0;
}

static void owe_record(struct store *store)
{
    outgoing_add(store,
                 &(struct outgoing){
                     .id = "1", .topic = "carrito.alerts", .value = "{}", .value_length = 2 });
}

static void a_commit_wakes_the_sender_once(void **state)
{
    struct room *room = *state;

    store_begin(room->store);
    owe_record(room->store);
    assert_false(wake_wait(room->wake, WAKE_OUTGOING, 0));
    store_commit(room->store);
    assert_false(wake_wait(room->wake, WAKE_NOTIFY, 0));
    assert_true(wake_wait(room->wake, WAKE_OUTGOING, 0));
    assert_false(wake_wait(room->wake, WAKE_OUTGOING, 0));
}

static void a_mail_wakes_notify(void **state)
{
    struct room *room = *state;

    store_begin(room->store);
    mail_add(
        room->store,
        &(struct mail){ .id = "m", .recipient = "a@b.cl", .template = "test", .parameters = "{}" },
        1);
    store_commit(room->store);
    assert_true(wake_wait(room->wake, WAKE_NOTIFY, 0));
}

static void a_rollback_wakes_nobody(void **state)
{
    struct room *room = *state;

    store_begin(room->store);
    owe_record(room->store);
    store_rollback(room->store);
    store_begin(room->store);
    store_commit(room->store);
    assert_false(wake_wait(room->wake, WAKE_OUTGOING, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a commit that owes a record wakes the sender, once", a_commit_wakes_the_sender_once,
          open_room, close_room, NULL },
        { "a mail that is owed wakes notify", a_mail_wakes_notify, open_room, close_room, NULL },
        { "what is rolled back wakes nobody", a_rollback_wakes_nobody, open_room, close_room,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
