/* Claims about what the role `location` decides of silence: who vanishes and when, what an outage,
 * a lag or a restart does, and what an operator sees of it. */
#include "location_scene.h"

#define VANISHED                                                                                   \
    "SELECT COALESCE((SELECT (started_ms - 1790000000000) || ' ' || COALESCE(CAST(ended_ms - "     \
    "1790000000000 AS TEXT), '-') FROM alerts WHERE kind = 'cart-vanished'), '')"

static void a_cart_that_falls_silent_vanishes_and_comes_back(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1200);
    live(office, 1500, 61000);
    assert_state(office, "heard");
    live(office, 61500, 62000);
    assert_state(office, "vanished");
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 61200 -");
    assert_string_equal(ask(office, "SELECT details FROM alerts"),
                        "Nothing has been heard of cart BBCL23 for 60 s.");
    live(office, 62500, 90000);
    hear(office, 90100);
    assert_state(office, "heard");
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 61200 90100");
}

static void after_offline_there_is_no_timer(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1200);
    take_state(office, "offline", NOON + 1300);
    live(office, 1500, 100000);
    assert_state(office, "offline");
    restart(office);
    live(office, 100500, 200000);
    assert_state(office, "offline");
    assert_string_equal(ask(office, ALERTS), "");
}

static void say(struct office *office, const char *epoch, const char *words, int at)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{%s,\"epoch\":\"%s\",\"session\":3,\"version\":\"0.1.0\",\"ts_ms\":%lld}", words,
             epoch, (long long)(NOON + at));
    headers.type = "state";
    take(office, "carrito.presence", text, NOON + at);
    headers.type = NULL;
}

#define FORMER "\"state\":\"offline\",\"reason\":\"former\""

static void a_plate_that_no_board_has_is_not_missed(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    say(office, EPOCH, "\"state\":\"offline\"", 1100);
    hear(office, 1200); /* what waited in its former outbox */
    say(office, EPOCH, FORMER, 1300);
    live(office, 1500, 100000);
    assert_state(office, "offline");
    assert_string_equal(ask(office, ALERTS), "");
}

static void a_former_outbox_ends_nothing_of_the_board_that_has_the_plate(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    say(office, EPOCH_2, "\"state\":\"online\"", 1200);
    say(office, EPOCH, FORMER, 1300);
    assert_state(office, "heard");
    assert_string_equal(ask(office, "SELECT epoch FROM carts WHERE cart = '" CART "'"), EPOCH_2);
    live(office, 1500, 100000);
    assert_state(office, "vanished");
    say(office, EPOCH, FORMER, 100100); /* nor does it bring the cart back */
    assert_state(office, "vanished");
}

static void sell(struct office *office, int at)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text,
             "{\"v\":1,\"type\":\"sale\",\"cart\":\"" CART "\",\"epoch\":\"" EPOCH "\",\"seq\":%d,"
             "\"ts_ms\":%lld,\"clock\":\"gps\",\"receipt\":1,\"quantity\":2}",
             at, (long long)(NOON + at));
    headers.type = "sale";
    take(office, "carrito.sales", text, NOON + at);
    headers.type = NULL;
}

/* Its connection, or its board, breaks off before it says `offline` again. */
static void a_former_outbox_that_breaks_off_is_not_missed(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    say(office, EPOCH, "\"state\":\"offline\"", 1100);
    headers.former = "true";
    sell(office, 1200);
    headers.former = NULL;
    live(office, 1500, 100000);
    assert_state(office, "offline");
    assert_string_equal(ask(office, ALERTS), "");
    sell(office, 100100); /* the cart's own, which is a word */
    assert_state(office, "heard");
}

static void a_bridge_outage_is_one_link_down_and_no_cart_vanishes(void **state)
{
    struct office *office = *state;

    live(office, 0, 30000);
    hear(office, 30000);
    for (int at = 30200; at <= 150000; at += 200) /* nothing comes, the clock goes on */
        look(office, at, at);
    assert_state(office, "silent");
    assert_string_equal(ask(office, ALERTS), "link-down b1 30000 -");
    live(office, 150000, 160000);
    assert_state(office, "heard");
    assert_string_equal(ask(office, ALERTS), "link-down b1 30000 150000");
    /* It never came back. */
    live(office, 160500, 209500);
    assert_state(office, "heard");
    live(office, 210000, 210000);
    assert_state(office, "vanished");
}

