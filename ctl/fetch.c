/* The way from a path to an object, with every way that it can fail told once, here. */
#include "ctl/fetch.h"

#include "ctl/request.h"
#include "ctl/stop.h"

#include "text_words.h"

#include <stdio.h>

#define STATUS_OK 200

struct http_client *fetch_open(const struct ctl *ctl)
{
    if (!ctl->settings.token || !ctl->settings.token[0]) {
        text_error(ctl->language, SAY_TEXT_TOKEN_MISSING());
        return NULL;
    }
    return http_client_open(ctl->settings.url, ctl->settings.token, ctl->settings.lang);
}

void fetch_tell_away(const struct ctl *ctl, const struct http_client *client)
{
    if (!stop_requested()) /* Ctrl-C ends a request too, and nobody wants to read about that */
        text_error(ctl->language, SAY_TEXT_SERVER_AWAY(ctl->settings.url, http_client_why(client)));
}

void fetch_tell_refusal(const struct ctl *ctl, const struct http_answer *answer)
{
    struct request_refusal refusal = {
        .status = answer->status,
        .body = answer->body.bytes,
        .length = answer->body.length,
        .retry_after_s = answer->retry_after_s,
        .url = ctl->settings.url,
    };
    struct buffer sentence = { 0 }, defused = { 0 };

    request_refusal_sentence(ctl->language, &refusal, &sentence);
    column_defused_text(sentence.bytes, sentence.length, &defused);
    fprintf(stderr, "carritoctl: %s\n", defused.bytes);
    buffer_free(&sentence);
    buffer_free(&defused);
}

bool fetch_into(const struct ctl *ctl, struct http_client *client,
                const struct http_request *request, FILE *file)
{
    struct http_answer answer;
    bool good = false;

    if (!http_client_save(client, request, file, &answer))
        fetch_tell_away(ctl, client);
    else if (answer.status != STATUS_OK)
        fetch_tell_refusal(ctl, &answer);
    else
        good = fflush(file) == 0 && !ferror(file);
    http_answer_free(&answer);
    return good;
}

cJSON *fetch_answer(const struct ctl *ctl, struct http_client *client,
                    const struct http_request *request)
{
    struct http_answer answer;
    cJSON *object = NULL;

    if (!http_client_send(client, request, &answer)) {
        fetch_tell_away(ctl, client);
    } else if (answer.status != STATUS_OK) {
        fetch_tell_refusal(ctl, &answer);
    } else {
        object =
            cJSON_ParseWithLength(answer.body.bytes ? answer.body.bytes : "", answer.body.length);
        if (!cJSON_IsObject(object)) {
            text_error(ctl->language, SAY_TEXT_SERVER_STRANGE(ctl->settings.url, answer.status));
            cJSON_Delete(object);
            object = NULL;
        }
    }
    http_answer_free(&answer);
    return object;
}

cJSON *fetch_object(const struct ctl *ctl, struct http_client *client, const char *path)
{
    return fetch_answer(ctl, client, &(struct http_request){ .method = "GET", .path = path });
}
