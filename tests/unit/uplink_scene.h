/* The uplink's surroundings for uplink_test.c: a link and a store that only note what is asked of
 * them, and short words for what a test does. Included once: it defines the functions of
 * mqtt_link.h. */
#ifndef CARRITO_UPLINK_SCENE_H
#define CARRITO_UPLINK_SCENE_H
#include "agent/uplink.h"

#include "common/json_read.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EPOCH     "0123456789abcdef0123456789abcdef"
#define WALL      1790000000000
#define NO_BRIDGE "{\"online\":false,\"timestamp\":1}"
#define A_BRIDGE  "{\"online\":true,\"timestamp\":1}"

struct sent {
    char topic[64];
    char payload[40000];
    size_t length;
    int qos, mid;
    bool retain;
    char correlation[64];
    bool former;
    uint32_t expiry_s;
};

/* The link's place is taken by this: what was said last, and how often. */
static struct fake {
    const struct mqtt_link_events *events;
    void *owner;
    char client_id[64], will_topic[64], will[512];
    bool will_retain, clean_start;
    bool connected;
    bool mute;     /* the broker confirms no batch; else the turn after it was sent does */
    int confirmed; /* mid of the batch that was confirmed last */
    int dropped;   /* how often the connection was dropped */
    int opened;    /* links */
    int keepalive_s;
    int count, events_sent, heartbeats, states, mid, subscriptions;
    struct sent last_events, last_state, last_heartbeat;
    char filters[8][64];
} fake;

struct mqtt_link *mqtt_link_open(const struct mqtt_link_options *options)
{
    fake.opened++;
    fake.keepalive_s = options->keepalive_s;
    fake.connected = false; /* the one before is closed by now */
    fake.events = options->events;
    fake.owner = options->owner;
    fake.clean_start = options->clean_start;
    snprintf(fake.client_id, sizeof fake.client_id, "%s", options->client_id);
    return (struct mqtt_link *)&fake;
}

void mqtt_link_close(struct mqtt_link *link)
{
    (void)link;
}

void mqtt_link_set_will(struct mqtt_link *link, const struct mqtt_publish *will)
{
    (void)link;
    fake.will[0] = '\0';
    if (will == NULL)
        return;
    snprintf(fake.will_topic, sizeof fake.will_topic, "%s", will->topic);
    snprintf(fake.will, sizeof fake.will, "%.*s", (int)will->length, (const char *)will->payload);
    fake.will_retain = will->retain;
}

int mqtt_link_fd(const struct mqtt_link *link)
{
    (void)link;
    return -1;
}

short mqtt_link_poll_events(const struct mqtt_link *link)
{
    (void)link;
    return 0;
}

int mqtt_link_timeout_ms(const struct mqtt_link *link, int64_t mono_ms)
{
    (void)link, (void)mono_ms;
    return 1000000;
}

enum mqtt_answer mqtt_link_answer(const struct mqtt_link *link)
{
    (void)link;
    return MQTT_ANSWER_NONE;
}

bool mqtt_link_is_connected(const struct mqtt_link *link)
{
    (void)link;
    return fake.connected;
}

/* The broker's PUBACK of the batch that was sent last. */
static void confirm(int reason_code)
{
    fake.confirmed = fake.last_events.mid;
    fake.events->puback(fake.owner, fake.confirmed, reason_code);
}

void mqtt_link_turn(struct mqtt_link *link, short revents, int64_t mono_ms, unsigned may)
{
    (void)link, (void)revents, (void)mono_ms, (void)may;
    if (fake.connected && !fake.mute && fake.confirmed != fake.last_events.mid)
        confirm(0);
}

void mqtt_link_drop(struct mqtt_link *link, const char *why)
{
    (void)link;
    fake.dropped++;
    fake.connected = false;
    fake.events->disconnected(fake.owner, why);
}

bool mqtt_link_subscribe(struct mqtt_link *link, const char *filter, int qos)
{
    (void)link;
    snprintf(fake.filters[fake.subscriptions++ % 8], 64, "%s %d", filter, qos);
    return true;
}

int mqtt_link_publish(struct mqtt_link *link, const struct mqtt_publish *publish)
{
    (void)link;
    const char *word = strrchr(publish->topic, '/') + 1;
    bool events = strcmp(word, "events") == 0, state = strcmp(word, "state") == 0;
    struct sent *sent = events  ? &fake.last_events
                        : state ? &fake.last_state
                                : &fake.last_heartbeat;
    if (!fake.connected)
        return -1;
    *(events ? &fake.events_sent : state ? &fake.states : &fake.heartbeats) += 1;
    snprintf(sent->topic, sizeof sent->topic, "%s", publish->topic);
    memcpy(sent->payload, publish->payload, publish->length);
    sent->payload[publish->length] = '\0';
    sent->length = publish->length;
    sent->qos = publish->qos;
    sent->retain = publish->retain;
    sent->former = publish->former;
    sent->expiry_s = publish->expiry_s;
    snprintf(sent->correlation, sizeof sent->correlation, "%s",
             publish->correlation ? publish->correlation : "");
    return sent->mid = publish->qos > 0 ? ++fake.mid : 0;
}