/* The first start of a centre: the bridge beats before it has a broker, Kafka stands still for a
 * while, a bridge is started once to try it and never again. Nobody had a link to lose. */
static void a_first_start_raises_nothing(void **state)
{
    struct office *office = *state;

    for (int at = 0; at <= 6000; at += 500)
        beat_of(office, BRIDGE, at, "false");
    for (int at = 6000; at <= 16000; at += 200)
        look(office, at, at);
    restart(office);
    beat_of(office, BRIDGE, 16000, "false");
    beat_of(office, "b2", 16100, "false");
    live(office, 16500, 30000);
    assert_string_equal(ask(office, ALERTS), "");
    beat_of(office, BRIDGE, 30500, "false");
    assert_string_equal(ask(office, ALERTS), "link-down b1 30500 -");
}

static void without_mqtt_no_cart_vanishes(void **state)
{
    struct office *office = *state;

    live(office, 0, 30000);
    hear(office, 30000);
    for (int at = 30300; at < 150000; at += 500) {
        beat_of(office, BRIDGE, at, "false");
        look(office, at, at);
    }
    assert_state(office, "silent");
    assert_string_equal(ask(office, ALERTS), "link-down b1 30300 -");
    live(office, 150000, 160000);
    hear(office, 160100);
    assert_state(office, "heard");
    assert_string_equal(ask(office, ALERTS), "link-down b1 30300 150000");
}

/* Each partition tells of the same outage. */
static void six_partitions_tell_of_one_outage(void **state)
{
    struct office *office = *state;
    static const char beat[] = "{\"bridge\":\"b1\",\"mqtt\":true,\"ts_ms\":1}";

    headers.type = "beat";
    for (int32_t partition = 0; partition < 6; partition++) {
        take_from(office, partition, "carrito.presence", beat, NOON + partition);
        take_from(office, partition, "carrito.presence", beat, NOON + 500 + partition);
        take_from(office, partition, "carrito.presence", beat, NOON + 60000 + partition);
        take_from(office, partition, "carrito.presence", beat, NOON + 63000 + partition);
        take_from(office, partition, "carrito.presence", beat, NOON + 66000 + partition);
        take_from(office, partition, "carrito.presence", beat, NOON + 120000 + partition);
    }
    assert_string_equal(ask(office, ALERTS), "link-down b1 500 60000; link-down b1 66000 120000");
}

/* What was cut off while nobody read is found when it is read; what was not is not. */
static void a_collector_that_was_down_judges_only_what_it_has_read(void **state)
{
    struct office *office = *state;

    live(office, 0, 10000);
    hear(office, 10000);
    restart(office);
    for (int at = 10500; at <= 130000; at += 500)
        beat_of(office, BRIDGE, at, "true");
    /* Its words of meanwhile are not read yet: sales and locations are behind. */
    assert_int_equal(look(office, 130100, 12000), ROLE_DUE_WATERMARK);
    assert_state(office, "heard");
    assert_string_equal(ask(office, ALERTS), "");
    take(office, "carrito.sales",
         "{\"v\":1,\"type\":\"sale\",\"cart\":\"" CART "\",\"epoch\":\"" EPOCH
         "\",\"seq\":1,\"ts_ms\":1,\"clock\":\"gps\",\"receipt\":1,\"quantity\":3}",
         NOON + 100000);
    look(office, 132000, 132000);
    assert_state(office, "heard");
    restart(office);
    for (int at = 130500; at <= 250000; at += 500)
        beat_of(office, BRIDGE, at, "true");
    look(office, 251000, 251000);
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 160000 -");
}

