/* Proves how former outboxes are sent: of the cart's own plate beside the cart's own events, which
 * go first and wait for nothing; of another plate by a connection on which nobody speaks as a cart.
 */
#include "uplink_scene.h"

#define FORMER_EPOCH "fedcba9876543210fedcba9876543210"

static struct store former;

static void send_former(int64_t last)
{
    const struct uplink_store store = { .calls = &store_calls, .owner = &former };

    former = (struct store){ .last = last };
    uplink_send_former(world.uplink, FORMER_EPOCH, &store);
}

static void it_goes_under_its_own_epoch(void **state)
{
    (void)state;
    connect_with_bridge();
    send_former(100);
    assert_int_equal(fake.events_sent, 1);
    assert_string_equal(fake.last_events.topic, "carrito/v1/BBCL23/events");
    assert_string_equal(fake.last_events.correlation, FORMER_EPOCH ":64");
    assert_false(fake.last_events.former); /* it is the cart that speaks */
    hear_ack(EPOCH, 64);                   /* of the cart's own, which has sent nothing */
    assert_int_equal(former.acked, 0);
    hear_ack(FORMER_EPOCH, 64);
    assert_int_equal(former.acked, 64);
    assert_int_equal(world.store.acked, 0);
    assert_string_equal(fake.last_events.correlation, FORMER_EPOCH ":100");
    hear_ack(FORMER_EPOCH, 100);
    assert_int_equal(fake.events_sent, 2);
}

/* The board had another plate between them: what came before is of the same epoch. */
static void one_of_the_same_epoch_is_told_apart_by_its_numbers(void **state)
{
    const struct uplink_store store = { .calls = &store_calls, .owner = &former };

    (void)state;
    connect_with_bridge();
    world.store.acked = 50;
    commit_to(52);
    former = (struct store){ .last = 10 };
    uplink_send_former(world.uplink, EPOCH, &store);
    assert_int_equal(fake.events_sent, 2);
    hear_ack(EPOCH, 10);
    assert_int_equal(former.acked, 10);
    assert_int_equal(world.store.acked, 50);
    hear_ack(EPOCH, 52);
    assert_int_equal(world.store.acked, 52);
    assert_int_equal(former.acked, 10);
}

static void what_happens_now_does_not_wait(void **state)
{
    (void)state;
    connect_with_bridge();
    send_former(200);
    commit_to(1); /* a batch of the former one is in flight */
    assert_int_equal(fake.events_sent, 2);
    assert_string_equal(fake.last_events.correlation, EPOCH ":1");
    hear_ack(EPOCH, 1);
    assert_int_equal(world.store.acked, 1);
    assert_int_equal(former.acked, 0);
    hear_ack(FORMER_EPOCH, 64);
    assert_int_equal(fake.events_sent, 3);
}

static void a_backlog_of_the_carts_own_goes_first(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(100);
    send_former(10);
    assert_int_equal(fake.events_sent, 1); /* 36 are unsent */
    hear_ack(EPOCH, 64);
    assert_int_equal(fake.events_sent, 3); /* the rest, and then the former one's */
    assert_string_equal(fake.last_events.correlation, FORMER_EPOCH ":10");
}

static void each_is_sent_again_by_itself(void **state)
{
    (void)state;
    connect_with_bridge();
    send_former(1);
    turn_after(0); /* its PUBACK */
    commit_to(1);
    hear_ack(EPOCH, 1);
    for (int i = 0; i < 40; i++)
        turn_after(100);
    assert_true(fake.events_sent > 2);
    assert_string_equal(fake.last_events.correlation, FORMER_EPOCH ":1");
    int sent = fake.events_sent;
    hear_ack(FORMER_EPOCH, 1);
    turn_after(60000);
    assert_int_equal(fake.events_sent, sent);
}

static void the_next_turn_is_due_when_it_is_sent_again(void **state)
{
    (void)state;
    connect_with_bridge();
    send_former(1);
    turn_after(0); /* the PUBACK */
    assert_in_range(uplink_timeout_ms(world.uplink, world.now), 500, 2000);
}

