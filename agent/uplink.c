/* Decides what a cart says and when; mqtt_link carries it, a store keeps it.
 *
 * One batch is in flight (lane.h), so a cart's order holds through any broker and a broker holds at
 * most one message of it. The broker's PUBACK is no receipt (it means "in the broker's memory"):
 * only the bridge's ack moves the store, and whatever is not covered by one is sent again. */
#include "agent/uplink.h"

#include "agent/bridge_table.h"
#include "agent/day_end.h"
#include "agent/lane.h"
#include "agent/uplink_message.h"
#include "common/clock.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEEPALIVE_S       30
#define CLOSED_S          120  /* of a closed cart: a night of pings costs 0.1 MB, not 0.3 */
#define SESSION_EXPIRY_S  3600 /* commands wait this long in the broker for a cart in a tunnel */
#define RECEIVE_MAX       20
#define HEARTBEAT_MS      20000
#define REASON_NO_READER  16  /* PUBACK: nobody subscribes, so the batch is gone */
#define REASON_CODE_ERROR 128 /* PUBACK: this and above is a failure */

enum phase { RUNNING, LEAVING, LEFT };

struct uplink {
    struct mqtt_link *link;
    struct mqtt_link_options link_options;
    char client_id[CART_LENGTH_MAX + 16];
    bool has_will; /* the connection, or the next one */
    struct day_end day_end;
    char cart[CART_LENGTH_MAX + 1];
    struct uplink_speaker speaker;
    unsigned events_max;
    bool quiet;
    enum phase phase;
    int64_t mono_ms;      /* of the latest turn */
    int64_t heartbeat_ms; /* when the next one is due */
    struct lane live;     /* the cart's own */
    struct lane former;   /* of a former outbox, while there is one */
    struct bridge_table bridges;
    int offline_mid;
    int last_refusal; /* reason code that was logged, so that a full day of it is one line */
};

/* Before the day's end can be told for good. A former outbox waits for the next day but for what is
 * under way. */
static bool waits(const struct uplink *uplink)
{
    return lane_waits(&uplink->live) || uplink->former.in_flight_seq > 0;
}

static bool is_online(const struct uplink *uplink)
{
    return bridge_table_any_online(&uplink->bridges);
}

static int publish(struct uplink *uplink, enum wire_leaf leaf, const struct mqtt_publish *message)
{
    char topic[WIRE_MQTT_TOPIC_SIZE];
    struct mqtt_publish named = *message;

    wire_mqtt_topic(topic, uplink->cart, leaf);
    named.topic = topic;
    return mqtt_link_publish(uplink->link, &named);
}

static int say_state(struct uplink *uplink, enum link_state state)
{
    struct buffer text = { 0 };
    uplink_state_write(&uplink->speaker, state, &text);
    struct mqtt_publish message = {
        .payload = text.bytes, .length = text.length, .qos = 1, .retain = !uplink->speaker.is_former
    };
    int mid = publish(uplink, LEAF_STATE, &message);
    buffer_free(&text);
    return mid;
}

static void say_heartbeat(struct uplink *uplink)
{
    struct buffer text = { 0 };
    uplink_heartbeat_write(&uplink->speaker, lane_acked_seq(&uplink->live), &text);
    struct mqtt_publish message = { .payload = text.bytes, .length = text.length };
    publish(uplink, LEAF_HEARTBEAT, &message);
    buffer_free(&text);
}

/* The end of a closed cart's connection is no loss: the broker keeps what it said last. */
static void leave_will(struct uplink *uplink)
{
    char topic[WIRE_MQTT_TOPIC_SIZE];
    struct buffer text = { 0 };
    uplink->has_will = !uplink->day_end.closed && !uplink->speaker.is_former;
    if (!uplink->has_will) {
        mqtt_link_set_will(uplink->link, NULL);
        return;
    }
    uplink_state_write(&uplink->speaker, LINK_LOST, &text);
    wire_mqtt_topic(topic, uplink->cart, LEAF_STATE);
    struct mqtt_publish will = {
        .topic = topic, .payload = text.bytes, .length = text.length, .qos = 1, .retain = true
    };
    mqtt_link_set_will(uplink->link, &will);
    buffer_free(&text);
}