static void a_rolled_back_tick_gives_the_same_alert_again(void **state)
{
    struct office *office = *state;
    char id[ANSWER_MAX];

    live(office, 0, 1000);
    hear(office, 1000);
    for (int at = 1500; at <= 61000; at += 500)
        beat_of(office, BRIDGE, at, "true");
    struct role_time time = time_of(61100, 61100);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(role_location.due(office->role, office->store, &time), ROLE_DUE_WATERMARK);
        assert_true(store_begin(office->store));
        role_location.begin(office->role, office->store, time.now_ms);
        role_location.tick(office->role, &time);
        role_location.end(office->role);
        if (i == 0) {
            snprintf(id, sizeof id, "%.*s", (int)sizeof id - 1,
                     ask(office, "SELECT id FROM alerts"));
            store_rollback(office->store);
            role_location.forget(office->role);
            assert_string_equal(ask(office, ALERTS), "");
            beat_of(office, BRIDGE, 61000, "true");
        }
        time.now_ms += 3000;
    }
    assert_int_equal(store_commit(office->store), STORE_OK);
    assert_string_equal(ask(office, "SELECT id FROM alerts"), id);
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 61000 -");
}

static void silence_so_far_survives_a_restart(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    hear(office, 1000);
    live(office, 1500, 31000);
    live(office, 51000, 60000); /* 20 s are missing */
    restart(office);
    live(office, 60500, 80500);
    assert_state(office, "heard");
    live(office, 81000, 81000);
    assert_string_equal(ask(office, ALERTS),
                        "link-down b1 31000 51000; cart-vanished BBCL23 81000 -");
}

static void a_phone_has_its_own_limit(void **state)
{
    struct office *office = *state;

    live(office, 0, 1000);
    headers.bridge = BRIDGE;
    take(office, "carrito.locations",
         "{\"v\":1,\"type\":\"location\",\"cart\":\"" CART "\",\"source\":\"owntracks\","
         "\"ts_ms\":1789999990000,\"clock\":\"gps\",\"lat\":-33.4,\"lon\":-70.6}",
         NOON + 1000);
    live(office, 1500, 2100500);
    assert_state(office, "heard");
    restart(office);
    live(office, 2101000, 2101000);
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 2101000 -");
}

/* 2026-09-21 14:13:20 UTC is 11:13 in Santiago. */
static void outside_of_hours_only_the_state_changes(void **state)
{
    struct office *office = *state;

    office->settings.hours = "12:00-20:00";
    live(office, 0, 1000);
    hear(office, 1000);
    live(office, 1500, 70000);
    assert_state(office, "vanished");
    assert_string_equal(ask(office, ALERTS), "");
    hear(office, 70100);
    assert_state(office, "heard");
}

/* 11:15 begins 100 s after NOON. */
static void a_cart_still_silent_when_the_hours_begin_is_told_then(void **state)
{
    struct office *office = *state;

    office->settings.hours = "11:15-20:00";
    live(office, 0, 1000);
    hear(office, 1000);
    live(office, 1500, 99500);
    assert_state(office, "vanished");
    assert_string_equal(ask(office, VANISHED), "");
    /* What lies unread in a topic may be its word. */
    look(office, 180000, 99000);
    assert_string_equal(ask(office, VANISHED), "");
    look(office, 260000, 260000);
    assert_string_equal(ask(office, VANISHED), "100000 -");
    look(office, 360000, 360000);
    hear(office, 360100);
    look(office, 460000, 460000);
    assert_string_equal(ask(office, VANISHED), "100000 360100");
}

static void silence_that_an_operator_cleared_is_not_told_again(void **state)
{
    struct office *office = *state;

    office->settings.hours = "11:15-20:00";
    live(office, 0, 1000);
    hear(office, 1000);
    live(office, 1500, 99500);
    look(office, 160000, 160000);
    assert_true(store_begin(office->store));
    assert_true(alert_end(office->store, ALERT_CART_VANISHED, CART, NOON + 163000));
    assert_int_equal(store_commit(office->store), STORE_OK);
    look(office, 260000, 260000);
    look(office, 360000, 360000);
    assert_string_equal(ask(office, VANISHED), "100000 163000");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM alerts WHERE kind = 'cart-vanished'"),
                        "1");
}

