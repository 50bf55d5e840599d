/* libcurl's SMTP. */
#include "collector/effects/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECT_S    10L
#define SPARE_S      5L /* libcurl's own timeout comes after ours */
#define ADDRESS_SIZE 260

static size_t give_body(char *to, size_t size, size_t count, void *opaque)
{
    struct transfer *transfer = opaque;
    size_t left = transfer->body.length - transfer->offset;
    size_t length = size * count < left ? size * count : left;

    memcpy(to, transfer->body.bytes + transfer->offset, length);
    transfer->offset += length;
    return length;
}

/* Answers that are about us and not about the mail: log in first, or the server goes away (RFC
 * 4954, 6; RFC 3207, 4; RFC 5321, 3.8), or our name is no name to it (504). */
static bool is_about_us(long response)
{
    static const long codes[] = { 421, 432, 454, 504, 530, 534, 535, 538 };

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == response)
            return true;
    return false;
}

/* An enhanced status (RFC 3463) about the recipient's address or mailbox, and not about the
 * sender's. */
static bool is_about_recipient(const char *answer)
{
    const char *status = strlen(answer) > 4 ? answer + 4 : "";

    status += *status == '#';
    return strncmp(status, "5.2.", 4) == 0 ||
           (strncmp(status, "5.1.", 4) == 0 && strchr("78", status[4]) == NULL);
}

/* A refusal of the sender, the recipient or DATA is CURLE_SEND_ERROR; one after the dot, and one of
 * the greeting, is CURLE_WEIRD_SERVER_REPLY. What broke off says nothing about the mail. */
static enum send_result judge(const struct transfer *transfer, int code, long response)
{
    bool given = transfer->offset > 0;
    bool refused = code == CURLE_SEND_ERROR ||
                   (given && (code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR));

    if (code == CURLE_OK)
        return SEND_DONE;
    if (is_about_us(response))
        return SEND_AWAY;
    if (refused && response >= 500)
        return given || is_about_recipient(transfer->answer) ? SEND_NEVER : SEND_REFUSED;
    if (refused && response >= 400)
        return SEND_LATER;
    return given ? SEND_LATER : SEND_AWAY;
}

/* A password does not go over a network in the clear. */
static long tls_level(const struct smtp_server *server)
{
    static const char *const local[] = { "127.0.0.1", "localhost", "[::1]" };
    const char *host = strstr(server->url, "://");

    host = host != NULL ? host + 3 : server->url;
    if (server->user == NULL)
        return CURLUSESSL_TRY;
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if (strncasecmp(host, local[i], strlen(local[i])) == 0 &&
            strchr(":/", host[strlen(local[i])]) != NULL)
            return CURLUSESSL_TRY;
    return CURLUSESSL_ALL;
}

/* libcurl takes the name for EHLO from the address's path. */
static void set_address(CURL *easy, const struct smtp_server *server)
{
    bool named = server->ehlo != NULL && server->ehlo[0] != '\0';
    struct buffer url = { 0 };

    buffer_format(&url, "%s%s%s", server->url, named ? "/" : "", named ? server->ehlo : "");
    curl_easy_setopt(easy, CURLOPT_URL, url.bytes);
    buffer_free(&url);
}

static void set_server(CURL *easy, const struct smtp_server *server)
{
    set_address(easy, server);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL, tls_level(server));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)server->timeout_s + SPARE_S);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    if (server->cafile != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, server->cafile);
    if (server->user != NULL)
        curl_easy_setopt(easy, CURLOPT_USERNAME, server->user);
    if (server->password != NULL)
        curl_easy_setopt(easy, CURLOPT_PASSWORD, server->password);
}

bool smtp_send(struct transfers *transfers, const struct smtp_server *server,
               const struct smtp_mail *mail)
{
    struct transfer *transfer = transfer_new(transfers, mail->owner);
    char address[ADDRESS_SIZE];

    if (transfer == NULL)
        return false;
    transfer->judge = judge;
    transfer->timeout_ms = server->timeout_s * 1000;
    transfer->body = *mail->text;
    *mail->text = (struct buffer){ 0 };
    set_server(transfer->easy, server);
    snprintf(address, sizeof address, "<%s>", mail->to);
    transfer->list = curl_slist_append(NULL, address);
    snprintf(address, sizeof address, "<%s>", mail->from);
    curl_easy_setopt(transfer->easy, CURLOPT_MAIL_FROM, address);
    curl_easy_setopt(transfer->easy, CURLOPT_MAIL_RCPT, transfer->list);
    curl_easy_setopt(transfer->easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(transfer->easy, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(transfer->easy, CURLOPT_READDATA, transfer);
    transfers_begin(transfers, transfer);
    return true;
}
