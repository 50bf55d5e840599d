/* What the guild decides about: fugitives and reports, members, orders. */
#include "ctl/action.h"
#include "ctl/list.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column fugitive_columns[] = {
    { .key = "cart", .title = &head_cart },
    { .key = "since", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "reports", .title = &head_reports, .kind = COLUMN_INT },
    { .key = "lat", .title = &head_lat, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = &head_lon, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "last_fix", .title = &head_last_fix, .kind = COLUMN_TIME },
    { .key = "confirmed", .title = &head_confirmed, .kind = COLUMN_TIME },
    { .key = "reason", .title = &head_reason },
};

static const struct column report_columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "time", .title = &head_time, .kind = COLUMN_TIME },
    { .key = "cart", .title = &head_cart },
    { .key = "lat", .title = &head_lat, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "lon", .title = &head_lon, .kind = COLUMN_NUMBER, .decimals = 5 },
    { .key = "status", .title = &head_status, .list = "report" },
    { .key = "note", .title = &head_note },
};

static const struct column member_columns[] = {
    { .key = "rut", .title = &head_rut },
    { .key = "passport", .title = &head_passport, .presence = COLUMN_WHERE_KNOWN },
    { .key = "name", .title = &head_name },
    { .key = "lastname", .title = &head_lastname },
    { .key = "email", .title = &head_email },
    { .key = "plate", .title = &head_plate },
    { .key = "premium", .title = &head_premium, .kind = COLUMN_YES_NO },
    { .key = "status", .title = &head_status, .list = "member" },
    { .key = "conflict",
      .title = &head_conflict,
      .list = "conflict",
      .presence = COLUMN_WHERE_KNOWN },
    { .key = "applied", .title = &head_applied, .kind = COLUMN_TIME },
    { .key = "decided", .title = &head_decided, .kind = COLUMN_TIME },
    { .key = "reason", .title = &head_reason, .presence = COLUMN_WHERE_KNOWN },
};

static const struct column order_columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "product", .title = &head_product },
    { .key = "price", .title = &head_price, .kind = COLUMN_INT },
    { .key = "quantity", .title = &head_quantity, .kind = COLUMN_INT },
    { .key = "email", .title = &head_email },
    { .key = "place", .title = &head_place, .presence = COLUMN_WHERE_KNOWN },
    { .key = "cart", .title = &head_cart },
    { .key = "status", .title = &head_status, .list = "order" },
    { .key = "failed_reason",
      .title = &head_failed_reason,
      .list = "failed",
      .presence = COLUMN_WHERE_KNOWN },
    { .key = "held", .title = &head_held, .kind = COLUMN_YES_NO, .presence = COLUMN_WHERE_KNOWN },
    { .key = "offers",
      .title = &head_offers,
      .kind = COLUMN_NAMES,
      .presence = COLUMN_WHERE_KNOWN,
      .inner = "cart" },
    { .key = "history",
      .title = &head_history,
      .list = "order",
      .kind = COLUMN_NAMES,
      .inner = "status" },
};

static const struct column wait_columns[] = {
    { .key = "cart", .title = &head_cart, .presence = COLUMN_WHERE_KNOWN },
    { .key = "hour", .title = &head_hour, .presence = COLUMN_WHERE_KNOWN },
    { .key = "orders", .title = &head_orders, .kind = COLUMN_INT },
    { .key = "taken", .title = &head_taken, .kind = COLUMN_INT },
    { .key = "wait_median_s", .title = &head_wait_median_s, .kind = COLUMN_INT },
    { .key = "wait_p90_s", .title = &head_wait_p90_s, .kind = COLUMN_INT },
    { .key = "way_median_s", .title = &head_way_median_s, .kind = COLUMN_INT },
    { .key = "way_p90_s", .title = &head_way_p90_s, .kind = COLUMN_INT },
    { .key = "refused", .title = &head_refused, .kind = COLUMN_INT },
    { .key = "unanswered", .title = &head_unanswered, .kind = COLUMN_INT },
};

static const struct column id_columns[] = { { .key = "id", .title = &head_id } };
static const struct column order_answer[] = {
    { .key = "id", .title = &head_id },
    { .key = "status", .title = &head_status, .list = "order" },
};

static const struct list fugitives = { "/api/v1/fugitives", fugitive_columns,
                                       COUNT(fugitive_columns), LIST_CSV_OWN };
static const struct list reports = { "/api/v1/reports", report_columns, COUNT(report_columns),
                                     LIST_CSV_API };
static const struct list members = { "/api/v1/members", member_columns, COUNT(member_columns),
                                     LIST_CSV_API };
static const struct list orders = { "/api/v1/orders", order_columns, COUNT(order_columns),
                                    LIST_CSV_API };

static const struct list waits = { "/api/v1/orders/waits", wait_columns, COUNT(wait_columns),
                                   LIST_CSV_API };

static const struct option_spec limit_option[] = { LIST_LIMIT_OPTION };

