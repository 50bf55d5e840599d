/* What a list is asked for, where it stands in the body: body → query. */
#include "collector/call/call.h"

#include "collector/http/http.h"

#include <string.h>

#define LIMIT_SIZE 24

/* The member's text, a number's in `digits`; NULL where it is of another type. */
static const char *text_of(const cJSON *member, char digits[LIMIT_SIZE])
{
    if (strcmp(member->string, "limit") != 0)
        return cJSON_IsString(member) ? member->valuestring : NULL;
    if (!cJSON_IsNumber(member))
        return NULL;
    snprintf(digits, LIMIT_SIZE, "%.15g", member->valuedouble);
    return digits;
}

static bool write_member(struct api_call *call, const cJSON *member, struct buffer *texts)
{
    char digits[LIMIT_SIZE];
    const char *text = text_of(member, digits);

    if (text == NULL) {
        call_invalid(call, member->string,
                     strcmp(member->string, "limit") == 0 ? SAY_REASON_INTEGER(member->string)
                                                          : SAY_REASON_STRING(member->string));
        return false;
    }
    buffer_append(texts, member->string, strlen(member->string) + 1);
    buffer_append(texts, text, strlen(text) + 1);
    return true;
}

bool call_take_query(struct api_call *call)
{
    struct buffer texts = { 0 };
    cJSON *body = call_body(call);
    bool good = body != NULL;

    buffer_text(&texts, "");
    for (const cJSON *member = good ? body->child : NULL; good && member; member = member->next)
        good = write_member(call, member, &texts);
    if (good)
        http_take_query(call->exchange, &texts);
    buffer_free(&texts);
    cJSON_Delete(body);
    return good;
}