static void once_it_is_taken_away_nothing_of_it_is_sent(void **state)
{
    (void)state;
    connect_with_bridge();
    send_former(100);
    uplink_send_former(world.uplink, NULL, NULL);
    hear_ack(FORMER_EPOCH, 64);
    assert_int_equal(former.acked, 0);
    turn_after(60000);
    assert_int_equal(fake.events_sent, 1);
}

static void a_closed_day_sends_no_more_of_it(void **state)
{
    (void)state;
    connect_with_bridge();
    send_former(200);
    uplink_close_day(world.uplink, world.now);
    turn_after(0);
    assert_int_equal(fake.states, 1); /* what is under way first, or it would be a later word */
    hear_ack(FORMER_EPOCH, 64);
    turn_after(0);
    assert_int_equal(fake.events_sent, 1);
    assert_non_null(strstr(fake.last_state.payload, "\"reason\":\"closed\""));
    assert_int_equal(former.acked, 64);
}

static void its_state_is_said_again(void **state)
{
    (void)state;
    connect_now();
    uplink_say_online(world.uplink);
    assert_int_equal(fake.states, 2);
    assert_non_null(strstr(fake.last_state.payload, "\"state\":\"online\""));
}

static int begin_former(void **state)
{
    (void)state;
    return begin_as(&(struct uplink_options){ .is_former = true });
}

static void nobody_speaks_as_the_former_plate(void **state)
{
    (void)state;
    connect_with_bridge();
    hear("carrito/v1/BBCL23/command", "{\"id\":\"1\",\"command\":\"locate\"}");
    turn_after(60000);
    assert_int_equal(fake.states + fake.heartbeats, 0);
    assert_string_equal(fake.will_topic, "");
    assert_string_equal(world.command, "");
    assert_int_equal(fake.subscriptions, 2);
    assert_string_equal(fake.filters[0], "carrito/v1/BBCL23/ack 0");
    assert_string_equal(fake.filters[1], "carrito/v1/bridge/+/state 1");
    assert_false(fake.clean_start); /* the session may be another board's */
    assert_in_range(uplink_timeout_ms(world.uplink, world.now), 100000, 1000000);
}

static void after_each_batch_nobody_is_to_wait_for_the_plate(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(100);
    assert_true(fake.last_events.former); /* no word of the plate, if it breaks off here */
    assert_int_equal(fake.states, 0);
    hear_ack(EPOCH, 64);
    assert_int_equal(fake.states, 1);
    hear_ack(EPOCH, 100);
    assert_int_equal(fake.states, 2);
    assert_string_equal(fake.last_state.payload,
                        "{\"state\":\"offline\",\"epoch\":\"" EPOCH "\",\"session\":4,"
                        "\"version\":\"1.2.3\",\"ts_ms\":1790001000000,\"reason\":\"former\","
                        "\"counts\":[]}");
    assert_false(fake.last_state.retain);
    assert_int_equal(fake.last_state.qos, 1);
}

#define CLAIM(TEXT, TEST)                                                                          \
    {                                                                                              \
        TEXT, TEST, begin, finish, NULL                                                            \
    }
#define FORMER_CLAIM(TEXT, TEST)                                                                   \
    {                                                                                              \
        TEXT, TEST, begin_former, finish, NULL                                                     \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("it goes under its own epoch", it_goes_under_its_own_epoch),
        CLAIM("one of the same epoch is told apart by its numbers",
              one_of_the_same_epoch_is_told_apart_by_its_numbers),
        CLAIM("what happens now does not wait", what_happens_now_does_not_wait),
        CLAIM("a backlog of the cart's own goes first", a_backlog_of_the_carts_own_goes_first),
        CLAIM("each is sent again by itself", each_is_sent_again_by_itself),
        CLAIM("the next turn is due when it is sent again",
              the_next_turn_is_due_when_it_is_sent_again),
        CLAIM("once it is taken away nothing of it is sent",
              once_it_is_taken_away_nothing_of_it_is_sent),
        CLAIM("a closed day sends no more of it", a_closed_day_sends_no_more_of_it),
        CLAIM("its state is said again", its_state_is_said_again),
        FORMER_CLAIM("nobody speaks as the former plate", nobody_speaks_as_the_former_plate),
        FORMER_CLAIM("after each batch nobody is to wait for the plate",
                     after_each_batch_nobody_is_to_wait_for_the_plate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