/* A batch that is lost on the way to a bridge expires in the broker about when it is sent again:
 * both delays run from when the broker has it. */
static void send_batch(struct uplink *uplink, struct lane *lane, const struct uplink_batch *batch)
{
    char correlation[EPOCH_LENGTH_MAX + 24];
    snprintf(correlation, sizeof correlation, "%s:%lld", lane->epoch, (long long)batch->last_seq);
    struct mqtt_publish message = {
        .payload = batch->ndjson.bytes,
        .length = batch->ndjson.length,
        .qos = 1,
        .correlation = correlation,
        .expiry_s = (uint32_t)((resend_draw_ms(&lane->resend) + 999) / 1000),
        .former = uplink->speaker.is_former,
    };
    lane_sent(lane, batch, publish(uplink, LEAF_EVENTS, &message), uplink->mono_ms);
}

static void send_lane(struct uplink *uplink, struct lane *lane)
{
    struct uplink_batch batch = { 0 };

    if (lane_read(lane, uplink->events_max, uplink->mono_ms, &batch))
        send_batch(uplink, lane, &batch);
    buffer_free(&batch.ndjson);
}

/* The day was opened on a connection without a will. */
static bool opens(const struct uplink *uplink)
{
    return !uplink->day_end.closed && !uplink->has_will && !uplink->speaker.is_former;
}

/* What happened long ago waits for what happens now, and in a closed day for the next one. */
static bool former_has_its_turn(const struct uplink *uplink)
{
    return !lane_has_unsent(&uplink->live) &&
           (!uplink->day_end.closed || uplink->former.in_flight_seq > 0);
}

static void send_due(struct uplink *uplink)
{
    if (uplink->phase != RUNNING || !is_online(uplink) || !mqtt_link_is_connected(uplink->link) ||
        opens(uplink))
        return;
    send_lane(uplink, &uplink->live);
    if (former_has_its_turn(uplink))
        send_lane(uplink, &uplink->former);
}

static bool acknowledge(struct uplink *uplink, struct lane *lane,
                        const struct mqtt_message *message)
{
    int64_t seq = 0;

    return lane_is_used(lane) && uplink_ack_read(message, lane->epoch, &seq) &&
           lane_acknowledge(lane, seq, uplink->mono_ms);
}

/* Both may be of one epoch, where the board had another plate between them: their numbers do not
 * meet. */
static void hear_ack(struct uplink *uplink, const struct mqtt_message *message)
{
    if (!acknowledge(uplink, &uplink->live, message) &&
        !acknowledge(uplink, &uplink->former, message))
        return;
    uplink->last_refusal = 0;
    if (uplink->speaker.is_former) /* its events were a word of the plate: nobody is to miss it */
        say_state(uplink, LINK_OFFLINE);
    send_due(uplink);
}

static void hear_bridge(struct uplink *uplink, const struct mqtt_message *message)
{
    size_t length = 0;
    const char *id = wire_mqtt_bridge_of(message->topic, &length);
    bool online;
    if (!id || !uplink_bridge_read(message, &online))
        return;
    bridge_table_note(&uplink->bridges, id, length, online);
    if (!online)
        return;
    lane_bridge_online(&uplink->live, uplink->mono_ms);
    lane_bridge_online(&uplink->former, uplink->mono_ms);
    send_due(uplink);
}

static void on_message(void *owner, const struct mqtt_message *message)
{
    struct uplink *uplink = owner;
    char cart[CART_LENGTH_MAX + 1];
    enum wire_leaf leaf;
    hear_bridge(uplink, message);
    /* Neither an ack nor a command is ever retained; one that is would come at each connect. */
    if (message->retained || !wire_mqtt_read(message->topic, cart, &leaf) ||
        strcmp(cart, uplink->cart) != 0)
        return;
    if (leaf == LEAF_ACK)
        hear_ack(uplink, message);
    else if (leaf == LEAF_COMMAND && message->length > 0 && !uplink->speaker.is_former &&
             uplink->speaker.calls && uplink->speaker.calls->command) {
        uplink->speaker.calls->command(uplink->speaker.owner, message->payload, message->length);
        uplink->day_end.asked = true;
    }
}