static void a_members_cart_that_does_not_come_is_absent(void **state)
{
    struct office *office = *state;

    assert_true(store_run(office->store,
                          "INSERT INTO members (id, person, name, lastname, email, plate, premium, "
                          "status, applied_ms) VALUES ('1', '1', 'A', 'S', 'a@b', '" CART
                          "', 0, 'accepted', 1), ('2', '2', 'A', 'S', 'a@b', 'NEVER-1', 0, "
                          "'accepted', 1), ('3', '3', 'A', 'S', 'a@b', 'LATER-1', 0, 'pending', 1)",
                          ""));
    live(office, 0, 1000);
    hear(office, 1000);
    take_state(office, "offline", NOON + 1100);
    look(office, 70000, 70000);
    assert_state(office, "offline"); /* it was heard today */
    assert_string_equal(ask(office, "SELECT GROUP_CONCAT(cart) FROM carts WHERE state = 'absent'"),
                        "NEVER-1");
    look(office, 86400000, 86400000);
    assert_state(office, "absent");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM alerts WHERE kind = 'cart-vanished'"),
                        "0");
    hear(office, 86500000);
    assert_state(office, "heard");
}

static void words_without_a_bridge_are_judged_by_whichever_beats(void **state)
{
    struct office *office = *state;

    headers.bridge = NULL;
    live(office, 0, 500);
    take_state(office, "online", NOON + 500);
    live(office, 1000, 61000);
    assert_state(office, "vanished");
    assert_string_equal(ask(office, ALERTS), "cart-vanished BBCL23 61000 -");
}

static void a_receiver_without_a_fix_is_told_after_two_minutes(void **state)
{
    struct office *office = *state;

    hear(office, 0);
    headers.type = "heartbeat";
    for (int at = 0; at <= 100000; at += 20000)
        take(office, "carrito.presence", "{\"ts_ms\":1,\"gps\":\"nofix\"}", NOON + at);
    assert_string_equal(ask(office, ALERTS), "");
    take(office, "carrito.presence", "{\"ts_ms\":1,\"gps\":\"absent\"}", NOON + 120000);
    assert_string_equal(ask(office, ALERTS), "gps-stuck BBCL23 120000 -");
    headers.type = NULL;
    take(office, "carrito.locations",
         "{\"v\":1,\"type\":\"location\",\"cart\":\"" CART "\",\"epoch\":\"" EPOCH
         "\",\"seq\":1,\"ts_ms\":1790000121000,\"clock\":\"gps\",\"lat\":-33.4,\"lon\":-70.6}",
         NOON + 121000);
    assert_string_equal(ask(office, ALERTS), "gps-stuck BBCL23 120000 121000");
}

static void one_that_an_operator_cleared_counts_from_there(void **state)
{
    struct office *office = *state;
    char id[ALERT_ID_SIZE];

    hear(office, 0);
    headers.type = "heartbeat";
    for (int at = 0; at <= 120000; at += 20000)
        take(office, "carrito.presence", "{\"ts_ms\":1,\"gps\":\"nofix\"}", NOON + at);
    snprintf(id, sizeof id, "%.*s", (int)sizeof id - 1, ask(office, "SELECT id FROM alerts"));
    assert_true(alert_clear(office->store, id, NOON + 130000));
    for (int at = 140000; at <= 240000; at += 20000)
        take(office, "carrito.presence", "{\"ts_ms\":1,\"gps\":\"nofix\"}", NOON + at);
    assert_string_equal(ask(office, ALERTS), "gps-stuck BBCL23 120000 130000");
    take(office, "carrito.presence", "{\"ts_ms\":1,\"gps\":\"nofix\"}", NOON + 250000);
    assert_string_equal(ask(office, ALERTS),
                        "gps-stuck BBCL23 120000 130000; gps-stuck BBCL23 250000 -");
}

