/* Proves what the uplink says and when, with a link and a store that only remember: no event
 * leaves without a bridge, one batch is in flight, only a fitting ack moves the store, and what is
 * not acknowledged is sent again with the same bytes, a second after the broker has the last copy
 * and then ever more rarely. */
#include "uplink_scene.h"

static void nothing_is_sent_while_no_bridge_is_online(void **state)
{
    (void)state;
    connect_now();
    commit_to(3);
    turn_after(60000);
    assert_int_equal(fake.events_sent, 0);
    hear_bridge(A_BRIDGE);
    assert_int_equal(fake.events_sent, 1);
    hear_ack(EPOCH, 3);
    hear_bridge(NO_BRIDGE);
    commit_to(4);
    turn_after(60000);
    assert_int_equal(fake.events_sent, 1);
    hear("carrito/v1/bridge/b2/state", A_BRIDGE);
    assert_int_equal(fake.events_sent, 2);
}

static void a_removed_bridge_is_no_bridge(void **state)
{
    (void)state;
    connect_with_bridge();
    hear_bridge("");
    commit_to(1);
    assert_int_equal(fake.events_sent, 0);
}

static void what_is_no_bridge_state_changes_nothing(void **state)
{
    (void)state;
    connect_now();
    hear_bridge("{\"online\":1}");
    hear_bridge("online");
    hear("carrito/v1/bridge/b1/state/x", A_BRIDGE);
    commit_to(1);
    assert_int_equal(fake.events_sent, 0);
}

static void bridges_are_forgotten_with_the_connection(void **state)
{
    (void)state;
    connect_with_bridge();
    fake.connected = false;
    fake.events->disconnected(fake.owner, "test");
    connect_now();
    commit_to(1);
    turn_after(5000);
    assert_int_equal(fake.events_sent, 0);
}

static void one_batch_is_in_flight_and_the_next_waits_for_its_ack(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(1);
    commit_to(200);
    assert_int_equal(fake.events_sent, 1);
    assert_string_equal(fake.last_events.payload, "1\n");
    assert_string_equal(fake.last_events.correlation, EPOCH ":1");
    assert_string_equal(fake.last_events.topic, "carrito/v1/BBCL23/events");
    assert_int_equal(fake.last_events.qos, 1);
    assert_false(fake.last_events.retain);
    hear_ack(EPOCH, 1);
    assert_int_equal(fake.events_sent, 2);
    assert_string_equal(fake.last_events.correlation, EPOCH ":65");
    hear_ack(EPOCH, 65);
    assert_string_equal(fake.last_events.correlation, EPOCH ":129");
}

static void a_puback_is_no_receipt(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(1);
    fake.events->puback(fake.owner, fake.last_events.mid, 0);
    commit_to(2);
    assert_int_equal(fake.events_sent, 1);
    assert_int_equal(world.store.acked, 0);
}

static void an_ack_that_does_not_fit_is_ignored(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(2);
    hear_ack(EPOCH, 2);
    commit_to(4);
    assert_int_equal(world.store.acked, 2);
    hear_ack("ffffffffffffffffffffffffffffffff", 4); /* another epoch */
    hear_ack(EPOCH, 1);                              /* an older one, late */
    hear_ack(EPOCH, 2);                              /* the same again */
    hear_ack(EPOCH, 5);                              /* beyond what was sent */
    hear("carrito/v1/BBCL23/ack", "{\"epoch\":\"" EPOCH "\",\"seq\":\"4\"}");
    hear("carrito/v1/BBCL23/ack", "[]");
    hear("carrito/v1/OTHER1/ack", "{\"epoch\":\"" EPOCH "\",\"seq\":4}");
    assert_int_equal(world.store.acked, 2);
    assert_int_equal(fake.events_sent, 2);
}

static void a_retained_ack_or_command_is_ignored(void **state)
{
    (void)state;
    const char *ack = "{\"epoch\":\"" EPOCH "\",\"seq\":1}";
    connect_with_bridge();
    commit_to(1);
    struct mqtt_message message = {
        .topic = "carrito/v1/BBCL23/ack", .payload = ack, .length = strlen(ack), .retained = true
    };
    fake.events->message(fake.owner, &message);
    message.topic = "carrito/v1/BBCL23/command";
    fake.events->message(fake.owner, &message);
    assert_int_equal(world.store.acked, 0);
    assert_string_equal(world.command, "");
}

