/* The turns. Everything here happens on one thread; librdkafka's own threads only write to wake_fd.
 *
 * The one invariant: mqtt_link_flush() is called only when every record of every message that was
 * read is confirmed, but for messages that somebody else keeps (batch.keeper): because a flush lets
 * go all PUBACKs that are queued. Hence nothing is read while something is awaited of Kafka, or
 * while the last answers have not left entirely. What is of a partition that waits is not awaited:
 * the carts of the others go on, and its own carts send again what has no `ack`. */
#include "bridge/bridge.h"
#include "bridge/beat.h"
#include "bridge/bridge_metrics.h"
#include "bridge/gather.h"
#include "bridge/in_hand.h"
#include "bridge/kafka_in.h"
#include "bridge/kafka_out.h"
#include "bridge/mqtt_in.h"
#include "bridge/mqtt_out.h"
#include "bridge/route.h"
#include "bridge/topics.h"
#include "common/certificate.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/metrics_http.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CONFIRMED_LATELY_MS 5000 /* for /readyz */
#define COMMANDS_PER_TURN   64
#define CERTIFICATE_MS      60000 /* between two looks at the certificates: they may be renewed */
#define STUCK_MS            5000 /* reports come within microseconds of the producer's being idle */
#define CALL_MS             5000 /* between two calls to the carts to send again */
#define US_IN_MS            1000
#define POLL_FDS            (2 + METRICS_CLIENTS_MAX + 1)

struct bridge {
    const struct settings *settings;
    enum owntracks_rule owntracks_rule;
    int wake_fd;
    struct kafka_out *kafka_out;
    struct kafka_in *kafka_in;
    struct mqtt_in *mqtt_in;
    struct command_desk *desk;
    struct beat *beat;
    struct metrics_http *http; /* or NULL */
    struct in_hand in_hand;
    struct topics topics;
    int64_t certificate_ms, certificate_due_ms; /* when they end; when they are read again */
    int64_t now_ms;                             /* monotonic, of this turn */
    int64_t
        confirmed_ms;  /* the last beat was confirmed then; INT64_MIN: never, or not since a drop */
    short link_events; /* what poll(2) said of the link in this turn */
    bool mqtt_readable; /* in this turn */
    bool more;          /* the last turn was full */
    struct gather gather;
    bool put_off;     /* some messages, since the carts were called last */
    unsigned resumed; /* kafka_out_resumed() then */
    int64_t called_ms;
    char waits_for[64 + KAFKA_OUT_WAITING_SIZE]; /* what bridge_waits_for() returned */
};

static bool kafka_confirms(const struct bridge *bridge)
{
    return bridge->topics.complete && bridge->confirmed_ms != INT64_MIN;
}

/* Everything that was read may be answered, or is answered. */
static bool is_settled(const struct bridge *bridge)
{
    return kafka_out_awaited(bridge->kafka_out) == 0 && bridge->in_hand.count[KEPT_IN_QUEUE] == 0;
}

static bool is_connected(struct bridge *bridge)
{
    return mqtt_link_is_connected(mqtt_in_link(bridge->mqtt_in));
}

const char *bridge_waits_for(void *owner)
{
    struct bridge *bridge = owner;

    if (!bridge->topics.complete)
        return bridge->topics.missing != NULL ? "waiting for topics in Kafka" : "waiting for Kafka";
    if (!kafka_confirms(bridge) || bridge->now_ms - bridge->confirmed_ms > CONFIRMED_LATELY_MS)
        return "Kafka has confirmed nothing lately";
    if (!mqtt_in_is_subscribed(bridge->mqtt_in))
        return "not subscribed at the MQTT broker";
    if (kafka_out_waiting(bridge->kafka_out) == 0)
        return NULL;
    char text[KAFKA_OUT_WAITING_SIZE];
    kafka_out_waiting_text(bridge->kafka_out, text);
    snprintf(bridge->waits_for, sizeof bridge->waits_for, "no confirmation in %s: its carts wait",
             text);
    return bridge->waits_for;
}

