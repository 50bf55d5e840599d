/* source → outbox → uplink, in one loop: wait, hear the vendor, hear the receiver, commit, send. */
#include "agent/agent_parts.h"
#include "agent/outbox_plate.h"
#include "agent/outbox_uplink.h"

#include "common/clock.h"
#include "common/log.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS_MAX 5000  /* the loop looks around at least so often */
#define SAVE_MS     60000 /* what was acknowledged is written so often, to spare the flash */
#define QUIET_MS    1500  /* without an event: the vendor is serving nobody */
#define LEAVE_MS    3000  /* to say `offline` at the end */
#define OWN_FDS     3     /* uplink, receiver, a former outbox */
#define FDS_MAX     (OWN_FDS + SOCKET_CLIENTS_MAX + 1 + METRICS_CLIENTS_MAX + 1)
#define LOW_STOCK   6 /* a simulated cart is restocked below this */

struct own_sale {
    struct moment moment;
    const struct sale_request *request;
};

/* A simulated cart is restocked before it sells what it has not. */
static size_t make_own_sale(void *owner, struct event_maker *maker, struct event *events)
{
    const struct own_sale *sale = owner;
    size_t count = 0;

    if (maker->head.stock < LOW_STOCK)
        event_maker_stock(maker, &sale->moment, SELL_RESTOCK, &events[count++]);
    event_maker_sale(maker, &sale->moment, sale->request, &events[count++]);
    return count;
}

static void sell_by_itself(struct agent *agent)
{
    struct sale_request request;

    if (!source_sell_turn(&agent->sell, agent->mono_ms, &request))
        return;
    request.fix = tracker_last(&agent->tracker);
    struct own_sale sale = { .moment = agent_moment(agent), .request = &request };
    agent_note(agent, group_commit_act(&agent->commit, make_own_sale, &sale));
    agent_follow_day(agent);
    uplink_poke(agent->uplink, agent->mono_ms);
}

static size_t make_clock(void *owner, struct event_maker *maker, struct event *events)
{
    event_maker_clock(maker, owner, events);
    return 1;
}

/* Once per boot, when the time has become right. A closed cart has no event that it would date,
 * unless it has worked in this boot. */
static void say_clock(struct agent *agent)
{
    struct moment moment;

    if (strcmp(outbox_head(agent->outbox)->clock_boot, agent->clock.boot) == 0 ||
        (agent->tracker.rests && !agent->has_worked))
        return;
    moment = agent_moment(agent);
    if (!clock_source_is_right(moment.clock))
        return;
    int64_t last_seq = outbox_head(agent->outbox)->last_seq;
    agent_note(agent,
               group_commit_act_unhurried(&agent->commit, make_clock, &moment, agent->mono_ms));
    if (outbox_head(agent->outbox)->last_seq > last_seq)
        uplink_poke(agent->uplink, agent->mono_ms);
}

static void keep_commit(struct agent *agent)
{
    int64_t last_seq = outbox_head(agent->outbox)->last_seq;

    agent_note(agent, group_commit_flush(&agent->commit, agent->mono_ms));
    outbox_age(agent->outbox, agent->mono_ms);
    if (outbox_head(agent->outbox)->last_seq > last_seq)
        uplink_poke(agent->uplink, agent->mono_ms);
    if (outbox_head(agent->outbox)->last_seq > agent->kept_seq) {
        agent->kept_seq = outbox_head(agent->outbox)->last_seq;
        agent->kept_ms = agent->mono_ms;
    } else if (agent->mono_ms - agent->kept_ms >= QUIET_MS) {
        outbox_tidy(agent->outbox);
    }
    /* After the close the plug may be pulled: what the centre has need not come again. */
    if (!agent->tracker.rests && agent->mono_ms - agent->saved_ms < SAVE_MS)
        return;
    agent_note(agent, outbox_save(agent->outbox));
    agent->saved_ms = agent->mono_ms;
    if (renewal_turn(agent->renewal, agent->wall_ms))
        uplink_say_online(agent->uplink);
}

static int sooner(int a, int b)
{
    return a < 0 ? b : b < 0 ? a : a < b ? a : b;
}

