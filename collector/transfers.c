/* libcurl's multi interface. */
#include "collector/transfers.h"

#include "common/clock.h"
#include "common/log.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_CONNECTIONS_MAX 8
#define IDLE_S               20L /* less than servers keep a silent client */

struct transfers {
    CURLM *multi;
    struct transfer *first;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start_library(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct transfers *transfers_open(void)
{
    struct transfers *transfers = calloc(1, sizeof *transfers);

    if (transfers == NULL)
        abort();
    pthread_once(&once, start_library);
    transfers->multi = curl_multi_init();
    if (transfers->multi == NULL) {
        log_error("notify", "no libcurl", NULL);
        free(transfers);
        return NULL;
    }
    curl_multi_setopt(transfers->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS_MAX);
    return transfers;
}

static void free_transfer(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    for (size_t i = 0; i < sizeof transfer->lists / sizeof *transfer->lists; i++)
        curl_slist_free_all(transfer->lists[i]);
    buffer_free(&transfer->body);
    free(transfer);
}

static void take_out(struct transfers *transfers, struct transfer *transfer)
{
    struct transfer **at = &transfers->first;

    while (*at != transfer)
        at = &(*at)->next;
    *at = transfer->next;
    curl_multi_remove_handle(transfers->multi, transfer->easy);
    free_transfer(transfer);
}

void transfers_close(struct transfers *transfers)
{
    if (transfers == NULL)
        return;
    while (transfers->first != NULL)
        take_out(transfers, transfers->first);
    curl_multi_cleanup(transfers->multi);
    free(transfers);
}

/* Answers of all kinds of servers come line by line as headers; the last one is kept. */
static size_t keep_answer(char *line, size_t size, size_t count, void *opaque)
{
    struct transfer *transfer = opaque;
    size_t length = 0;

    if (strncmp(transfer->answer, "HTTP/", 5) == 0) /* the status line, not the headers after it */
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

struct transfer *transfer_new(void *owner)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);

    if (transfer == NULL)
        return NULL;
    transfer->owner = owner;
    transfer->easy = curl_easy_init();
    if (transfer->easy == NULL) {
        free(transfer);
        return NULL;
    }
    curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(transfer->easy, CURLOPT_HEADERFUNCTION, keep_answer);
    curl_easy_setopt(transfer->easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(transfer->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(transfer->easy, CURLOPT_MAXAGE_CONN, IDLE_S);
    return transfer;
}

void transfers_begin(struct transfers *transfers, struct transfer *transfer)
{
    transfer->begun_mono_ms = clock_mono_ms();
    transfer->next = transfers->first;
    transfers->first = transfer;
    curl_multi_add_handle(transfers->multi, transfer->easy);
}

void transfers_wait(struct transfers *transfers, int wait_ms)
{
    int running;

    curl_multi_perform(transfers->multi, &running);
    curl_multi_poll(transfers->multi, NULL, 0, wait_ms, NULL);
    curl_multi_perform(transfers->multi, &running);
}

void transfers_wake(struct transfers *transfers)
{
    curl_multi_wakeup(transfers->multi);
}

/* What the server said explains a success and a refusal; what broke off is explained by libcurl. */
static const char *words_of(const struct transfer *transfer, CURLcode code, long response)
{
    if (transfer->answer[0] != '\0' && (code == CURLE_OK || response >= 400))
        return transfer->answer;
    return transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code);
}

bool transfers_next(struct transfers *transfers, struct send_outcome *outcome)
{
    struct transfer *transfer = NULL;
    CURLMsg *message;
    long response = 0;
    int left;

    do
        message = curl_multi_info_read(transfers->multi, &left);
    while (message != NULL && message->msg != CURLMSG_DONE);
    if (message == NULL)
        return false;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &response);
    CURLcode code = message->data.result;
    *outcome = (struct send_outcome){ .owner = transfer->owner,
                                      .result = transfer->judge(transfer, (int)code, response) };
    snprintf(outcome->answer, sizeof outcome->answer, "%s", words_of(transfer, code, response));
    take_out(transfers, transfer);
    return true;
}

size_t transfers_count(const struct transfers *transfers, int64_t since_mono_ms)
{
    size_t count = 0;

    for (const struct transfer *at = transfers->first; at != NULL; at = at->next)
        count += at->begun_mono_ms >= since_mono_ms;
    return count;
}
