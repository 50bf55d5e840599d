/* What carts do and sell: their lists, with columns and options. */
#include "common/cart_setting.h"
#include "ctl/action.h"
#include "ctl/cmd_cart.h"
#include "ctl/list.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The settings of a cart (common/cart_setting.h): how a kind is shown, typed and sent, and what its
 * value is called. */
#define COUNT_COLUMN COLUMN_INT
#define COUNT_WORD   WORD_PLACE
#define COUNT_FIELD  FIELD_WORD_COUNT
#define COUNT_ES     " N"
#define COUNT_EN     " N"
#define TEXT_COLUMN  COLUMN_TEXT
#define TEXT_WORD    WORD_TEXT
#define TEXT_FIELD   FIELD_WORD
#define TEXT_ES      " TEXTO"
#define TEXT_EN      " TEXT"

/* A setting's row has both languages itself: one more setting changes no catalogue. */
#define SETTING_WORDS(es, en) (&(const struct sentence){ "setting", { NULL }, { es, en } })

#define SETTING_COLUMN(id, name, type, limit, title_es, title_en, ...)                             \
    { .key = name, .title = SETTING_WORDS(title_es, title_en), .kind = type##_COLUMN },

static const struct column cart_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "state", .title = &head_state, .list = "state" },
    { .key = "fugitive", .title = &head_fugitive, .kind = COLUMN_YES_NO },
    { .key = "stock", .title = &head_stock, .kind = COLUMN_INT },
    { .key = "lat", .title = &head_lat, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = &head_lon, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "acc", .title = &head_acc, .kind = COLUMN_NUMBER },
    { .key = "last_heard", .title = &head_last_heard, .kind = COLUMN_TIME },
    { .key = "last_fix", .title = &head_last_fix, .kind = COLUMN_TIME },
    { .key = "last_sale", .title = &head_last_sale, .kind = COLUMN_TIME },
    { .key = "waiting", .title = &head_waiting, .kind = COLUMN_INT },
    { .key = "version", .title = &head_version },
    { .key = "closed", .title = &head_closed, .kind = COLUMN_TIME },
    CART_SETTING_TABLE(SETTING_COLUMN) /* of one only */
};
#define LIST_COLUMNS (COUNT(cart_columns) - CART_SETTINGS)

static const struct column sale_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "epoch", .title = &head_epoch },
    { .key = "receipt", .title = &head_receipt, .kind = COLUMN_INT },
    { .key = "time", .title = &head_time, .kind = COLUMN_TIME },
    { .key = "client", .title = &head_client },
    { .key = "quantity", .title = &head_sopaipillas, .kind = COLUMN_INT },
    { .key = "amount", .title = &head_amount, .kind = COLUMN_INT },
    { .key = "stock", .title = &head_stock, .kind = COLUMN_INT },
    { .key = "lat", .title = &head_lat, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = &head_lon, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "voided", .title = &head_voided_anulada, .kind = COLUMN_YES_NO },
};

static const struct column audit_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "epoch", .title = &head_epoch },
    { .key = "highest", .title = &head_highest, .kind = COLUMN_INT },
    { .key = "missing", .title = &head_receipts_missing, .kind = COLUMN_RANGES },
    { .key = "duplicates", .title = &head_duplicates, .kind = COLUMN_INT },
    { .key = "set_aside", .title = &head_set_aside, .kind = COLUMN_INT },
};

static const struct column trace_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "epoch", .title = &head_epoch },
    { .key = "receipt", .title = &head_receipt, .kind = COLUMN_INT },
    { .key = "seq", .title = &head_seq, .kind = COLUMN_INT },
    { .key = "client", .title = &head_client },
    { .key = "quantity", .title = &head_sopaipillas, .kind = COLUMN_INT },
    { .key = "amount", .title = &head_amount, .kind = COLUMN_INT },
    { .key = "sold", .title = &head_sold, .kind = COLUMN_TIME },
    { .key = "source", .title = &head_came_by },
    { .key = "bridge", .title = &head_bridge },
    { .key = "topic", .title = &head_topic },
    { .key = "partition", .title = &head_partition, .kind = COLUMN_INT },
    { .key = "offset", .title = &head_offset, .kind = COLUMN_INT },
    { .key = "appended", .title = &head_in_kafka, .kind = COLUMN_TIME },
    { .key = "stored", .title = &head_in_the_store, .kind = COLUMN_TIME },
    { .key = "day", .title = &head_day },
    { .key = "voided_by",
      .title = &head_voided_by,
      .kind = COLUMN_PLACE,
      .inner = "where",
      .list = "where" },
};

static const struct column stock_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "stock", .title = &head_stock, .kind = COLUMN_INT },
    { .key = "low", .title = &head_low, .kind = COLUMN_YES_NO },
    { .key = "time", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "threshold", .title = &head_threshold, .kind = COLUMN_INT },
};

static const struct column count_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "epoch", .title = &head_epoch },
    { .key = "seq", .title = &head_seq, .kind = COLUMN_INT },
};