static int wait_ms(const struct agent *agent, const struct service_manager *manager)
{
    int wait = sooner(WAIT_MS_MAX, uplink_timeout_ms(agent->uplink, agent->mono_ms));

    wait = sooner(wait, former_sender_timeout_ms(&agent->sender, agent->mono_ms));
    wait = sooner(wait, service_manager_timeout_ms(manager, agent->mono_ms));
    wait = sooner(wait, source_gps_timeout_ms(agent->tracker.gps, agent->mono_ms));
    wait = sooner(wait, source_sell_timeout_ms(&agent->sell, agent->mono_ms));
    wait = sooner(wait, agent_orders_timeout_ms(agent));
    if (agent->commit.position_count > 0) {
        int64_t due = agent->commit.first_position_ms + POSITIONS_MS_MAX - agent->mono_ms;
        wait = sooner(wait, due > 0 ? (int)due : 0);
    }
    return wait;
}

static void turn(struct agent *agent, const struct service_manager *manager)
{
    struct pollfd fds[FDS_MAX];
    size_t metrics_count = 0;

    agent_refresh_time(agent);
    fds[0] = (struct pollfd){ .fd = uplink_fd(agent->uplink),
                              .events = uplink_poll_events(agent->uplink) };
    fds[1] = (struct pollfd){ .fd = source_gps_fd(agent->tracker.gps), .events = POLLIN };
    fds[2] = (struct pollfd){ .fd = former_sender_fd(&agent->sender),
                              .events = former_sender_poll_events(&agent->sender) };
    size_t socket_count = source_socket_poll_fds(agent->socket, &fds[OWN_FDS]);
    size_t count = OWN_FDS + socket_count;
    if (agent->metrics != NULL)
        metrics_count = metrics_http_poll_fds(agent->metrics, &fds[count]);
    if (poll(fds, count + metrics_count, wait_ms(agent, manager)) < 0)
        for (size_t i = 0; i < count + metrics_count; i++)
            fds[i].revents = 0;
    agent_refresh_time(agent);
    source_socket_turn(agent->socket, &fds[OWN_FDS], socket_count, agent->mono_ms);
    agent_note(agent,
               tracker_turn(&agent->tracker, fds[1].revents, agent->mono_ms, agent->wall_ms));
    sell_by_itself(agent);
    say_clock(agent);
    keep_commit(agent);
    agent_orders_turn(agent);
    uplink_turn(agent->uplink, fds[0].revents, agent->mono_ms, agent->wall_ms);
    former_sender_turn(&agent->sender, fds[2].revents, agent->mono_ms, agent->wall_ms);
    if (agent->metrics != NULL) {
        agent_metrics_update(&agent->looked, agent->outbox, agent->uplink, agent->mono_ms);
        metrics_http_turn(agent->metrics, &fds[count], metrics_count, agent->mono_ms);
    }
}

static void tell_manager(struct agent *agent, struct service_manager *manager)
{
    struct uplink_status status;
    char text[192];

    if (!service_manager_is_due(manager, agent->mono_ms))
        return;
    uplink_status(agent->uplink, &status);
    snprintf(
        text, sizeof text, "cart %s: %s%s, %lld waiting, %lld in former outboxes",
        agent->commit.cart,
        outbox_is_read_only(agent->outbox) ? "the card cannot be written: NOT recording, " : "",
        agent->tracker.rests    ? "the day is closed"
        : !status.connected     ? "no broker"
        : !status.bridge_online ? "no bridge"
                                : "connected",
        (long long)(outbox_head(agent->outbox)->last_seq - outbox_head(agent->outbox)->acked_seq),
        (long long)formers_waiting(&agent->formers));
    service_manager_turned(manager, agent->mono_ms, text);
}

enum agent_end agent_run(struct agent *agent, bool (*stopped)(void),
                         struct service_manager *manager)
{
    while (!stopped()) {
        turn(agent, manager);
        tell_manager(agent, manager);
        if (agent->worst == OUTBOX_BROKEN || outbox_is_broken(agent->outbox))
            return AGENT_BROKEN;
        agent->worst = OUTBOX_OK;
    }
    service_manager_stopping(manager);
    group_commit_flush_now(&agent->commit);
    former_sender_close(&agent->sender);
    uplink_poke(agent->uplink, clock_mono_ms());
    uplink_finish(agent->uplink, clock_wall_ms(), LEAVE_MS);
    agent->uplink = NULL;
    return AGENT_STOPPED;
}

static struct uplink *open_uplink(struct agent *agent)
{
    const struct settings *settings = agent->settings;
    agent->link = mqtt_settings_link(&settings->mqtt, agent->password);
    agent->link.identity = renewal_identity(agent->renewal);
    struct uplink_options options = {
        .cart = agent->commit.cart,
        .epoch = outbox_head(agent->outbox)->epoch,
        .session = outbox_head(agent->outbox)->session,
        .version = CARRITO_VERSION,
        .link = &agent->link,
        .closed = agent->tracker.rests,
        .store = outbox_uplink(agent->outbox),
        .calls = &agent_uplink_calls,
        .owner = agent,
    };

