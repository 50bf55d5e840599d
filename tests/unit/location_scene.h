/* Time in an office of the role `location`: beats of a bridge, words of a cart, looks at what is
 * due. */
#ifndef CARRITO_TESTS_LOCATION_SCENE_H
#define CARRITO_TESTS_LOCATION_SCENE_H

#include "location_office.h"

#include "collector/alerts/alert.h"

#define BRIDGE "b1"
#define ALERTS                                                                                     \
    "SELECT COALESCE(GROUP_CONCAT(x, '; '), '') FROM (SELECT kind || ' ' || subject || ' ' || "    \
    "(started_ms - 1790000000000) || ' ' || COALESCE(CAST(ended_ms - 1790000000000 AS TEXT), "     \
    "'-') AS x FROM alerts ORDER BY started_ms, kind, subject)"

#define WATERMARK_TOPICS 3

/* What the processor says of partition 0: all that Kafka had at that time is read; to its end where
 * that is our time, and else one topic is behind. */
static struct role_time time_of(int64_t at_ms, int64_t watermark_ms)
{
    static struct role_watermark marks[WATERMARK_TOPICS];
    static const char *const topics[] = { "carrito.locations", "carrito.sales",
                                          "carrito.presence" };

    for (size_t i = 0; i < WATERMARK_TOPICS; i++)
        marks[i] =
            (struct role_watermark){ topics[i], 0, NOON + watermark_ms, watermark_ms >= at_ms };
    return (struct role_time){ .now_ms = NOON + at_ms,
                               .watermark_ms = NOON + watermark_ms,
                               .watermarks = marks,
                               .watermark_count = WATERMARK_TOPICS };
}

static void beat_of(struct office *office, const char *bridge, int64_t at_ms, const char *mqtt)
{
    char text[EVENT_MAX];

    snprintf(text, sizeof text, "{\"bridge\":\"%s\",\"mqtt\":%s,\"ts_ms\":%lld}", bridge, mqtt,
             NOON + at_ms);
    headers.type = "beat";
    take(office, "carrito.presence", text, NOON + at_ms);
    headers.type = NULL;
}

/* The processor's look at what is due, with all read or with a topic behind. */
static enum role_due look(struct office *office, int64_t at_ms, int64_t watermark_ms)
{
    struct role_time time = time_of(at_ms, watermark_ms);
    enum role_due due = role_location.due(office->role, office->store, &time);

    if (due == ROLE_NOTHING_DUE)
        return due;
    if (due == ROLE_DUE)
        time.watermark_count = 0;
    assert_true(store_begin(office->store));
    role_location.begin(office->role, office->store, time.now_ms);
    role_location.tick(office->role, &time);
    role_location.end(office->role);
    assert_int_equal(store_commit(office->store), STORE_OK);
    return due;
}

/* Beats each half second, and a look after each, as it is in life. */
static inline void live(struct office *office, int64_t from_ms, int64_t to_ms)
{
    for (int64_t at = from_ms; at <= to_ms; at += 500) {
        beat_of(office, BRIDGE, at, "true");
        look(office, at + 50, at + 50);
    }
}

static inline void hear(struct office *office, int64_t at_ms)
{
    headers.bridge = BRIDGE;
    take_state(office, "online", NOON + at_ms);
}

/* All memory is lost, as by a restart or a transaction that was rolled back. */
static inline void restart(struct office *office)
{
    role_location.close(office->role);
    office->role = role_location.open(&office->settings);
}

#endif