static void a_part_of_a_batch_may_be_acknowledged(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(3);
    turn_after(0);
    hear_ack(EPOCH, 2);
    assert_int_equal(world.store.acked, 2);
    assert_int_equal(fake.events_sent, 1);
    turn_after(1000);
    assert_string_equal(fake.last_events.payload, "3\n");
}

static void what_is_sent_again_has_the_same_bytes(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(3);
    commit_to(50); /* more has come meanwhile: it is not added */
    turn_after(0);
    turn_after(999);
    assert_int_equal(fake.events_sent, 1);
    turn_after(1);
    assert_int_equal(fake.events_sent, 2);
    assert_string_equal(fake.last_events.payload, "1\n2\n3\n");
    assert_string_equal(fake.last_events.correlation, EPOCH ":3");
}

/* The times at which a batch is sent again over ten minutes, in steps of 100 ms. */
static int resend_times(int64_t times[], int max)
{
    int count = 0, before = fake.events_sent;
    for (int64_t ms = 0; ms < 600000 && count < max; ms += 100) {
        turn_after(100);
        if (fake.events_sent > before)
            times[count++] = ms;
        before = fake.events_sent;
    }
    return count;
}

static void without_an_ack_a_batch_is_sent_ever_more_rarely(void **state)
{
    (void)state;
    int64_t times[200], longest = 0;
    connect_with_bridge();
    commit_to(1);
    int count = resend_times(times, 200);
    for (int i = 1; i < count; i++) {
        int64_t wait = times[i] - times[i - 1];
        longest = wait > longest ? wait : longest;
        assert_true(wait >= 1000 && wait <= 30200);
    }
    assert_true(count >= 20 && count <= 80); /* 600 s / 15 s on average, and the doubling */
    assert_true(longest > 15000);
}

static void the_expiry_is_the_delay_and_at_least_a_second(void **state)
{
    (void)state;
    int64_t times[20];
    connect_with_bridge();
    commit_to(1);
    assert_int_equal(fake.last_events.expiry_s, 1);
    resend_times(times, 20);
    uint32_t expiry_s = fake.last_events.expiry_s;
    int timeout_ms = uplink_timeout_ms(world.uplink, world.now);
    assert_true(expiry_s >= 1 && expiry_s <= 30);
    assert_true(timeout_ms <= (int)expiry_s * 1000);
}

static void a_bridge_that_comes_back_resets_the_delay(void **state)
{
    (void)state;
    int64_t times[12];
    connect_with_bridge();
    commit_to(1);
    resend_times(times, 12);
    turn_after(0);
    int sent = fake.events_sent;
    hear_bridge(NO_BRIDGE);
    hear_bridge(A_BRIDGE);
    turn_after(1000);
    assert_int_equal(fake.events_sent, sent + 1);
    assert_int_equal(fake.last_events.expiry_s, 1);
}

static void a_new_connection_sends_again_at_once(void **state)
{
    (void)state;
    int64_t times[12];
    connect_with_bridge();
    commit_to(2);
    resend_times(times, 12);
    int sent = fake.events_sent;
    fake.connected = false;
    fake.events->disconnected(fake.owner, "test");
    connect_with_bridge();
    assert_int_equal(fake.events_sent, sent + 1);
    assert_string_equal(fake.last_events.payload, "1\n2\n");
    assert_int_equal(fake.last_events.expiry_s, 1);
}

static void a_batch_that_nobody_got_is_held_back(void **state)
{
    (void)state;
    static const int refusals[] = { 16, 135, 149 };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        finish(state);
        begin(state);
        connect_with_bridge();
        commit_to(1);
        fake.mute = true;
        turn_after(900);
        confirm(refusals[i]);
        fake.mute = false;
        turn_after(200);
        assert_int_equal(fake.events_sent, 1);
        turn_after(2000);
        assert_int_equal(fake.events_sent, 2);
    }
}

/* TCP keeps the order: a second copy would queue behind the first. At 10 kbit/s a full batch is on
 * its way for 26 s. */
