/* What is kept of a person, and its erasure (contract, section 10). */
#include "ctl/action.h"
#include "ctl/list.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column person_columns[] = {
    { .key = "key", .title = &head_key },
    { .key = "pseudonym", .title = &head_pseudonym },
    { .key = "places", .title = &head_where, .kind = COLUMN_NAMES, .inner = "table" },
};

/* By one of them or several. */
static const struct option_spec person_options[] = {
    { .name = "rut", .kind = OPTION_TEXT, .help = &help_the_persons_rut },
    { .name = "passport", .kind = OPTION_TEXT, .help = &help_the_persons_passport },
    { .name = "mail", .kind = OPTION_TEXT, .help = &help_the_persons_mail_address },
    { .name = "client", .kind = OPTION_TEXT, .help = &help_the_name_that_carts_write_down },
    { .name = "user", .kind = OPTION_TEXT, .help = &help_the_name_of_the_account },
};

static const struct field person_fields[] = {
    { "rut", FIELD_TEXT },    { "passport", FIELD_TEXT }, { "mail", FIELD_TEXT },
    { "client", FIELD_TEXT }, { "user", FIELD_TEXT },
};

static const struct action find = {
    .method = "POST",
    .path = "/api/v1/people/find",
    .fields = person_fields,
    .field_count = COUNT(person_fields),
    .answer = ANSWER_ITEMS,
    .columns = person_columns,
    .column_count = COUNT(person_columns),
};

/* All of it, whatever the format: it is for the person who asked. */
static int run_export(const struct ctl *ctl, const struct options *options)
{
    struct ctl whole = *ctl;

    whole.format = OUTPUT_JSON;
    return action_do(&whole, &find, options, 1);
}

static const struct action person_actions[] = {
    { .word = "show",
      .method = "POST",
      .path = "/api/v1/people/find",
      .fields = person_fields,
      .field_count = COUNT(person_fields),
      .answer = ANSWER_ITEMS,
      .columns = person_columns,
      .column_count = COUNT(person_columns),
      .synopsis = &usage_whom,
      .help = &help_where_something_of_the_person_is },
    { .word = "export",
      .synopsis = &usage_whom,
      .help = &help_all_that_is_kept_of_the_person,
      .run = run_export },
    { .word = "erase",
      .method = "POST",
      .path = "/api/v1/people/erase",
      .fields = person_fields,
      .field_count = COUNT(person_fields),
      .answer = ANSWER_ITEMS,
      .columns = person_columns,
      .column_count = COUNT(person_columns),
      .synopsis = &usage_whom,
      .help = &help_replaces_the_person_for_good },
};

const struct command command_person = {
    .name = "person",
    .synopsis = &usage_show_export_erase_whom,
    .help = &help_what_is_kept_of_a_person,
    .options = person_options,
    .option_count = COUNT(person_options),
    .words_min = 1,
    .words_max = 1,
    .actions = person_actions,
    .action_count = COUNT(person_actions),
};