static bool open_mqtt(struct bridge *bridge)
{
    const struct settings *settings = bridge->settings;
    char *password = NULL;

    if (!mqtt_settings_read_password(&settings->mqtt, &password))
        return false;
    struct mqtt_link_options broker = mqtt_settings_link(&settings->mqtt, password);
    bridge->mqtt_in = mqtt_in_open(&broker, settings->bridge_id);
    config_free_secret(password);
    return bridge->mqtt_in != NULL;
}

static bool open_kafka(struct bridge *bridge, const struct config_pairs *pairs)
{
    struct kafka_out_options options = {
        .brokers = bridge->settings->kafka_brokers,
        .pairs = pairs,
        .bridge_id = bridge->settings->bridge_id,
        .wake_fd = bridge->wake_fd,
    };

    bridge->kafka_out = kafka_out_open(&options);
    bridge->kafka_in = kafka_in_open(&options);
    return bridge->kafka_out != NULL && bridge->kafka_in != NULL;
}

static bool open_metrics(struct bridge *bridge)
{
    const char *address = bridge->settings->metrics;

    bridge_metrics_register();
    if (address == NULL || address[0] == '\0' || strcmp(address, "off") == 0)
        return true;
    bridge->http = metrics_http_open(address, bridge_waits_for, bridge);
    return bridge->http != NULL;
}

struct bridge *bridge_open(const struct settings *settings, const struct config_pairs *pairs)
{
    struct bridge *bridge = calloc(1, sizeof *bridge);

    if (bridge == NULL)
        abort();
    bridge->settings = settings;
    if (strcmp(settings->owntracks_cart, OWNTRACKS_RULE_USER) == 0)
        bridge->owntracks_rule = OWNTRACKS_CART_IS_USER;
    bridge->confirmed_ms = INT64_MIN;
    bridge->topics = topics_begin();
    bridge->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    bridge->desk = command_desk_open();
    bridge->beat = beat_open(settings->bridge_id);
    if (bridge->wake_fd >= 0 && open_metrics(bridge) && open_kafka(bridge, pairs) &&
        open_mqtt(bridge))
        return bridge;
    bridge_close(bridge);
    return NULL;
}

void bridge_close(struct bridge *bridge)
{
    if (bridge == NULL)
        return;
    mqtt_in_close(bridge->mqtt_in);
    kafka_in_close(bridge->kafka_in);
    kafka_out_close(bridge->kafka_out); /* before what its records point at */
    in_hand_free(&bridge->in_hand);
    beat_close(bridge->beat);
    command_desk_close(bridge->desk);
    metrics_http_close(bridge->http);
    if (bridge->wake_fd >= 0)
        close(bridge->wake_fd);
    free(bridge);
}

/* How long nothing is due, in ms from now. */
static int wait_ms(struct bridge *bridge)
{
    int64_t now = bridge->now_ms;
    int64_t wait = TURN_WAIT_MS_MAX;

    if (bridge->more && is_settled(bridge))
        return 0;
    wait = earlier(wait, kafka_out_timeout_ms(bridge->kafka_out, now));
    if (bridge->topics.partitions[WIRE_PRESENCE] > 0)
        wait = earlier(wait, clock_until_ms(beat_due_ms(bridge->beat), now));
    if (is_settled(bridge) && is_connected(bridge))
        wait = earlier(wait, clock_until_ms(command_desk_due_ms(bridge->desk), now));
    if (bridge->gather.due_ms != 0)
        wait = earlier(wait, clock_until_ms(bridge->gather.due_ms, now));
    return (int)earlier(wait, mqtt_link_timeout_ms(mqtt_in_link(bridge->mqtt_in), now));
}

/* A connected link is watched only when something may be read or written: a descriptor that is
 * ready and left alone would keep poll(2) from waiting. */
static struct pollfd link_fd(struct bridge *bridge)
{
    struct mqtt_link *link = mqtt_in_link(bridge->mqtt_in);
    struct pollfd fd = { .fd = mqtt_link_fd(link), .events = mqtt_link_poll_events(link) };

    if (!is_connected(bridge))
        return fd;
    if (!is_settled(bridge) || bridge->gather.due_ms != 0)
        fd.fd = -1;
    fd.events = mqtt_link_wants_write(link) ? POLLOUT : POLLIN;
    return fd;
}

