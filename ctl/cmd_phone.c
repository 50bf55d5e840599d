/* `carritoctl phone`: the phones that are trackers of a cart. */
#include "ctl/action.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column phone_columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "cart", .title = &head_cart },
    { .key = "name", .title = &head_name },
    { .key = "created", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "expires", .title = &head_until, .kind = COLUMN_TIME },
    { .key = "user", .title = &head_of },
};

static const struct option_spec phone_options[] = {
    { .name = "name", .kind = OPTION_TEXT, .help = &help_with_add_the_phones_name },
};

static const struct field add_fields[] = { { "name", FIELD_TEXT } };

static const struct action phone_actions[] = {
    { .word = "add",
      .method = "POST",
      .path = "/api/v1/carts/{}/phones",
      .words = { WORD_CART },
      .fields = add_fields,
      .field_count = COUNT(add_fields),
      .answer = ANSWER_MEMBER,
      .member = "configuration",
      .columns = phone_columns,
      .column_count = COUNT(phone_columns),
      .synopsis = &usage_plate_name_name,
      .help = &help_makes_a_phone_its_tracker },
    { .word = "list",
      .method = "GET",
      .path = "/api/v1/carts/{}/phones?limit=1000",
      .words = { WORD_CART },
      .answer = ANSWER_ITEMS,
      .columns = phone_columns,
      .column_count = COUNT(phone_columns),
      .synopsis = &usage_plate,
      .help = &help_the_phones_of_a_cart },
    { .word = "remove",
      .method = "DELETE",
      .path = "/api/v1/carts/{}/phones/{}",
      .words = { WORD_CART, WORD_TEXT },
      .synopsis = &usage_plate_id,
      .help = &help_ends_a_phone,
      .done = &help_the_phone_is_none_any_more },
};

const struct command command_phone = {
    .name = "phone",
    .also = "phones",
    .synopsis = &usage_action,
    .help = &help_phones_that_are_trackers,
    .options = phone_options,
    .option_count = COUNT(phone_options),
    .words_max = 4,
    .actions = phone_actions,
    .action_count = COUNT(phone_actions),
};
