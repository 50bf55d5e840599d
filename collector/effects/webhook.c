/* libcurl's HTTP. */
#include "collector/effects/webhook.h"
#include "collector/effects/hmac.h"
#include "common/clock.h"
#include "common/config.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_S 5L
#define TIMEOUT_S 15L
#define HOST_MAX  256
#define TIME_SIZE 24

/* What is worth another try: no answer, every 5xx, and 408 (too slow), 425 (too early) and 429 (too
 * often). A redirection is not followed, but tried again: a person looks where it leads and sets
 * the new address meanwhile. */
static enum send_result judge(const struct transfer *transfer, int code, long response)
{
    (void)transfer;
    if (code != CURLE_OK || response >= 500 || (response >= 300 && response < 400) ||
        response == 408 || response == 425 || response == 429)
        return SEND_LATER;
    return response >= 200 && response < 300 ? SEND_DONE : SEND_NEVER;
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
    struct buffer line = { 0 };

    buffer_format(&line, "%s: %s", name, value);
    transfer->list = curl_slist_append(transfer->list, line.bytes);
    buffer_free(&line);
}

/* Of a name and a password before the host we would take the name for the host. */
bool webhook_url_is_valid(const char *url)
{
    static const char clear[] = "http://", tls[] = "https://";
    char host[HOST_MAX];

    if (strncmp(url, clear, sizeof clear - 1) != 0)
        return url[0] == '\0' ||
               (strncmp(url, tls, sizeof tls - 1) == 0 && url[sizeof tls - 1] != '\0');
    url += sizeof clear - 1;
    size_t length = strcspn(url, "/?#");
    if (length == 0 || length >= sizeof host || memchr(url, '@', length) != NULL)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)length, url);
    return !config_is_remote(host);
}

static void sign(struct transfer *transfer, const char *secret, const char *id)
{
    struct hmac_key key = { .bytes = secret, .length = strlen(secret) };
    char time[TIME_SIZE], signature[sizeof "sha256=" - 1 + HMAC_TEXT_SIZE] = "sha256=";
    struct buffer text = { 0 };

    snprintf(time, sizeof time, "%lld", (long long)(clock_wall_ms() / 1000));
    buffer_format(&text, "%s.%s.", time, id);
    buffer_append(&text, transfer->body.bytes, transfer->body.length);
    hmac_sha256(&key, text.bytes, text.length, signature + strlen(signature));
    buffer_free(&text);
    add_header(transfer, "X-Carrito-Time", time);
    add_header(transfer, "X-Carrito-Signature", signature);
}

bool webhook_post(struct transfers *transfers, const struct webhook *webhook,
                  const struct webhook_message *message)
{
    struct transfer *transfer = transfer_new(transfers, message->owner);

    if (transfer == NULL)
        return false;
    transfer->judge = judge;
    transfer->body = *message->body;
    *message->body = (struct buffer){ 0 };
    add_header(transfer, "Content-Type", "application/json");
    add_header(transfer, "User-Agent", "carrito-collector/" CARRITO_VERSION);
    add_header(transfer, "X-Carrito-Id", message->id);
    if (webhook->secret != NULL)
        sign(transfer, webhook->secret, message->id);
    curl_easy_setopt(transfer->easy, CURLOPT_URL, webhook->url);
    curl_easy_setopt(transfer->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(transfer->easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    curl_easy_setopt(transfer->easy, CURLOPT_TIMEOUT, TIMEOUT_S);
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->list);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE, (long)transfer->body.length);
    curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, transfer->body.bytes);
    transfers_begin(transfers, transfer);
    return true;
}
