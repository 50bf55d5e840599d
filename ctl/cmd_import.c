/* `carritoctl import FILE`: a card that was carried to the office, as `carrito-agent outbox export`
 * wrote it. Long files go in parts of whole lines, each counted by itself; a repetition is harmless
 * because events are known by their identity. */
#include "ctl/command.h"
#include "ctl/fetch.h"
#include "ctl/list.h"
#include "ctl/stop.h"

#include "head_words.h"
#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array)   (sizeof(array) / sizeof *(array))
#define PART_BYTES_MAX (4 << 20) /* a part is sent once it is longer */
#define STATUS_OK      200

static const struct column columns[] = {
    { .key = "read", .title = &head_read, .kind = COLUMN_INT },
    { .key = "new", .title = &head_new, .kind = COLUMN_INT },
    { .key = "duplicate", .title = &head_duplicate, .kind = COLUMN_INT },
    { .key = "refused", .title = &head_refused, .kind = COLUMN_INT },
};

struct import {
    const struct ctl *ctl;
    struct http_client *client;
    struct buffer part;
    double counts[COUNT(columns)];
};

static bool take_answer(struct import *import, const struct http_answer *answer)
{
    cJSON *object = NULL;
    bool good = answer->status == STATUS_OK;

    if (!good) {
        fetch_tell_refusal(import->ctl, answer);
        return false;
    }
    object =
        cJSON_ParseWithLength(answer->body.bytes ? answer->body.bytes : "", answer->body.length);
    for (size_t i = 0; i < COUNT(columns); i++) {
        const cJSON *count = cJSON_GetObjectItemCaseSensitive(object, columns[i].key);

        good = good && cJSON_IsNumber(count);
        import->counts[i] += cJSON_IsNumber(count) ? count->valuedouble : 0;
    }
    if (!good)
        text_error(import->ctl->language,
                   SAY_TEXT_SERVER_STRANGE(import->ctl->settings.url, answer->status));
    cJSON_Delete(object);
    return good;
}

static bool send_part(struct import *import)
{
    struct http_request request = { .method = "POST",
                                    .path = "/api/v1/imports",
                                    .type = "application/x-ndjson",
                                    .body = import->part.bytes,
                                    .length = import->part.length };
    struct http_answer answer = { 0 };
    bool good = true;

    if (import->part.length == 0)
        return true;
    if (http_client_send(import->client, &request, &answer)) {
        good = take_answer(import, &answer);
    } else {
        fetch_tell_away(import->ctl, import->client);
        good = false;
    }
    http_answer_free(&answer);
    buffer_clear(&import->part);
    return good;
}

static bool send_file(struct import *import, FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    bool good = true;

    while (good && !stop_requested() && (length = getline(&line, &room, file)) > 0) {
        buffer_append(&import->part, line, (size_t)length);
        if (import->part.length > PART_BYTES_MAX)
            good = send_part(import);
    }
    free(line);
    return good && !stop_requested() && !ferror(file) && send_part(import);
}

static bool refused_any(const struct import *import)
{
    return import->counts[COUNT(columns) - 1] > 0;
}

/* What was counted is shown even where a later part failed. */
static bool show(const struct import *import)
{
    struct output output = list_output(import->ctl, columns, COUNT(columns));
    cJSON *row = cJSON_CreateObject();
    bool good;

    for (size_t i = 0; i < COUNT(columns); i++)
        cJSON_AddNumberToObject(row, columns[i].key, import->counts[i]);
    good = output_one(&output, row);
    cJSON_Delete(row);
    if (refused_any(import))
        text_error(import->ctl->language,
                   SAY_TEXT_IMPORT_REFUSED((int64_t)import->counts[COUNT(columns) - 1]));
    return good;
}

static int run_import(const struct ctl *ctl, const struct options *options)
{
    struct import import = { .ctl = ctl };
    const char *path = options->words[0];
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    bool sent = false, shown = false;

    if (!file) {
        text_error(ctl->language, SAY_TEXT_FILE_NOT_READ(path, strerror(errno)));
        return EXIT_FAILED;
    }
    stop_on_signals();
    import.client = fetch_open(ctl);
    if (import.client) {
        sent = send_file(&import, file);
        shown = show(&import);
    }
    http_client_close(import.client);
    buffer_free(&import.part);
    /* analysis: analyzer-file-leak: standard input stays open. */
    if (file != stdin)
        fclose(file);
    return sent && shown && !refused_any(&import) ? EXIT_OK : EXIT_FAILED;
}

const struct command command_import = {
    .name = "import",
    .synopsis = &usage_file,
    .help = &help_hands_in_a_card_that_was,
    .words_min = 1,
    .words_max = 1,
    .run = run_import,
};
