/* Opens the parts, waits, closes them in the opposite order. */
#include "collector/collector.h"
#include "collector/api/api.h"
#include "collector/api/simulator.h"
#include "collector/hash.h"
#include "collector/kafka/dead_letter_watch.h"
#include "collector/kafka/outgoing_sender.h"
#include "collector/notify/notify.h"
#include "collector/pulse.h"
#include "collector/role/processor.h"
#include "collector/role/role.h"
#include "collector/store/store.h"
#include "collector/store/store_keeper.h"
#include "collector/store/wake.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/metrics.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROCESSORS_MAX 8
#define RETRY_MS       500
#define WATCH_MS       100
#define STOP_S         9 /* the contract gives ten */
/* How long a thread may be silent. A day's close of thousands of carts, or a commit behind other
 * writers on a slow disk, is seconds; a process that is ended in its work begins it anew. */
#define STUCK_INTERVALS 10     /* of the watchdog */
#define STUCK_MS        300000 /* where nobody watches */

struct collector {
    struct processor *processors[PROCESSORS_MAX];
    size_t processor_count;
    struct outgoing_sender *sender;
    struct wake *wake;
    struct store_keeper *keeper;
    struct dead_letter_watch *watch;
    struct simulator *simulator;
    struct notify *notify;
    struct api *api;
    struct service_manager *manager;
    const char *stuck; /* the thread that was told to be */
};

/* Makes the tables. False where it was stopped before the store could be had. Who waits for it is
 * ready all the same: the store may be a server that comes later. */
static bool prepare_store(struct collector *collector, const char *url, bool (*stopped)(void))
{
    while (!stopped()) {
        struct store *store = store_open(url, STORE_DURABLE);
        enum store_result result = store != NULL ? store_migrate(store) : STORE_AGAIN;
        store_close(store);
        if (result == STORE_OK)
            return true;
        service_manager_ready(collector->manager);
        service_manager_turned(collector->manager, clock_mono_ms(), "waits for its store");
        clock_pause_ms(RETRY_MS);
    }
    return false;
}

static size_t report_roles(void *owner, struct api_role *roles, size_t max)
{
    const struct collector *collector = owner;
    size_t count = 0;

    for (; count < collector->processor_count && count < max; count++)
        roles[count] = (struct api_role){
            .name = processor_role(collector->processors[count]),
            .running = processor_is_running(collector->processors[count]),
            .paused = processor_is_paused(collector->processors[count]),
            .rate = processor_rate(collector->processors[count]),
        };
    if (collector->notify != NULL && count < max) {
        bool paused = notify_is_paused(collector->notify);
        roles[count++] =
            (struct api_role){ .name = "notify", .running = !paused, .paused = paused };
    }
    return count;
}

static const char *report_waiting(void *owner)
{
    const struct collector *collector = owner;

    for (size_t i = 0; i < collector->processor_count; i++)
        if (!processor_is_running(collector->processors[i]) &&
            !processor_is_paused(collector->processors[i]))
            return "a role waits for its partitions in Kafka";
    return NULL;
}

/* Feeds the watchdog while all threads turn. Once one does not, it is not fed any more, and the
 * service manager ends us; what was not committed is read again from Kafka. */
static void look_after_threads(struct collector *collector, int64_t mono_ms)
{
    struct service_manager *manager = collector->manager;
    int64_t limit_ms = manager->watchdog_ms > 0 ? manager->watchdog_ms * STUCK_INTERVALS : STUCK_MS;
    const char *stuck = pulse_stuck(mono_ms, limit_ms);
    char status[128];

    if (stuck != NULL && collector->stuck == NULL) {
        log_error("collector", "a thread is stuck", "thread=%s silent_ms=%lld", stuck,
                  (long long)limit_ms);
        snprintf(status, sizeof status, "stuck: the thread %s", stuck);
        service_manager_status(manager, status);
    }
    collector->stuck = stuck;
    if (stuck != NULL || !service_manager_is_due(manager, mono_ms))
        return;
    const char *waiting = report_waiting(collector);
    service_manager_turned(manager, mono_ms, waiting != NULL ? waiting : "ready");
}