/* A store of numbered lines "1\n", "2\n", …, each behind so many blanks. */
struct store {
    int64_t last, acked;
    size_t blanks;
    bool broken;
};

static bool store_read(void *owner, const struct uplink_range *range, struct uplink_batch *batch)
{
    const struct store *store = owner;
    for (int64_t seq = range->after_seq + 1;
         !store->broken && seq <= store->last && seq <= range->upto_seq &&
         batch->events < range->events_max &&
         batch->ndjson.length + store->blanks + 8 <= range->bytes_max;
         seq++) {
        buffer_format(&batch->ndjson, "%*s%" PRId64 "\n", (int)store->blanks, "", seq);
        batch->last_seq = seq;
        batch->events++;
    }
    return batch->events > 0;
}

static int64_t store_last(void *owner)
{
    return ((struct store *)owner)->last;
}

static int64_t store_acked(void *owner)
{
    return ((struct store *)owner)->acked;
}

static void store_acknowledge(void *owner, int64_t seq)
{
    struct store *store = owner;
    assert_true(seq > store->acked);
    store->acked = seq;
}

static const struct uplink_store_calls store_calls = {
    .read = store_read,
    .last_seq = store_last,
    .acked_seq = store_acked,
    .acknowledge = store_acknowledge,
};

static struct world {
    struct store store;
    struct uplink *uplink;
    int64_t now;
    char command[128];
} world;

static void hear_command(void *owner, const char *payload, size_t length)
{
    struct world *heard = owner;
    snprintf(heard->command, sizeof heard->command, "%.*s", (int)length, payload);
}

static void fill_heartbeat(void *owner, struct json_writer *json)
{
    (void)owner;
    json_int(json, "waiting", 7);
}

static void fill_state(void *owner, struct json_writer *json)
{
    (void)owner;
    json_array_begin(json, "counts");
    json_array_end(json);
}

static const struct uplink_calls calls = {
    .command = hear_command,
    .fill_heartbeat = fill_heartbeat,
    .fill_state = fill_state,
};

static int begin_as(const struct uplink_options *differs)
{
    memset(&fake, 0, sizeof fake);
    memset(&world, 0, sizeof world);
    world.now = 1000000;
    const struct mqtt_link_options link = { .hosts = "127.0.0.1", .port = 1883 };
    const struct uplink_options options = {
        .cart = "BBCL23",
        .epoch = EPOCH,
        .session = 4,
        .version = "1.2.3",
        .link = &link,
        .store = { .calls = &store_calls, .owner = &world.store },
        .calls = &calls,
        .owner = &world,
        .closed = differs->closed,
        .is_former = differs->is_former,
    };
    world.uplink = uplink_open(&options, WALL);
    return world.uplink ? 0 : -1;
}

static inline int begin_day(bool closed)
{
    return begin_as(&(struct uplink_options){ .closed = closed });
}

static inline int begin(void **state)
{
    (void)state;
    return begin_day(false);
}

static int finish(void **state)
{
    (void)state;
    uplink_close(world.uplink);
    return 0;
}

static void turn_after(int64_t ms)
{
    world.now += ms;
    uplink_turn(world.uplink, 0, world.now, WALL + world.now);
}

static void connect_now(void)
{
    turn_after(0);
    fake.connected = true;
    fake.events->connected(fake.owner, false);
}

static void hear(const char *topic, const char *payload)
{
    struct mqtt_message message = {
        .topic = topic, .payload = payload, .length = strlen(payload), .qos = 1
    };
    fake.events->message(fake.owner, &message);
}

static void hear_bridge(const char *payload)
{
    hear("carrito/v1/bridge/b1/state", payload);
}

static void hear_ack(const char *epoch, int64_t seq)
{
    char ack[128];
    snprintf(ack, sizeof ack, "{\"epoch\":\"%s\",\"seq\":%" PRId64 "}", epoch, seq);
    hear("carrito/v1/BBCL23/ack", ack);
}

static void commit_to(int64_t seq)
{
    world.store.last = seq;
    uplink_poke(world.uplink, world.now);
}

static void connect_with_bridge(void)
{
    connect_now();
    hear_bridge(A_BRIDGE);
}

#endif
