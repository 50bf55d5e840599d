/* libcurl, set up once; see the header for what it promises. */
#include "ctl/http_client.h"

#include "ctl/stop.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STATUS_OK 200
#define JSON_TYPE "application/json"

struct http_client {
    CURL *curl;
    char *url;
    struct curl_slist *headers;
    struct http_answer *answer; /* of the request in hand */
    FILE *file;                 /* for the body of a 200; NULL: into the answer */
    char why[CURL_ERROR_SIZE];
};

static size_t on_body(char *bytes, size_t size, size_t count, void *owner)
{
    struct http_client *client = owner;
    struct http_answer *answer = client->answer;
    long status = 0;

    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    if (client->file && status == STATUS_OK)
        return fwrite(bytes, size, count, client->file) * size;
    if (answer->body.length + size * count > HTTP_ANSWER_MAX)
        return 0;
    buffer_append(&answer->body, bytes, size * count);
    return size * count;
}

/* A line of the head. RFC 9110, section 6.6.1: when the server made the answer. */
static size_t on_header(char *bytes, size_t size, size_t count, void *owner)
{
    static const char name[] = "date:";
    struct http_client *client = owner;
    char value[64];

    if (size * count > sizeof name && strncasecmp(bytes, name, sizeof name - 1) == 0) {
        snprintf(value, sizeof value, "%.*s", (int)(size * count - sizeof name + 1),
                 bytes + sizeof name - 1);
        client->answer->date_s = (int64_t)curl_getdate(value, NULL);
    }
    return size * count;
}

/* Called about once a second and on every piece: a person's Ctrl-C ends the request. */
static int on_progress(void *owner, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                       curl_off_t up)
{
    (void)owner, (void)down_all, (void)down, (void)up_all, (void)up;
    return stop_requested();
}

static bool add_header(struct http_client *client, const char *name, const char *value)
{
    struct curl_slist *longer = NULL;
    char *text = NULL;

    if (asprintf(&text, "%s: %s", name, value) >= 0)
        longer = curl_slist_append(client->headers, text);
    free(text);
    if (longer)
        client->headers = longer;
    return longer != NULL;
}

static bool add_token(struct http_client *client, const char *token)
{
    char *bearer = NULL;
    bool added;

    if (!token)
        return true;
    if (asprintf(&bearer, "Bearer %s", token) < 0)
        return false;
    added = add_header(client, "Authorization", bearer);
    free(bearer);
    return added;
}

static bool add_headers(struct http_client *client, const char *token, const char *lang)
{
    return add_header(client, "Accept-Language", lang) && add_token(client, token);
}

struct http_client *http_client_open(const char *url, const char *token, const char *lang)
{
    struct http_client *client = calloc(1, sizeof *client);

    if (!client)
        return NULL;
    client->url = strdup(url);
    client->curl = curl_easy_init();
    if (!client->url || !client->curl || !add_headers(client, token, lang)) {
        http_client_close(client);
        return NULL;
    }
    curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(client->curl, CURLOPT_CONNECTTIMEOUT, HTTP_CONNECT_S);
    curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, HTTP_TOTAL_S);
    curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(client->curl, CURLOPT_ERRORBUFFER, client->why);
    curl_easy_setopt(client->curl, CURLOPT_USERAGENT, "carritoctl/" CARRITO_VERSION);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(client->curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(client->curl, CURLOPT_HEADERDATA, client);
    curl_easy_setopt(client->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(client->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(client->curl, CURLOPT_ACCEPT_ENCODING, "");
    return client;
}

void http_client_close(struct http_client *client)
{
    if (!client)
        return;
    curl_easy_cleanup(client->curl);
    curl_slist_free_all(client->headers);
    free(client->url);
    free(client);
}

static bool perform(struct http_client *client, const char *path, struct http_answer *answer)
{
    curl_off_t retry_after = 0;
    char *whole = NULL;
    CURLcode code;

    memset(answer, 0, sizeof *answer);
    client->answer = answer;
    client->why[0] = '\0';
    if (asprintf(&whole, "%s%s", client->url, path) < 0)
        return false;
    curl_easy_setopt(client->curl, CURLOPT_URL, whole);
    curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, client);
    code = curl_easy_perform(client->curl);
    if (code == CURLE_OK) {
        curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer->status);
        curl_easy_getinfo(client->curl, CURLINFO_RETRY_AFTER, &retry_after);
        answer->retry_after_s = (long)retry_after;
    } else if (client->why[0] == '\0') {
        snprintf(client->why, sizeof client->why, "%s", curl_easy_strerror(code));
    }
    free(whole);
    return code == CURLE_OK;
}

bool http_client_get(struct http_client *client, const char *path, struct http_answer *answer)
{
    curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
    return perform(client, path, answer);
}

bool http_client_send(struct http_client *client, const struct http_request *request,
                      struct http_answer *answer)
{
    struct curl_slist *headers = NULL;
    char *type = NULL;
    bool answered;

    if (strcmp(request->method, "GET") == 0)
        return http_client_get(client, request->path, answer);
    if (asprintf(&type, "Content-Type: %s", request->type ? request->type : JSON_TYPE) >= 0)
        headers = curl_slist_append(NULL, type);
    for (const struct curl_slist *at = client->headers; at && headers; at = at->next)
        curl_slist_append(headers, at->data);
    curl_easy_setopt(client->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, request->body ? request->body : "");
    curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
    answered = perform(client, request->path, answer);
    curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, NULL);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
    curl_slist_free_all(headers);
    free(type);
    return answered;
}

bool http_client_save(struct http_client *client, const struct http_request *request, FILE *file,
                      struct http_answer *answer)
{
    bool answered;

    client->file = file;
    curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, 0L);
    curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_TIME, HTTP_TOTAL_S);
    answered = http_client_send(client, request, answer);
    client->file = NULL;
    curl_easy_setopt(client->curl, CURLOPT_TIMEOUT, HTTP_TOTAL_S);
    curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_TIME, 0L);
    return answered;
}

const char *http_client_why(const struct http_client *client)
{
    return client ? client->why : "out of memory";
}

void http_answer_free(struct http_answer *answer)
{
    buffer_free(&answer->body);
}

const char *http_client_library(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}
