/* Where a cart was, what there is against a fugitive, and how a closed day came to be as it is. */
#include "ctl/action.h"
#include "ctl/list.h"

#include "head_words.h"
#include "help_words.h"
#include "usage_words.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct option_spec track_options[] = { LIST_FROM_OPTION, LIST_TO_OPTION };

static const struct action track_actions[] = {
    { .method = "GET",
      .path = "/api/v1/carts/{}/track",
      .words = { WORD_CART },
      .answer = ANSWER_FILE,
      .synopsis = &usage_plate },
};

static const struct action evidence_actions[] = {
    { .method = "GET",
      .path = "/api/v1/carts/{}/evidence",
      .words = { WORD_CART },
      .answer = ANSWER_FILE,
      .has_csv = true,
      .synopsis = &usage_plate },
};

static const struct column revision_columns[] = {
    { .key = "revision", .title = &head_revision, .kind = COLUMN_INT },
    { .key = "time", .title = &head_time, .kind = COLUMN_TIME },
    { .key = "cause", .title = &head_cause },
    { .key = "receipts", .title = &head_receipts },
    { .key = "before", .title = &head_before, .kind = COLUMN_MEMBER, .inner = "quantity" },
    { .key = "after", .title = &head_after, .kind = COLUMN_MEMBER, .inner = "quantity" },
};

static const struct action revision_actions[] = {
    { .method = "GET",
      .path = "/api/v1/daily-sales/{}/{}/revisions?limit=1000",
      .words = { WORD_DAY, WORD_CART },
      .answer = ANSWER_ITEMS,
      .columns = revision_columns,
      .column_count = COUNT(revision_columns),
      .synopsis = &usage_day_plate },
};

static const struct column hour_columns[] = {
    { .key = "hour", .title = &head_hour, .kind = COLUMN_INT },
    { .key = "from", .title = &head_since, .kind = COLUMN_TIME },
    { .key = "quantity", .title = &head_sopaipillas, .kind = COLUMN_INT },
    { .key = "amount", .title = &head_amount, .kind = COLUMN_INT },
    { .key = "receipts", .title = &head_receipts, .kind = COLUMN_INT },
};

static const struct action hour_actions[] = {
    { .method = "GET",
      .path = "/api/v1/daily-sales/{}/hours",
      .words = { WORD_DAY },
      .answer = ANSWER_ITEMS,
      .columns = hour_columns,
      .column_count = COUNT(hour_columns),
      .synopsis = &usage_value_day },
};

const struct command command_track = {
    .name = "track",
    .synopsis = &usage_plate_from_time_to_time,
    .help = &help_the_way_of_a_cart_geojson,
    .options = track_options,
    .option_count = COUNT(track_options),
    .words_max = 1,
    .actions = track_actions,
    .action_count = COUNT(track_actions),
};

const struct command command_evidence = {
    .name = "evidence",
    .synopsis = &usage_plate,
    .help = &help_trail_and_reports_of_a_fugitive,
    .words_max = 1,
    .actions = evidence_actions,
    .action_count = COUNT(evidence_actions),
};

const struct command command_revisions = {
    .name = "revisions",
    .also = "revision",
    .synopsis = &usage_day_plate,
    .help = &help_how_a_closed_day_has_changed,
    .words_max = 2,
    .actions = revision_actions,
    .action_count = COUNT(revision_actions),
};

const struct command command_hours = {
    .name = "hours",
    .synopsis = &usage_value_day,
    .help = &help_a_days_sales_by_the_hour,
    .words_max = 1,
    .actions = hour_actions,
    .action_count = COUNT(hour_actions),
};