static void start_roles(struct collector *collector, const struct settings *settings,
                        const struct config_pairs *pairs)
{
    const struct role_calls *role;

    for (size_t i = 0; (role = role_at(i)) != NULL; i++) {
        struct processor_options options = {
            .role = role, .settings = settings, .pairs = pairs, .wake = collector->wake
        };
        if (role_list_has(settings->roles, role->name))
            collector->processors[collector->processor_count++] = processor_start(&options);
    }
    if (role_list_has(settings->roles, "notify"))
        collector->notify = notify_start(settings, collector->wake);
    if (collector->processor_count == 0 && collector->notify == NULL)
        return;
    collector->sender =
        outgoing_sender_start(&(struct outgoing_sender_options){ .store_url = settings->store,
                                                                 .brokers = settings->kafka_brokers,
                                                                 .pairs = pairs,
                                                                 .wake = collector->wake });
    collector->watch = dead_letter_watch_start(
        &(struct dead_letter_watch_options){ settings, pairs, collector->wake });
    if (settings->simulations)
        collector->simulator = simulator_start(settings->store, collector->wake);
}

static bool start_api(struct collector *collector, const struct settings *settings,
                      const struct config_pairs *pairs)
{
    struct api_options options = { .settings = settings,
                                   .address = settings->http,
                                   .store_url = settings->store,
                                   .brokers = settings->kafka_brokers,
                                   .kafka = pairs,
                                   .wake = collector->wake,
                                   .proxies = settings->http_proxies,
                                   .public_url = settings->public_url,
                                   .lang = settings->lang,
                                   .rate_per_minute = settings->rate,
                                   .roles = report_roles,
                                   .waiting = report_waiting,
                                   .owner = collector };

    if (!role_list_has(settings->roles, "api"))
        return true;
    collector->api = api_start(&options);
    return collector->api != NULL;
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    _exit(EXIT_SUCCESS);
}

/* librdkafka 2.0.2 may wait for ever for a partition that was deleted (fixed in 2.1.0), and a store
 * may be busy. What is not committed is read again from Kafka, so that nothing is lost by going. */
static void bound_the_stop(void)
{
    struct sigaction action = { .sa_handler = on_alarm };

    sigaction(SIGALRM, &action, NULL);
    alarm(STOP_S);
}

static void stop_all(struct collector *collector)
{
    bound_the_stop();
    /* The API first: it asks the processors. Then all are told before any is waited for. */
    api_stop(collector->api);
    for (size_t i = 0; i < collector->processor_count; i++)
        processor_stop(collector->processors[i]);
    notify_stop(collector->notify);
    outgoing_sender_stop(collector->sender);
    dead_letter_watch_stop(collector->watch);
    simulator_stop(collector->simulator);
    for (size_t i = 0; i < collector->processor_count; i++)
        processor_join(collector->processors[i]);
    notify_join(collector->notify);
    outgoing_sender_join(collector->sender);
    dead_letter_watch_join(collector->watch);
    store_keeper_stop(collector->keeper);
    simulator_join(collector->simulator);
    wake_close(collector->wake);
}

int collector_run(const struct settings *settings, const struct config_pairs *pairs,
                  bool (*stopped)(void), struct service_manager *manager)
{
    struct collector collector = { .manager = manager };
    int status = EXIT_SUCCESS;

    metrics_register_build("collector");
    if (!hash_init()) {
        log_error("collector", "no cryptographic library", NULL);
        return EXIT_FAILURE;
    }
    if (!prepare_store(&collector, settings->store, stopped))
        return status;
    collector.wake = wake_open();
    collector.keeper = store_keeper_start(&(struct store_keeper_options){
        settings->store, collector.wake, settings->retention_days });
    start_roles(&collector, settings, pairs);
    if (start_api(&collector, settings, pairs)) {
        log_info("collector", "started", "roles=%s store=%s kafka=%s http=%s", settings->roles,
                 settings->store, settings->kafka_brokers, settings->http);
        service_manager_ready(manager);
        while (!stopped()) {
            clock_pause_ms(WATCH_MS);
            look_after_threads(&collector, clock_mono_ms());
        }
        log_info("collector", "stopping", NULL);
    } else {
        status = EXIT_FAILURE;
    }
    service_manager_stopping(manager);
    stop_all(&collector);
    return status;
}
