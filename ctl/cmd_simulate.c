/* `carritoctl simulate KIND`: asks the collector for synthetic records and waits until all are
 * produced. */
#include "ctl/action.h"
#include "ctl/list.h"
#include "ctl/request.h"
#include "ctl/stop.h"

#include "head_words.h"
#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array)    (sizeof(array) / sizeof *(array))
#define LOOK_MS         500
#define STATUS_ACCEPTED 202

static const struct column columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "kind", .title = &head_kind, .list = "simulate" },
    { .key = "state", .title = &head_state, .list = "simulation" },
    { .key = "produced", .title = &head_produced, .kind = COLUMN_INT },
    { .key = "total", .title = &head_of, .kind = COLUMN_INT },
    { .key = "carts", .title = &head_carts, .kind = COLUMN_INT },
    { .key = "seed", .title = &head_seed, .kind = COLUMN_INT },
    { .key = "started", .title = &head_started, .kind = COLUMN_TIME },
};

static const struct option_spec simulate_options[] = {
    { .name = "carts", .kind = OPTION_COUNT, .help = &help_how_many_carts_at_most_1000 },
    { .name = "events", .kind = OPTION_COUNT, .help = &help_how_many_records_at_most_100000 },
    { .name = "seed", .kind = OPTION_COUNT, .help = &help_the_same_seed_gives_the_same },
};

static const struct field fields[] = {
    { "kind", FIELD_WORD },
    { "carts", FIELD_COUNT },
    { "events", FIELD_COUNT },
    { "seed", FIELD_COUNT },
};

static const struct action begin = {
    .method = "POST",
    .path = "/api/v1/simulations",
    .words = { WORD_TEXT },
    .fields = fields,
    .field_count = COUNT(fields),
    .synopsis = &usage_events_orders_members,
};

/* Appends the path of the simulation that begins; false, and told, where none does. */
static bool ask(const struct ctl *ctl, struct http_client *client, const struct action_draft *draft,
                struct buffer *path)
{
    struct http_request request = { .method = begin.method,
                                    .path = draft->path.bytes,
                                    .body = draft->body.bytes,
                                    .length = draft->body.length };
    struct http_answer answer = { 0 };
    cJSON *object = NULL;
    const cJSON *id = NULL;

    if (!http_client_send(client, &request, &answer)) {
        fetch_tell_away(ctl, client);
    } else if (answer.status != STATUS_ACCEPTED) {
        fetch_tell_refusal(ctl, &answer);
    } else {
        object = cJSON_ParseWithLength(answer.body.bytes, answer.body.length);
        id = cJSON_GetObjectItemCaseSensitive(object, "id");
        if (!cJSON_IsString(id))
            text_error(ctl->language, SAY_TEXT_SERVER_STRANGE(ctl->settings.url, answer.status));
    }
    if (cJSON_IsString(id)) {
        buffer_text(path, begin.path);
        /* analysis: analyzer-null-dereference, clang-analyzer-core.NullDereference: a string. */
        request_add_segment(path, id->valuestring);
    }
    cJSON_Delete(object);
    http_answer_free(&answer);
    return path->length > 0;
}

static double number(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

static bool is_done(const cJSON *simulation)
{
    const cJSON *state = cJSON_GetObjectItemCaseSensitive(simulation, "state");

    return cJSON_IsString(state) && strcmp(state->valuestring, "done") == 0;
}

/* One line that is written over on a terminal, one line each elsewhere. */
static void tell_progress(const struct ctl *ctl, const cJSON *simulation)
{
    bool on_terminal = isatty(STDERR_FILENO);
    struct buffer line = { 0 };

    fputs(on_terminal ? "\r" : "", stderr);
    say_in(&SAY_TEXT_SIMULATE_PROGRESS((int64_t)number(simulation, "produced"),
                                       (int64_t)number(simulation, "total")),
           ctl->language, &line);
    fputs(line.bytes, stderr);
    buffer_free(&line);
    fputs(on_terminal && !is_done(simulation) ? "" : "\n", stderr);
}

/* Looks until it is done; the last state of it, or NULL, and told. The caller frees. */
static cJSON *wait_for(const struct ctl *ctl, struct http_client *client, const char *path)
{
    double told = -1;

    for (;;) {
        cJSON *simulation = fetch_object(ctl, client, path);

        if (simulation && number(simulation, "produced") > told)
            tell_progress(ctl, simulation);
        told = simulation ? number(simulation, "produced") : told;
        if (!simulation || is_done(simulation) || stop_requested())
            return simulation;
        cJSON_Delete(simulation);
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000L }, NULL);
    }
}

static int run_draft(const struct ctl *ctl, const struct action_draft *draft)
{
    struct output output = list_output(ctl, columns, COUNT(columns));
    struct http_client *client = fetch_open(ctl);
    struct buffer path = { 0 };
    cJSON *simulation = NULL;
    int status = EXIT_FAILED;

    if (client && ask(ctl, client, draft, &path))
        simulation = wait_for(ctl, client, path.bytes);
    if (simulation && output_one(&output, simulation) && is_done(simulation))
        status = EXIT_OK;
    cJSON_Delete(simulation);
    buffer_free(&path);
    http_client_close(client);
    return status;
}

static int run_simulate(const struct ctl *ctl, const struct options *options)
{
    struct action_draft draft = { 0 };
    int status = EXIT_BAD_ARGUMENTS;

    stop_on_signals();
    if (action_request(ctl->language, &begin, options, &draft))
        status = run_draft(ctl, &draft);
    else
        fprintf(stderr, "carritoctl: %s\n", draft.why.bytes);
    action_draft_free(&draft);
    return status;
}

const struct command command_simulate = {
    .name = "simulate",
    .synopsis = &usage_events_orders_members_events_n_carts,
    .help = &help_produces_synthetic_records_and_waits_until,
    .options = simulate_options,
    .option_count = COUNT(simulate_options),
    .words_min = 1,
    .words_max = 1,
    .run = run_simulate,
};
