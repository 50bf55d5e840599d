/* Claims about one outage of which each partition tells by its own beats: the alert has the same
 * times whichever is read first. */
#include "location_scene.h"

#include "collector/store/retention.h"

static const char BEAT[] = "{\"bridge\":\"b1\",\"mqtt\":true,\"ts_ms\":1}";
static const char WITHOUT[] = "{\"bridge\":\"b1\",\"mqtt\":false,\"ts_ms\":1}";

/* The partitions get each beat some milliseconds apart: the second is the first to have it. */
static const int lateness_ms[] = { 2, 0, 1 };
#define PARTITIONS 3
#define DAY_MS     86400000LL

static void beat_into(struct office *office, int32_t partition, const char *beat, int64_t at_ms)
{
    headers.type = "beat";
    take_from(office, partition, "carrito.presence", beat, NOON + at_ms + lateness_ms[partition]);
    headers.type = NULL;
}

/* Partition by partition, or beat by beat: in the order that `first` begins. */
static void read_outage(struct office *office, const char *during, int first)
{
    for (int i = 0; i < PARTITIONS; i++) {
        int32_t partition = (first + i) % PARTITIONS;
        beat_into(office, partition, BEAT, 0);
        beat_into(office, partition, BEAT, 500);
        beat_into(office, partition, during, during == WITHOUT ? 1000 : 60000);
        if (during == WITHOUT)
            beat_into(office, partition, BEAT, 1500);
    }
}

static void read_side_by_side(struct office *office, int first)
{
    static const struct {
        const char *beat;
        int at_ms;
    } beats[] = {
        { BEAT, 0 }, { BEAT, 500 }, { WITHOUT, 1000 }, { WITHOUT, 1500 }, { BEAT, 2000 }
    };

    for (size_t i = 0; i < sizeof beats / sizeof *beats; i++)
        for (int p = 0; p < PARTITIONS; p++)
            beat_into(office, (first + p) % PARTITIONS, beats[i].beat, beats[i].at_ms);
}

static void missing_beats_begin_and_end_with_the_first_partition(void **state)
{
    struct office *office = *state;

    for (int first = 0; first < PARTITIONS; first++) {
        read_outage(office, BEAT, first);
        assert_string_equal(ask(office, ALERTS), "link-down b1 500 60000");
        assert_int_equal(close_office(state), 0);
        assert_int_equal(open_office(state), 0);
        office = *state;
    }
}

static void time_without_mqtt_does_so_too(void **state)
{
    struct office *office = *state;

    for (int first = 0; first < 2 * PARTITIONS; first++) {
        if (first < PARTITIONS)
            read_outage(office, WITHOUT, first);
        else
            read_side_by_side(office, first);
        assert_string_equal(ask(office, ALERTS), first < PARTITIONS ? "link-down b1 1000 1500"
                                                                    : "link-down b1 1000 2000");
        assert_int_equal(close_office(state), 0);
        assert_int_equal(open_office(state), 0);
        office = *state;
    }
}

/* What nobody has told of is told by the clocks: with the time that the beats will give it. */
static void a_bridge_that_stays_away_is_dated_alike(void **state)
{
    struct office *office = *state;

    for (int at = 0; at <= 1000; at += 500)
        for (int p = 0; p < PARTITIONS; p++)
            beat_into(office, p, BEAT, at);
    for (int at = 1200; at <= 9000; at += 200)
        look(office, at, at);
    assert_string_equal(ask(office, ALERTS), "link-down b1 1000 -");
}

/* The alert's record in Kafka has the new time; people are told once. */
static void a_new_date_is_told_to_kafka_alone(void **state)
{
    struct office *office = *state;

    read_outage(office, BEAT, 0);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM effects WHERE lane = 'alert'"), "2");
    assert_string_equal(
        ask(office, "SELECT CAST(value AS TEXT) LIKE '%\"started_ms\":1790000000500,"
                    "\"ended_ms\":1790000060000%' FROM effects WHERE topic = 'carrito.alerts' "
                    "ORDER BY position DESC LIMIT 1"),
        "1");
}

