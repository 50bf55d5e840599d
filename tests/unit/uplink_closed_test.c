/* Proves what a cart says when its day ends and begins: what waits goes first, but not for ever;
 * then it is silent but for what a command asks; its connection ends without a will; `online` comes
 * before what opens the day. */
#include "uplink_scene.h"

static int begin_closed(void **state)
{
    (void)state;
    return begin_day(true);
}

static void assert_says_closed(void)
{
    if (strstr(fake.last_state.payload, "\"state\":\"offline\"") == NULL ||
        strstr(fake.last_state.payload, "\"reason\":\"closed\"") == NULL ||
        strstr(fake.last_state.payload, "\"counts\":[]") == NULL)
        fail_msg("%s", fake.last_state.payload);
    assert_true(fake.last_state.retain);
    assert_int_equal(fake.last_state.qos, 1);
}

static void confirm_state(void)
{
    fake.events->puback(fake.owner, fake.last_state.mid, 0);
}

static bool is_told(void)
{
    struct uplink_status status;

    uplink_status(world.uplink, &status);
    return status.closed_told;
}

/* Closed, and all said. */
static void close_now(void)
{
    uplink_close_day(world.uplink, world.now);
    turn_after(1);
    confirm_state();
    turn_after(1);
}

/* A link that connects as soon as it is opened. */
static void let_connect(void)
{
    turn_after(1);
    fake.connected = true;
    fake.events->connected(fake.owner, true);
    turn_after(1);
}

static void what_waits_goes_first(void **state)
{
    (void)state;
    connect_with_bridge();
    commit_to(3);
    uplink_close_day(world.uplink, world.now);
    turn_after(1);
    assert_int_equal(fake.states, 1); /* online */
    hear_ack(EPOCH, 3);
    turn_after(1);
    assert_int_equal(fake.states, 2);
    assert_says_closed();
    assert_false(is_told());
    confirm_state();
    assert_true(is_told());
}

static void a_centre_that_is_away_is_not_waited_for(void **state)
{
    (void)state;
    connect_now();
    commit_to(3);
    uplink_close_day(world.uplink, world.now);
    turn_after(9000);
    assert_int_equal(fake.states, 1);
    turn_after(1001);
    assert_int_equal(fake.states, 2);
    assert_says_closed();
    confirm_state();
    turn_after(60000);
    assert_int_equal(fake.states, 2);
    assert_false(is_told());
    hear_bridge(A_BRIDGE); /* it is back, and takes what waits: told again, with these counts */
    hear_ack(EPOCH, 3);
    turn_after(1);
    assert_int_equal(fake.states, 3);
    confirm_state();
    assert_true(is_told());
}

static void its_heart_stands_still(void **state)
{
    (void)state;
    connect_with_bridge();
    turn_after(20000);
    assert_null(strstr(fake.last_heartbeat.payload, "closed"));
    close_now();
    let_connect();
    int heartbeats = fake.heartbeats, states = fake.states;
    for (int i = 0; i < 100; i++)
        turn_after(10000);
    assert_int_equal(fake.heartbeats, heartbeats);
    assert_int_equal(fake.states, states);
    assert_true(uplink_timeout_ms(world.uplink, world.now) >= 1000000); /* nor does the loop turn */
}

static void a_command_is_answered_by_one_heartbeat(void **state)
{
    (void)state;
    connect_with_bridge();
    close_now();
    let_connect();
    int heartbeats = fake.heartbeats;
    hear("carrito/v1/BBCL23/command", "{\"id\":\"1\",\"command\":\"locate\"}");
    assert_int_equal(uplink_timeout_ms(world.uplink, world.now), 0);
    turn_after(1);
    turn_after(60000);
    assert_int_equal(fake.heartbeats, heartbeats + 1);
    assert_non_null(strstr(fake.last_heartbeat.payload, "\"closed\":true"));
    hear_bridge(A_BRIDGE);
    commit_to(1); /* where it is */
    assert_int_equal(fake.events_sent, 1);
    hear_ack(EPOCH, 1);
    turn_after(60000);
    assert_int_equal(fake.heartbeats, heartbeats + 1);
    assert_int_equal(fake.states, 2);
}

static void it_is_connected_without_a_will(void **state)
{
    (void)state;
    connect_with_bridge();
    assert_non_null(strstr(fake.will, "\"lost\""));
    close_now();
    assert_int_equal(fake.opened, 2);
    assert_int_equal(fake.keepalive_s, 120);
    assert_string_equal(fake.will, "");
    assert_string_equal(fake.client_id, "carrito-BBCL23");
    let_connect();
    turn_after(60000);
    assert_int_equal(fake.opened, 2);
    assert_int_equal(fake.states, 2); /* online, and offline once */
}