static void wait_for_work(struct bridge *bridge)
{
    struct pollfd fds[POLL_FDS] = {
        link_fd(bridge),
        { .fd = bridge->wake_fd, .events = POLLIN },
    };
    size_t http_count = bridge->http != NULL ? metrics_http_poll_fds(bridge->http, fds + 2) : 0;
    uint64_t wakes;

    if (poll(fds, 2 + http_count, wait_ms(bridge)) < 0)
        for (size_t i = 0; i < 2 + http_count; i++)
            fds[i].revents = 0;
    bridge->now_ms = clock_mono_ms();
    bridge->link_events = fds[0].revents;
    bool gathered = gather_ends(&bridge->gather, bridge->now_ms);
    bridge->mqtt_readable = bridge->more || gathered || (fds[0].revents & ~POLLOUT) != 0;
    if (fds[1].revents != 0 && read(bridge->wake_fd, &wakes, sizeof wakes) < 0)
        log_debug("bridge", "woken for nothing", NULL);
    if (bridge->http != NULL)
        metrics_http_turn(bridge->http, fds + 2, http_count, bridge->now_ms);
}

/* Only while nothing is awaited of Kafka: it answers at once then. */
static void look_at_topics(struct bridge *bridge)
{
    if (kafka_out_awaited(bridge->kafka_out) == 0 &&
        topics_look(&bridge->topics, bridge->kafka_out, bridge->now_ms)) {
        kafka_in_assign(bridge->kafka_in, bridge->topics.partitions[WIRE_COMMANDS]);
        bridge->now_ms = clock_mono_ms();
    }
}

static void keep_link(struct bridge *bridge)
{
    bool may_connect = kafka_confirms(bridge) && is_settled(bridge);

    mqtt_link_turn(mqtt_in_link(bridge->mqtt_in), bridge->link_events, bridge->now_ms,
                   may_connect ? MQTT_LINK_MAY_CONNECT : 0);
    bridge_metrics_connected(is_connected(bridge));
}

static void read_mqtt(struct bridge *bridge)
{
    bool may_read = is_connected(bridge) && is_settled(bridge) &&
                    mqtt_in_is_empty(bridge->mqtt_in) &&
                    !mqtt_link_wants_write(mqtt_in_link(bridge->mqtt_in));

    if (!is_connected(bridge))
        bridge->more = false;
    else if (bridge->mqtt_readable && may_read)
        bridge->more = mqtt_in_read(bridge->mqtt_in);
}

/* From here on the batch is in hand until it is answered. */
static void produce(struct bridge *bridge, struct batch *batch)
{
    for (size_t i = 0; i < batch->record_count; i++)
        kafka_out_send(bridge->kafka_out, &batch->records[i], bridge->now_ms);
    in_hand_add(&bridge->in_hand, batch);
}

/* Its sender has it, and sends it again: so nothing of a partition that waits piles up here, and
 * nothing of a cart overtakes what is in hand of it. */
static bool is_put_off(struct bridge *bridge, const struct batch *batch)
{
    for (size_t i = 0; batch->keeper == KEPT_BY_SENDER && i < batch->record_count; i++)
        if (kafka_out_waits_for(bridge->kafka_out, &batch->records[i]))
            return true;
    return false;
}

static void produce_what_came(struct bridge *bridge)
{
    struct batch *batch;

    for (; (batch = mqtt_in_take(bridge->mqtt_in)) != NULL; bridge->gather.messages++) {
        batch->owntracks_rule = bridge->owntracks_rule;
        route(batch);
        if (batch->kind == BATCH_HEARTBEAT)
            command_desk_heartbeat(bridge->desk, batch->cart, batch->payload, batch->length);
        if (is_put_off(bridge, batch)) {
            bridge->put_off = true;
            bridge_metrics_put_off();
            batch_free(batch);
            continue;
        }
        bridge_metrics_count(batch);
        produce(bridge, batch);
    }
}

