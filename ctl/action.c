/* From a row and the person's words to a request, and from the answer to what is shown. */
#include "ctl/action.h"

#include "common/event.h"
#include "common/json_write.h"
#include "ctl/list.h"
#include "ctl/prompt.h"
#include "ctl/request.h"
#include "ctl/stop.h"

#include "text_words.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ACTIONS_MAX  16
#define STATUS_OK    200
#define STATUS_BELOW 300 /* statuses from STATUS_OK to below this are a success */

#define WORD_SIZE (OPTION_VALUE_MAX + 1)

static bool is_whole_number(const char *word)
{
    return word[0] && strspn(word, "0123456789") == strlen(word) && strlen(word) <= 16;
}

/* What a word of this kind must be, where `word` is not; NULL: it is fine. */
static const struct sentence *word_wants(enum word_kind kind, const char *word, int64_t now_ms)
{
    char plate[WORD_SIZE];
    size_t length = strlen(word);

    if (length == 0 || length > OPTION_VALUE_MAX)
        return &text_wants_text;
    switch (kind) {
    case WORD_CART:
        return cart_from_person(word, plate) ? NULL : &text_wants_cart;
    case WORD_COUNT:
        return is_whole_number(word) && strtoll(word, NULL, 10) > 0 ? NULL : &text_wants_count;
    case WORD_PLACE:
        return is_whole_number(word) ? NULL : &text_wants_place;
    case WORD_DAY:
        return option_day(word, now_ms, plate) ? NULL : &text_wants_day;
    default:
        return NULL;
    }
}

static void write_word(enum word_kind kind, const char *word, int64_t now_ms, char out[WORD_SIZE])
{
    bool folded = (kind == WORD_CART && cart_from_person(word, out)) ||
                  (kind == WORD_DAY && option_day(word, now_ms, out));

    if (!folded)
        memcpy(out, word, strlen(word) + 1);
}

/* Are there as many words as the action takes, each of its kind? */
static bool words_are_right(enum lang language, const struct action *action,
                            const struct options *options, struct action_draft *draft)
{
    size_t count = options->word_count - draft->first, i = 0;

    for (; i < ACTION_WORDS_MAX && action->words[i] != WORD_NONE; i++) {
        const char *word = i < count ? options->words[draft->first + i] : NULL;
        const struct sentence *wanted =
            word ? word_wants(action->words[i], word, draft->now_ms) : NULL;

        if (!word && action->words[i] != WORD_OPTIONAL) {
            say_in(&SAY_TEXT_WORD_MISSING(words_in(language, action->synopsis)), language,
                   &draft->why);
            return false;
        }
        if (wanted != NULL) {
            say_in(&SAY_TEXT_WORD_BAD(word, words_in(language, wanted)), language, &draft->why);
            return false;
        }
    }
    if (count > i) {
        say_in(&SAY_TEXT_WORD_TOO_MANY(options->words[draft->first + i]), language, &draft->why);
        return false;
    }
    return true;
}

/* Writes the path; returns how many words it took. */
static size_t write_path(const struct action *action, const struct options *options,
                         struct action_draft *draft)
{
    const char *at = action->path;
    size_t taken = 0;

    for (const char *hole; (hole = strstr(at, "{}")); at = hole + 2, taken++) {
        char word[WORD_SIZE];

        write_word(action->words[taken], options->words[draft->first + taken], draft->now_ms, word);
        buffer_append(&draft->path, at, (size_t)(hole - at));
        request_encode(&draft->path, word);
    }
    buffer_text(&draft->path, at);
    return taken;
}

static void write_query(const struct action *action, const struct options *options,
                        struct action_draft *draft)
{
    if (strcmp(action->method, "GET") != 0)
        return;
    for (size_t i = 0; i < options->count; i++)
        if (options->given[i].spec->parameter)
            request_add(&draft->path, options->given[i].spec->parameter, options->given[i].value);
}

static void write_field(struct json_writer *json, const struct field *field, const char *value)
{
    switch (field->kind) {
    case FIELD_TRUE:
    case FIELD_FALSE:
        json_bool(json, field->name, field->kind == FIELD_TRUE);
        break;
    case FIELD_NUMBER:
        if (value)
            json_number(json, field->name, strtod(value, NULL));
        break;
    case FIELD_COUNT:
    case FIELD_WORD_COUNT:
        if (value)
            json_int(json, field->name, strtoll(value, NULL, 10));
        break;
    case FIELD_TEXT:
    case FIELD_VERB:
    case FIELD_PASSWORD:
    case FIELD_WORD:
        if (value)
            json_text(json, field->name, value);
        break;
    }
}

/* `interval_s` is the option --interval-s. */
static const char *option_of(const struct options *options, const struct field *field)
{
    char name[64];
    size_t length = strlen(field->name);

    assert(length < sizeof name);
    for (size_t i = 0; i <= length; i++)
        name[i] = (char)(field->name[i] == '_' ? '-' : field->name[i]);
    return options_get(options, name);
}

