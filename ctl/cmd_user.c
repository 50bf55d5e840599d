/* Who may sign in, and tokens for machines. The first admin is made at the collector's machine. */
#include "ctl/action.h"
#include "ctl/list.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ROLES        "viewer|operator|admin|vendor|tracker"

static const struct column user_columns[] = {
    { .key = "name", .title = &head_name },
    { .key = "role", .title = &head_role, .list = "role" },
    { .key = "cart", .title = &head_cart, .presence = COLUMN_WHERE_KNOWN },
    { .key = "created", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "blocked_until", .title = &head_blocked_until, .kind = COLUMN_TIME },
};

static const struct column token_columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "name", .title = &head_name },
    { .key = "role", .title = &head_role, .list = "role" },
    { .key = "cart", .title = &head_cart, .presence = COLUMN_WHERE_KNOWN },
    { .key = "user", .title = &head_of },
    { .key = "created", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "expires", .title = &head_until, .kind = COLUMN_TIME },
};

static const struct column given_columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "token", .title = &head_token },
    { .key = "name", .title = &head_name },
    { .key = "role", .title = &head_role, .list = "role" },
    { .key = "expires", .title = &head_until, .kind = COLUMN_TIME },
};

static const struct list users = { "/api/v1/users", user_columns, COUNT(user_columns),
                                   LIST_CSV_OWN };

static const struct option_spec user_options[] = {
    { .name = "role",
      .kind = OPTION_CHOICE,
      .choices = ROLES,
      .help = &help_with_add_role_and_token_the_role },
    { .name = "cart", .kind = OPTION_CART, .help = &help_of_a_vendor_the_cart },
    { .name = "days", .kind = OPTION_COUNT, .help = &help_with_token_for_how_many_days },
    LIST_LIMIT_OPTION,
};

static const struct field add_fields[] = {
    { "name", FIELD_WORD },
    { "role", FIELD_TEXT },
    { "cart", FIELD_TEXT },
    { "password", FIELD_PASSWORD },
};

static const struct field role_fields[] = { { "role", FIELD_TEXT }, { "cart", FIELD_TEXT } };

static const struct field password_fields[] = { { "password", FIELD_PASSWORD } };

static const struct field token_fields[] = {
    { "name", FIELD_WORD },
    { "role", FIELD_TEXT },
    { "cart", FIELD_TEXT },
    { "days", FIELD_COUNT },
};

static const struct action user_actions[] = {
    { .word = "list",
      .method = "GET",
      .path = "/api/v1/users?limit=1000",
      .answer = ANSWER_ITEMS,
      .columns = user_columns,
      .column_count = COUNT(user_columns),
      .help = &help_the_users_also_without_a_word },
    { .word = "add",
      .method = "POST",
      .path = "/api/v1/users",
      .words = { WORD_TEXT },
      .fields = add_fields,
      .field_count = COUNT(add_fields),
      .synopsis = &usage_role_role_cart_plate_name,
      .help = &help_adds_one_the_password_is_asked,
      .done = &help_user_added },
    { .word = "role",
      .method = "PATCH",
      .path = "/api/v1/users/{}",
      .words = { WORD_TEXT },
      .fields = role_fields,
      .field_count = COUNT(role_fields),
      .synopsis = &usage_role_role_cart_plate_name,
      .help = &help_gives_another_role_the_tokens_end,
      .done = &help_role_given },
    { .word = "remove",
      .method = "DELETE",
      .path = "/api/v1/users/{}",
      .words = { WORD_TEXT },
      .synopsis = &usage_name,
      .help = &help_removes_the_tokens_end_too,
      .done = &help_user_removed },
    { .word = "password",
      .method = "POST",
      .path = "/api/v1/users/{}/password",
      .words = { WORD_TEXT },
      .fields = password_fields,
      .field_count = COUNT(password_fields),
      .synopsis = &usage_name,
      .help = &help_sets_the_password_it_is_asked,
      .done = &help_password_set },
    { .word = "tokens",
      .method = "GET",
      .path = "/api/v1/tokens?limit=1000",
      .answer = ANSWER_ITEMS,
      .columns = token_columns,
      .column_count = COUNT(token_columns),
      .help = &help_the_tokens_that_are_valid },
    { .word = "token",
      .method = "POST",
      .path = "/api/v1/tokens",
      .words = { WORD_TEXT },
      .fields = token_fields,
      .field_count = COUNT(token_fields),
      .answer = ANSWER_OBJECT,
      .columns = given_columns,
      .column_count = COUNT(given_columns),
      .synopsis = &usage_role_role_days_n_name,
      .help = &help_gives_a_token_it_is_shown },
    { .word = "revoke",
      .method = "DELETE",
      .path = "/api/v1/tokens/{}",
      .words = { WORD_TEXT },
      .synopsis = &usage_id,
      .help = &help_ends_a_token,
      .done = &help_the_token_is_not_valid_any },
};

static const struct column session_columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "role", .title = &head_role, .list = "role" },
    { .key = "created", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "expires", .title = &head_until, .kind = COLUMN_TIME },
    { .key = "current", .title = &head_current, .kind = COLUMN_YES_NO },
};

static const struct list sessions = { "/api/v1/me/sessions", session_columns,
                                      COUNT(session_columns), LIST_CSV_OWN };

static const struct option_spec session_options[] = { LIST_LIMIT_OPTION };

static const struct action session_actions[] = {
    { .word = "end",
      .method = "DELETE",
      .path = "/api/v1/me/sessions/{}",
      .words = { WORD_TEXT },
      .synopsis = &usage_id,
      .help = &help_ends_one_of_them,
      .done = &help_the_session_has_ended },
    { .word = "end-others",
      .method = "DELETE",
      .path = "/api/v1/me/sessions",
      .help = &help_ends_all_but_this_one,
      .done = &help_the_other_sessions_have_ended },
};

const struct command command_sessions = {
    .name = "sessions",
    .also = "session",
    .synopsis = &usage_end_id_end_others,
    .help = &help_ones_own_sessions,
    .options = session_options,
    .option_count = COUNT(session_options),
    .words_max = 2,
    .list = &sessions,
    .actions = session_actions,
    .action_count = COUNT(session_actions),
};

const struct command command_user = {
    .name = "user",
    .also = "users",
    .synopsis = &usage_action,
    .help = &help_users_and_tokens,
    .options = user_options,
    .option_count = COUNT(user_options),
    .words_max = 4,
    .list = &users,
    .actions = user_actions,
    .action_count = COUNT(user_actions),
};
