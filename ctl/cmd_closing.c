/* `carritoctl closing`: does a day's count agree, cart by cart, and what is to be done. */
#include "common/day.h"
#include "ctl/command.h"
#include "ctl/fetch.h"
#include "ctl/list.h"
#include "ctl/request.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "quantity", .title = &head_sopaipillas, .kind = COLUMN_INT },
    { .key = "amount", .title = &head_amount, .kind = COLUMN_INT },
    { .key = "sales", .title = &head_sales, .kind = COLUMN_INT },
    { .key = "closed", .title = &head_closed, .kind = COLUMN_TIME },
    { .key = "waiting", .title = &head_waiting, .kind = COLUMN_INT },
    { .key = "last_heard", .title = &head_last_heard, .kind = COLUMN_TIME },
    { .key = "complete", .title = &head_complete, .kind = COLUMN_YES_NO },
    { .key = "todo", .title = &head_todo },
};

static const struct list list = { "/api/v1/closing", columns, COUNT(columns), LIST_CSV_API };

static const struct option_spec options_closing[] = {
    { .name = "day",
      .kind = OPTION_DAY,
      .parameter = "day",
      .help = &help_this_day_today_yesterday_yyyy_mm },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

/* The sentence over all carts goes where words go: standard error. False, and told, where there is
 * none. */
static bool say(const struct ctl *ctl, const char *path)
{
    struct http_client *client = fetch_open(ctl);
    struct buffer first = { 0 }, line = { 0 }, defused = { 0 };

    if (client == NULL)
        return false;
    buffer_text(&first, path);
    request_add(&first, "limit", "1");
    cJSON *page = fetch_object(ctl, client, first.bytes);
    const char *day = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(page, "day"));
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(page, "sentence"));
    if (day != NULL && text != NULL) {
        buffer_format(&line, "%s: %s", day, text);
        column_defused_text(line.bytes, line.length, &defused);
        fprintf(stderr, "%s\n", defused.bytes);
    }
    bool said = page != NULL;
    cJSON_Delete(page);
    buffer_free(&first);
    buffer_free(&line);
    buffer_free(&defused);
    http_client_close(client);
    return said;
}

static int run_closing(const struct ctl *ctl, const struct options *options)
{
    struct buffer path = { 0 };
    int status = EXIT_FAILED;

    list_path(&list, options, &path);
    if (say(ctl, path.bytes))
        status = list_show(ctl, &list, options, path.bytes);
    buffer_free(&path);
    return status;
}

const struct command command_closing = {
    .name = "closing",
    .synopsis = &usage_options,
    .help = &help_the_days_end_how_many_carts,
    .options = options_closing,
    .option_count = COUNT(options_closing),
    .run = run_closing,
};