static void on_connected(void *owner, bool session_present)
{
    struct uplink *uplink = owner;
    char filter[WIRE_MQTT_TOPIC_SIZE];
    log_line(uplink->quiet ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, "uplink", "connected",
             "cart=%s session_present=%d", uplink->cart, session_present);
    /* What was in flight may have died with the other connection: sent again when a bridge is
     * announced on this one. */
    bridge_table_clear(&uplink->bridges);
    resend_connected(&uplink->live.resend);
    resend_connected(&uplink->former.resend);
    wire_mqtt_topic(filter, uplink->cart, LEAF_ACK);
    mqtt_link_subscribe(uplink->link, filter, 0);
    wire_mqtt_topic(filter, uplink->cart, LEAF_COMMAND);
    if (!uplink->speaker.is_former)
        mqtt_link_subscribe(uplink->link, filter, 1);
    wire_mqtt_bridge_topic(filter, WIRE_ANYBODY);
    mqtt_link_subscribe(uplink->link, filter, 1);
    day_end_connected(&uplink->day_end, uplink->mono_ms);
    if (uplink->phase != RUNNING)
        uplink->offline_mid = say_state(uplink, LINK_OFFLINE);
    else if (!uplink->day_end.closed && uplink->has_will)
        say_state(uplink, LINK_ONLINE);
}

static void on_disconnected(void *owner, const char *why)
{
    struct uplink *uplink = owner;
    log_line(uplink->quiet ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "uplink", "disconnected",
             "cart=%s why=%s", uplink->cart, why);
    bridge_table_clear(&uplink->bridges);
    day_end_disconnected(&uplink->day_end);
    leave_will(uplink);
}

static void on_puback(void *owner, int mid, int reason_code)
{
    struct uplink *uplink = owner;
    if (uplink->phase == LEAVING && mid == uplink->offline_mid)
        uplink->phase = LEFT;
    if (day_end_confirmed(&uplink->day_end, mid) && !uplink->quiet)
        log_info("uplink", "the day's end is told", "waits=%d", waits(uplink));
    if ((!lane_confirmed(&uplink->live, mid, uplink->mono_ms) &&
         !lane_confirmed(&uplink->former, mid, uplink->mono_ms)) ||
        (reason_code != REASON_NO_READER && reason_code < REASON_CODE_ERROR))
        return;
    if (reason_code != uplink->last_refusal && !uplink->quiet)
        log_warn("uplink", "the broker passed a batch to nobody", "reason_code=%d", reason_code);
    uplink->last_refusal = reason_code;
}

static const struct mqtt_link_events link_events = {
    .connected = on_connected,
    .disconnected = on_disconnected,
    .message = on_message,
    .puback = on_puback,
};

static void fill_link_options(struct uplink *uplink, const struct uplink_options *options)
{
    struct mqtt_link_options *link = &uplink->link_options;

    snprintf(uplink->client_id, sizeof uplink->client_id, "carrito-%s", options->cart);
    *link = *options->link;
    link->client_id = uplink->client_id;
    link->keepalive_s = options->closed ? CLOSED_S : KEEPALIVE_S;
    link->clean_start = false;
    link->session_expiry_s = SESSION_EXPIRY_S;
    link->receive_max = RECEIVE_MAX;
    link->hold_writes = false;
    link->will = NULL;
    link->events = &link_events;
    link->owner = uplink;
}

