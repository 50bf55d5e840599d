/* How the centre itself does: alerts, blocks, consumers, what was refused, mails, acts. */
#include "ctl/action.h"
#include "ctl/list.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct column alert_columns[] = {
    { .key = "started", .title = &head_started, .kind = COLUMN_TIME },
    { .key = "kind", .title = &head_kind, .list = "kind" },
    { .key = "severity", .title = &head_severity, .list = "severity" },
    { .key = "status", .title = &head_status, .list = "status" },
    { .key = "cart", .title = &head_cart },
    { .key = "details", .title = &head_details },
    { .key = "ended", .title = &head_ended, .kind = COLUMN_TIME },
    { .key = "id", .title = &head_id, .presence = COLUMN_ALWAYS },
};

static const struct column blocked_columns[] = {
    { .key = "user", .title = &head_user },
    { .key = "since", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "until", .title = &head_until, .kind = COLUMN_TIME },
    { .key = "attempts", .title = &head_attempts, .kind = COLUMN_INT },
};

static const struct column consumer_columns[] = {
    { .key = "role", .title = &head_role },
    { .key = "state", .title = &head_state, .list = "consumer" },
    { .key = "lag", .title = &head_lag, .kind = COLUMN_INT },
    { .key = "rate", .title = &head_rate, .kind = COLUMN_NUMBER, .decimals = 1 },
    { .key = "partitions", .title = &head_partitions, .kind = COLUMN_LENGTH },
};

static const struct column message_columns[] = {
    { .key = "topic", .title = &head_topic },
    { .key = "partition", .title = &head_partition, .kind = COLUMN_INT },
    { .key = "offset", .title = &head_offset, .kind = COLUMN_INT },
    { .key = "time", .title = &head_time, .kind = COLUMN_TIME },
    { .key = "key", .title = &head_key },
    { .key = "value", .title = &head_value },
};

static const struct column change_columns[] = {
    { .key = "role", .title = &head_role },
    { .key = "wish", .title = &head_wish, .list = "consumer" },
};

static const struct column dead_letter_columns[] = {
    { .key = "partition", .title = &head_partition, .kind = COLUMN_INT },
    { .key = "offset", .title = &head_offset, .kind = COLUMN_INT },
    { .key = "time", .title = &head_time, .kind = COLUMN_TIME },
    { .key = "error", .title = &head_error },
    { .key = "source", .title = &head_source },
    { .key = "text", .title = &head_text },
};

static const struct column set_aside_columns[] = {
    { .key = "id", .title = &head_id },
    { .key = "time", .title = &head_time, .kind = COLUMN_TIME },
    { .key = "cart", .title = &head_cart },
    { .key = "epoch", .title = &head_epoch },
    { .key = "seq", .title = &head_seq, .kind = COLUMN_INT },
    { .key = "reason", .title = &head_reason },
    { .key = "text", .title = &head_text },
};

static const struct column mail_columns[] = {
    { .key = "created", .title = &head_created, .kind = COLUMN_TIME },
    { .key = "recipient", .title = &head_recipient },
    { .key = "template", .title = &head_template, .list = "template" },
    { .key = "status", .title = &head_status, .list = "mail" },
    { .key = "attempts", .title = &head_attempts, .kind = COLUMN_INT },
    { .key = "sent", .title = &head_sent, .kind = COLUMN_TIME },
    { .key = "answer", .title = &head_answer },
    { .key = "id", .title = &head_id },
};

static const struct column act_columns[] = {
    { .key = "time", .title = &head_time, .kind = COLUMN_TIME },
    { .key = "user", .title = &head_user },
    { .key = "action", .title = &head_action },
    { .key = "subject", .title = &head_subject },
    { .key = "details", .title = &head_details },
};

static const struct column id_columns[] = { { .key = "id", .title = &head_id } };
static const struct column place_columns[] = {
    { .key = "partition", .title = &head_partition, .kind = COLUMN_INT },
    { .key = "offset", .title = &head_offset, .kind = COLUMN_INT },
};