static const struct option_spec report_options[] = {
    { .name = "cart", .kind = OPTION_CART, .help = &help_the_cart_without_it_a_place },
    { .name = "lat", .kind = OPTION_NUMBER, .help = &help_latitude },
    { .name = "lon", .kind = OPTION_NUMBER, .help = &help_longitude },
    { .name = "note", .kind = OPTION_TEXT, .help = &help_what_was_seen },
};

static const struct option_spec reports_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "open|sighting|closed|dismissed",
      .parameter = "status",
      .help = &help_only_those_in_this_state },
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = &help_only_those_of_this_cart },
    LIST_FROM_OPTION,
    LIST_TO_OPTION,
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec member_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "pending|accepted|rejected|left",
      .parameter = "status",
      .help = &help_only_those_in_this_state },
    { .name = "premium",
      .kind = OPTION_CHOICE,
      .choices = "true|false",
      .parameter = "premium",
      .help = &help_only_premium_ones_or_only_the },
    { .name = "query",
      .letter = 'q',
      .kind = OPTION_TEXT,
      .parameter = "q",
      .names_person = true,
      .help = &help_only_those_that_contain_this },
    { .name = "rut",
      .kind = OPTION_TEXT,
      .parameter = "rut",
      .names_person = true,
      .help = &help_only_the_one_of_this_rut },
    { .name = "plate",
      .kind = OPTION_CART,
      .parameter = "plate",
      .help = &help_only_those_of_this_cart },
    { .name = "reason", .kind = OPTION_TEXT, .help = &help_with_accept_and_reject_the_reason },
    { .name = "date", .kind = OPTION_DAY, .help = &help_with_leave_the_last_day },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec order_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "recibido|preparando|entregando|finalizado|cancelado|fallido",
      .parameter = "status",
      .help = &help_only_those_in_this_state_solo_los_de_este_estado },
    LIST_FROM_OPTION,
    LIST_TO_OPTION,
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = &help_only_those_of_this_cart },
    { .name = "email",
      .kind = OPTION_TEXT,
      .parameter = "email",
      .names_person = true,
      .help = &help_only_those_of_this_buyer },
    { .name = "group",
      .kind = OPTION_CHOICE,
      .choices = "cart|hour",
      .parameter = "group",
      .help = &help_with_waits_a_row_per },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static int show_waits(const struct ctl *ctl, const struct options *options)
{
    return list_run(ctl, &waits, options);
}

static const struct action fugitive_actions[] = {
    { .word = "clear",
      .method = "DELETE",
      .path = "/api/v1/fugitives/{}",
      .words = { WORD_CART },
      .synopsis = &usage_plate,
      .help = &help_is_no_fugitive_any_more,
      .done = &help_the_cart_is_no_fugitive_any },
    { .word = "confirm",
      .method = "POST",
      .path = "/api/v1/fugitives/{}/confirm",
      .words = { WORD_CART },
      .answer = ANSWER_OBJECT,
      .columns = fugitive_columns,
      .column_count = COUNT(fugitive_columns),
      .synopsis = &usage_plate,
      .help = &help_is_looked_for_for_another_day },
};

static const struct field report_fields[] = {
    { "cart", FIELD_TEXT },
    { "lat", FIELD_NUMBER },
    { "lon", FIELD_NUMBER },
    { "note", FIELD_TEXT },
};

static const struct action report_actions[] = {
    { .method = "POST",
      .path = "/api/v1/reports",
      .fields = report_fields,
      .field_count = COUNT(report_fields),
      .columns = id_columns,
      .column_count = COUNT(id_columns),
      .done = &help_report_received },
};

static const struct action reports_actions[] = {
    { .word = "dismiss",
      .method = "POST",
      .path = "/api/v1/reports/{}/dismiss",
      .words = { WORD_TEXT },
      .answer = ANSWER_OBJECT,
      .columns = report_columns,
      .column_count = COUNT(report_columns),
      .synopsis = &usage_id,
      .help = &help_the_report_does_not_count },
};

static const struct field accept_fields[] = { { "accept", FIELD_TRUE }, { "reason", FIELD_TEXT } };
static const struct field reject_fields[] = { { "accept", FIELD_FALSE }, { "reason", FIELD_TEXT } };

#define DECISION(fields_of)                                                                        \
    .method = "POST", .path = "/api/v1/members/{}/decision", .words = { WORD_TEXT },               \
    .fields = fields_of, .field_count = COUNT(fields_of), .answer = ANSWER_OBJECT,                 \
    .columns = member_columns, .column_count = COUNT(member_columns), .synopsis = &usage_rut

static const struct field leave_fields[] = { { "date", FIELD_TEXT }, { "reason", FIELD_TEXT } };
static const struct field plate_fields[] = { { "plate", FIELD_WORD } };
static const struct column changed_columns[] = {
    { .key = "plate", .title = &head_cart },
    { .key = "status", .title = &head_status, .list = "member" },
};

