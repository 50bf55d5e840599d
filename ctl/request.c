/* Builds queries and turns problem+json into a sentence that a person can act on. */
#include "ctl/request.h"

#include "common/json_read.h"

#include "text_words.h"

#include <string.h>

#define PROBLEM_BYTES_MAX 65536
#define PROBLEM_DEPTH_MAX 8

void request_encode(struct buffer *out, const char *text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++) {
        if (strchr(plain, *text))
            buffer_append(out, text, 1);
        else
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

void request_add(struct buffer *path, const char *name, const char *value)
{
    buffer_text(path, path->bytes && strchr(path->bytes, '?') ? "&" : "?");
    request_encode(path, name);
    buffer_text(path, "=");
    request_encode(path, value);
}

void request_add_segment(struct buffer *path, const char *segment)
{
    buffer_text(path, "/");
    request_encode(path, segment);
}

static const char *member(const cJSON *problem, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(problem, name);

    return cJSON_IsString(value) ? value->valuestring : NULL;
}

/* The detail where there is one, else the title. */
static const char *problem_words(const cJSON *problem)
{
    const char *detail = member(problem, "detail");

    if (detail && *detail)
        return detail;
    return member(problem, "title");
}

void request_refusal_sentence(enum lang language, const struct request_refusal *refusal,
                              struct buffer *out)
{
    struct json_reason ignored;
    cJSON *problem = json_read_object(refusal->body ? refusal->body : "", refusal->length,
                                      PROBLEM_BYTES_MAX, PROBLEM_DEPTH_MAX, &ignored);
    const char *words = problem ? problem_words(problem) : NULL;
    const char *field = problem ? member(problem, "field") : NULL;

    if (!words)
        say_in(&SAY_TEXT_SERVER_STRANGE(refusal->url, refusal->status), language, out);
    else if (refusal->status == 401)
        say_in(&SAY_TEXT_TOKEN_REFUSED(), language, out);
    else if (refusal->status == 403)
        say_in(&SAY_TEXT_FORBIDDEN(words), language, out);
    else if (refusal->status == 429 && refusal->retry_after_s > 0)
        say_in(&SAY_TEXT_RETRY_AFTER(words, refusal->retry_after_s), language, out);
    else if (field)
        say_in(&SAY_TEXT_REFUSED_FIELD(refusal->status, field, words), language, out);
    else
        say_in(&SAY_TEXT_REFUSED(refusal->status, words), language, out);
    cJSON_Delete(problem);
}