static void there_is_no_second_copy_before_the_broker_has_the_first(void **state)
{
    (void)state;
    connect_with_bridge();
    fake.mute = true;
    commit_to(64);
    for (int s = 0; s < 120; s++)
        turn_after(1000);
    hear_bridge(NO_BRIDGE);
    hear_bridge(A_BRIDGE);
    turn_after(5000);
    assert_int_equal(fake.events_sent, 1);
    confirm(0);
    turn_after(999);
    assert_int_equal(fake.events_sent, 1);
    turn_after(1);
    assert_int_equal(fake.events_sent, 2);
}

static void waiting_for_a_puback_is_no_reason_to_turn(void **state)
{
    (void)state;
    connect_with_bridge();
    fake.mute = true;
    commit_to(1);
    turn_after(21000); /* the heart has beaten */
    turn_after(2000);
    assert_true(uplink_timeout_ms(world.uplink, world.now) > 10000);
}

static void a_link_that_never_confirms_is_given_up(void **state)
{
    (void)state;
    connect_with_bridge();
    fake.mute = true;
    commit_to(1);
    turn_after(300000);
    assert_int_equal(fake.dropped, 0);
    turn_after(1);
    assert_int_equal(fake.dropped, 1);
    connect_with_bridge();
    assert_int_equal(fake.events_sent, 2);
}

/* Sends `batches` to a centre that answers each `late_ms` after the broker has it. Returns how many
 * copies left. */
static int copies_to_a_centre(int batches, int64_t late_ms)
{
    int before = fake.events_sent;
    for (int i = 0; i < batches; i++) {
        commit_to(world.store.last + 1);
        for (int64_t ms = 0; ms < late_ms; ms += 100)
            turn_after(100);
        hear_ack(EPOCH, world.store.last);
    }
    return fake.events_sent - before;
}

/* With the first delay again after each ack it is 439 copies, and more of them make the centre
 * slower still. The jitter goes down to a second, so that some batches do leave twice. */
static void a_slow_centre_gets_few_copies(void **state)
{
    (void)state;
    connect_with_bridge();
    assert_in_range(copies_to_a_centre(100, 8000), 100, 160);
}

static void a_centre_that_is_quick_again_gets_the_first_delay(void **state)
{
    (void)state;
    connect_with_bridge();
    copies_to_a_centre(20, 8000);
    assert_int_equal(copies_to_a_centre(10, 500), 10);
    commit_to(world.store.last + 1);
    assert_int_equal(fake.last_events.expiry_s, 1);
    int sent = fake.events_sent;
    turn_after(0);
    turn_after(1000);
    assert_int_equal(fake.events_sent, sent + 1);
}

static void a_store_in_trouble_is_asked_once_a_second(void **state)
{
    (void)state;
    connect_with_bridge();
    world.store.broken = true;
    commit_to(1);
    assert_in_range(uplink_timeout_ms(world.uplink, world.now), 900, 1000);
    world.store.broken = false;
    turn_after(1000);
    assert_int_equal(fake.events_sent, 1);
}

static void it_says_online_and_subscribes_at_every_connack(void **state)
{
    (void)state;
    connect_now();
    connect_now();
    assert_int_equal(fake.states, 2);
    assert_int_equal(fake.subscriptions, 6);
    assert_string_equal(fake.filters[3], "carrito/v1/BBCL23/ack 0");
    assert_string_equal(fake.filters[4], "carrito/v1/BBCL23/command 1");
    assert_string_equal(fake.filters[5], "carrito/v1/bridge/+/state 1");
    assert_string_equal(fake.last_state.payload,
                        "{\"state\":\"online\",\"epoch\":\"" EPOCH "\",\"session\":4,"
                        "\"version\":\"1.2.3\",\"ts_ms\":1790001000000,\"counts\":[]}");
    assert_true(fake.last_state.retain && fake.last_state.qos == 1);
    assert_string_equal(fake.client_id, "carrito-BBCL23");
    assert_false(fake.clean_start);
}

static void its_will_says_lost(void **state)
{
    (void)state;
    assert_string_equal(fake.will_topic, "carrito/v1/BBCL23/state");
    assert_string_equal(fake.will, "{\"state\":\"lost\",\"epoch\":\"" EPOCH "\",\"session\":4,"
                                   "\"version\":\"1.2.3\",\"ts_ms\":1790000000000}");
    assert_true(fake.will_retain);
}

