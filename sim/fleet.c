/* Events are owed by the clock: each step lives as many as have become due, cart after cart, and
 * then serves the connections that are ready and the timers that have run out. A cart whose outbox
 * is full is passed over; what nobody can live is not made up for later. */
#include "sim/fleet.h"
#include "sim/light_client.h"

#include "agent/uplink.h"
#include "common/clock.h"
#include "common/day.h"
#include "common/log.h"
#include "sim/cart.h"
#include "sim/memory_outbox.h"
#include "sim/timers.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#define OUTBOX_BYTES_ALL (512 << 20) /* of all carts; a cart whose share is full waits */
#define OUTBOX_BYTES_MAX (1 << 20)   /* of one cart, some 4000 events */
#define OUTBOX_BYTES_MIN (32 << 10)
#define EVENTS_PER_STEP  2048 /* then the connections have a turn */
#define FULL_IN_A_ROW    256  /* carts with a full outbox, after which a step gives up */
#define QUEUED_MS_MAX    250  /* a machine that is too slow does not pile up more than this */
#define READY_PER_STEP   256
#define IDLE_MS_MAX      1000
#define CHECK_MS         10 /* between looks at all carts while waiting for them */
#define STATS_MS         10000
#define LOUD_CARTS       8 /* ten thousand lines about one broker say no more than a few */

struct fleet_cart {
    struct sim_cart life;
    struct memory_outbox outbox;
    struct uplink *uplink;
    int fd; /* in the epoll set; -1: none */
    uint32_t events;
    bool connected;
    bool touched; /* lived an event in this step */
};

struct fleet {
    struct fleet_cart *carts;
    uint32_t count;
    uint32_t started; /* carts below this number may connect */
    uint32_t connected;
    uint32_t next; /* whose event is next */
    struct timers *timers;
    int epoll_fd;
    int64_t rate;
    int64_t owed; /* thousandths of events */
    int64_t mono_ms, wall_ms;
    int32_t day; /* of wall_ms, */
    int64_t day_start_ms, day_end_ms;
    int64_t stats_ms; /* when the next line is due */
    bool living;
    uint32_t touched[EVENTS_PER_STEP];
};

static void fill_state(void *owner, struct json_writer *json)
{
    struct fleet_cart *cart = owner;
    totals_write(&cart->life.totals, cart->outbox.acked_seq, json);
}

static void fill_heartbeat(void *owner, struct json_writer *json)
{
    struct fleet_cart *cart = owner;
    json_int(json, "waiting", cart->outbox.last_seq - cart->outbox.acked_seq);
    json_text(json, "gps", "fix");
    totals_write(&cart->life.totals, cart->outbox.acked_seq, json);
    json_array_begin(json, "done");
    json_array_end(json);
}

static const struct uplink_calls uplink_calls = {
    .fill_heartbeat = fill_heartbeat,
    .fill_state = fill_state,
};

static void read_clocks(struct fleet *fleet)
{
    int64_t mono_ms = clock_mono_ms();
    if (fleet->living && mono_ms > fleet->mono_ms)
        fleet->owed += fleet->rate * (mono_ms - fleet->mono_ms);
    if (fleet->owed > fleet->rate * QUEUED_MS_MAX + 1000)
        fleet->owed = fleet->rate * QUEUED_MS_MAX + 1000;
    fleet->mono_ms = mono_ms;
    fleet->wall_ms = clock_wall_ms();
    if (fleet->wall_ms >= fleet->day_start_ms && fleet->wall_ms < fleet->day_end_ms)
        return;
    fleet->day = day_of_ms(fleet->wall_ms);
    fleet->day_start_ms = day_start_ms(fleet->day);
    fleet->day_end_ms = day_start_ms(fleet->day + 1);
}

static bool open_cart(struct fleet *fleet, uint32_t index, const struct fleet_options *options)
{
    struct fleet_cart *cart = &fleet->carts[index];
    int64_t share = OUTBOX_BYTES_ALL / options->carts;
    sim_cart_init(&cart->life, options->seed, (uint64_t)fleet->wall_ms, index);
    cart->fd = -1;
    cart->outbox.bytes_max = (size_t)(share > OUTBOX_BYTES_MAX   ? OUTBOX_BYTES_MAX
                                      : share < OUTBOX_BYTES_MIN ? OUTBOX_BYTES_MIN
                                                                 : share);
    struct mqtt_link_options link = *options->link;
    link.quiet = index >= LOUD_CARTS;
    link.new_client = light_client_new;
    struct uplink_options uplink = {
        .cart = cart->life.plate,
        .epoch = cart->life.epoch,
        .session = 1,
        .version = CARRITO_VERSION,
        .batch_events_max = options->batch_events_max,
        .link = &link,
        .store = { .calls = &memory_outbox_calls, .owner = &cart->outbox },
        .calls = &uplink_calls,
        .owner = cart,
    };
    cart->uplink = uplink_open(&uplink, fleet->wall_ms);
    return cart->uplink != NULL;
}

