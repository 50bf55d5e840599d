/* Opens the parts, waits, closes them in the opposite order. */
#include "collector/collector.h"
#include "collector/api/api.h"
#include "collector/api/simulator.h"
#include "collector/base/hash.h"
#include "collector/base/pulse.h"
#include "collector/damage.h"
#include "collector/effects/effects.h"
#include "collector/effects/records.h"
#include "collector/engine/day_starts.h"
#include "collector/engine/processor.h"
#include "collector/engine/role.h"
#include "collector/engine/watermark.h"
#include "collector/letters/dead_letter_watch.h"
#include "collector/notify/notify.h"
#include "collector/orders/order_key.h"
#include "collector/store/store_keeper.h"
#include "collector/store/store_schema.h"
#include "collector/store/wake.h"

#include "common/clock.h"
#include "common/day.h"
#include "common/kafka_names.h"
#include "common/log.h"
#include "common/metrics.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROCESSORS_MAX 8
#define RETRY_MS       500
#define WATCH_MS       100
#define STOP_S         9     /* the contract gives ten */
#define LAST_WORDS_MS  10000 /* for what says that the store is damaged; it is raised at once */
/* How long a thread may be silent. A day's close of thousands of carts, or a commit behind other
 * writers on a slow disk, is seconds; a process that is ended in its work begins it anew. */
#define STUCK_INTERVALS 10     /* of the watchdog */
#define STUCK_MS        300000 /* where nobody watches */

struct collector {
    const struct settings *settings;
    bool (*stopped)(void);
    pthread_t preparer;    /* brings the store up */
    _Atomic int prepared;  /* an enum store_result; STORE_AGAIN while it is at it */
    atomic_bool has_roles; /* read by the API's threads */
    atomic_bool stopping;
    pthread_mutex_t lock;     /* of `cause` */
    struct store_cause cause; /* why the store cannot be had yet */
    struct processor *processors[PROCESSORS_MAX];
    size_t processor_count;
    struct effects *effects;
    struct wake *wake;
    struct watermark *watermark;
    struct store_keeper *keeper;
    struct dead_letter_watch *watch;
    struct simulator *simulator;
    struct notify *notify;
    struct api *api;
    struct service_manager *manager;
    const char *stuck; /* the thread that was told to be */
    struct damage damage;
};

static void set_cause(struct collector *collector, const struct store_cause *cause)
{
    pthread_mutex_lock(&collector->lock);
    collector->cause = *cause;
    pthread_mutex_unlock(&collector->lock);
}

/* Before anything is counted by days. */
static enum store_result take_days(struct store *store, const struct settings *settings,
                                   struct store_cause *cause)
{
    int32_t minutes = 0;

    day_start_from_text(settings->day_start, &minutes);
    enum store_result result = day_starts_take(store, minutes, clock_wall_ms());
    if (result != STORE_OK)
        snprintf(cause->text, sizeof cause->text, "%s", store_failure(store));
    return result;
}

/* What a new store is given before anything is counted, or told to a buyer. */
static enum store_result begin_store(struct store *store, const struct settings *settings,
                                     struct store_cause *cause)
{
    enum store_result result = take_days(store, settings, cause);

    if (result != STORE_OK)
        return result;
    result = order_secret_take(store);
    if (result != STORE_OK)
        snprintf(cause->text, sizeof cause->text, "%s", store_failure(store));
    return result;
}

/* It would fail the same way again. */
static bool is_lasting(int result)
{
    return result == STORE_NEVER || result == STORE_DAMAGED;
}

/* Opens the store and brings it up to this program's schema. A store that is away is waited for.
 * One that fails in itself is not tried again, since the same would fail the same way.
 * A thread of its own, which nobody expects to beat: a step may take minutes, and a service manager
 * that ended it for its silence would do so for ever. */
static void *prepare_store(void *argument)
{
    struct collector *collector = argument;
    const struct store_wanted wanted = { collector->settings->store, STORE_DURABLE };
    enum store_result result = STORE_AGAIN;
    struct store_cause cause;

    while (result == STORE_AGAIN && !atomic_load(&collector->stopping)) {
        struct store *store = store_open_current(&wanted, &result, &cause);
        if (result == STORE_OK)
            result = begin_store(store, collector->settings, &cause);
        store_close(store);
        if (result != STORE_OK)
            set_cause(collector, &cause);
        if (result == STORE_AGAIN)
            clock_pause_ms(RETRY_MS);
    }
    if (result == STORE_REFUSED || is_lasting(result))
        log_error("collector", cause.text, "store=%s", wanted.url);
    atomic_store(&collector->prepared, result);
    return NULL;
}

