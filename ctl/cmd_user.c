/* Who may sign in, and tokens for machines. The first admin is made at the collector's machine. */
#include "ctl/action.h"
#include "ctl/list.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ROLES        "viewer|operator|admin|vendor|tracker"

static const struct column user_columns[] = {
    { .key = "name", .title = { "nombre", "name" } },
    { .key = "role", .title = { "rol", "role" }, .list = "role" },
    { .key = "cart", .title = { "carro", "cart" }, .presence = COLUMN_WHERE_KNOWN },
    { .key = "created", .title = { "desde", "since" }, .kind = COLUMN_TIME },
    { .key = "blocked_until",
      .title = { "bloqueado hasta", "blocked until" },
      .kind = COLUMN_TIME },
};

static const struct column token_columns[] = {
    { .key = "id", .title = { "id", "id" } },
    { .key = "name", .title = { "nombre", "name" } },
    { .key = "role", .title = { "rol", "role" }, .list = "role" },
    { .key = "cart", .title = { "carro", "cart" }, .presence = COLUMN_WHERE_KNOWN },
    { .key = "user", .title = { "de", "of" } },
    { .key = "created", .title = { "desde", "since" }, .kind = COLUMN_TIME },
    { .key = "expires", .title = { "hasta", "until" }, .kind = COLUMN_TIME },
};

static const struct column given_columns[] = {
    { .key = "id", .title = { "id", "id" } },
    { .key = "token", .title = { "credencial", "token" } },
    { .key = "name", .title = { "nombre", "name" } },
    { .key = "role", .title = { "rol", "role" }, .list = "role" },
    { .key = "expires", .title = { "hasta", "until" }, .kind = COLUMN_TIME },
};

static const struct list users = { "/api/v1/users", user_columns, COUNT(user_columns),
                                   LIST_CSV_OWN };

static const struct option_spec user_options[] = {
    { .name = "role",
      .kind = OPTION_CHOICE,
      .choices = ROLES,
      .help = { "con add y token: su rol", "with add and token: the role" } },
    { .name = "cart",
      .kind = OPTION_CART,
      .help = { "de un vendor: su carro", "of a vendor: the cart" } },
    { .name = "days",
      .kind = OPTION_COUNT,
      .help = { "con token: por cuántos días", "with token: for how many days" } },
    LIST_LIMIT_OPTION,
};

static const struct field add_fields[] = {
    { "name", FIELD_WORD },
    { "role", FIELD_TEXT },
    { "cart", FIELD_TEXT },
    { "password", FIELD_PASSWORD },
};

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
      .help = { "los usuarios (también sin palabra)", "the users (also without a word)" } },
    { .word = "add",
      .method = "POST",
      .path = "/api/v1/users",
      .words = { WORD_TEXT },
      .fields = add_fields,
      .field_count = COUNT(add_fields),
      .synopsis = { "--role ROL [--cart PATENTE] NOMBRE", "--role ROLE [--cart PLATE] NAME" },
      .help = { "agrega; la clave se pregunta", "adds one; the password is asked for" },
      .done = { "usuario agregado", "user added" } },
    { .word = "remove",
      .method = "DELETE",
      .path = "/api/v1/users/{}",
      .words = { WORD_TEXT },
      .synopsis = { "NOMBRE", "NAME" },
      .help = { "quita; sus credenciales dejan de valer", "removes; the tokens end too" },
      .done = { "usuario quitado", "user removed" } },
    { .word = "password",
      .method = "POST",
      .path = "/api/v1/users/{}/password",
      .words = { WORD_TEXT },
      .fields = password_fields,
      .field_count = COUNT(password_fields),
      .synopsis = { "NOMBRE", "NAME" },
      .help = { "cambia la clave; se pregunta", "sets the password; it is asked for" },
      .done = { "clave cambiada", "password set" } },
    { .word = "tokens",
      .method = "GET",
      .path = "/api/v1/tokens?limit=1000",
      .answer = ANSWER_ITEMS,
      .columns = token_columns,
      .column_count = COUNT(token_columns),
      .help = { "las credenciales que valen", "the tokens that are valid" } },
    { .word = "token",
      .method = "POST",
      .path = "/api/v1/tokens",
      .words = { WORD_TEXT },
      .fields = token_fields,
      .field_count = COUNT(token_fields),
      .answer = ANSWER_OBJECT,
      .columns = given_columns,
      .column_count = COUNT(given_columns),
      .synopsis = { "--role ROL --days N NOMBRE", "--role ROLE --days N NAME" },
      .help = { "da una credencial; se muestra una vez", "gives a token; it is shown once" } },
    { .word = "revoke",
      .method = "DELETE",
      .path = "/api/v1/tokens/{}",
      .words = { WORD_TEXT },
      .synopsis = { "ID", "ID" },
      .help = { "termina una credencial", "ends a token" },
      .done = { "la credencial ya no vale", "the token is not valid any more" } },
};

const struct command command_user = {
    .name = "user",
    .synopsis = { "[ACCIÓN]", "[ACTION]" },
    .help = { "los usuarios y las credenciales", "users and tokens" },
    .options = user_options,
    .option_count = COUNT(user_options),
    .words_max = 4,
    .list = &users,
    .actions = user_actions,
    .action_count = COUNT(user_actions),
};