struct uplink *uplink_open(const struct uplink_options *options, int64_t wall_ms)
{
    struct uplink *uplink = calloc(1, sizeof *uplink);
    if (uplink == NULL)
        abort();
    snprintf(uplink->cart, sizeof uplink->cart, "%s", options->cart);
    snprintf(uplink->speaker.epoch, sizeof uplink->speaker.epoch, "%s", options->epoch);
    uplink->speaker.version = strdup(options->version);
    uplink->speaker.session = options->session;
    uplink->events_max = options->batch_events_max;
    if (uplink->events_max == 0 || uplink->events_max > BATCH_EVENTS_MAX)
        uplink->events_max = BATCH_EVENTS_MAX;
    uplink->quiet = options->link->quiet;
    uplink->speaker.calls = options->calls;
    uplink->speaker.owner = options->owner;
    uplink->speaker.wall_ms = wall_ms;
    uplink->speaker.is_former = options->is_former;
    lane_begin(&uplink->live, options->epoch, &options->store);
    uplink->day_end.closed = uplink->speaker.closed = options->closed;
    fill_link_options(uplink, options);
    uplink->link = uplink->speaker.version ? mqtt_link_open(&uplink->link_options) : NULL;
    if (!uplink->link) {
        uplink_close(uplink);
        return NULL;
    }
    leave_will(uplink);
    return uplink;
}

int uplink_fd(const struct uplink *uplink)
{
    return mqtt_link_fd(uplink->link);
}

short uplink_poll_events(const struct uplink *uplink)
{
    return mqtt_link_poll_events(uplink->link);
}

/* The connection has a will, and is to have none; or the other way round. */
static bool renewal_is_due(const struct uplink *uplink)
{
    return opens(uplink) || (uplink->has_will && day_end_is_over(&uplink->day_end) &&
                             uplink->live.in_flight_seq == 0 && uplink->former.in_flight_seq == 0);
}

/* DISCONNECT, and a connection with another will. */
static void renew(struct uplink *uplink)
{
    uplink->link_options.keepalive_s = uplink->day_end.closed ? CLOSED_S : KEEPALIVE_S;
    struct mqtt_link *link = mqtt_link_open(&uplink->link_options);

    if (link == NULL) /* tried again at the next turn */
        return;
    mqtt_link_close(uplink->link);
    uplink->link = link;
    bridge_table_clear(&uplink->bridges);
    leave_will(uplink);
}

static int64_t heartbeat_due_ms(const struct uplink *uplink)
{
    if (uplink->speaker.is_former)
        return INT64_MAX;
    if (!day_end_is_quiet(&uplink->day_end))
        return uplink->heartbeat_ms;
    return uplink->day_end.asked ? 0 : INT64_MAX;
}

/* INT64_MAX: when something happens. */
static int64_t next_batch_ms(const struct uplink *uplink)
{
    int64_t due_ms = lane_due_ms(&uplink->live);

    return former_has_its_turn(uplink) ? earlier(due_ms, lane_due_ms(&uplink->former)) : due_ms;
}

int uplink_timeout_ms(const struct uplink *uplink, int64_t mono_ms)
{
    int64_t due_ms = mono_ms + mqtt_link_timeout_ms(uplink->link, mono_ms);
    if (mqtt_link_is_connected(uplink->link) && uplink->phase == RUNNING) {
        due_ms = earlier(due_ms, heartbeat_due_ms(uplink));
        due_ms = earlier(due_ms, day_end_due_ms(&uplink->day_end, waits(uplink)));
        if (is_online(uplink))
            due_ms = earlier(due_ms, next_batch_ms(uplink));
        if (renewal_is_due(uplink))
            due_ms = mono_ms;
    }
    return due_ms > mono_ms ? (int)(due_ms - mono_ms) : 0;
}

static void say_what_is_due(struct uplink *uplink)
{
    bool more = waits(uplink);

    if (uplink->mono_ms >= day_end_due_ms(&uplink->day_end, more))
        day_end_said(&uplink->day_end, say_state(uplink, LINK_OFFLINE), more);
    if (uplink->mono_ms < heartbeat_due_ms(uplink))
        return;
    say_heartbeat(uplink);
    uplink->day_end.asked = false;
    uplink->heartbeat_ms = uplink->mono_ms + HEARTBEAT_MS;
}

