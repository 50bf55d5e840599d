/* `carritoctl daily`: the sales of a day per cart, once or again every WATCH_S seconds. */
#include "common/clock.h"
#include "ctl/command.h"
#include "ctl/daily.h"
#include "ctl/list.h"
#include "ctl/stop.h"

#include "head_words.h"
#include "help_words.h"
#include "text_words.h"
#include "usage_words.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define WATCH_S      2

/* Which of the first three a row has depends on --group. */
static const struct column columns[] = {
    { .key = "month", .title = &head_month, .presence = COLUMN_WHERE_KNOWN },
    { .key = "day", .title = &head_day, .presence = COLUMN_WHERE_KNOWN },
    { .key = "cart", .title = &head_cart, .presence = COLUMN_WHERE_KNOWN },
    { .key = "quantity", .title = &head_sopaipillas, .kind = COLUMN_INT },
    { .key = "amount", .title = &head_amount, .kind = COLUMN_INT },
    { .key = "sales", .title = &head_sales, .kind = COLUMN_INT },
    { .key = "clients", .title = &head_clients, .kind = COLUMN_INT },
    { .key = "average", .title = &head_average, .kind = COLUMN_NUMBER, .decimals = 2 },
    { .key = "voided", .title = &head_voided, .kind = COLUMN_INT },
    { .key = "unpriced", .title = &head_unpriced, .kind = COLUMN_INT },
    { .key = "status", .title = &head_status, .list = "day", .presence = COLUMN_WHERE_KNOWN },
    { .key = "revision",
      .title = &head_revision,
      .kind = COLUMN_INT,
      .presence = COLUMN_WHERE_KNOWN },
    { .key = "complete",
      .title = &head_complete,
      .kind = COLUMN_YES_NO,
      .presence = COLUMN_WHERE_KNOWN },
    { .key = "missing",
      .title = &head_missing,
      .kind = COLUMN_RANGES,
      .presence = COLUMN_WHERE_KNOWN },
};

static const struct list list = { "/api/v1/daily-sales", columns, COUNT(columns), LIST_CSV_API };

static const struct option_spec options_daily[] = {
    { .name = "day", .kind = OPTION_DAY, .help = &help_this_day_today_yesterday_yyyy_mm },
    { .name = "from", .kind = OPTION_SPAN, .help = &help_from_this_day_month_or_year },
    { .name = "to", .kind = OPTION_SPAN, .help = &help_to_this_day_month_or_year },
    { .name = "all", .help = &help_all_days },
    { .name = "cart", .kind = OPTION_CART, .parameter = "cart", .help = &help_only_this_cart },
    { .name = "group",
      .kind = OPTION_CHOICE,
      .choices = "cart|cart-month|day|month|guild",
      .parameter = "group",
      .help = &help_a_row_per_cart_day_and },
    { .name = "revised-after",
      .kind = OPTION_DAY,
      .parameter = "revised_after",
      .help = &help_revised_after_this_day },
    { .name = "watch", .letter = 'w', .help = &help_again_every_2_s_until_ctrl },
    LIST_LIMIT_OPTION,
    LIST_DIALECT_OPTION,
};

static int show_once(const struct ctl *ctl, const struct options *options,
                     const struct daily_days *days)
{
    struct buffer path = { 0 }, title = { 0 };
    int status;

    list_path(&list, options, &path);
    daily_add(days, &path);
    daily_title(ctl->language, days, ctl->settings.tz, &title);
    fprintf(stderr, "%s\n", title.bytes);
    status = list_show(ctl, &list, options, path.bytes);
    buffer_free(&path);
    buffer_free(&title);
    return status;
}

/* Without --day "today" is chosen anew each time: a watch may go on past midnight. A server that
 * is away for a while is told and waited for. */
static int watch(const struct ctl *ctl, const struct options *options)
{
    struct daily_days days;
    bool on_terminal = isatty(STDOUT_FILENO) && ctl->format == OUTPUT_TABLE;

    stop_on_signals();
    while (!stop_requested() && !ferror(stdout)) {
        daily_choose(options, clock_wall_ms(), &days);
        if (on_terminal)
            fputs("\033[H\033[2J", stdout); /* home, clear (ECMA-48) */
        fflush(stdout);
        show_once(ctl, options, &days);
        if (!stop_requested())
            nanosleep(&(struct timespec){ .tv_sec = WATCH_S }, NULL);
    }
    return EXIT_OK;
}

static int run_daily(const struct ctl *ctl, const struct options *options)
{
    struct daily_days days;

    if (!daily_choose(options, ctl->now_ms, &days)) {
        text_error(ctl->language, SAY_TEXT_DAY_AND_RANGE());
        return EXIT_BAD_ARGUMENTS;
    }
    if (!options_has(options, "watch"))
        return show_once(ctl, options, &days);
    if (ctl->format == OUTPUT_CSV || options_has(options, "dialect")) {
        text_error(ctl->language, SAY_TEXT_CSV_AND_WATCH());
        return EXIT_BAD_ARGUMENTS;
    }
    return watch(ctl, options);
}

const struct command command_daily = {
    .name = "daily",
    .synopsis = &usage_options,
    .help = &help_the_days_sales_per_cart_today,
    .options = options_daily,
    .option_count = COUNT(options_daily),
    .run = run_daily,
};
