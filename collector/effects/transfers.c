/* A pool of threads around libcurl's easy interface. A handle keeps its connection from one
 * transfer to the next, but only after a success: libcurl 7.88 would keep one on which an answer
 * is still to come, and take it for the answer to the next mail. */
#include "collector/effects/transfers.h"
#include "collector/store/wake.h"

#include "common/clock.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define IDLE_S 20L /* less than servers keep a silent client */

struct transfer_queue {
    struct transfer *first, *last;
};

struct handle {
    CURL *easy;
    int socket;
};

struct transfers {
    struct wake *wake;
    struct transfer *all; /* the caller's thread only, as are the idle handles */
    struct handle idle[TRANSFERS_MAX];
    size_t idle_count;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t begun, over;
    struct transfer_queue waiting, done;
    pthread_t threads[TRANSFERS_MAX];
    size_t thread_count, free_threads;
    atomic_bool stop;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_library(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void push(struct transfer_queue *queue, struct transfer *transfer)
{
    transfer->queue = NULL;
    if (queue->last != NULL)
        queue->last->queue = transfer;
    else
        queue->first = transfer;
    queue->last = transfer;
}

static struct transfer *pop(struct transfer_queue *queue)
{
    struct transfer *transfer = queue->first;

    if (transfer != NULL)
        queue->first = transfer->queue;
    if (queue->first == NULL)
        queue->last = NULL;
    return transfer;
}

struct transfers *transfers_open(struct wake *wake)
{
    struct transfers *transfers = calloc(1, sizeof *transfers);
    pthread_condattr_t attributes;

    if (transfers == NULL)
        abort();
    pthread_once(&once, start_library);
    transfers->wake = wake;
    pthread_mutex_init(&transfers->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&transfers->begun, NULL);
    pthread_cond_init(&transfers->over, &attributes);
    pthread_condattr_destroy(&attributes);
    return transfers;
}

/* Without a word to the server, which may be the one that does not answer: libcurl waits for its
 * answer to QUIT. */
static void close_handle(CURL *easy, int socket)
{
    if (easy != NULL && socket >= 0)
        shutdown(socket, SHUT_RDWR);
    curl_easy_cleanup(easy);
}

static void free_transfer(struct transfer *transfer)
{
    curl_slist_free_all(transfer->list);
    buffer_free(&transfer->body);
    free(transfer);
}

void transfers_close(struct transfers *transfers)
{
    if (transfers == NULL)
        return;
    pthread_mutex_lock(&transfers->lock);
    transfers->stop = true;
    pthread_cond_broadcast(&transfers->begun);
    pthread_mutex_unlock(&transfers->lock);
    for (size_t i = 0; i < transfers->thread_count; i++)
        pthread_join(transfers->threads[i], NULL);
    for (struct transfer *next, *at = transfers->all; at != NULL; at = next) {
        next = at->next;
        close_handle(at->easy, at->socket);
        free_transfer(at);
    }
    for (size_t i = 0; i < transfers->idle_count; i++)
        close_handle(transfers->idle[i].easy, transfers->idle[i].socket);
    pthread_cond_destroy(&transfers->over);
    pthread_cond_destroy(&transfers->begun);
    pthread_mutex_destroy(&transfers->lock);
    free(transfers);
}

/* Answers of all kinds of servers come line by line as headers; the last one is kept. */
static size_t keep_answer(char *line, size_t size, size_t count, void *opaque)
{
    struct transfer *transfer = opaque;
    size_t length = 0;

    /* The status line of HTTP, not the headers after it; a refusal, not the farewell after it. */
    if (strncmp(transfer->answer, "HTTP/", 5) == 0 ||
        (size * count >= 4 && memcmp(line, "221 ", 4) == 0))
        return size * count;
    for (size_t i = 0; i < size * count && length < ANSWER_MAX - 1; i++)
        if (line[i] != '\r' && line[i] != '\n')
            transfer->answer[length++] = line[i] >= ' ' && line[i] < 0x7f ? line[i] : '?';
    if (length > 0)
        transfer->answer[length] = '\0';
    return size * count;
}

static size_t drop(char *bytes, size_t size, size_t count, void *opaque)
{
    (void)bytes;
    (void)opaque;
    return size * count;
}

/* At least once a second while a transfer lasts; anything but 0 breaks it off. libcurl is left no
 * connection on which it could wait for more. */
static int watch(void *opaque, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                 curl_off_t up)
{
    struct transfer *transfer = opaque;

    (void)down_all;
    (void)down;
    (void)up_all;
    (void)up;
    if (transfer->timeout_ms > 0 &&
        clock_mono_ms() - transfer->begun_mono_ms > transfer->timeout_ms)
        transfer->timed_out = true;
    if (!transfer->timed_out && !transfer->transfers->stop)
        return 0;
    if (transfer->socket >= 0)
        shutdown(transfer->socket, SHUT_RDWR);
    return 1;
}

static int keep_socket(void *opaque, curl_socket_t socket, curlsocktype purpose)
{
    struct transfer *transfer = opaque;

    (void)purpose;
    transfer->socket = socket;
    return CURL_SOCKOPT_OK;
}

static struct handle take_handle(struct transfers *transfers)
{
    struct handle handle = { .socket = -1 };

    if (transfers->idle_count == 0) {
        handle.easy = curl_easy_init();
        return handle;
    }
    handle = transfers->idle[--transfers->idle_count];
    curl_easy_reset(handle.easy); /* keeps the connection */
    return handle;
}

struct transfer *transfer_new(struct transfers *transfers, void *owner)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);