static void a_broken_connection_tells_it_again(void **state)
{
    (void)state;
    connect_with_bridge();
    close_now();
    let_connect();
    fake.connected = false;
    fake.events->disconnected(fake.owner, "test");
    assert_string_equal(fake.will, "");
    connect_now();
    assert_false(is_told());
    turn_after(1);
    assert_int_equal(fake.states, 3);
    assert_says_closed();
    confirm_state();
    turn_after(60000);
    assert_int_equal(fake.opened, 2); /* it has no will already */
}

static void the_next_sale_leaves_behind_online(void **state)
{
    (void)state;
    connect_with_bridge();
    close_now();
    let_connect();
    hear_bridge(A_BRIDGE);
    uplink_open_day(world.uplink);
    commit_to(1);
    assert_int_equal(fake.events_sent, 0);
    turn_after(0);
    assert_int_equal(fake.opened, 3);
    assert_int_equal(fake.keepalive_s, 30);
    assert_non_null(strstr(fake.will, "\"lost\""));
    let_connect();
    assert_int_equal(fake.states, 3);
    assert_non_null(strstr(fake.last_state.payload, "\"online\""));
    assert_null(strstr(fake.last_state.payload, "reason"));
    hear_bridge(A_BRIDGE);
    assert_int_equal(fake.events_sent, 1);
    turn_after(20001);
    assert_null(strstr(fake.last_heartbeat.payload, "closed"));
}

static void opened_without_a_network_it_comes_with_its_will(void **state)
{
    (void)state;
    connect_with_bridge();
    close_now();
    let_connect();
    fake.connected = false;
    fake.events->disconnected(fake.owner, "test");
    uplink_open_day(world.uplink);
    assert_non_null(strstr(fake.will, "\"lost\""));
    assert_int_equal(fake.keepalive_s, 30);
    connect_now();
    turn_after(1);
    assert_int_equal(fake.opened, 3);
    assert_non_null(strstr(fake.last_state.payload, "\"online\""));
}

static void a_start_on_a_closed_day_says_so(void **state)
{
    (void)state;
    assert_string_equal(fake.will, "");
    assert_int_equal(fake.keepalive_s, 120);
    world.store.last = 2; /* the plug was pulled before all had gone */
    connect_with_bridge();
    assert_int_equal(fake.events_sent, 1);
    turn_after(1);
    assert_int_equal(fake.states, 0);
    hear_ack(EPOCH, 2);
    turn_after(1);
    assert_says_closed();
    confirm_state();
    assert_true(is_told());
    turn_after(60000);
    assert_int_equal(fake.opened, 1);
}

static void a_stop_after_the_close_has_nothing_to_say(void **state)
{
    (void)state;
    connect_with_bridge();
    close_now();
    let_connect();
    uplink_leave(world.uplink, WALL);
    assert_true(uplink_has_left(world.uplink));
    assert_int_equal(fake.states, 2);
}

static void a_stop_before_it_is_told_says_closed(void **state)
{
    (void)state;
    connect_now();
    commit_to(1);
    uplink_close_day(world.uplink, world.now);
    uplink_leave(world.uplink, WALL);
    assert_says_closed();
}

#define CLAIM(TEXT, TEST, BEGIN)                                                                   \
    {                                                                                              \
        TEXT, TEST, BEGIN, finish, NULL                                                            \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("what waits goes first", what_waits_goes_first, begin),
        CLAIM("a centre that is away is not waited for", a_centre_that_is_away_is_not_waited_for,
              begin),
        CLAIM("its heart stands still", its_heart_stands_still, begin),
        CLAIM("a command is answered by one heartbeat", a_command_is_answered_by_one_heartbeat,
              begin),
        CLAIM("it is connected without a will", it_is_connected_without_a_will, begin),
        CLAIM("a broken connection tells it again", a_broken_connection_tells_it_again, begin),
        CLAIM("the next sale leaves behind online", the_next_sale_leaves_behind_online, begin),
        CLAIM("opened without a network it comes with its will",
              opened_without_a_network_it_comes_with_its_will, begin),
        CLAIM("a start on a closed day says so", a_start_on_a_closed_day_says_so, begin_closed),
        CLAIM("a stop after the close has nothing to say",
              a_stop_after_the_close_has_nothing_to_say, begin),
        CLAIM("a stop before it is told says closed", a_stop_before_it_is_told_says_closed, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
