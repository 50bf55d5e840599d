/* A bounded queue and its threads. */
#include "collector/http/workers.h"

#include "collector/base/pulse.h"
#include "common/log.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct workers_options options;
    pthread_t threads[WORKERS_THREADS_MAX];
    size_t thread_count;
    void **waiting; /* a ring of options.waiting_max */
    size_t first, count;
    bool stopping;
};

/* The next item; NULL once there is none left and the end was asked for. */
static void *take(struct workers *workers)
{
    void *item = NULL;
    pthread_mutex_lock(&workers->lock);
    while (workers->count == 0 && !workers->stopping)
        pthread_cond_wait(&workers->changed, &workers->lock);
    if (workers->count > 0) {
        item = workers->waiting[workers->first];
        workers->first = (workers->first + 1) % workers->options.waiting_max;
        workers->count--;
    }
    pthread_mutex_unlock(&workers->lock);
    return item;
}

static void *run(void *argument)
{
    struct workers *workers = argument;
    pulse_begin("worker");
    for (void *item; pulse_rest(), (item = take(workers)) != NULL;) {
        pulse_beat();
        workers->options.work(item);
    }
    return NULL;
}

struct workers *workers_open(const struct workers_options *options)
{
    struct workers *workers = calloc(1, sizeof *workers);
    if (workers == NULL)
        abort();
    workers->options = *options;
    workers->waiting = calloc(options->waiting_max, sizeof *workers->waiting);
    if (workers->waiting == NULL)
        abort();
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->changed, NULL);
    while (workers->thread_count < options->threads) {
        pthread_t *thread = &workers->threads[workers->thread_count];
        if (pthread_create(thread, NULL, run, workers) != 0) {
            log_error("api", "no thread can be started", NULL);
            workers_close(workers);
            return NULL;
        }
        workers->thread_count++;
    }
    return workers;
}

bool workers_submit(struct workers *workers, void *item)
{
    pthread_mutex_lock(&workers->lock);
    size_t max = workers->options.waiting_max;
    bool fits = !workers->stopping && workers->count < max;
    if (fits) {
        workers->waiting[(workers->first + workers->count) % max] = item;
        workers->count++;
        pthread_cond_signal(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    return fits;
}

void workers_stop(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
    while (workers->thread_count > 0)
        pthread_join(workers->threads[--workers->thread_count], NULL);
}

void workers_close(struct workers *workers)
{
    if (workers == NULL)
        return;
    workers_stop(workers);
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->lock);
    free(workers->waiting);
    free(workers);
}