static void refuse_command(struct bridge *bridge, const struct command_record *record,
                           const struct json_reason *why)
{
    char topic[64];

    snprintf(topic, sizeof topic, TOPIC_COMMANDS "/%d/%lld", record->partition,
             (long long)record->offset);
    struct mqtt_message message = { .topic = topic,
                                    .payload = record->value,
                                    .length = record->value_length };
    struct batch *batch = batch_new(WIRE_FROM_KAFKA, &message);
    batch->kind = BATCH_COMMAND;
    if (record->key != NULL && record->key_length <= CART_LENGTH_MAX)
        memcpy(batch->cart, record->key, record->key_length);
    batch->received_us = clock_mono_us();
    route_refuse(batch, why);
    produce(bridge, batch);
    log_warn("bridge", "command refused", "source=%s why=%s", batch->source, why->text);
}

static void take_commands(struct bridge *bridge)
{
    struct command_record record;
    struct json_reason why;

    kafka_in_renew(bridge->kafka_in, bridge->now_ms);
    for (int i = 0; i < COMMANDS_PER_TURN && kafka_in_next(bridge->kafka_in, &record); i++) {
        if (command_desk_take(bridge->desk, &record, clock_wall_ms(), &why) == COMMAND_REFUSED ||
            command_desk_given_up(bridge->desk, &record, &why))
            refuse_command(bridge, &record, &why);
    }
}

static int64_t certificate_end(struct bridge *bridge)
{
    if (bridge->now_ms >= bridge->certificate_due_ms) {
        bridge->certificate_ms = certificate_files_end_ms(bridge->settings->mqtt.certfile,
                                                          bridge->settings->mqtt.cafile);
        bridge->certificate_due_ms = bridge->now_ms + CERTIFICATE_MS;
    }
    return bridge->certificate_ms;
}

static void send_beat(struct bridge *bridge)
{
    struct beat_facts facts = {
        .connected = is_connected(bridge),
        .changes = mqtt_in_changes(bridge->mqtt_in),
        .partitions = bridge->topics.partitions[WIRE_PRESENCE],
        .mono_ms = bridge->now_ms,
        .wall_ms = clock_wall_ms(),
        .certificate_ms = certificate_end(bridge),
    };
    struct record *const *records;
    size_t count = beat_make(bridge->beat, &facts, &records);

    for (size_t i = 0; i < count; i++)
        kafka_out_send(bridge->kafka_out, records[i], bridge->now_ms);
}

static void take_reports(struct bridge *bridge)
{
    kafka_out_turn(bridge->kafka_out, bridge->now_ms);
    if (beat_was_confirmed(bridge->beat))
        bridge->confirmed_ms = bridge->now_ms;
    bridge_metrics_queue(kafka_out_unconfirmed(bridge->kafka_out));
    bridge_metrics_waiting(kafka_out_waiting(bridge->kafka_out));
    bridge_metrics_replaced(kafka_out_replacements(bridge->kafka_out));
}

static void acknowledge(struct bridge *bridge)
{
    struct mqtt_link *link = mqtt_in_link(bridge->mqtt_in);
    int64_t now_us = clock_mono_us();
    struct batch *next = in_hand_take_confirmed(&bridge->in_hand);

    for (struct batch *batch = next; batch != NULL; batch = next) {
        next = batch->next;
        if (batch->ack_seq > 0)
            mqtt_out_ack(link, batch->cart, batch->epoch, batch->ack_seq);
        if (batch->kind == BATCH_EVENTS)
            bridge_metrics_answered(now_us - batch->received_us);
        batch_free(batch);
    }
}

/* Carts whose messages were put off wait up to half a minute before they send again; at a bridge's
 * `online` they do it within a second (contract, section 3). */
static void call_carts(struct bridge *bridge)
{
    unsigned resumed = kafka_out_resumed(bridge->kafka_out);

    if (!bridge->put_off || resumed == bridge->resumed || !is_connected(bridge) ||
        bridge->now_ms - bridge->called_ms < CALL_MS)
        return;
    mqtt_out_state(mqtt_in_link(bridge->mqtt_in), bridge->settings->bridge_id, MQTT_OUT_ONLINE,
                   clock_wall_ms());
    bridge->put_off = false;
    bridge->resumed = resumed;
    bridge->called_ms = bridge->now_ms;
}