struct fleet *fleet_open(const struct fleet_options *options, int64_t wall_ms)
{
    struct fleet *fleet = calloc(1, sizeof *fleet);
    struct rlimit files;

    /* One descriptor per cart. */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    if (fleet == NULL)
        return NULL;
    fleet->rate = options->rate;
    fleet->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    fleet->carts = calloc(options->carts, sizeof *fleet->carts);
    fleet->timers = timers_open(options->carts);
    read_clocks(fleet);
    fleet->stats_ms = fleet->mono_ms + STATS_MS;
    fleet->wall_ms = wall_ms;
    bool ok = fleet->carts && fleet->timers && fleet->epoll_fd >= 0;
    for (; ok && fleet->count < options->carts; fleet->count++)
        ok = open_cart(fleet, fleet->count, options);
    if (ok)
        return fleet;
    log_error("sim", "cannot start the fleet", "carts=%u", options->carts);
    fleet_close(fleet);
    return NULL;
}

void fleet_close(struct fleet *fleet)
{
    if (!fleet)
        return;
    for (uint32_t i = 0; i < fleet->count; i++) {
        uplink_close(fleet->carts[i].uplink);
        memory_outbox_free(&fleet->carts[i].outbox);
        sim_cart_free(&fleet->carts[i].life);
    }
    if (fleet->epoll_fd >= 0)
        close(fleet->epoll_fd);
    timers_close(fleet->timers);
    free(fleet->carts);
    free(fleet);
}

/* Makes the epoll set say what the uplink wants. A closed descriptor has left the set by itself;
 * the next socket may have the same number, but between the two the uplink shows -1. */
