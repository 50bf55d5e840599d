/* What is kept of a person, and its erasure (contract, section 10). */
#include "ctl/action.h"
#include "ctl/list.h"
#include "ctl/prompt.h"
#include "ctl/stop.h"

#include "head_words.h"
#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column person_columns[] = {
    { .key = "key", .title = &head_key, .list = "person" },
    { .key = "pseudonym", .title = &head_pseudonym },
    { .key = "places", .title = &head_where, .kind = COLUMN_NAMES, .inner = "table" },
};

static const struct column request_columns[] = {
    { .key = "due", .title = &head_due, .kind = COLUMN_TIME },
    { .key = "kind", .title = &head_kind, .list = "request" },
    { .key = "note", .title = &head_note },
    { .key = "opened", .title = &head_opened, .kind = COLUMN_TIME },
    { .key = "done", .title = &head_done, .kind = COLUMN_TIME },
    { .key = "id", .title = &head_id },
};

static const struct field request_fields[] = { { "kind", FIELD_WORD }, { "note", FIELD_TEXT } };

/* By one of them or several. */
static const struct option_spec person_options[] = {
    { .name = "rut", .kind = OPTION_TEXT, .help = &help_the_persons_rut },
    { .name = "passport", .kind = OPTION_TEXT, .help = &help_the_persons_passport },
    { .name = "mail", .kind = OPTION_TEXT, .help = &help_the_persons_mail_address },
    { .name = "client", .kind = OPTION_TEXT, .help = &help_the_name_that_carts_write_down },
    { .name = "user", .kind = OPTION_TEXT, .help = &help_the_name_of_the_account },
    { .name = "yes", .kind = OPTION_FLAG, .help = &help_do_not_ask_first },
    { .name = "note", .kind = OPTION_TEXT, .help = &help_with_request_who_and_how },
    LIST_LIMIT_OPTION,
};

static const struct field person_fields[] = {
    { "rut", FIELD_TEXT },    { "passport", FIELD_TEXT }, { "mail", FIELD_TEXT },
    { "client", FIELD_TEXT }, { "user", FIELD_TEXT },
};

/* What is done with whom the options name. */
#define OF_PERSON(what)                                                                            \
    .method = "POST", .path = "/api/v1/people/" what, .fields = person_fields,                     \
    .field_count = COUNT(person_fields), .answer = ANSWER_ITEMS, .columns = person_columns,        \
    .column_count = COUNT(person_columns)

static const struct action find = { OF_PERSON("find") };
static const struct action erase = { OF_PERSON("erase") };

/* All of it, whatever the format: it is for the person who asked. */
static int run_export(const struct ctl *ctl, const struct options *options)
{
    struct ctl whole = *ctl;

    whole.format = OUTPUT_JSON;
    return action_do(&whole, &find, options, 1);
}

static int run_erase(const struct ctl *ctl, const struct options *options)
{
    stop_on_signals();
    if (options_has(options, "yes") ||
        prompt_is_sure(words_in(ctl->language, &text_person_erase_ask)))
        return action_do(ctl, &erase, options, 1);
    text_say(ctl->language, SAY_TEXT_NOTHING_DONE());
    return EXIT_FAILED;
}

static const struct action person_actions[] = {
    { .word = "show",
      OF_PERSON("find"),
      .synopsis = &usage_whom,
      .help = &help_where_something_of_the_person_is },
    { .word = "export",
      .synopsis = &usage_whom,
      .help = &help_all_that_is_kept_of_the_person,
      .run = run_export },
    { .word = "erase",
      OF_PERSON("erase"),
      .run = run_erase,
      .synopsis = &usage_whom,
      .help = &help_replaces_the_person_for_good },
    { .word = "requests",
      .method = "GET",
      .path = "/api/v1/people/requests?limit=1000",
      .answer = ANSWER_ITEMS,
      .columns = request_columns,
      .column_count = COUNT(request_columns),
      .help = &help_what_persons_have_asked_for },
    { .word = "request",
      .method = "POST",
      .path = "/api/v1/people/requests",
      .words = { WORD_TEXT },
      .fields = request_fields,
      .field_count = COUNT(request_fields),
      .answer = ANSWER_OBJECT,
      .columns = request_columns,
      .column_count = COUNT(request_columns),
      .synopsis = &usage_request_kind,
      .help = &help_notes_that_a_person_asks },
    { .word = "done",
      .method = "POST",
      .path = "/api/v1/people/requests/{}/done",
      .words = { WORD_TEXT },
      .answer = ANSWER_OBJECT,
      .columns = request_columns,
      .column_count = COUNT(request_columns),
      .synopsis = &usage_id,
      .help = &help_the_person_was_answered },
};

static const struct list requests = { "/api/v1/people/requests", request_columns,
                                      COUNT(request_columns), LIST_CSV_OWN };

const struct command command_person = {
    .name = "person",
    .synopsis = &usage_show_export_erase_whom,
    .help = &help_what_is_kept_of_a_person,
    .options = person_options,
    .option_count = COUNT(person_options),
    .words_max = 2,
    .list = &requests,
    .actions = person_actions,
    .action_count = COUNT(person_actions),
};
