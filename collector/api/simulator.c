/* Look for the oldest unfinished one → queue some of it → commit. */
#include "collector/api/simulator.h"
#include "collector/api/simulation.h"
#include "collector/base/pulse.h"
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include "simulation_sql.h"

#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define RECORDS_PER_COMMIT 500
#define QUEUED_MAX         2000 /* as the statement simulation_enqueued counts; then Kafka is behind */
#define LOOK_MS            100

struct simulator {
    const char *store_url;
    struct wake *wake;
    pthread_t thread;
    atomic_bool stop;
    struct store *store;
};

static bool sender_is_behind(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_SIMULATION_ENQUEUED, "");
    bool behind = store_next(rows) && store_int(rows, 0) >= QUEUED_MAX;

    store_rows_end(rows);
    return behind;
}

/* True where there may be more to do at once. */
static bool work(struct simulator *simulator)
{
    struct store *store = simulator->store;
    struct simulation simulation;
    bool due = simulation_next(store, &simulation) && !sender_is_behind(store);

    store_rollback(store);
    if (!due)
        return false;
    if (!store_begin(store) || !simulation_advance(store, &simulation, RECORDS_PER_COMMIT)) {
        store_rollback(store);
        return false;
    }
    if (store_commit(store) != STORE_OK)
        return false;
    if (simulation.produced == simulation.total)
        log_info("simulator", "simulation done", "id=%s kind=%s records=%lld", simulation.id,
                 simulation_kind_names[simulation.kind], (long long)simulation.total);
    return true;
}

static void *run(void *argument)
{
    struct simulator *simulator = argument;

    pulse_begin("simulator");
    for (; !atomic_load(&simulator->stop); pulse_beat()) {
        if (simulator->store == NULL)
            simulator->store = store_open(simulator->store_url, STORE_REPEATABLE);
        if (simulator->store != NULL)
            store_set_wake(simulator->store, simulator->wake);
        if (simulator->store == NULL || wake_is_damaged(simulator->wake, NULL) || !work(simulator))
            nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
    }
    store_close(simulator->store);
    return NULL;
}

struct simulator *simulator_start(const char *store_url, struct wake *wake)
{
    struct simulator *simulator = calloc(1, sizeof *simulator);

    if (simulator == NULL)
        abort();
    simulator->store_url = store_url;
    simulator->wake = wake;
    if (pthread_create(&simulator->thread, NULL, run, simulator) != 0)
        abort();
    return simulator;
}

void simulator_stop(struct simulator *simulator)
{
    if (simulator != NULL)
        atomic_store(&simulator->stop, true);
}

void simulator_join(struct simulator *simulator)
{
    if (simulator == NULL)
        return;
    pthread_join(simulator->thread, NULL);
    free(simulator);
}
