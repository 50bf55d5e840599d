/* `carritoctl daily`: the sales of a day per cart, once or again every WATCH_S seconds. */
#include "common/clock.h"
#include "ctl/command.h"
#include "ctl/daily.h"
#include "ctl/list.h"
#include "ctl/stop.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define WATCH_S      2

/* Which of the first three a row has depends on --group. */
static const struct column columns[] = {
    { .key = "month", .title = { "mes", "month" }, .presence = COLUMN_WHERE_KNOWN },
    { .key = "day", .title = { "día", "day" }, .presence = COLUMN_WHERE_KNOWN },
    { .key = "cart", .title = { "carro", "cart" }, .presence = COLUMN_WHERE_KNOWN },
    { .key = "quantity", .title = { "sopaipillas", "sopaipillas" }, .kind = COLUMN_INT },
    { .key = "amount", .title = { "pesos", "pesos" }, .kind = COLUMN_INT },
    { .key = "sales", .title = { "ventas", "receipts" }, .kind = COLUMN_INT },
    { .key = "clients", .title = { "clientes", "clients" }, .kind = COLUMN_INT },
    { .key = "average",
      .title = { "por cliente", "per client" },
      .kind = COLUMN_NUMBER,
      .decimals = 2 },
    { .key = "voided", .title = { "anuladas", "voided" }, .kind = COLUMN_INT },
    { .key = "unpriced", .title = { "sin precio", "unpriced" }, .kind = COLUMN_INT },
    { .key = "status",
      .title = { "estado", "status" },
      .list = "day",
      .presence = COLUMN_WHERE_KNOWN },
    { .key = "revision",
      .title = { "revisión", "revision" },
      .kind = COLUMN_INT,
      .presence = COLUMN_WHERE_KNOWN },
    { .key = "complete",
      .title = { "completo", "complete" },
      .kind = COLUMN_YES_NO,
      .presence = COLUMN_WHERE_KNOWN },
    { .key = "missing",
      .title = { "faltan", "missing" },
      .kind = COLUMN_RANGES,
      .presence = COLUMN_WHERE_KNOWN },
};

static const struct list list = { "/api/v1/daily-sales", columns, COUNT(columns), LIST_CSV_API };

static const struct option_spec options_daily[] = {
    { .name = "day",
      .kind = OPTION_DAY,
      .help = { "este día (hoy, ayer, AAAA-MM-DD)", "this day (today, yesterday, YYYY-MM-DD)" } },
    { .name = "from", .kind = OPTION_DAY, .help = { "desde este día", "from this day on" } },
    { .name = "to",
      .kind = OPTION_DAY,
      .help = { "hasta este día, incluido", "to this day, included" } },
    { .name = "all", .help = { "todos los días", "all days" } },
    { .name = "cart",
      .kind = OPTION_CART,
      .parameter = "cart",
      .help = { "solo este carro", "only this cart" } },
    { .name = "group",
      .kind = OPTION_CHOICE,
      .choices = "cart|day|month|guild",
      .parameter = "group",
      .help = { "una fila por: cart (día y carro), day, month, guild",
                "a row per: cart (day and cart), day, month, guild" } },
    { .name = "watch",
      .letter = 'w',
      .help = { "otra vez cada 2 s, hasta Ctrl-C", "again every 2 s, until Ctrl-C" } },
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
        text_error(ctl->language, TEXT_DAY_AND_RANGE);
        return EXIT_BAD_ARGUMENTS;
    }
    if (!options_has(options, "watch"))
        return show_once(ctl, options, &days);
    if (ctl->format == OUTPUT_CSV || options_has(options, "dialect")) {
        text_error(ctl->language, TEXT_CSV_AND_WATCH);
        return EXIT_BAD_ARGUMENTS;
    }
    return watch(ctl, options);
}

const struct command command_daily = {
    .name = "daily",
    .synopsis = { "[OPCIONES]", "[OPTIONS]" },
    .help = { "las ventas del día por carro (hoy, si no se dice otro día)",
              "the day's sales per cart (today where no day is named)" },
    .options = options_daily,
    .option_count = COUNT(options_daily),
    .run = run_daily,
};
