/* Reads the starts out of what the console is told, too. */
#include "ctl/days.h"

#include "common/day.h"
#include "common/json_read.h"
#include "ctl/http_client.h"

#include <string.h>

#define STATUS_OK  200
#define STARTS_MAX 1000 /* a change each day for years */

static bool read_start(const cJSON *object, struct day_start *start)
{
    const char *minutes, *from = NULL;
    struct json_reason why;

    start->first_day = INT32_MIN;
    return json_get_text(object, "start", JSON_REQUIRED, 5, 5, &minutes, &why) &&
           day_start_from_text(minutes, &start->minutes) &&
           (cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(object, "from")) ||
            (json_get_text(object, "from", JSON_REQUIRED, 10, 10, &from, &why) &&
             day_from_text(from, &start->first_day)));
}

static void follow(const cJSON *config)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(config, "day_starts"), *object;
    struct day_start starts[STARTS_MAX];
    size_t count = 0;

    cJSON_ArrayForEach(object, list)
    {
        if (count == STARTS_MAX || !read_start(object, &starts[count++]))
            return;
    }
    if (count > 0)
        day_set_starts(starts, count);
}

void days_follow(const struct ctl *ctl)
{
    struct http_client *client =
        http_client_open(ctl->settings.url, ctl->settings.token, ctl->settings.lang);
    struct http_answer answer = { 0 };

    if (client == NULL)
        return;
    if (http_client_get(client, "/console/config.json", &answer) && answer.status == STATUS_OK) {
        cJSON *config =
            cJSON_ParseWithLength(answer.body.bytes ? answer.body.bytes : "", answer.body.length);
        follow(config);
        cJSON_Delete(config);
    }
    http_answer_free(&answer);
    http_client_close(client);
}