/* A partition without a leader has an old beat for its last: the bridge was there. */
static void a_partition_that_was_away_dates_nothing_back(void **state)
{
    struct office *office = *state;

    beat_into(office, 0, BEAT, 0);
    beat_into(office, 1, BEAT, 0);
    for (int at = 500; at <= 20000; at += 500)
        beat_into(office, 0, BEAT, at);
    beat_into(office, 0, BEAT, 60000);
    beat_into(office, 1, BEAT, 60000);
    assert_string_equal(ask(office, ALERTS), "link-down b1 20002 60000");
}

static char link_down[ALERT_ID_SIZE];

/* It beats for a second and never again, which is told. */
static void lose_the_bridge(struct office *office)
{
    live(office, 0, 1000);
    for (int at = 1200; at <= 9000; at += 200)
        look(office, at, at);
    snprintf(link_down, sizeof link_down, "%.32s", ask(office, "SELECT id FROM alerts"));
    assert_string_equal(ask(office, ALERTS), "link-down b1 1000 -");
}

/* A bridge that is gone for good: whoever knows it says so once. */
static void what_an_operator_cleared_stays_so(void **state)
{
    struct office *office = *state;

    lose_the_bridge(office);
    assert_true(store_begin(office->store));
    assert_true(alert_clear(office->store, link_down, NOON + 20000));
    assert_int_equal(store_commit(office->store), STORE_OK);
    restart(office);
    for (int at = 30000; at <= 40000; at += 200)
        look(office, at, at);
    assert_string_equal(ask(office, ALERTS), "link-down b1 1000 20000");
}

static void forget_the_old(struct office *office, int64_t at_ms)
{
    static const struct retention bounds = { 0 };

    while (retention_turn(office->store, &bounds, NOON + at_ms) == RETENTION_MORE)
        ;
    look(office, at_ms, at_ms);
}

static void a_link_ends_with_its_bridge(void **state)
{
    struct office *office = *state;

    lose_the_bridge(office);
    forget_the_old(office, 29 * DAY_MS);
    assert_string_equal(ask(office, ALERTS), "link-down b1 1000 -");
    forget_the_old(office, 32 * DAY_MS);
    assert_string_equal(ask(office, "SELECT COUNT(*) FROM beats WHERE bridge <> ''"), "0");
    assert_string_equal(ask(office, ALERTS), "link-down b1 1000 2764800000");
}

/* One of which nothing is known yet, as while the store is rebuilt. */
static void a_link_without_beats_ends_not_before(void **state)
{
    struct office *office = *state;

    lose_the_bridge(office);
    assert_true(store_begin(office->store));
    assert_true(store_run(office->store, "DELETE FROM beats", ""));
    assert_int_equal(store_commit(office->store), STORE_OK);
    restart(office);
    look(office, 29 * DAY_MS, 29 * DAY_MS);
    assert_string_equal(ask(office, ALERTS), "link-down b1 1000 -");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("missing beats: an outage begins and ends with the first partition",
              missing_beats_begin_and_end_with_the_first_partition),
        CLAIM("beats without MQTT: it does so too", time_without_mqtt_does_so_too),
        CLAIM("a bridge that stays away is dated alike", a_bridge_that_stays_away_is_dated_alike),
        CLAIM("a new date is told to Kafka alone", a_new_date_is_told_to_kafka_alone),
        CLAIM("a partition that was away dates nothing back",
              a_partition_that_was_away_dates_nothing_back),
        CLAIM("what an operator cleared stays so", what_an_operator_cleared_stays_so),
        CLAIM("a link ends with its bridge", a_link_ends_with_its_bridge),
        CLAIM("a link without beats does not end before", a_link_without_beats_ends_not_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
