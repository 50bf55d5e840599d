/* wait → expire → say → ask. */
#include "collector/http/http_watch.h"

#include "collector/base/pulse.h"
#include "collector/http/http_probe.h"
#include "collector/http/http_progress.h"
#include "common/clock.h"
#include "common/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TURN_MS 500
#define SAY_MS  60000 /* between two lines of the log about what was refused or ended */
/* What the kernel keeps of an answer for a reader (it takes twice as much). It would be up to 4 MiB
 * for each reader who does not read, of memory that all connections share (tcp(7), tcp_mem). */
#define UNSENT_BYTES 131072

struct http_watch {
    pthread_mutex_t lock; /* over the guard and what follows it */
    struct guard *guard;
    size_t ends[GUARD_ENDS], refused; /* since the last line */
    struct address refused_last;
    int64_t said_ms; /* the thread's own from here on */
    pthread_t thread;
    bool has_thread;
    struct http_probe probe; /* once `listening` */
    atomic_bool listening, stopping;
};

/* What the table of problems says of `busy`, to whom no request says in which language. */
static void say_busy(int fd)
{
    static const char body[] =
        "{\"type\":\"urn:carrito:problem:busy\",\"title\":\"Server busy\",\"status\":503,"
        "\"detail\":\"Too much work is waiting; try again in some seconds.\",\"code\":\"busy\"}";
    char answer[512];
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 503 Service Unavailable\r\n"
                          "Content-Type: application/problem+json\r\nContent-Length: %zu\r\n"
                          "Cache-Control: no-store\r\nRetry-After: " HTTP_RETRY_S "\r\n"
                          "Connection: close\r\n\r\n%s",
                          sizeof body - 1, body);
    send(fd, answer, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* What waits in the kernel for a reader that does not read is thrown away, not kept for minutes. */
static void forget_unsent(int fd)
{
    struct linger at_once = { .l_onoff = 1 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/* Between two requests there is an answer that fits; amid one there is none. The server's thread
 * sees the end of the stream and closes the connection itself. */
static void end_connection(void *owner, const struct guarded *guarded, enum guard_end why)
{
    struct http_watch *watch = owner;
    watch->ends[why]++;
    if (why == GUARD_END_CROWD && guarded->phase == GUARDED_REQUEST)
        say_busy(guarded->fd);
    if (guarded->take_ms != INT64_MAX)
        forget_unsent(guarded->fd);
    shutdown(guarded->fd, SHUT_RDWR);
}

/* Called with the lock. */
static void say(struct http_watch *watch, int64_t mono_ms)
{
    char address[ADDRESS_TEXT_SIZE] = "-";
    size_t slow = watch->ends[GUARD_END_SLOW], crowd = watch->ends[GUARD_END_CROWD];
    if (watch->refused + slow + crowd == 0 || mono_ms - watch->said_ms < SAY_MS)
        return;
    if (watch->refused > 0)
        address_text(&watch->refused_last, address);
    log_warn("http", "connections were refused or ended",
             "too_many_of_one_address=%zu last=%s slow_readers=%zu slowest_of_a_crowd=%zu",
             watch->refused, address, slow, crowd);
    watch->refused = watch->ends[GUARD_END_SLOW] = watch->ends[GUARD_END_CROWD] = 0;
    watch->said_ms = mono_ms;
}

static void *run(void *argument)
{
    struct http_watch *watch = argument;
    pulse_begin("http");
    while (!atomic_load(&watch->stopping)) {
        usleep(TURN_MS * 1000);
        if (!atomic_load(&watch->listening) || http_probe_turn(&watch->probe, clock_mono_ms()))
            pulse_beat();
        pthread_mutex_lock(&watch->lock);
        guard_expire(watch->guard, clock_mono_ms());
        say(watch, clock_mono_ms());
        pthread_mutex_unlock(&watch->lock);
    }
    if (atomic_load(&watch->listening))
        http_probe_close(&watch->probe);
    return NULL;
}

struct http_watch *http_watch_open(const struct address_list *proxies, size_t per_address_max)
{
    struct http_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        abort();
    watch->guard = guard_open(&(struct guard_options){ .proxies = *proxies,
                                                       .per_address_max = per_address_max,
                                                       .progress = http_progress,
                                                       .end = end_connection,
                                                       .owner = watch });
    watch->said_ms = clock_mono_ms() - SAY_MS;
    pthread_mutex_init(&watch->lock, NULL);
    watch->has_thread = pthread_create(&watch->thread, NULL, run, watch) == 0;
    if (watch->has_thread)
        return watch;
    http_watch_close(watch);
    return NULL;
}

void http_watch_listen(struct http_watch *watch, int listener)
{
    http_probe_init(&watch->probe, listener, clock_mono_ms());
    atomic_store(&watch->listening, true);
}

void http_watch_close(struct http_watch *watch)
{
    if (watch == NULL)
        return;
    atomic_store(&watch->stopping, true);
    if (watch->has_thread)
        pthread_join(watch->thread, NULL);
    guard_close(watch->guard);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct guarded *http_watch_begin(struct http_watch *watch, int fd, const struct sockaddr *peer)
{
    struct address address;
    int64_t mono_ms = clock_mono_ms();
    int unsent = UNSENT_BYTES;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &unsent, sizeof unsent);
    address_from_socket(peer, &address);
    pthread_mutex_lock(&watch->lock);
    struct guarded *guarded = guard_add(watch->guard, fd, &address, mono_ms);
    guard_make_room(watch->guard, guarded, mono_ms);
    pthread_mutex_unlock(&watch->lock);
    return guarded;
}

void http_watch_end(struct http_watch *watch, struct guarded *guarded)
{
    pthread_mutex_lock(&watch->lock);
    guard_remove(watch->guard, guarded);
    pthread_mutex_unlock(&watch->lock);
}

void http_watch_wait(struct http_watch *watch, struct guarded *guarded, enum guarded_phase phase)
{
    pthread_mutex_lock(&watch->lock);
    guard_wait(guarded, phase, clock_mono_ms());
    pthread_mutex_unlock(&watch->lock);
}

void http_watch_know(struct http_watch *watch, struct guarded *guarded)
{
    pthread_mutex_lock(&watch->lock);
    guard_know(guarded);
    pthread_mutex_unlock(&watch->lock);
}

bool http_watch_is_over(struct http_watch *watch, struct guarded *guarded)
{
    pthread_mutex_lock(&watch->lock);
    bool is_over = guard_is_over(watch->guard, guarded);
    pthread_mutex_unlock(&watch->lock);
    return is_over;
}

void http_watch_refused(struct http_watch *watch, const struct guarded *guarded)
{
    pthread_mutex_lock(&watch->lock);
    watch->refused++;
    watch->refused_last = guard_site_address(guarded);
    pthread_mutex_unlock(&watch->lock);
}