static const struct column restock_columns[] = {
    { .key = "number", .title = &head_number, .kind = COLUMN_INT },
    { .key = "status", .title = &head_status, .list = "restock" },
    { .key = "announced", .title = &head_announced, .kind = COLUMN_TIME },
    { .key = "done", .title = &head_done, .kind = COLUMN_TIME },
    { .key = "carts", .title = &head_carts, .kind = COLUMN_NAMES, .inner = "cart" },
};

static const struct column restock_answer[] = {
    { .key = "number", .title = &head_number, .kind = COLUMN_INT },
    { .key = "status", .title = &head_status, .list = "restock" },
};

static const struct list stock = { "/api/v1/stock", stock_columns, COUNT(stock_columns),
                                   LIST_CSV_OWN };
static const struct list restocks = { "/api/v1/restocks", restock_columns, COUNT(restock_columns),
                                      LIST_CSV_OWN };
static const struct list carts = { "/api/v1/carts", cart_columns, LIST_COLUMNS, LIST_CSV_OWN };
static const struct list sales = { "/api/v1/sales", sale_columns, COUNT(sale_columns),
                                   LIST_CSV_API };
static const struct list audit = { "/api/v1/audit", audit_columns, COUNT(audit_columns),
                                   LIST_CSV_OWN };
static const struct option_spec limit_option[] = { LIST_LIMIT_OPTION };

static const struct option_spec cart_options[] = {
    { .name = "state",
      .kind = OPTION_CHOICE,
      .choices = "heard|silent|vanished|offline|absent",
      .parameter = "state",
      .help = &help_only_those_in_this_state_solo_los_de_este_estado },
    { .name = "query",
      .letter = 'q',
      .kind = OPTION_TEXT,
      .parameter = "q",
      .help = &help_only_plates_that_contain_this },
    LIST_LIMIT_OPTION,
};

static const struct option_spec audit_options[] = {
    { .name = "cart", .kind = OPTION_CART, .parameter = "cart", .help = &help_only_this_cart },
    LIST_LIMIT_OPTION,
};

static const struct option_spec sale_options[] = {
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = &help_only_those_of_this_cart },
    LIST_FROM_OPTION,
    LIST_TO_OPTION,
    { .name = "client",
      .kind = OPTION_TEXT,
      .parameter = "client",
      .names_person = true,
      .help = &help_only_what_this_client_bought },
    { .name = "voided",
      .kind = OPTION_CHOICE,
      .choices = "true|false",
      .parameter = "voided",
      .help = &help_only_those_taken_back },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