static const struct action member_actions[] = {
    { .word = "accept", DECISION(accept_fields), .help = &help_accepts_rut_or_passport },
    { .word = "reject", DECISION(reject_fields), .help = &help_rejects_the_application },
    { .word = "leave",
      .method = "POST",
      .path = "/api/v1/members/{}/leave",
      .words = { WORD_TEXT },
      .fields = leave_fields,
      .field_count = COUNT(leave_fields),
      .columns = changed_columns,
      .column_count = COUNT(changed_columns),
      .synopsis = &usage_rut,
      .help = &help_the_member_leaves,
      .done = &help_member_left },
    { .word = "plate",
      .method = "POST",
      .path = "/api/v1/members/{}/plate",
      .words = { WORD_TEXT, WORD_CART },
      .fields = plate_fields,
      .field_count = COUNT(plate_fields),
      .columns = changed_columns,
      .column_count = COUNT(changed_columns),
      .synopsis = &usage_rut_plate,
      .help = &help_the_member_has_another_plate,
      .done = &help_member_has_another_plate },
};

static const struct field assign_fields[] = { { "cart", FIELD_WORD } };
static const struct action orders_actions[] = {
    { .word = "waits", .run = show_waits, .help = &help_how_long_orders_waited },
    { .word = "cancel",
      .method = "POST",
      .path = "/api/v1/orders/{}/cancel",
      .words = { WORD_TEXT },
      .columns = order_answer,
      .column_count = COUNT(order_answer),
      .synopsis = &usage_id,
      .help = &help_cancels_the_order,
      .done = &help_order_cancelled },
    { .word = "assign",
      .method = "POST",
      .path = "/api/v1/orders/{}/assign",
      .words = { WORD_TEXT, WORD_CART },
      .fields = assign_fields,
      .field_count = COUNT(assign_fields),
      .columns = order_answer,
      .column_count = COUNT(order_answer),
      .synopsis = &usage_id_plate,
      .help = &help_gives_the_order_to_a_cart,
      .done = &help_order_assigned },
    { .word = "release",
      .method = "POST",
      .path = "/api/v1/orders/{}/release",
      .words = { WORD_TEXT },
      .columns = order_answer,
      .column_count = COUNT(order_answer),
      .synopsis = &usage_id,
      .help = &help_the_order_looks_for_its_cart,
      .done = &help_order_released },
    { .word = "hold",
      .method = "POST",
      .path = "/api/v1/orders/{}/hold",
      .words = { WORD_TEXT },
      .columns = order_answer,
      .column_count = COUNT(order_answer),
      .synopsis = &usage_id,
      .help = &help_the_order_is_offered_to_nobody,
      .done = &help_order_held },
};

static const struct action order_actions[] = {
    { .method = "GET",
      .path = "/api/v1/orders/{}",
      .words = { WORD_TEXT },
      .answer = ANSWER_OBJECT,
      .columns = order_columns,
      .column_count = COUNT(order_columns),
      .synopsis = &usage_id },
};

const struct command command_fugitives = {
    .name = "fugitives",
    .also = "fugitive",
    .synopsis = &usage_clear_plate_confirm_plate,
    .help = &help_fugitive_carts,
    .options = limit_option,
    .option_count = COUNT(limit_option),
    .words_max = 4,
    .list = &fugitives,
    .actions = fugitive_actions,
    .action_count = COUNT(fugitive_actions),
};

const struct command command_report = {
    .name = "report",
    .other = &command_reports,
    .synopsis = &usage_cart_plate_lat_lat_lon_lon,
    .help = &help_reports_a_cart_or_a_place,
    .options = report_options,
    .option_count = COUNT(report_options),
    .actions = report_actions,
    .action_count = COUNT(report_actions),
};

const struct command command_reports = {
    .name = "reports",
    .other = &command_report,
    .synopsis = &usage_dismiss_id,
    .help = &help_the_reports,
    .options = reports_options,
    .option_count = COUNT(reports_options),
    .words_max = 4,
    .list = &reports,
    .actions = reports_actions,
    .action_count = COUNT(reports_actions),
};

const struct command command_members = {
    .name = "members",
    .also = "member",
    .synopsis = &usage_accept_rut_reject_rut_reason_text,
    .help = &help_members_and_applications,
    .options = member_options,
    .option_count = COUNT(member_options),
    .words_max = 4,
    .list = &members,
    .actions = member_actions,
    .action_count = COUNT(member_actions),
};

const struct command command_orders = {
    .name = "orders",
    .other = &command_order,
    .synopsis = &usage_cancel_id_assign_id_plate,
    .help = &help_the_orders,
    .options = order_options,
    .option_count = COUNT(order_options),
    .words_max = 4,
    .list = &orders,
    .actions = orders_actions,
    .action_count = COUNT(orders_actions),
};

const struct command command_order = {
    .name = "order",
    .other = &command_orders,
    .synopsis = &usage_id,
    .help = &help_one_order,
    .words_max = 1,
    .actions = order_actions,
    .action_count = COUNT(order_actions),
};
