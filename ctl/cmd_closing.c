/* `carritoctl closing`: does a day's count agree, cart by cart, and what is to be done. */
#include "common/day.h"
#include "ctl/command.h"
#include "ctl/fetch.h"
#include "ctl/list.h"
#include "ctl/request.h"

#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column columns[] = {
    { .key = "cart", .title = { "carro", "cart" } },
    { .key = "quantity", .title = { "sopaipillas", "sopaipillas" }, .kind = COLUMN_INT },
    { .key = "amount", .title = { "pesos", "pesos" }, .kind = COLUMN_INT },
    { .key = "sales", .title = { "ventas", "receipts" }, .kind = COLUMN_INT },
    { .key = "closed", .title = { "cerró", "closed" }, .kind = COLUMN_TIME },
    { .key = "waiting", .title = { "por enviar", "waiting" }, .kind = COLUMN_INT },
    { .key = "last_heard", .title = { "última señal", "last heard" }, .kind = COLUMN_TIME },
    { .key = "complete", .title = { "completo", "complete" }, .kind = COLUMN_YES_NO },
    { .key = "todo", .title = { "qué hacer", "what to do" } },
};

static const struct list list = { "/api/v1/closing", columns, COUNT(columns), LIST_CSV_API };

static const struct option_spec options_closing[] = {
    { .name = "day",
      .kind = OPTION_DAY,
      .parameter = "day",
      .help = { "este día (hoy, ayer, AAAA-MM-DD)", "this day (today, yesterday, YYYY-MM-DD)" } },
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
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "el cierre del día: cuántos carros cuadran, quién falta y por qué",
              "the day's end: how many carts agree, who is missing and why" },
    .options = options_closing,
    .option_count = COUNT(options_closing),
    .run = run_closing,
};