static void a_cart_without_a_receiver_is_never_stuck(void **state)
{
    struct office *office = *state;

    headers.type = "heartbeat";
    for (int at = 0; at <= 400000; at += 20000)
        take(office, "carrito.presence", "{\"ts_ms\":1,\"gps\":\"none\"}", NOON + at);
    assert_string_equal(ask(office, ALERTS), "");
}

static void a_damaged_outbox_is_told_once(void **state)
{
    static const char damaged[] = "{\"state\":\"online\",\"epoch\":\"" EPOCH "\",\"session\":1,"
                                  "\"ts_ms\":1,\"damaged\":{\"epoch\":\"" EPOCH_2 "\",\"rows\":3}}";
    struct office *office = *state;

    headers.type = "state";
    take(office, "carrito.presence", damaged, NOON);
    assert_string_equal(ask(office, ALERTS), "outbox-damaged BBCL23 0 -");
    assert_true(alert_end(office->store, ALERT_OUTBOX_DAMAGED, CART, NOON + 5));
    take(office, "carrito.presence", damaged, NOON + 10);
    assert_string_equal(ask(office, ALERTS), "outbox-damaged BBCL23 0 5");
}

static void a_beat_that_cannot_be_read_is_a_dead_letter(void **state)
{
    struct office *office = *state;

    headers.type = "beat";
    take(office, "carrito.presence", "{\"bridge\":\"b1\"}", NOON);
    take(office, "carrito.presence", "{\"bridge\":\"\",\"mqtt\":true}", NOON);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE error IS NOT NULL"), "2");
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM beats"), "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("a cart that falls silent vanishes, and comes back",
              a_cart_that_falls_silent_vanishes_and_comes_back),
        CLAIM("after offline there is no timer", after_offline_there_is_no_timer),
        CLAIM("a plate that no board has is not missed", a_plate_that_no_board_has_is_not_missed),
        CLAIM("a former outbox that breaks off is not missed",
              a_former_outbox_that_breaks_off_is_not_missed),
        CLAIM("a former outbox ends nothing of the board that has the plate",
              a_former_outbox_ends_nothing_of_the_board_that_has_the_plate),
        CLAIM("a bridge outage is one link-down, and no cart vanishes",
              a_bridge_outage_is_one_link_down_and_no_cart_vanishes),
        CLAIM("a first start raises nothing", a_first_start_raises_nothing),
        CLAIM("without MQTT no cart vanishes", without_mqtt_no_cart_vanishes),
        CLAIM("six partitions tell of one outage", six_partitions_tell_of_one_outage),
        CLAIM("a collector that was down judges only what it has read",
              a_collector_that_was_down_judges_only_what_it_has_read),
        CLAIM("a tick that is rolled back gives the same alert again",
              a_rolled_back_tick_gives_the_same_alert_again),
        CLAIM("silence so far survives a restart", silence_so_far_survives_a_restart),
        CLAIM("a phone has its own limit", a_phone_has_its_own_limit),
        CLAIM("outside of hours only the state changes", outside_of_hours_only_the_state_changes),
        CLAIM("a cart still silent when the hours begin is told then",
              a_cart_still_silent_when_the_hours_begin_is_told_then),
        CLAIM("silence that an operator cleared is not told again",
              silence_that_an_operator_cleared_is_not_told_again),
        CLAIM("a member's cart that does not come is absent",
              a_members_cart_that_does_not_come_is_absent),
        CLAIM("words without a bridge are judged by whichever beats",
              words_without_a_bridge_are_judged_by_whichever_beats),
        CLAIM("a receiver without a fix is told after two minutes",
              a_receiver_without_a_fix_is_told_after_two_minutes),
        CLAIM("one that an operator cleared counts from there",
              one_that_an_operator_cleared_counts_from_there),
        CLAIM("a cart without a receiver is never stuck", a_cart_without_a_receiver_is_never_stuck),
        CLAIM("a damaged outbox is told once", a_damaged_outbox_is_told_once),
        CLAIM("a beat that cannot be read is a dead letter",
              a_beat_that_cannot_be_read_is_a_dead_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
