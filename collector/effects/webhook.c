/* libcurl's HTTP. */
#include "collector/effects/webhook.h"
#include "collector/effects/hmac.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_S 5L
#define TIMEOUT_S 15L

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

static void sign(struct transfer *transfer, const char *secret)
{
    struct hmac_key key = { .bytes = secret, .length = strlen(secret) };
    char text[sizeof "sha256=" - 1 + HMAC_TEXT_SIZE] = "sha256=";

    hmac_sha256(&key, transfer->body.bytes, transfer->body.length, text + strlen(text));
    add_header(transfer, "X-Carrito-Signature", text);
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
        sign(transfer, webhook->secret);
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
