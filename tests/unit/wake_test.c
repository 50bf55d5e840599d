/* Claims about wake: a commit that leaves work wakes whom it is for, a rollback nobody; who asks
 * first writes first. */
#include "collector/effects/mail.h"
#include "collector/effects/outgoing.h"
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define WRITERS 20 /* more than have a condition of their own */

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

static void enqueue_record(struct store *store)
{
    outgoing_add(store,
                 &(struct outgoing){
                     .id = "1", .topic = "carrito.alerts", .value = "{}", .value_length = 2 });
}

static void a_commit_wakes_the_sender_once(void **state)
{
    struct room *room = *state;

    store_begin(room->store);
    enqueue_record(room->store);
    assert_false(wake_wait(room->wake, WAKE_EFFECTS, 0));
    store_commit(room->store);
    assert_false(wake_wait(room->wake, WAKE_NOTIFY, 0));
    assert_true(wake_wait(room->wake, WAKE_EFFECTS, 0));
    assert_false(wake_wait(room->wake, WAKE_EFFECTS, 0));
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
    enqueue_record(room->store);
    store_rollback(room->store);
    store_begin(room->store);
    store_commit(room->store);
    assert_false(wake_wait(room->wake, WAKE_EFFECTS, 0));
}

struct writer {
    struct wake *wake;
    pthread_t thread;
    int *order, *written; /* shared; guarded by the turn */
    int number;
    atomic_bool asks;
};

static void *write_in_turn(void *argument)
{
    struct writer *writer = argument;

    atomic_store(&writer->asks, true);
    wake_write_begin(writer->wake);
    writer->order[(*writer->written)++] = writer->number;
    wake_write_end(writer->wake);
    return NULL;
}

/* Each asks a while after the one before, while the first turn is held. */
static void turns_are_in_the_order_of_asking(void **state)
{
    struct room *room = *state;
    struct writer writers[WRITERS];
    int order[WRITERS], written = 0;

    wake_write_begin(room->wake);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] =
            (struct writer){ .wake = room->wake, .order = order, .written = &written, .number = i };
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_in_turn, &writers[i]), 0);
        while (!atomic_load(&writers[i].asks))
            usleep(1000);
        usleep(20000);
    }
    wake_write_end(room->wake);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    assert_int_equal(written, WRITERS);
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(order[i], i);
}

/* Whatever ends a transaction gives the turn back; else the next one would wait for ever. */
static void a_transaction_gives_its_turn_back(void **state)
{
    struct room *room = *state;

    store_begin(room->store);
    store_run(room->store, "nonsense", "");
    assert_int_not_equal(store_commit(room->store), STORE_OK);
    store_begin(room->store);
    store_rollback(room->store);
    store_begin_read(room->store);
    store_commit(room->store);
    store_begin(room->store);
    store_commit(room->store);
    wake_write_begin(room->wake);
    wake_write_end(room->wake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "a commit that queues a record wakes the sender, once", a_commit_wakes_the_sender_once,
          open_room, close_room, NULL },
        { "a mail that is owed wakes notify", a_mail_wakes_notify, open_room, close_room, NULL },
        { "turns to write are in the order of asking", turns_are_in_the_order_of_asking, open_room,
          close_room, NULL },
        { "a transaction gives its turn back, however it ends", a_transaction_gives_its_turn_back,
          open_room, close_room, NULL },
        { "what is rolled back wakes nobody", a_rollback_wakes_nobody, open_room, close_room,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
