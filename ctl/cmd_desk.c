/* What is typed at the centre for a cart whose board is broken or has none, for who applies or buys
 * at the counter, and who is signed in. */
#include "ctl/action.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column typed_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "epoch", .title = &head_epoch },
    { .key = "seq", .title = &head_seq, .kind = COLUMN_INT },
    { .key = "receipt", .title = &head_receipt, .kind = COLUMN_INT },
};

static const struct column me_columns[] = {
    { .key = "user", .title = &head_user },
    { .key = "role", .title = &head_role, .list = "role" },
    { .key = "cart", .title = &head_cart, .presence = COLUMN_WHERE_KNOWN },
    { .key = "expires", .title = &head_until, .kind = COLUMN_TIME },
};

static const struct column product_columns[] = {
    { .key = "product", .title = &head_product },
    { .key = "price", .title = &head_price, .kind = COLUMN_INT },
};

/* One page has all of them. */
static const struct action product_actions[] = {
    { .method = "GET",
      .path = "/api/v1/products",
      .answer = ANSWER_ITEMS,
      .columns = product_columns,
      .column_count = COUNT(product_columns) },
};

static const struct option_spec sell_options[] = {
    { .name = "quantity",
      .letter = 'q',
      .kind = OPTION_COUNT,
      .help = &help_so_many_sopaipillas_needed },
    { .name = "client", .letter = 'c', .kind = OPTION_TEXT, .help = &help_who_bought },
    { .name = "amount", .letter = 'a', .kind = OPTION_NUMBER, .help = &help_pesos_in_all },
    { .name = "stock", .kind = OPTION_NUMBER, .help = &help_what_is_left_after_it },
    { .name = "lat", .kind = OPTION_NUMBER, .help = &help_latitude_without_it_the_last },
    { .name = "lon", .kind = OPTION_NUMBER, .help = &help_longitude },
    { .name = "ts", .kind = OPTION_TEXT, .help = &help_when_it_was_sold },
};

static const struct field sell_fields[] = {
    { "cart", FIELD_WORD },     { "client", FIELD_TEXT },  { "quantity", FIELD_COUNT },
    { "amount", FIELD_NUMBER }, { "stock", FIELD_NUMBER }, { "lat", FIELD_NUMBER },
    { "lon", FIELD_NUMBER },    { "ts", FIELD_TEXT },
};

static const struct action sell_actions[] = {
    { .method = "POST",
      .path = "/api/v1/sales",
      .words = { WORD_CART },
      .fields = sell_fields,
      .field_count = COUNT(sell_fields),
      .answer = ANSWER_OBJECT,
      .columns = typed_columns,
      .column_count = COUNT(typed_columns),
      .synopsis = &usage_plate },
};

static const struct option_spec void_options[] = {
    { .name = "reason", .kind = OPTION_TEXT, .help = &help_why_it_is_taken_back },
};

static const struct field void_fields[] = { { "reason", FIELD_TEXT } };

static const struct action void_actions[] = {
    { .method = "POST",
      .path = "/api/v1/sales/{}/{}/{}/void",
      .words = { WORD_CART, WORD_TEXT, WORD_COUNT },
      .fields = void_fields,
      .field_count = COUNT(void_fields),
      .answer = ANSWER_OBJECT,
      .columns = typed_columns,
      .column_count = COUNT(typed_columns),
      .synopsis = &usage_plate_epoch_receipt },
};

static const struct action me_actions[] = {
    { .method = "GET",
      .path = "/api/v1/me",
      .answer = ANSWER_OBJECT,
      .columns = me_columns,
      .column_count = COUNT(me_columns) },
};

const struct command command_sell = {
    .name = "sell",
    .synopsis = &usage_plate_quantity_n_client_name_amount,
    .help = &help_types_a_sale_of_a_cart,
    .options = sell_options,
    .option_count = COUNT(sell_options),
    .words_max = 1,
    .actions = sell_actions,
    .action_count = COUNT(sell_actions),
};

const struct command command_void = {
    .name = "void",
    .synopsis = &usage_plate_epoch_receipt_reason_text,
    .help = &help_takes_a_sale_back,
    .options = void_options,
    .option_count = COUNT(void_options),
    .words_max = 3,
    .actions = void_actions,
    .action_count = COUNT(void_actions),
};

const struct command command_whoami = {
    .name = "whoami",
    .help = &help_who_is_signed_in_and_for,
    .actions = me_actions,
    .action_count = COUNT(me_actions),
};

const struct command command_products = {
    .name = "products",
    .also = "product",
    .help = &help_the_guilds_products_and_prices,
    .actions = product_actions,
    .action_count = COUNT(product_actions),
};