    return uplink_open(&options, clock_wall_ms());
}

/* What the centre said by `config` stands before the file: it was said of this cart. */
static void take_kept_config(struct agent *agent)
{
    int64_t location_s = outbox_location_s(agent->outbox);

    if (location_s <= 0)
        return;
    agent->tracker.filter.interval_ms = location_s * 1000;
    log_info("agent", "a position each so often, as the centre said", "location_s=%lld",
             (long long)location_s);
}

/* What cannot be had is logged where it is tried. Metrics are worth no cart that stands still. */
static bool open_parts(struct agent *agent)
{
    const struct settings *settings = agent->settings;

    bool kept = settings->cart_is_hosts && host_plate_kept(settings->outbox, agent->kept_plate);
    if (!kept)
        outbox_plate_choose(settings->outbox, settings->mqtt.certfile, settings->cart,
                            agent->kept_plate);
    const char *cart = agent->kept_plate;
    agent->outbox = outbox_open(settings->outbox, cart, clock_wall_ms());
    if (agent->outbox == NULL)
        return false;
    agent->formers.card = outbox_left(agent->outbox);
    formers_look(&agent->formers, settings->outbox, agent->wall_ms);
    take_kept_config(agent);
    agent->tracker.rests = outbox_closed_ms(agent->outbox) != EVENT_ABSENT;
    agent->has_worked = !agent->tracker.rests;
    agent->listening = LISTENING_NOBODY;
    agent->commit = (struct group_commit){ .outbox = agent->outbox, .cart = cart };
    agent->clients_key = settings_name_clients(settings, &agent->commit.names);
    agent->requests = (struct requests){ .commit = &agent->commit,
                                         .formers = &agent->formers,
                                         .lang = lang_from_name(settings->lang),
                                         .price = settings->price };
    agent->socket = source_socket_open(settings->socket, agent_answer_vendor, agent);
    agent->tracker.gps = source_gps_open(settings->gps);
    if (agent->socket == NULL || agent->tracker.gps == NULL)
        return false;
    mqtt_settings_read_password(&settings->mqtt, &agent->password); /* without it, it still sells */
    agent->renewal = renewal_open(
        &(struct renewal_options){ agent->commit.cart, settings->outbox, settings->mqtt.certfile,
                                   settings->mqtt.keyfile, settings->mqtt.cafile });
    agent->uplink = open_uplink(agent);
    if (agent->uplink != NULL)
        former_sender_open(&agent->sender,
                           &(struct former_sender_options){ &agent->formers, settings, cart,
                                                            &agent->link, agent->uplink });
    agent->looked.formers = &agent->formers;
    if (strcmp(settings->metrics, "off") != 0)
        agent->metrics = metrics_http_open(settings->metrics, agent_metrics_ready, agent);
    return agent->uplink != NULL;
}

struct agent *agent_open(const struct settings *settings)
{
    struct agent *agent = calloc(1, sizeof *agent);

    if (agent == NULL)
        abort();
    agent->settings = settings;
    agent_refresh_time(agent);
    agent->saved_ms = agent->mono_ms;
    agent->tracker = (struct tracker){ .clock_source = &agent->clock.source,
                                       .commit = &agent->commit,
                                       .moment = agent_tracker_moment,
                                       .owner = agent };
    position_init(&agent->tracker.filter, (int)settings->location_s);
    agent_clock_init(&agent->clock);
    source_sell_init(&agent->sell, settings->sell, agent->mono_ms);
    if (open_parts(agent)) {
        log_info("agent", "started", "cart=%s mqtt=%s gps=%s", agent->commit.cart,
                 settings->mqtt.host, settings->gps);
        return agent;
    }
    agent_close(agent);
    return NULL;
}

void agent_close(struct agent *agent)
{
    if (agent == NULL)
        return;
    former_sender_close(&agent->sender);
    uplink_close(agent->uplink);
    renewal_close(agent->renewal);
    source_socket_close(agent->socket);
    source_gps_close(agent->tracker.gps);
    metrics_http_close(agent->metrics);
    outbox_close(agent->outbox);
    formers_free(&agent->formers);
    config_free_secret(agent->password);
    config_free_secret(agent->clients_key);
    free(agent);
}