static const struct list alerts = { "/api/v1/alerts", alert_columns, COUNT(alert_columns),
                                    LIST_CSV_API };
static const struct list blocked = { "/api/v1/blocked", blocked_columns, COUNT(blocked_columns),
                                     LIST_CSV_OWN };
static const struct list consumers = { "/api/v1/consumers", consumer_columns,
                                       COUNT(consumer_columns), LIST_CSV_OWN };
static const struct list dead_letters = { "/api/v1/dead-letters", dead_letter_columns,
                                          COUNT(dead_letter_columns), LIST_CSV_OWN };
static const struct list set_aside = { "/api/v1/set-aside", set_aside_columns,
                                       COUNT(set_aside_columns), LIST_CSV_OWN };
static const struct list mails = { "/api/v1/mails", mail_columns, COUNT(mail_columns),
                                   LIST_CSV_API };
static const struct list acts = { "/api/v1/actions", act_columns, COUNT(act_columns),
                                  LIST_CSV_API };

static const struct option_spec limit_option[] = { LIST_LIMIT_OPTION };

static const struct option_spec alert_options[] = {
    { .name = "status",
      .kind = OPTION_CHOICE,
      .choices = "ACTIVE_UNACK|ACTIVE_ACK|CLEARED_UNACK|CLEARED_ACK",
      .parameter = "status",
      .help = &help_only_those_in_this_state },
    { .name = "kind",
      .kind = OPTION_TEXT,
      .parameter = "kind",
      .help = &help_only_those_of_this_kind },
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = &help_only_those_of_this_cart },
    { .name = "severity",
      .kind = OPTION_CHOICE,
      .choices = "CRITICAL|MAJOR|MINOR|WARNING",
      .parameter = "severity",
      .help = &help_only_those_of_this_severity },
    { .name = "open",
      .kind = OPTION_CHOICE,
      .choices = "true|false",
      .parameter = "open",
      .help = &help_only_those_that_go_on },
    LIST_FROM_OPTION,
    LIST_TO_OPTION,
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec set_aside_options[] = {
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = &help_only_what_is_of_this_cart },
    LIST_LIMIT_OPTION,
};