static void watch(struct fleet *fleet, uint32_t index)
{
    struct fleet_cart *cart = &fleet->carts[index];
    int fd = uplink_fd(cart->uplink);
    /* EPOLLIN and EPOLLOUT have the values of POLLIN and POLLOUT on Linux. */
    uint32_t events = fd < 0 ? 0 : (uint32_t)uplink_poll_events(cart->uplink);
    if (fd == cart->fd && events == cart->events)
        return;
    struct epoll_event event = { .events = events, .data.u32 = index };
    if (fd >= 0)
        epoll_ctl(fleet->epoll_fd, fd == cart->fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    cart->fd = fd;
    cart->events = events;
}

static void follow(struct fleet *fleet, uint32_t index)
{
    struct fleet_cart *cart = &fleet->carts[index];
    struct uplink_status status;
    uplink_status(cart->uplink, &status);
    if (status.connected != cart->connected) {
        cart->connected = status.connected;
        fleet->connected += cart->connected ? 1 : UINT32_MAX; /* minus one */
    }
    watch(fleet, index);
    /* At least 1 ms ahead, so that one cart cannot keep the loop to itself. */
    int timeout_ms = uplink_timeout_ms(cart->uplink, fleet->mono_ms);
    timers_set(fleet->timers, index, fleet->mono_ms + (timeout_ms > 0 ? timeout_ms : 1));
}

static void serve(struct fleet *fleet, uint32_t index, uint32_t revents)
{
    uplink_turn(fleet->carts[index].uplink, (short)revents, fleet->mono_ms, fleet->wall_ms);
    follow(fleet, index);
}

static void start_some(struct fleet *fleet)
{
    while (fleet->started < fleet->count &&
           fleet->started - fleet->connected < FLEET_CONNECTING_MAX)
        serve(fleet, fleet->started++, 0);
}

/* Lives one event of the next cart that has room. False: too many have none. */
static bool live_one(struct fleet *fleet, uint32_t *touched)
{
    for (int full = 0; full < FULL_IN_A_ROW; full++) {
        uint32_t index = fleet->next;
        struct fleet_cart *cart = &fleet->carts[index];
        fleet->next = index + 1 < fleet->count ? index + 1 : 0;
        if (!memory_outbox_has_room(&cart->outbox))
            continue;
        struct event event;
        sim_cart_next(&cart->life, fleet->wall_ms, fleet->day, &event);
        event_write(&event, memory_outbox_tail(&cart->outbox));
        memory_outbox_commit(&cart->outbox, event.seq);
        if (!cart->touched)
            fleet->touched[(*touched)++] = index;
        cart->touched = true;
        return true;
    }
    return false;
}

static void live_what_is_queued(struct fleet *fleet)
{
    uint32_t touched = 0;
    for (int i = 0; i < EVENTS_PER_STEP && fleet->owed >= 1000; i++) {
        if (!live_one(fleet, &touched)) {
            fleet->owed = 0;
            break;
        }
        fleet->owed -= 1000;
    }
    for (uint32_t i = 0; i < touched; i++) {
        uint32_t index = fleet->touched[i];
        fleet->carts[index].touched = false;
        uplink_poke(fleet->carts[index].uplink, fleet->mono_ms);
        if (index < fleet->started)
            follow(fleet, index);
    }
}

static int wait_ms(const struct fleet *fleet)
{
    uint32_t thing;
    int64_t wait = timers_earliest(fleet->timers, &thing);
    wait = wait == INT64_MAX ? IDLE_MS_MAX : wait - fleet->mono_ms;
    if (fleet->living && fleet->rate > 0) {
        int64_t next = (1000 - fleet->owed + fleet->rate - 1) / fleet->rate;
        wait = next < wait ? next : wait;
    }
    if (!fleet->living)
        wait = wait < CHECK_MS ? wait : CHECK_MS;
    return (int)(wait < 0 ? 0 : wait > IDLE_MS_MAX ? IDLE_MS_MAX : wait);
}

static void log_stats(struct fleet *fleet)
{
    struct fleet_totals totals;
    if (fleet->mono_ms < fleet->stats_ms)
        return;
    fleet->stats_ms = fleet->mono_ms + STATS_MS;
    fleet_totals(fleet, &totals);
    log_debug("sim", "so far", "connected=%u events=%lld acked=%lld resent=%lld", totals.connected,
              (long long)totals.events, (long long)totals.acked, (long long)totals.resent);
}

static void step(struct fleet *fleet)
{
    struct epoll_event ready[READY_PER_STEP];
    uint32_t index;

    start_some(fleet);
    if (fleet->living)
        live_what_is_queued(fleet);
    int count = epoll_wait(fleet->epoll_fd, ready, READY_PER_STEP, wait_ms(fleet));
    read_clocks(fleet);
    for (int i = 0; i < count; i++)
        serve(fleet, ready[i].data.u32, ready[i].events);
    while (timers_earliest(fleet->timers, &index) <= fleet->mono_ms)
        serve(fleet, index, 0);
    log_stats(fleet);
}

void fleet_live(struct fleet *fleet, int64_t duration_ms, const volatile sig_atomic_t *stop)
{
    read_clocks(fleet);
    int64_t end_ms = duration_ms > 0 ? fleet->mono_ms + duration_ms : INT64_MAX;
    fleet->living = true;
    while (!*stop && fleet->mono_ms < end_ms)
        step(fleet);
    fleet->living = false;
}

/* Looks at all carts now and then: true where `is_done` says so of each. */
static bool wait_for_all(struct fleet *fleet, int64_t wait_for_ms,
                         const volatile sig_atomic_t *stop,
                         bool (*is_done)(const struct fleet_cart *cart))
{
    bool stopping = false;
    int64_t end_ms = fleet->mono_ms + wait_for_ms;
    int64_t look_ms = fleet->mono_ms;
    uint32_t done = 0;
    for (;;) {
        if (fleet->mono_ms >= look_ms) {
            /* `done` only rises: nothing new happens while the fleet waits. */
            while (done < fleet->count && is_done(&fleet->carts[done]))
                done++;
            look_ms = fleet->mono_ms + CHECK_MS;
        }
        if (done == fleet->count || fleet->mono_ms >= end_ms)
            return done == fleet->count;
        if (*stop && !stopping && end_ms > fleet->mono_ms + FLEET_STOPPED_MS)
            end_ms = fleet->mono_ms + FLEET_STOPPED_MS;
        stopping = *stop;
        step(fleet);
    }
}

static bool is_acked(const struct fleet_cart *cart)
{
    return cart->outbox.acked_seq == cart->outbox.last_seq;
}

static bool has_left(const struct fleet_cart *cart)
{
    return uplink_has_left(cart->uplink);
}

bool fleet_drain(struct fleet *fleet, int64_t wait_for_ms, const volatile sig_atomic_t *stop)
{
    return wait_for_all(fleet, wait_for_ms, stop, is_acked);
}

void fleet_leave(struct fleet *fleet, int64_t wait_for_ms)
{
    read_clocks(fleet);
    for (uint32_t i = 0; i < fleet->count; i++)
        uplink_leave(fleet->carts[i].uplink, fleet->wall_ms);
    const volatile sig_atomic_t never = 0;
    wait_for_all(fleet, wait_for_ms, &never, has_left);
}

void fleet_totals(const struct fleet *fleet, struct fleet_totals *totals)
{
    *totals = (struct fleet_totals){ .connected = fleet->connected };
    for (uint32_t i = 0; i < fleet->count; i++) {
        struct uplink_status status;
        uplink_status(fleet->carts[i].uplink, &status);
        totals->events += fleet->carts[i].life.seq;
        totals->acked += status.acked_seq;
        totals->batches += status.batches_sent;
        totals->resent += status.batches_resent;
    }
}

bool fleet_write_truth(const struct fleet *fleet, const char *path)
{
    struct buffer text = { 0 };
    struct json_writer json = json_write_to(&text);
    json_array_begin(&json, NULL);
    for (uint32_t i = 0; i < fleet->count; i++)
        truth_write_rows(&fleet->carts[i].life.truth, fleet->carts[i].life.plate, &json);
    json_array_end(&json);
    buffer_append(&text, "\n", 1);

    FILE *file = fopen(path, "w");
    bool written = file && fwrite(text.bytes, 1, text.length, file) == text.length;
    if (file && fclose(file) != 0)
        written = false;
    if (!written)
        log_error("sim", "cannot write the truth", "file=%s why=%s", path, strerror(errno));
    buffer_free(&text);
    return written;
}
