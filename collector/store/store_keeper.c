/* look → tidy → sleep. */
#include "collector/store/store_keeper.h"
#include "collector/background.h"
#include "collector/store/store.h"
#include "collector/store/wake.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define TURN_MS 500

struct store_keeper {
    const char *url;
    pthread_t thread;
    struct wake *wake; /* its own: to be ended at once */
    atomic_bool stop;
};

static void *run(void *argument)
{
    struct store_keeper *keeper = argument;
    struct store *store = NULL;

    background_enter();
    while (!atomic_load(&keeper->stop)) {
        if (store == NULL)
            store = store_open(keeper->url, STORE_REPEATABLE);
        if (store != NULL)
            store_tidy(store);
        wake_wait(keeper->wake, WAKE_OUTGOING, TURN_MS);
    }
    store_close(store);
    return NULL;
}

struct store_keeper *store_keeper_start(const char *store_url)
{
    struct store_keeper *keeper = calloc(1, sizeof *keeper);

    if (keeper == NULL)
        abort();
    keeper->url = store_url;
    keeper->wake = wake_open();
    if (pthread_create(&keeper->thread, NULL, run, keeper) != 0)
        abort();
    return keeper;
}

void store_keeper_stop(struct store_keeper *keeper)
{
    if (keeper == NULL)
        return;
    atomic_store(&keeper->stop, true);
    wake_call(keeper->wake, WAKE_OUTGOING);
    pthread_join(keeper->thread, NULL);
    wake_close(keeper->wake);
    free(keeper);
}