static void send_commands(struct bridge *bridge)
{
    struct mqtt_link *link = mqtt_in_link(bridge->mqtt_in);
    struct command_position position;
    const struct command *command;

    for (int i = 0;
         i < COMMANDS_PER_TURN && is_connected(bridge) &&
         (command = command_desk_next(bridge->desk, bridge->now_ms, clock_wall_ms())) != NULL;
         i++)
        mqtt_out_command(link, command);
    while (command_desk_moved(bridge->desk, &position))
        kafka_in_commit(bridge->kafka_in, &position);
}

/* Only here do packets leave. A message that the link brought while it connected waits in mqtt_in
 * until it is produced, and so do all answers. */
static void answer(struct bridge *bridge)
{
    if (kafka_out_awaited(bridge->kafka_out) > 0 || !mqtt_in_is_empty(bridge->mqtt_in))
        return;
    acknowledge(bridge);
    if (!is_settled(bridge))
        return;
    call_carts(bridge);
    send_commands(bridge);
    if (is_connected(bridge))
        mqtt_link_flush(mqtt_in_link(bridge->mqtt_in));
    gather_answered(&bridge->gather, clock_mono_us());
    if (bridge->more)
        bridge->gather.due_ms = 0;
}

static void drop_if_kafka_is_away(struct bridge *bridge)
{
    struct mqtt_link *link = mqtt_in_link(bridge->mqtt_in);
    int64_t oldest_ms = earlier(kafka_out_oldest_ms(bridge->kafka_out),
                                in_hand_oldest_us(&bridge->in_hand) / US_IN_MS);

    if (bridge->now_ms < oldest_ms || bridge->now_ms - oldest_ms < UNCONFIRMED_MS_MAX)
        return;
    bridge->confirmed_ms = INT64_MIN;
    if (mqtt_link_fd(link) >= 0)
        mqtt_link_drop(link, "Kafka has confirmed nothing for 10 s");
}

void bridge_turn(struct bridge *bridge)
{
    wait_for_work(bridge);
    look_at_topics(bridge);
    keep_link(bridge);
    read_mqtt(bridge);
    produce_what_came(bridge);
    take_commands(bridge);
    send_beat(bridge);
    take_reports(bridge);
    answer(bridge);
    drop_if_kafka_is_away(bridge);
}

bool bridge_is_stuck(const struct bridge *bridge)
{
    return kafka_out_idle_ms(bridge->kafka_out, bridge->now_ms) >= STUCK_MS;
}

/* Serves Kafka's reports alone until everything is confirmed. */
static void wait_for_reports(struct bridge *bridge, int64_t deadline_ms)
{
    struct pollfd wake = { .fd = bridge->wake_fd, .events = POLLIN };
    uint64_t wakes;

    while (!is_settled(bridge) && (bridge->now_ms = clock_mono_ms()) < deadline_ms) {
        if (poll(&wake, 1, 50) > 0 && read(bridge->wake_fd, &wakes, sizeof wakes) < 0)
            continue;
        take_reports(bridge);
        acknowledge(bridge);
    }
}

void bridge_finish(struct bridge *bridge)
{
    struct mqtt_link *link = mqtt_in_link(bridge->mqtt_in);
    int64_t deadline_ms = clock_mono_ms() + FINISH_MS_MAX;

    produce_what_came(bridge);
    wait_for_reports(bridge, deadline_ms);
    if (!is_settled(bridge)) {
        log_warn("bridge", "ends with records that Kafka has not confirmed; the broker keeps them",
                 "unconfirmed=%zu", kafka_out_unconfirmed(bridge->kafka_out));
        mqtt_link_drop(link, "the bridge ends");
        return;
    }
    acknowledge(bridge);
    if (is_connected(bridge)) {
        mqtt_out_state(link, bridge->settings->bridge_id, MQTT_OUT_OFFLINE, clock_wall_ms());
        mqtt_out_flush(link, deadline_ms);
    }
    mqtt_in_close(bridge->mqtt_in); /* DISCONNECT */
    bridge->mqtt_in = NULL;
}