#define SETTING_ACTION(id, name, type, limit, title_es, title_en, help_es, help_en)                \
    { .word = name,                                                                                \
      .second = true,                                                                              \
      .method = "POST",                                                                            \
      .path = "/api/v1/carts/{}",                                                                  \
      .words = { WORD_CART, type##_WORD },                                                         \
      .fields = (const struct field[]){ { name, type##_FIELD } },                                  \
      .field_count = 1,                                                                            \
      .columns = cart_columns,                                                                     \
      .column_count = COUNT(cart_columns),                                                         \
      .synopsis = SETTING_WORDS("PATENTE " name type##_ES, "PLATE " name type##_EN),               \
      .help = SETTING_WORDS(help_es, help_en),                                                     \
      .done =                                                                                      \
          SETTING_WORDS("guardado: " title_es " del carro", "the cart's " title_en " is set") },

static const struct column command_columns[] = { { .key = "id", .title = &head_id } };

static const struct field locate_fields[] = { { "command", FIELD_VERB },
                                              { "interval_s", FIELD_COUNT } };
static const struct field replay_fields[] = { { "command", FIELD_VERB },
                                              { "epoch", FIELD_WORD },
                                              { "from", FIELD_COUNT } };
static const struct field config_fields[] = { { "command", FIELD_VERB },
                                              { "location_s", FIELD_WORD_COUNT } };

/* A command for the cart, which it gets when it is there. */
#define COMMAND_ACTION(verb, fields_of)                                                            \
    .word = verb, .second = true, .method = "POST", .path = "/api/v1/carts/{}/commands",           \
    .fields = fields_of, .field_count = COUNT(fields_of), .columns = command_columns,              \
    .column_count = COUNT(command_columns)

static const struct action cart_actions[] = {
    { .word = "add",
      .run = cart_add,
      .synopsis = &usage_plate,
      .help = &help_the_file_that_makes_a_board },
    { .word = "renew",
      .run = cart_renew,
      .synopsis = &usage_plate,
      .help = &help_signs_and_sends_the_certificate_that },
    { .word = "revoke",
      .run = cart_revoke,
      .synopsis = &usage_plate_crl_file,
      .help = &help_a_lost_cart_is_out },
    { .method = "GET",
      .path = "/api/v1/carts/{}",
      .words = { WORD_CART },
      .answer = ANSWER_OBJECT,
      .columns = cart_columns,
      .column_count = COUNT(cart_columns),
      .synopsis = &usage_plate },
    { COMMAND_ACTION("locate", locate_fields), .words = { WORD_CART },
      .synopsis = &usage_plate_interval, .help = &help_asks_where_it_is,
      .done = &help_asked_where_it_is },
    { COMMAND_ACTION("replay", replay_fields), .words = { WORD_CART, WORD_TEXT },
      .synopsis = &usage_plate_replay_epoch, .help = &help_sends_again_from_an_epoch,
      .done = &help_asked_to_send_again },
    { COMMAND_ACTION("config", config_fields), .words = { WORD_CART, WORD_COUNT },
      .synopsis = &usage_plate_config_n, .help = &help_sets_how_often_it_says_where,
      .done = &help_told_how_often },
    { .word = "track",
      .second = true,
      .method = "GET",
      .path = "/api/v1/carts/{}/track",
      .words = { WORD_CART },
      .answer = ANSWER_FILE,
      .synopsis = &usage_plate_track,
      .help = &help_the_way_of_a_cart_geojson },
    { .word = "remove",
      .method = "DELETE",
      .path = "/api/v1/carts/{}",
      .words = { WORD_CART },
      .synopsis = &usage_plate,
      .help = &help_removes_a_cart_that_never_sold,
      .done = &help_cart_removed },
    CART_SETTING_TABLE(SETTING_ACTION)
};

static const struct action trace_actions[] = {
    { .method = "GET",
      .path = "/api/v1/trace/{}/{}/{}",
      .words = { WORD_CART, WORD_TEXT, WORD_COUNT },
      .answer = ANSWER_OBJECT,
      .columns = trace_columns,
      .column_count = COUNT(trace_columns),
      .synopsis = &usage_plate_epoch_receipt },
};

static const struct action restock_actions[] = {
    { .word = "done",
      .method = "POST",
      .path = "/api/v1/restocks/{}/done",
      .words = { WORD_COUNT },
      .columns = restock_answer,
      .column_count = COUNT(restock_answer),
      .synopsis = &usage_n,
      .help = &help_batch_n_was_done,
      .done = &help_batch_done },
    { .word = "announce",
      .method = "POST",
      .path = "/api/v1/restocks/announce",
      .columns = restock_answer,
      .column_count = COUNT(restock_answer),
      .help = &help_announces_the_open_batch_now,
      .done = &help_batch_announced },
};

const struct command command_carts = {
    .name = "carts",
    .other = &command_cart,
    .synopsis = &usage_options,
    .help = &help_the_carts_state_last_heard_position,
    .options = cart_options,
    .option_count = COUNT(cart_options),
    .list = &carts,
};

const struct command command_cart = {
    .name = "cart",
    .other = &command_carts,
    .synopsis = &usage_plate_setting_value_add_renew_revoke,
    .help = &help_one_cart_a_setting_a_new,
    .options = cart_key_options,
    .option_count = CART_KEY_OPTIONS,
    .words_max = 3,
    .actions = cart_actions,
    .action_count = COUNT(cart_actions),
};

const struct command command_sales = {
    .name = "sales",
    .also = "sale",
    .synopsis = &usage_options,
    .help = &help_the_receipts_one_a_row,
    .options = sale_options,
    .option_count = COUNT(sale_options),
    .list = &sales,
};

const struct command command_audit = {
    .name = "audit",
    .synopsis = &usage_options,
    .help = &help_per_cart_and_epoch_what_came,
    .options = audit_options,
    .option_count = COUNT(audit_options),
    .list = &audit,
};

const struct command command_trace = {
    .name = "trace",
    .synopsis = &usage_plate_epoch_receipt,
    .help = &help_where_a_sale_has_been_cart,
    .words_max = 3,
    .actions = trace_actions,
    .action_count = COUNT(trace_actions),
};

static const struct field count_fields[] = { { "cart", FIELD_WORD },
                                             { "stock", FIELD_WORD_COUNT } };

static const struct action stock_actions[] = {
    { .word = "set",
      .method = "POST",
      .path = "/api/v1/stock",
      .words = { WORD_CART, WORD_PLACE },
      .fields = count_fields,
      .field_count = COUNT(count_fields),
      .answer = ANSWER_OBJECT,
      .columns = count_columns,
      .column_count = COUNT(count_columns),
      .synopsis = &usage_plate_n,
      .help = &help_sets_what_is_on_the_cart },
};

static const struct option_spec stock_options[] = {
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = &help_only_those_of_this_cart },
    { .name = "low",
      .kind = OPTION_CHOICE,
      .choices = "true|false",
      .parameter = "low",
      .help = &help_only_those_that_are_low },
    LIST_LIMIT_OPTION,
};

const struct command command_stock = {
    .name = "stock",
    .synopsis = &usage_set_plate_n,
    .help = &help_what_is_left_on_each_cart,
    .options = stock_options,
    .option_count = COUNT(stock_options),
    .words_max = 3,
    .list = &stock,
    .actions = stock_actions,
    .action_count = COUNT(stock_actions),
};

const struct command command_restocks = {
    .name = "restocks",
    .also = "restock",
    .synopsis = &usage_done_n_announce,
    .help = &help_restock_batches_the_open_one_those,
    .options = limit_option,
    .option_count = COUNT(limit_option),
    .words_max = 4,
    .list = &restocks,
    .actions = restock_actions,
    .action_count = COUNT(restock_actions),
};
