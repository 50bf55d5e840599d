/* What the files of the agent share: its state, and what its parts call. For agent*.c only. */
#ifndef CARRITO_AGENT_AGENT_PARTS_H
#define CARRITO_AGENT_AGENT_PARTS_H

#include "agent/agent.h"
#include "agent/agent_clock.h"
#include "agent/agent_metrics.h"
#include "agent/former_sender.h"
#include "agent/group_commit.h"
#include "agent/host_plate.h"
#include "agent/renewal.h"
#include "agent/requests.h"
#include "agent/source_sell.h"
#include "agent/source_socket.h"
#include "agent/tracker.h"
#include "agent/uplink.h"

#include "common/metrics_http.h"

struct agent {
    const struct settings *settings;
    struct outbox *outbox;
    struct formers formers;
    struct former_sender sender;
    char kept_plate[HOST_PLATE_SIZE];
    struct group_commit commit;
    struct requests requests;
    struct source_socket *socket;
    struct tracker tracker;
    struct source_sell sell;
    struct agent_clock clock;
    struct mqtt_link_options link;
    struct renewal *renewal;
    struct uplink *uplink;
    struct metrics_http *metrics;
    struct agent_metrics looked;
    char *password, *clients_key;
    enum outbox_result worst; /* of the commits of this turn */
    int64_t mono_ms, wall_ms; /* of this turn */
    int64_t saved_ms;
    bool has_worked;           /* the day was open since the start */
    int64_t kept_seq, kept_ms; /* the newest event, and when it was first seen */
    enum listening listening;  /* as it was looked at last, and told */
    int64_t till_end_ms;       /* monotonic: until then a till counts as open */
    int64_t orders_look_ms;    /* monotonic: an offer may end then */
};

/* Once a turn, and before an instant is needed. */
void agent_refresh_time(struct agent *agent);
struct moment agent_moment(struct agent *agent);
/* The worst of a turn is what the loop looks at. */
void agent_note(struct agent *agent, enum outbox_result result);
/* The day's end and its beginning, as the outbox has them. */
void agent_follow_day(struct agent *agent);

/* agent_orders.c: once a turn; something may have changed; for how long nothing is due. */
void agent_orders_turn(struct agent *agent);
void agent_orders_look(struct agent *agent);
int agent_orders_timeout_ms(const struct agent *agent);
enum listening agent_listening(const struct agent *agent);

/* For source_socket, tracker and uplink; the owner is the agent. */
void agent_answer_vendor(void *owner, const char *bytes, size_t length, struct buffer *answer);
struct moment agent_tracker_moment(void *owner);
extern const struct uplink_calls agent_uplink_calls;

#endif