void uplink_turn(struct uplink *uplink, short revents, int64_t mono_ms, int64_t wall_ms)
{
    if (uplink->heartbeat_ms == 0) /* a fleet that starts together must not beat together */
        uplink->heartbeat_ms =
            mono_ms + (int64_t)(random_next(&uplink->live.resend.backoff.random) % HEARTBEAT_MS);
    uplink->mono_ms = mono_ms;
    uplink->speaker.wall_ms = wall_ms;
    mqtt_link_turn(uplink->link, revents, mono_ms, MQTT_LINK_MAY_ALL);
    if (uplink->phase != RUNNING || !mqtt_link_is_connected(uplink->link))
        return;
    if (resend_is_stuck(&uplink->live.resend, mono_ms) ||
        resend_is_stuck(&uplink->former.resend, mono_ms)) {
        mqtt_link_drop(uplink->link, "no PUBACK for a batch");
        return;
    }
    if (renewal_is_due(uplink)) {
        renew(uplink);
        return;
    }
    send_due(uplink);
    say_what_is_due(uplink);
}

void uplink_close_day(struct uplink *uplink, int64_t mono_ms)
{
    uplink->speaker.closed = true;
    day_end_close(&uplink->day_end, mono_ms);
}

void uplink_open_day(struct uplink *uplink)
{
    uplink->speaker.closed = false;
    day_end_open(&uplink->day_end);
    if (!mqtt_link_is_connected(uplink->link)) /* else in the next turn */
        renew(uplink);
}

void uplink_poke(struct uplink *uplink, int64_t mono_ms)
{
    uplink->mono_ms = mono_ms;
    send_due(uplink);
}

void uplink_send_former(struct uplink *uplink, const char *epoch, const struct uplink_store *store)
{
    if (store == NULL)
        uplink->former = (struct lane){ .in_flight_seq = 0 };
    else
        lane_begin(&uplink->former, epoch, store);
    send_due(uplink);
}

void uplink_say_online(struct uplink *uplink)
{
    if (uplink->phase == RUNNING && !uplink->day_end.closed && uplink->has_will &&
        mqtt_link_is_connected(uplink->link))
        say_state(uplink, LINK_ONLINE);
}

void uplink_beat(struct uplink *uplink, int64_t mono_ms)
{
    if (mqtt_link_is_connected(uplink->link))
        uplink->heartbeat_ms = mono_ms;
}

void uplink_status(const struct uplink *uplink, struct uplink_status *status)
{
    *status = (struct uplink_status){
        .connected = mqtt_link_is_connected(uplink->link),
        .bridge_online = is_online(uplink),
        .answer = mqtt_link_answer(uplink->link),
        .closed_told = day_end_is_over(&uplink->day_end),
        .acked_seq = lane_acked_seq(&uplink->live),
        .in_flight_seq = uplink->live.in_flight_seq,
        .has_unsent = lane_has_unsent(&uplink->live),
        .batches_sent = uplink->live.batches_sent,
        .batches_resent = uplink->live.batches_resent,
    };
}

void uplink_reconnect(struct uplink *uplink)
{
    mqtt_link_drop(uplink->link, "for another one");
}

void uplink_leave(struct uplink *uplink, int64_t wall_ms)
{
    uplink->speaker.wall_ms = wall_ms;
    uplink->phase = day_end_is_over(&uplink->day_end) ? LEFT : LEAVING;
    if (uplink->phase == LEAVING && mqtt_link_is_connected(uplink->link))
        uplink->offline_mid = say_state(uplink, LINK_OFFLINE);
}

bool uplink_has_left(const struct uplink *uplink)
{
    return uplink->phase == LEFT || !mqtt_link_is_connected(uplink->link);
}

void uplink_close(struct uplink *uplink)
{
    if (!uplink)
        return;
    mqtt_link_close(uplink->link);
    free(uplink->speaker.version);
    free(uplink);
}