static void write_body(const struct action *action, const struct options *options, size_t taken,
                       struct action_draft *draft)
{
    struct json_writer json = json_write_to(&draft->body);

    json_object_begin(&json, NULL);
    for (size_t i = 0; i < action->field_count; i++) {
        const struct field *field = &action->fields[i];
        const char *value = option_of(options, field);
        char word[WORD_SIZE];

        if (field->kind == FIELD_WORD || field->kind == FIELD_WORD_COUNT) {
            bool given = draft->first + taken < options->word_count;

            if (given)
                write_word(action->words[taken], options->words[draft->first + taken],
                           draft->now_ms, word);
            value = given ? word : NULL;
            taken++;
        }
        if (field->kind == FIELD_PASSWORD)
            value = draft->secret;
        if (field->kind == FIELD_VERB)
            value = action->word;
        write_field(&json, field, value);
    }
    json_object_end(&json);
}

bool action_request(enum lang language, const struct action *action, const struct options *options,
                    struct action_draft *draft)
{
    size_t taken;

    if (!words_are_right(language, action, options, draft))
        return false;
    taken = write_path(action, options, draft);
    write_query(action, options, draft);
    if (action->field_count > 0)
        write_body(action, options, taken, draft);
    return true;
}

void action_draft_free(struct action_draft *draft)
{
    buffer_free(&draft->path);
    buffer_wipe(&draft->body); /* it may hold a password */
    buffer_free(&draft->why);
}

static bool show_member(const cJSON *object, const char *name)
{
    char *text = cJSON_Print(cJSON_GetObjectItemCaseSensitive(object, name));
    bool good = text != NULL && puts(text) >= 0 && fflush(stdout) == 0;

    cJSON_free(text);
    return good;
}

/* The object for programs, or the sentence for people. */
static bool show(const struct ctl *ctl, const struct action *action, const cJSON *object)
{
    struct output output = list_output(ctl, action->columns, action->column_count);
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(object, "items");

    if (action->answer == ANSWER_ITEMS) {
        if (cJSON_IsArray(items))
            output_page(&output, items);
        if (cJSON_GetArraySize(items) == 0)
            text_say(ctl->language, SAY_TEXT_NO_ROWS());
        return output_end(&output);
    }
    if (action->answer == ANSWER_MEMBER && ctl->format == OUTPUT_TABLE)
        return show_member(object, action->member);
    if (action->answer == ANSWER_SAID)
        fprintf(stderr, "%s\n", words_in(ctl->language, action->done));
    if (object && (action->column_count > 0 || ctl->format == OUTPUT_JSON))
        return output_one(&output, object);
    return true;
}

static int judge(const struct ctl *ctl, const struct action *action,
                 const struct http_answer *answer)
{
    cJSON *object = NULL;
    int status = EXIT_FAILED;

    if (answer->status < STATUS_OK || answer->status >= STATUS_BELOW) {
        fetch_tell_refusal(ctl, answer);
        return EXIT_FAILED;
    }
    if (answer->body.length > 0)
        object = cJSON_ParseWithLength(answer->body.bytes, answer->body.length);
    if (answer->body.length > 0 && !cJSON_IsObject(object))
        text_error(ctl->language, SAY_TEXT_SERVER_STRANGE(ctl->settings.url, answer->status));
    else if (show(ctl, action, object))
        status = EXIT_OK;
    cJSON_Delete(object);
    return status;
}

static int send_draft(const struct ctl *ctl, const struct action *action,
                      const struct action_draft *draft)
{
    struct http_client *client = fetch_open(ctl);
    struct http_answer answer = { 0 };
    struct http_request request = { .method = action->method,
                                    .path = draft->path.bytes,
                                    .body = draft->body.bytes,
                                    .length = draft->body.length };
    int status = EXIT_FAILED;
    bool answered;

    if (!client)
        return EXIT_FAILED;
    answered = strcmp(action->method, "GET") == 0
                   ? http_client_get(client, draft->path.bytes, &answer)
                   : http_client_send(client, &request, &answer);
    if (answered)
        status = judge(ctl, action, &answer);
    else
        fetch_tell_away(ctl, client);
    http_answer_free(&answer);
    http_client_close(client);
    return status;
}

/* What the API writes whole; nothing is held here. */
static int save_draft(const struct ctl *ctl, const struct action *action,
                      struct action_draft *draft)
{
    struct http_client *client;
    bool saved;

    if (ctl->format == OUTPUT_CSV && !action->has_csv) {
        text_error(ctl->language, SAY_TEXT_NO_CSV());
        return EXIT_BAD_ARGUMENTS;
    }
    if (ctl->format == OUTPUT_CSV)
        request_add(&draft->path, "format", "csv");
    client = fetch_open(ctl);
    saved =
        client &&
        fetch_into(ctl, client,
                   &(struct http_request){ .method = "GET", .path = draft->path.bytes }, stdout);
    http_client_close(client);
    return saved ? EXIT_OK : EXIT_FAILED;
}