static void its_heart_beats_every_20_seconds(void **state)
{
    (void)state;
    connect_now();
    for (int i = 0; i < 600; i++)
        turn_after(100);
    assert_int_equal(fake.heartbeats, 3);
    assert_int_equal(fake.last_heartbeat.qos, 0);
    assert_false(fake.last_heartbeat.retain);
    assert_non_null(strstr(fake.last_heartbeat.payload, "\"acked\":0,\"waiting\":7}"));
}

static void commands_are_handed_over(void **state)
{
    (void)state;
    connect_now();
    hear("carrito/v1/OTHER1/command", "{\"id\":\"2\"}");
    hear("carrito/v1/BBCL23/command", "{\"id\":\"1\",\"command\":\"locate\"}");
    assert_string_equal(world.command, "{\"id\":\"1\",\"command\":\"locate\"}");
}

static void who_has_left_is_silent(void **state)
{
    (void)state;
    connect_with_bridge();
    uplink_leave(world.uplink, WALL);
    assert_false(uplink_has_left(world.uplink));
    assert_non_null(strstr(fake.last_state.payload, "\"state\":\"offline\""));
    assert_non_null(strstr(fake.last_state.payload, "\"counts\":[]"));
    commit_to(5);
    turn_after(60000);
    assert_int_equal(fake.events_sent + fake.heartbeats, 0);
    fake.events->puback(fake.owner, fake.last_state.mid, 0);
    assert_true(uplink_has_left(world.uplink));
}

static void without_a_connection_leaving_is_done_at_once(void **state)
{
    (void)state;
    uplink_leave(world.uplink, WALL);
    assert_true(uplink_has_left(world.uplink));
}

#define CLAIM(TEXT, TEST)                                                                          \
    {                                                                                              \
        TEXT, TEST, begin, finish, NULL                                                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("nothing is sent while no bridge is online",
              nothing_is_sent_while_no_bridge_is_online),
        CLAIM("a removed bridge is no bridge", a_removed_bridge_is_no_bridge),
        CLAIM("what is no bridge's state changes nothing", what_is_no_bridge_state_changes_nothing),
        CLAIM("bridges are forgotten with the connection",
              bridges_are_forgotten_with_the_connection),
        CLAIM("one batch is in flight, the next waits for its ack",
              one_batch_is_in_flight_and_the_next_waits_for_its_ack),
        CLAIM("a PUBACK is no receipt", a_puback_is_no_receipt),
        CLAIM("an ack that does not fit is ignored", an_ack_that_does_not_fit_is_ignored),
        CLAIM("a retained ack or command is ignored", a_retained_ack_or_command_is_ignored),
        CLAIM("a part of a batch may be acknowledged", a_part_of_a_batch_may_be_acknowledged),
        CLAIM("what is sent again has the same bytes", what_is_sent_again_has_the_same_bytes),
        CLAIM("without an ack a batch is sent ever more rarely",
              without_an_ack_a_batch_is_sent_ever_more_rarely),
        CLAIM("the expiry is the delay and at least a second",
              the_expiry_is_the_delay_and_at_least_a_second),
        CLAIM("a bridge that comes back resets the delay",
              a_bridge_that_comes_back_resets_the_delay),
        CLAIM("a new connection sends again at once", a_new_connection_sends_again_at_once),
        CLAIM("a batch that nobody got is held back", a_batch_that_nobody_got_is_held_back),
        CLAIM("there is no second copy before the broker has the first",
              there_is_no_second_copy_before_the_broker_has_the_first),
        CLAIM("waiting for a PUBACK is no reason to turn",
              waiting_for_a_puback_is_no_reason_to_turn),
        CLAIM("a link that never confirms is given up", a_link_that_never_confirms_is_given_up),
        CLAIM("a slow centre gets few copies", a_slow_centre_gets_few_copies),
        CLAIM("a centre that is quick again gets the first delay",
              a_centre_that_is_quick_again_gets_the_first_delay),
        CLAIM("a store in trouble is asked once a second",
              a_store_in_trouble_is_asked_once_a_second),
        CLAIM("it says online and subscribes at every CONNACK",
              it_says_online_and_subscribes_at_every_connack),
        CLAIM("its will says lost", its_will_says_lost),
        CLAIM("its heart beats every 20 seconds", its_heart_beats_every_20_seconds),
        CLAIM("commands are handed over", commands_are_handed_over),
        CLAIM("who has left is silent", who_has_left_is_silent),
        CLAIM("without a connection leaving is done at once",
              without_a_connection_leaving_is_done_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
