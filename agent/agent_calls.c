/* What the agent's parts call: the vendor's questions, the centre's commands, and what the agent
 * adds to its own messages. */
#include "agent/agent_parts.h"
#include "agent/commands.h"
#include "agent/counts.h"

#include "common/clock.h"
#include "common/log.h"

void agent_refresh_time(struct agent *agent)
{
    agent->mono_ms = clock_mono_ms();
    agent->wall_ms = clock_wall_ms();
}

struct moment agent_moment(struct agent *agent)
{
    agent_refresh_time(agent);
    return agent_clock_now(&agent->clock, agent->wall_ms, agent->mono_ms);
}

struct moment agent_tracker_moment(void *owner)
{
    return agent_moment(owner);
}

void agent_note(struct agent *agent, enum outbox_result result)
{
    if (result > agent->worst)
        agent->worst = result;
}

static void fill_heartbeat(void *owner, struct json_writer *json)
{
    struct agent *agent = owner;
    const struct outbox_head *head = outbox_head(agent->outbox);

    json_int(json, "waiting",
             head->last_seq - head->acked_seq + (int64_t)agent->commit.position_count);
    json_text(json, "gps", source_gps_state(agent->tracker.gps));
    json_bool(json, "orders", agent->listening == LISTENING);
    renewal_write_end(agent->renewal, json);
    counts_write(agent->outbox, json);
    counts_write_done(agent->outbox, json);
}

static void fill_state(void *owner, struct json_writer *json)
{
    struct agent *agent = owner;
    const struct outbox_head *head = outbox_head(agent->outbox);

    json_bool(json, "orders", agent->listening == LISTENING);
    counts_write_state(agent->outbox, json);
    if (agent->tracker.rests && outbox_closed_ms(agent->outbox) > 0)
        json_int(json, "closed_ms", outbox_closed_ms(agent->outbox));
    if (outbox_kept_since_ms(agent->outbox) > 0)
        json_int(json, "kept_since_ms", outbox_kept_since_ms(agent->outbox));
    formers_write(&agent->formers, json);
    renewal_write_request(agent->renewal, agent->wall_ms, json);
    if (!head->damaged)
        return;
    json_object_begin(json, "damaged");
    json_text(json, "epoch", head->damaged_epoch[0] != '\0' ? head->damaged_epoch : NULL);
    json_int(json, "rows", head->damaged_rows);
    json_object_end(json);
}

static void locate(void *owner, int interval_s, int64_t for_ms)
{
    struct agent *agent = owner;

    tracker_locate(&agent->tracker, interval_s, agent->mono_ms + for_ms);
}

static void rewound(void *owner)
{
    struct agent *agent = owner;

    uplink_poke(agent->uplink, agent->mono_ms);
}

static void location_interval(void *owner, int interval_s)
{
    ((struct agent *)owner)->tracker.filter.interval_ms = interval_s * 1000LL;
}

static bool certificate(void *owner, const char *text)
{
    return renewal_take(((struct agent *)owner)->renewal, text);
}

static void reconnect(void *owner)
{
    uplink_reconnect(((struct agent *)owner)->uplink);
}

static void on_command(void *owner, const char *payload, size_t length)
{
    static const struct command_calls calls = { locate, rewound, location_interval, certificate,
                                                reconnect };
    struct agent *agent = owner;
    struct moment now = agent_moment(agent);
    struct command_context context = { .outbox = agent->outbox,
                                       .calls = &calls,
                                       .owner = agent,
                                       .wall_ms = now.wall_ms,
                                       .wall_is_right = clock_source_is_right(now.clock),
                                       .boot = now.boot,
                                       .boot_ms = now.boot_ms };

    commands_do(&context, payload, length);
    agent_orders_look(agent);
}

const struct uplink_calls agent_uplink_calls = {
    .command = on_command,
    .fill_heartbeat = fill_heartbeat,
    .fill_state = fill_state,
};

void agent_follow_day(struct agent *agent)
{
    bool closed = outbox_closed_ms(agent->outbox) != EVENT_ABSENT;

    if (closed == agent->tracker.rests)
        return;
    log_info("agent", closed ? "the day is closed" : "the day is open", "cart=%s",
             agent->commit.cart);
    if (closed) {
        tracker_rest(&agent->tracker);
        uplink_close_day(agent->uplink, agent->mono_ms);
        return;
    }
    agent->has_worked = true;
    tracker_go_on(&agent->tracker);
    uplink_open_day(agent->uplink);
}

void agent_answer_vendor(void *owner, const char *bytes, size_t length, struct buffer *answer)
{
    struct agent *agent = owner;
    struct uplink_status status;
    int64_t last_seq = outbox_head(agent->outbox)->last_seq;

    agent->requests.moment = agent_moment(agent);
    agent->requests.fix = tracker_last(&agent->tracker);
    uplink_status(agent->uplink, &status);
    agent->requests.status = (struct agent_status){
        .connected = status.connected,
        .bridge_online = status.bridge_online,
        .answer = status.answer,
        .gps = source_gps_state(agent->tracker.gps),
        .closed_told = status.closed_told,
        .clock = event_clock_name(agent->requests.moment.clock),
        .certificate = renewal_use(agent->renewal),
        .listening = agent_listening(agent),
    };
    agent->requests.result = OUTBOX_OK;
    requests_answer(&agent->requests, bytes, length, answer);
    agent_note(agent, agent->requests.result);
    if (agent->requests.till_asks)
        agent->till_end_ms = agent->mono_ms + TILL_OPEN_MS;
    agent_follow_day(agent);
    if (outbox_head(agent->outbox)->last_seq == last_seq)
        return;
    if (agent->tracker.rests) /* a correction after the close: told again, with new counts */
        uplink_close_day(agent->uplink, agent->mono_ms);
    uplink_poke(agent->uplink, agent->mono_ms);
}
