/* One mechanism for all lists: a path, its query from the options, columns. */
#include "ctl/list.h"

#include "ctl/fetch.h"
#include "ctl/request.h"

#include "text_words.h"

#include <stdlib.h>
#include <string.h>

void list_path(const struct list *list, const struct options *options, struct buffer *path)
{
    buffer_text(path, list->path);
    for (size_t i = 0; i < options->count; i++)
        if (options->given[i].spec->parameter)
            request_add(path, options->given[i].spec->parameter, options->given[i].value);
}

struct output list_output(const struct ctl *ctl, const struct column *columns, size_t count)
{
    return (struct output){
        .format = ctl->format,
        .table = { .columns = columns,
                   .count = count,
                   .language = ctl->language,
                   .paint = output_paint(stdout),
                   .room = output_room(stdout) },
        .file = stdout,
    };
}

/* Where the reading of a list stands. */
struct reading {
    const struct ctl *ctl;
    struct http_client *client;
    const char *path; /* without limit and cursor */
    size_t wanted;    /* rows still wanted; SIZE_MAX: all */
    char *cursor;     /* of the next page; NULL: none */
};

static cJSON *fetch_page(struct reading *reading)
{
    size_t rows = reading->wanted < LIST_PAGE_ROWS_MAX ? reading->wanted : LIST_PAGE_ROWS_MAX;
    struct buffer path = { 0 };
    char limit[32];
    cJSON *page;

    buffer_text(&path, reading->path);
    snprintf(limit, sizeof limit, "%zu", rows);
    request_add(&path, "limit", limit);
    if (reading->cursor)
        request_add(&path, "cursor", reading->cursor);
    page = fetch_object(reading->ctl, reading->client, path.bytes);
    buffer_free(&path);
    return page;
}

/* Writes a page and moves on; false where it is no page. */
static bool take_page(struct reading *reading, const cJSON *page, struct output *output)
{
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(page, "items");
    const cJSON *next = cJSON_GetObjectItemCaseSensitive(page, "next");
    size_t count;

    if (!cJSON_IsArray(items)) {
        text_error(reading->ctl->language,
                   SAY_TEXT_SERVER_STRANGE(reading->ctl->settings.url, 200L));
        return false;
    }
    output_page(output, items);
    count = (size_t)cJSON_GetArraySize(items);
    if (reading->wanted != SIZE_MAX)
        reading->wanted -= count < reading->wanted ? count : reading->wanted;
    free(reading->cursor);
    /* An empty page ends the list even with a cursor, or a bad server would hold us for ever. */
    reading->cursor = cJSON_IsString(next) && count > 0 ? strdup(next->valuestring) : NULL;
    return true;
}

static bool read_pages(struct reading *reading, struct output *output)
{
    bool good;

    do {
        cJSON *page = fetch_page(reading);

        good = page && take_page(reading, page, output);
        cJSON_Delete(page);
    } while (good && reading->cursor && reading->wanted > 0);
    return good;
}

static int show_pages(struct reading *reading, struct output *output)
{
    enum lang language = reading->ctl->language;
    bool good = read_pages(reading, output);

    if (!good) {
        /* A JSON array stays open on purpose: half a list must not look whole. */
        buffer_free(&output->text);
        return EXIT_FAILED;
    }
    if (output->rows == 0)
        text_say(language, SAY_TEXT_NO_ROWS());
    else if (reading->cursor)
        text_say(language, SAY_TEXT_MORE_ROWS((int64_t)output->rows));
    return output_end(output) ? EXIT_OK : EXIT_FAILED;
}

/* The API writes it whole: no pages, nothing held here. */
static int save_csv(const struct reading *reading, const struct options *options)
{
    const char *limit = options_get(options, "limit"), *dialect = options_get(options, "dialect");
    struct buffer path = { 0 };
    bool good;

    buffer_text(&path, reading->path);
    request_add(&path, "format", "csv");
    if (dialect)
        request_add(&path, "dialect", dialect);
    if (limit)
        request_add(&path, "limit", limit);
    good = fetch_into(reading->ctl, reading->client, path.bytes, stdout);
    buffer_free(&path);
    return good ? EXIT_OK : EXIT_FAILED;
}

int list_show(const struct ctl *ctl, const struct list *list, const struct options *options,
              const char *path)
{
    struct output output = list_output(ctl, list->columns, list->column_count);
    const char *limit = options_get(options, "limit");
    bool dialect = options_has(options, "dialect");
    struct reading reading = {
        .ctl = ctl,
        .path = path,
        .wanted = limit ? strtoul(limit, NULL, 10) : SIZE_MAX,
    };
    int status;

    if (dialect && ctl->format == OUTPUT_JSON) {
        text_error(ctl->language, SAY_TEXT_DIALECT_AND_JSON());
        return EXIT_BAD_ARGUMENTS;
    }
    reading.client = fetch_open(ctl);
    if (!reading.client)
        return EXIT_FAILED;
    if (list->csv == LIST_CSV_API && (dialect || ctl->format == OUTPUT_CSV))
        status = save_csv(&reading, options);
    else
        status = show_pages(&reading, &output);
    free(reading.cursor);
    http_client_close(reading.client);
    return status;
}

int list_run(const struct ctl *ctl, const struct list *list, const struct options *options)
{
    struct buffer path = { 0 };
    int status;

    list_path(list, options, &path);
    status = list_show(ctl, list, options, path.bytes);
    buffer_free(&path);
    return status;
}