    if (transfer == NULL)
        return NULL;
    struct handle handle = take_handle(transfers);
    transfer->transfers = transfers;
    transfer->owner = owner;
    transfer->easy = handle.easy;
    transfer->socket = handle.socket;
    if (transfer->easy == NULL) {
        free(transfer);
        return NULL;
    }
    curl_easy_setopt(transfer->easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(transfer->easy, CURLOPT_HEADERFUNCTION, keep_answer);
    curl_easy_setopt(transfer->easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(transfer->easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(transfer->easy, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(transfer->easy, CURLOPT_XFERINFODATA, transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_SOCKOPTFUNCTION, keep_socket);
    curl_easy_setopt(transfer->easy, CURLOPT_SOCKOPTDATA, transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(transfer->easy, CURLOPT_MAXAGE_CONN, IDLE_S);
    return transfer;
}

/* What the server said explains a success and a refusal; what broke off is explained by libcurl. */
static const char *words_of(const struct transfer *transfer, CURLcode code, long response)
{
    if (transfer->timed_out)
        return "no answer in time";
    if (transfer->answer[0] != '\0' && (code == CURLE_OK || response >= 400))
        return transfer->answer;
    return transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code);
}

/* A redirection is not followed, and told with its address. */
static void write_answer(struct transfer *transfer, CURLcode code, long response)
{
    char *answer = transfer->outcome.answer, *url = NULL;
    int length = snprintf(answer, ANSWER_MAX, "%s", words_of(transfer, code, response));

    curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &url);
    if (url != NULL && length > 0 && length < ANSWER_MAX)
        snprintf(answer + length, ANSWER_MAX - (size_t)length, ", moved to %s", url);
}

static void perform(struct transfer *transfer)
{
    struct send_outcome *outcome = &transfer->outcome;
    long response = 0;
    CURLcode code = curl_easy_perform(transfer->easy);

    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &response);
    outcome->owner = transfer->owner;
    outcome->result = transfer->judge(transfer, (int)code, response);
    write_answer(transfer, code, response);
    if (code != CURLE_OK) {
        close_handle(transfer->easy, transfer->socket);
        transfer->easy = NULL;
    }
}

static void *run(void *opaque)
{
    struct transfers *transfers = opaque;

    pthread_mutex_lock(&transfers->lock);
    while (!transfers->stop) {
        struct transfer *transfer = pop(&transfers->waiting);
        if (transfer == NULL) {
            transfers->free_threads++;
            pthread_cond_wait(&transfers->begun, &transfers->lock);
            transfers->free_threads--;
            continue;
        }
        pthread_mutex_unlock(&transfers->lock);
        perform(transfer);
        pthread_mutex_lock(&transfers->lock);
        push(&transfers->done, transfer);
        pthread_cond_signal(&transfers->over);
        wake_call(transfers->wake, WAKE_NOTIFY);
    }
    pthread_mutex_unlock(&transfers->lock);
    return NULL;
}

void transfers_begin(struct transfers *transfers, struct transfer *transfer)
{
    transfer->begun_mono_ms = clock_mono_ms();
    transfer->next = transfers->all;
    transfers->all = transfer;
    pthread_mutex_lock(&transfers->lock);
    push(&transfers->waiting, transfer);
    /* One that was told a moment ago may not have looked yet: a thread too many does no harm. */
    if (transfers->free_threads < 2 && transfers->thread_count < TRANSFERS_MAX &&
        pthread_create(&transfers->threads[transfers->thread_count], NULL, run, transfers) == 0)
        transfers->thread_count++;
    pthread_cond_signal(&transfers->begun);
    pthread_mutex_unlock(&transfers->lock);
}

void transfers_wait(struct transfers *transfers, int wait_ms)
{
    struct timespec until;
    int timed_out = 0;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += wait_ms * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&transfers->lock);
    while (transfers->done.first == NULL && timed_out == 0)
        timed_out = pthread_cond_timedwait(&transfers->over, &transfers->lock, &until);
    pthread_mutex_unlock(&transfers->lock);
}

bool transfers_next(struct transfers *transfers, struct send_outcome *outcome)
{
    struct transfer **at = &transfers->all;

    pthread_mutex_lock(&transfers->lock);
    struct transfer *transfer = pop(&transfers->done);
    pthread_mutex_unlock(&transfers->lock);
    if (transfer == NULL)
        return false;
    *outcome = transfer->outcome;
    while (*at != transfer)
        at = &(*at)->next;
    *at = transfer->next;
    if (transfer->easy != NULL && transfers->idle_count < TRANSFERS_MAX)
        transfers->idle[transfers->idle_count++] =
            (struct handle){ transfer->easy, transfer->socket };
    else
        close_handle(transfer->easy, transfer->socket);
    free_transfer(transfer);
    return true;
}

size_t transfers_count(const struct transfers *transfers, int64_t since_mono_ms)
{
    size_t count = 0;

    for (const struct transfer *at = transfers->all; at != NULL; at = at->next)
        count += at->begun_mono_ms >= since_mono_ms;
    return count;
}