static bool report_store(void *owner)
{
    const struct collector *collector = owner;

    return atomic_load(&collector->prepared) == STORE_OK;
}

static size_t report_roles(void *owner, struct api_role *roles, size_t max)
{
    struct collector *collector = owner;
    size_t count = 0;

    if (!atomic_load(&collector->has_roles))
        return 0;
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

/* A role whose store fails has no lack of partitions, whatever its consumer does meanwhile. */
static bool report_waiting(void *owner, char *text, size_t size)
{
    struct collector *collector = owner;
    struct store_cause cause;

    if (damage_says(collector->wake, text, size))
        return true;
    if (!atomic_load(&collector->has_roles)) {
        pthread_mutex_lock(&collector->lock);
        snprintf(text, size, "the store cannot be used: %s", collector->cause.text);
        pthread_mutex_unlock(&collector->lock);
        return true;
    }
    for (size_t i = 0; i < collector->processor_count; i++)
        if (processor_store_fails(collector->processors[i], &cause)) {
            snprintf(text, size, "the store fails for the role %s: %s",
                     processor_role(collector->processors[i]), cause.text);
            return true;
        }
    for (size_t i = 0; i < collector->processor_count; i++)
        if (!processor_is_running(collector->processors[i]) &&
            !processor_is_paused(collector->processors[i])) {
            snprintf(text, size, "the role %s waits for its partitions in Kafka",
                     processor_role(collector->processors[i]));
            return true;
        }
    return watermark_waits(collector->watermark, text, size);
}

/* Feeds the watchdog while all threads turn. Once one does not, it is not fed any more, and the
 * service manager ends us; what was not committed is read again from Kafka. */
static void look_after_threads(struct collector *collector, int64_t mono_ms)
{
    struct service_manager *manager = collector->manager;
    int64_t limit_ms = manager->watchdog_ms > 0 ? manager->watchdog_ms * STUCK_INTERVALS : STUCK_MS;
    const char *stuck = pulse_stuck(mono_ms, limit_ms);
    char status[256];

    if (stuck != NULL && collector->stuck == NULL) {
        log_error("collector", "a thread is stuck", "thread=%s silent_ms=%lld", stuck,
                  (long long)limit_ms);
        snprintf(status, sizeof status, "stuck: the thread %s", stuck);
        service_manager_status(manager, status);
    }
    collector->stuck = stuck;
    if (stuck != NULL || !service_manager_is_due(manager, mono_ms))
        return;
    bool waits = report_waiting(collector, status, sizeof status);
    service_manager_turned(manager, mono_ms, waits ? status : "ready");
}

static bool any_role(const struct settings *settings)
{
    const struct role_calls *role;
    bool any = false;

    for (size_t i = 0; (role = role_at(i)) != NULL; i++)
        any |= role_list_has(settings->roles, role->name);
    return any;
}

/* Records leave from every process, what is for people where `notify` is. */
static void start_effects(struct collector *collector, const struct settings *settings,
                          const struct config_pairs *pairs)
{
    const struct kafka_lane_options kafka = { .brokers = settings->kafka_brokers,
                                              .pairs = pairs,
                                              .wake = collector->wake };
    struct effects_options options = { .store_url = settings->store,
                                       .wake = collector->wake,
                                       .last_words_ms = LAST_WORDS_MS };

    options.senders[options.sender_count++] =
        (struct sender){ &records_calls, records_open(&kafka) };
    if (role_list_has(settings->roles, "notify")) {
        collector->notify = notify_open(settings, collector->wake);
        options.senders[options.sender_count++] =
            (struct sender){ &notify_calls, collector->notify };
    }
    collector->effects = effects_start(&options);
}

static void start_roles(struct collector *collector, const struct settings *settings,
                        const struct config_pairs *pairs)
{
    const struct role_calls *role;

    if (any_role(settings))
        collector->watermark = watermark_start(&(struct watermark_options){
            .source = &watermark_kafka,
            .kafka = { .brokers = settings->kafka_brokers, .pairs = pairs } });
    for (size_t i = 0; (role = role_at(i)) != NULL; i++) {
        struct processor_options options = { .role = role,
                                             .settings = settings,
                                             .pairs = pairs,
                                             .wake = collector->wake,
                                             .watermark = collector->watermark };
        if (role_list_has(settings->roles, role->name))
            collector->processors[collector->processor_count++] = processor_start(&options);
    }
    start_effects(collector, settings, pairs);
    if (collector->processor_count == 0 && collector->notify == NULL)
        return;
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
                                   .store_ready = report_store,
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
    atomic_store(&collector->stopping, true);
    /* The API first: it asks the processors. Then all are told before any is waited for. */
    api_stop(collector->api);
    for (size_t i = 0; i < collector->processor_count; i++)
        processor_stop(collector->processors[i]);
    effects_stop(collector->effects);
    dead_letter_watch_stop(collector->watch);
    simulator_stop(collector->simulator);
    watermark_stop(collector->watermark);
    for (size_t i = 0; i < collector->processor_count; i++)
        processor_join(collector->processors[i]);
    watermark_join(collector->watermark);
    effects_join(collector->effects);
    dead_letter_watch_join(collector->watch);
    simulator_join(collector->simulator);
    store_keeper_stop(collector->keeper); /* the last: it leaves one file */
    if (collector->preparer != 0)
        pthread_join(collector->preparer, NULL);
    wake_close(collector->wake);
}

enum follow { GO_ON, GIVE_UP };

/* What the store lets us do: once it is ready, the roles start. Without an API nobody could be told
 * of a store that fails, so that this ends us; a refusal ends us in any case. */
static enum follow follow_store(struct collector *collector, const struct config_pairs *pairs)
{
    const struct settings *settings = collector->settings;
    int prepared = atomic_load(&collector->prepared);

    if (prepared == STORE_REFUSED || (is_lasting(prepared) && collector->api == NULL))
        return GIVE_UP;
    if (prepared != STORE_OK || atomic_load(&collector->has_roles))
        return GO_ON;
    collector->keeper = store_keeper_start(
        &(struct store_keeper_options){ .store_url = settings->store,
                                        .wake = collector->wake,
                                        .retention = { .days = settings->retention_days,
                                                       .track_days = settings->track_days,
                                                       .order_days = settings->order_days } });
    start_roles(collector, settings, pairs);
    atomic_store(&collector->has_roles, true);
    log_info("collector", "started", "roles=%s store=%s kafka=%s http=%s", settings->roles,
             settings->store, settings->kafka_brokers, settings->http);
    return GO_ON;
}

/* Whoever waits for its store is ready all the same: it may be a server that comes later. */
static int run_parts(struct collector *collector, const struct config_pairs *pairs)
{
    if (pthread_create(&collector->preparer, NULL, prepare_store, collector) != 0)
        abort();
    service_manager_ready(collector->manager);
    while (!collector->stopped()) {
        if (follow_store(collector, pairs) == GIVE_UP)
            return store_exit_status(atomic_load(&collector->prepared));
        clock_pause_ms(WATCH_MS);
        damage_follow(&collector->damage, collector->settings, collector->wake);
        look_after_threads(collector, clock_mono_ms());
    }
    log_info("collector", "stopping", NULL);
    return EXIT_SUCCESS;
}

/* The API comes first, so that /readyz can say what the rest waits for. A store that is not for
 * this program is refused before anything is started. */
int collector_run(const struct settings *settings, const struct config_pairs *pairs,
                  bool (*stopped)(void), struct service_manager *manager)
{
    struct collector collector = { .settings = settings,
                                   .stopped = stopped,
                                   .manager = manager,
                                   .prepared = STORE_AGAIN,
                                   .lock = PTHREAD_MUTEX_INITIALIZER,
                                   .cause = { "it is being opened" } };
    struct store_cause cause;
    int status = EXIT_FAILURE;

    metrics_register_build("collector");
    if (!hash_init()) {
        log_error("collector", "no cryptographic library", NULL);
        return EXIT_FAILURE;
    }
    if (store_look(settings->store, &cause) == STORE_REFUSED) {
        log_error("collector", cause.text, "store=%s", settings->store);
        return store_exit_status(STORE_REFUSED);
    }
    collector.wake = wake_open();
    if (start_api(&collector, settings, pairs))
        status = run_parts(&collector, pairs);
    service_manager_stopping(manager);
    kafka_names_stop();
    stop_all(&collector);
    return status;
}
