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
    cJSON *asked;     /* what is asked for, in a body; NULL: in the path. Not owned */
    size_t wanted;    /* rows still wanted; SIZE_MAX: all */
    char *cursor;     /* of the next page; NULL: none */
};

/* A request in the making. */
struct asking {
    const struct reading *reading;
    struct buffer path;
    char *body;
};

static struct asking ask(const struct reading *reading)
{
    struct asking asking = { .reading = reading };

    buffer_text(&asking.path, reading->path);
    return asking;
}

/* One more parameter; NULL: none. */
static void ask_for(struct asking *asking, const char *name, const char *value)
{
    cJSON *asked = asking->reading->asked;

    if (value && !asked)
        request_add(&asking->path, name, value);
    if (asked)
        cJSON_DeleteItemFromObjectCaseSensitive(asked, name);
    if (value && asked && strcmp(name, "limit") == 0)
        cJSON_AddRawToObject(asked, name, value);
    else if (value && asked)
        cJSON_AddStringToObject(asked, name, value);
}

static struct http_request asked_for(struct asking *asking)
{
    cJSON *asked = asking->reading->asked;

    asking->body = asked ? cJSON_PrintUnformatted(asked) : NULL;
    return (struct http_request){ .method = asked ? "POST" : "GET",
                                  .path = asking->path.bytes,
                                  .body = asking->body,
                                  .length = asking->body ? strlen(asking->body) : 0 };
}

static void asking_free(struct asking *asking)
{
    buffer_free(&asking->path);
    cJSON_free(asking->body);
}

static cJSON *fetch_page(struct reading *reading)
{
    size_t rows = reading->wanted < LIST_PAGE_ROWS_MAX ? reading->wanted : LIST_PAGE_ROWS_MAX;
    struct asking asking = ask(reading);
    struct http_request request;
    char limit[32];
    cJSON *page;

    snprintf(limit, sizeof limit, "%zu", rows);
    ask_for(&asking, "limit", limit);
    ask_for(&asking, "cursor", reading->cursor);
    request = asked_for(&asking);
    page = fetch_answer(reading->ctl, reading->client, &request);
    asking_free(&asking);
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
    struct asking asking = ask(reading);
    struct http_request request;
    bool good;

    ask_for(&asking, "format", "csv");
    ask_for(&asking, "dialect", options_get(options, "dialect"));
    ask_for(&asking, "limit", options_get(options, "limit"));
    request = asked_for(&asking);
    good = fetch_into(reading->ctl, reading->client, &request, stdout);
    asking_free(&asking);
    return good ? EXIT_OK : EXIT_FAILED;
}

/* Where to read is in `reading`; the rest is filled here. */
static int show(struct reading *reading, const struct list *list, const struct options *options)
{
    const struct ctl *ctl = reading->ctl;
    struct output output = list_output(ctl, list->columns, list->column_count);
    const char *limit = options_get(options, "limit");
    bool dialect = options_has(options, "dialect");
    int status;

    if (dialect && ctl->format == OUTPUT_JSON) {
        text_error(ctl->language, SAY_TEXT_DIALECT_AND_JSON());
        return EXIT_BAD_ARGUMENTS;
    }
    reading->wanted = limit ? strtoul(limit, NULL, 10) : SIZE_MAX;
    reading->client = fetch_open(ctl);
    if (!reading->client)
        return EXIT_FAILED;
    if (list->csv == LIST_CSV_API && (dialect || ctl->format == OUTPUT_CSV))
        status = save_csv(reading, options);
    else
        status = show_pages(reading, &output);
    free(reading->cursor);
    http_client_close(reading->client);
    return status;
}

int list_show(const struct ctl *ctl, const struct list *list, const struct options *options,
              const char *path)
{
    return show(&(struct reading){ .ctl = ctl, .path = path }, list, options);
}

static bool name_a_person(const struct options *options)
{
    for (size_t i = 0; i < options->count; i++)
        if (options->given[i].spec->names_person)
            return true;
    return false;
}

static int find(const struct ctl *ctl, const struct list *list, const struct options *options)
{
    struct buffer path = { 0 };
    struct reading reading = { .ctl = ctl, .asked = cJSON_CreateObject() };
    struct asking asking = { .reading = &reading };
    int status;

    if (!reading.asked)
        abort();
    buffer_format(&path, "%s/find", list->path);
    reading.path = path.bytes;
    for (size_t i = 0; i < options->count; i++)
        if (options->given[i].spec->parameter)
            ask_for(&asking, options->given[i].spec->parameter, options->given[i].value);
    status = show(&reading, list, options);
    cJSON_Delete(reading.asked);
    buffer_free(&path);
    return status;
}

int list_run(const struct ctl *ctl, const struct list *list, const struct options *options)
{
    struct buffer path = { 0 };
    int status;

    if (name_a_person(options))
        return find(ctl, list, options);
    list_path(list, options, &path);
    status = list_show(ctl, list, options, path.bytes);
    buffer_free(&path);
    return status;
}
