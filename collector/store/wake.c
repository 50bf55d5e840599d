/* Bits with a condition variable, for who waits to be called; and a ticket lock for SQLite's write
 * lock. */
#include "collector/store/wake.h"

#include "common/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define BITS  2  /* of enum wake_for */
#define TURNS 16 /* more writers than that wait at a time: some are woken in vain */

/* A condition for each bit and for each of the next tickets: a call wakes whom it is for. */
struct wake {
    pthread_mutex_t lock;
    pthread_cond_t called[BITS];
    unsigned calls; /* not yet waited for */
    pthread_cond_t next[TURNS];
    uint64_t drawn, serving; /* tickets of the lock; equal: nobody writes */
    atomic_bool is_damaged;
    char damage[WAKE_DAMAGE_SIZE]; /* does not change once is_damaged */
    char process[2 * sizeof(uint64_t) + 1];
};

struct wake *wake_open(void)
{
    struct wake *wake = calloc(1, sizeof *wake);
    pthread_condattr_t attributes;
    uint64_t random = 0;

    if (wake == NULL)
        abort();
    pthread_mutex_init(&wake->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    for (size_t i = 0; i < BITS; i++)
        pthread_cond_init(&wake->called[i], &attributes);
    pthread_condattr_destroy(&attributes);
    for (size_t i = 0; i < TURNS; i++)
        pthread_cond_init(&wake->next[i], NULL);
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        abort();
    snprintf(wake->process, sizeof wake->process, "%016" PRIx64, random);
    return wake;
}

const char *wake_process(const struct wake *wake)
{
    return wake != NULL ? wake->process : "";
}

void wake_close(struct wake *wake)
{
    if (wake == NULL)
        return;
    for (size_t i = 0; i < BITS; i++)
        pthread_cond_destroy(&wake->called[i]);
    for (size_t i = 0; i < TURNS; i++)
        pthread_cond_destroy(&wake->next[i]);
    pthread_mutex_destroy(&wake->lock);
    free(wake);
}

void wake_call(struct wake *wake, unsigned what)
{
    if (wake == NULL || what == 0)
        return;
    pthread_mutex_lock(&wake->lock);
    wake->calls |= what;
    for (size_t i = 0; i < BITS; i++)
        if ((what & 1U << i) != 0)
            pthread_cond_signal(&wake->called[i]);
    pthread_mutex_unlock(&wake->lock);
}

static pthread_cond_t *called_for(struct wake *wake, enum wake_for what)
{
    return &wake->called[what == WAKE_EFFECTS ? 0 : 1];
}

static struct timespec after_ms(int ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000L;
    if (at.tv_nsec >= 1000000000L) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000L;
    }
    return at;
}

bool wake_wait(struct wake *wake, enum wake_for what, int timeout_ms)
{
    if (wake == NULL) {
        nanosleep(&(struct timespec){ timeout_ms / 1000, timeout_ms % 1000 * 1000000L }, NULL);
        return false;
    }
    struct timespec until = after_ms(timeout_ms);
    int timed_out = 0;
    pthread_mutex_lock(&wake->lock);
    while ((wake->calls & (unsigned)what) == 0 && timed_out == 0)
        timed_out = pthread_cond_timedwait(called_for(wake, what), &wake->lock, &until);
    bool called = (wake->calls & (unsigned)what) != 0;
    wake->calls &= ~(unsigned)what;
    pthread_mutex_unlock(&wake->lock);
    return called;
}

void wake_write_begin(struct wake *wake)
{
    if (wake == NULL)
        return;
    pthread_mutex_lock(&wake->lock);
    uint64_t number = wake->drawn++;
    while (wake->serving != number)
        pthread_cond_wait(&wake->next[number % TURNS], &wake->lock);
    pthread_mutex_unlock(&wake->lock);
}

void wake_write_end(struct wake *wake)
{
    if (wake == NULL)
        return;
    pthread_mutex_lock(&wake->lock);
    wake->serving++;
    pthread_cond_broadcast(&wake->next[wake->serving % TURNS]);
    pthread_mutex_unlock(&wake->lock);
}

void wake_tell_damage(struct wake *wake, const char *reason)
{
    if (wake == NULL)
        return;
    pthread_mutex_lock(&wake->lock);
    if (!atomic_load(&wake->is_damaged)) {
        snprintf(wake->damage, sizeof wake->damage, "%s", reason);
        atomic_store(&wake->is_damaged, true);
        log_error("store", "the store is damaged, the roles stop; restore the last good backup",
                  "error=%s", wake->damage);
    }
    pthread_mutex_unlock(&wake->lock);
}

bool wake_is_damaged(struct wake *wake, char *reason)
{
    if (wake == NULL || !atomic_load(&wake->is_damaged))
        return false;
    if (reason != NULL)
        memcpy(reason, wake->damage, sizeof wake->damage);
    return true;
}