static const struct option_spec mail_options[] = {
    { .name = "status",
      .kind = OPTION_TEXT,
      .parameter = "status",
      .help = &help_only_those_in_this_state_solo_los_de_este_estado },
    { .name = "recipient",
      .kind = OPTION_TEXT,
      .parameter = "recipient",
      .names_person = true,
      .help = &help_only_those_to_this_address },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static const struct option_spec act_options[] = {
    LIST_FROM_OPTION,
    LIST_TO_OPTION,
    { .name = "user",
      .letter = 'u',
      .kind = OPTION_TEXT,
      .parameter = "user",
      .names_person = true,
      .help = &help_only_those_of_this_user },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

#define ALERT_ACTION(verb)                                                                         \
    .word = verb, .method = "POST", .path = "/api/v1/alerts/{}/" verb, .words = { WORD_TEXT },     \
    .answer = ANSWER_OBJECT, .columns = alert_columns, .column_count = COUNT(alert_columns),       \
    .synopsis = &usage_id

static const struct action alert_actions[] = {
    { ALERT_ACTION("ack"), .help = &help_somebody_sees_to_it },
    { ALERT_ACTION("clear"), .help = &help_it_is_over },
};

static const struct action blocked_actions[] = {
    { .word = "lift",
      .method = "DELETE",
      .path = "/api/v1/blocked/{}",
      .words = { WORD_TEXT },
      .synopsis = &usage_user,
      .help = &help_lifts_the_block,
      .done = &help_block_lifted },
};

#define WISH(verb)                                                                                 \
    .word = verb, .method = "POST", .path = "/api/v1/consumers/{}/" verb, .words = { WORD_TEXT },  \
    .columns = change_columns, .column_count = COUNT(change_columns), .synopsis = &usage_role

static const struct action consumer_actions[] = {
    { .word = "messages",
      .method = "GET",
      .path = "/api/v1/consumers/{}/messages?limit={}",
      .words = { WORD_TEXT, WORD_COUNT },
      .answer = ANSWER_ITEMS,
      .columns = message_columns,
      .column_count = COUNT(message_columns),
      .synopsis = &usage_role_n,
      .help = &help_the_last_n_that_it_read },
    { WISH("stop"), .help = &help_stops_it, .done = &help_it_stops_within_a_second },
    { WISH("start"), .help = &help_starts_it, .done = &help_it_runs_within_a_second },
};

static const struct action dead_letter_actions[] = {
    { .word = "retry",
      .method = "POST",
      .path = "/api/v1/dead-letters/{}/{}/retry",
      .words = { WORD_PLACE, WORD_PLACE },
      .columns = place_columns,
      .column_count = COUNT(place_columns),
      .synopsis = &usage_partition_offset,
      .help = &help_tries_it_again,
      .done = &help_goes_to_its_topic_again },
};

static const struct action set_aside_actions[] = {
    { .word = "accept",
      .method = "POST",
      .path = "/api/v1/set-aside/{}/accept",
      .words = { WORD_TEXT },
      .synopsis = &usage_id,
      .help = &help_it_counts,
      .done = &help_it_counts_now },
    { .word = "drop",
      .method = "POST",
      .path = "/api/v1/set-aside/{}/drop",
      .words = { WORD_TEXT },
      .synopsis = &usage_id,
      .help = &help_it_does_not_count,
      .done = &help_dropped },
};

static const struct field mail_fields[] = { { "to", FIELD_WORD } };

static const struct action mail_actions[] = {
    { .word = "test",
      .method = "POST",
      .path = "/api/v1/mail/test",
      .words = { WORD_OPTIONAL },
      .fields = mail_fields,
      .field_count = COUNT(mail_fields),
      .columns = id_columns,
      .column_count = COUNT(id_columns),
      .synopsis = &usage_address,
      .help = &help_sends_a_mail_to_try_it,
      .done = &help_on_its_way_carritoctl_mail_shows },
};

#define LISTED(options_of, actions_of)                                                             \
    .options = options_of, .option_count = COUNT(options_of), .words_max = 4,                      \
    .actions = actions_of, .action_count = COUNT(actions_of)

const struct command command_alerts = {
    .name = "alerts",
    .also = "alert",
    .synopsis = &usage_ack_id_clear_id,
    .help = &help_the_alerts,
    .list = &alerts,
    LISTED(alert_options, alert_actions),
};

const struct command command_blocked = {
    .name = "blocked",
    .synopsis = &usage_lift_user,
    .help = &help_the_accounts_that_are_blocked,
    .list = &blocked,
    LISTED(limit_option, blocked_actions),
};

const struct command command_consumers = {
    .name = "consumers",
    .also = "consumer",
    .synopsis = &usage_messages_role_n_stop_role_start,
    .help = &help_the_kafka_consumers_state_lag_rate,
    .list = &consumers,
    LISTED(limit_option, consumer_actions),
};

const struct command command_dead_letters = {
    .name = "dead-letters",
    .also = "dead-letter",
    .synopsis = &usage_retry_partition_offset,
    .help = &help_what_nobody_could_read_and_why,
    .list = &dead_letters,
    LISTED(limit_option, dead_letter_actions),
};

const struct command command_set_aside = {
    .name = "set-aside",
    .synopsis = &usage_accept_id_drop_id,
    .help = &help_what_came_twice_with_another_content,
    .list = &set_aside,
    LISTED(set_aside_options, set_aside_actions),
};

const struct command command_mail = {
    .name = "mail",
    .also = "mails",
    .synopsis = &usage_test_address,
    .help = &help_the_mails_sent_waiting_failed,
    .list = &mails,
    LISTED(mail_options, mail_actions),
};

const struct command command_actions = {
    .name = "actions",
    .also = "action",
    .synopsis = &usage_options,
    .help = &help_who_did_what,
    .options = act_options,
    .option_count = COUNT(act_options),
    .list = &acts,
};