static bool needs_secret(const struct action *action)
{
    for (size_t i = 0; i < action->field_count; i++)
        if (action->fields[i].kind == FIELD_PASSWORD)
            return true;
    return false;
}

/* A new password: on a terminal it is typed twice. */
static bool ask_secret(enum lang language, char secret[PROMPT_LINE_SIZE])
{
    char again[PROMPT_LINE_SIZE];
    bool same;

    stop_on_signals();
    if (!prompt_secret(words_in(language, &text_login_password), secret)) {
        text_error(language, SAY_TEXT_LOGIN_NO_PASSWORD());
        return false;
    }
    if (!isatty(STDIN_FILENO))
        return true;
    same = prompt_secret(words_in(language, &text_password_again), again) &&
           strcmp(secret, again) == 0;
    explicit_bzero(again, sizeof again);
    if (!same)
        text_error(language, SAY_TEXT_PASSWORDS_DIFFER());
    return same;
}

int action_do(const struct ctl *ctl, const struct action *action, const struct options *options,
              size_t first)
{
    char secret[PROMPT_LINE_SIZE] = "";
    struct action_draft draft = { .first = first, .now_ms = ctl->now_ms };
    int status = EXIT_BAD_ARGUMENTS;

    if (needs_secret(action) && words_are_right(ctl->language, action, options, &draft)) {
        if (!ask_secret(ctl->language, secret))
            return EXIT_FAILED;
        draft.secret = secret;
    }
    buffer_clear(&draft.why);
    if (action_request(ctl->language, action, options, &draft))
        status = action->answer == ANSWER_FILE ? save_draft(ctl, action, &draft)
                                               : send_draft(ctl, action, &draft);
    else
        fprintf(stderr, "carritoctl: %s\n", draft.why.bytes);
    explicit_bzero(secret, sizeof secret);
    action_draft_free(&draft);
    return status;
}

int action_unknown(const struct ctl *ctl, const struct command *command, const char *typed)
{
    const char *names[ACTIONS_MAX], *nearest;
    size_t count = 0;

    for (size_t i = 0; i < command->action_count && count < ACTIONS_MAX; i++)
        if (command->actions[i].word)
            names[count++] = command->actions[i].word;
    nearest = nearest_name(typed, names, count);
    if (nearest)
        text_error(ctl->language, SAY_TEXT_WORD_NEAREST(command->name, typed, nearest));
    else
        text_error(ctl->language, SAY_TEXT_WORD_UNKNOWN(command->name, typed));
    return EXIT_BAD_ARGUMENTS;
}

/* `PLATE threshold N` is `threshold PLATE N`. */
static int run_second(const struct ctl *ctl, const struct action *action,
                      const struct options *options)
{
    struct options turned = *options;

    if (options->word_count > 1 && strcmp(action->word, options->words[0]) != 0) {
        turned.words[0] = options->words[1];
        turned.words[1] = options->words[0];
    }
    return action_do(ctl, action, &turned, 1);
}

static bool is_word(const struct options *options, size_t place, const char *word)
{
    return options->word_count > place && strcmp(word, options->words[place]) == 0;
}

/* The action that a word names, else the one that needs none; NULL: neither. */
static const struct action *find_action(const struct command *command,
                                        const struct options *options)
{
    const struct action *wordless = NULL;

    for (size_t i = 0; i < command->action_count; i++) {
        const struct action *action = &command->actions[i];
        size_t place = action->second ? 1 : 0;

        if (!action->word)
            wordless = action;
        else if (is_word(options, place, action->word) || is_word(options, 0, action->word))
            return action;
    }
    return wordless;
}

bool action_is_there(const struct command *command, const struct options *options)
{
    const struct action *action = find_action(command, options);

    if (!action)
        return options->word_count == 0 && command->list;
    return action->word || action->words[0] == WORD_NONE || options->word_count > 0;
}

int action_run(const struct ctl *ctl, const struct command *command, const struct options *options)
{
    const char *typed = options->word_count > 0 ? options->words[0] : NULL;
    const struct action *action = find_action(command, options);

    if (action && action->second)
        return run_second(ctl, action, options);
    if (action && action->run)
        return action->run(ctl, options);
    if (action)
        return action_do(ctl, action, options, action->word ? 1 : 0);
    if (typed)
        return action_unknown(ctl, command, typed);
    if (command->list)
        return list_run(ctl, command->list, options);
    text_error(ctl->language, SAY_TEXT_WORD_MISSING(words_in(ctl->language, command->synopsis)));
    return EXIT_BAD_ARGUMENTS;
}
