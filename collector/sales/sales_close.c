/* Closes days. */
#include "collector/sales/sales_close.h"

#include "collector/alerts/alert.h"
#include "collector/base/hash.h"
#include "collector/base/lang.h"
#include "collector/effects/mail.h"
#include "collector/sales/sales_late.h"

#include "sales_sql.h"

#include "common/day.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAIL_PARAMETERS_SIZE 64
#define REPORT_AGE_MS_MAX    (7 * 86400000LL) /* no mail for a day that is over for longer */
#define OPEN_DAYS_MAX        8
#define OPEN_MS_MAX          3600000LL /* a day that did not close in this is told */

struct open_row {
    int32_t day;
    char cart[CART_LENGTH_MAX + 1];
};

struct closing {
    int32_t before, until; /* the last day closed: earlier, and now */
    int64_t kafka_ms;
};

struct open_rows {
    struct open_row *rows;
    size_t count, capacity;
};

int32_t sales_closed_until(struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_CLOSED_UNTIL, "");
    int32_t day =
        store_next(rows) && !store_is_null(rows, 0) ? (int32_t)store_int(rows, 0) : INT32_MIN;

    store_rows_end(rows);
    return day;
}

int32_t sales_day_over(const struct settings *settings, int64_t time_ms)
{
    return day_of_ms(time_ms - settings->close_grace_s * 1000) - 1;
}

static bool any_open(struct store *store, int32_t until)
{
    return store_has(store, SQL_DAILY_OPEN_ANY, "i", (int64_t)until);
}

bool sales_close_is_due(struct store *store, const struct settings *settings, int64_t kafka_ms)
{
    int32_t until = sales_closed_until(store);

    if (kafka_ms <= 0)
        return false;
    return sales_day_over(settings, kafka_ms - SALES_CLOSE_SKEW_MS) > until ||
           any_open(store, until);
}

/* They are read before any of them is changed: a row that is closed leaves the index in hand. */
static struct open_rows read_open(struct store *store, int32_t until)
{
    struct store_rows *rows = store_query(store, SQL_DAILY_OPEN, "i", (int64_t)until);
    struct open_rows open = { 0 };

    while (store_next(rows)) {
        if (open.count == open.capacity) {
            open.capacity = open.capacity > 0 ? open.capacity * 2 : 64;
            open.rows = realloc(open.rows, open.capacity * sizeof *open.rows);
            if (open.rows == NULL)
                abort();
        }
        struct open_row *row = &open.rows[open.count++];
        row->day = (int32_t)store_int(rows, 0);
        snprintf(row->cart, sizeof row->cart, "%s", store_text(rows, 1));
    }
    store_rows_end(rows);
    return open;
}

/* One mail to each address of the comma-separated list, under an id that the day decides. */
static void mail_day(struct store *store, const char *list, int32_t day, int64_t now_ms)
{
    char text[DAY_TEXT_SIZE], parameters[MAIL_PARAMETERS_SIZE], hash[33], id[96];
    char to[MAIL_ADDRESS_SIZE];

    day_text(day, text);
    snprintf(parameters, sizeof parameters, "{\"day\":\"%s\",\"revision\":1}", text);
    while (mail_list_next(&list, to)) {
        /* An id has no @ and no bytes beyond ASCII. */
        hash_text(to, strlen(to), hash);
        snprintf(id, sizeof id, "report/%s/1/%s", text, hash);
        mail_add(store,
                 &(struct mail){ .id = id,
                                 .recipient = to,
                                 .template = "report",
                                 .parameters = parameters,
                                 .cause_ms = day_start_ms(day + 1) },
                 now_ms);
    }
}

/* For each day that has rows: those after the last one closed before, up to the last one closed
 * now. A history that is read again is no news to anybody. */
static void mail_days(struct store *store, const struct settings *settings,
                      const struct closing *closing)
{
    int32_t news = day_of_ms(closing->kafka_ms - REPORT_AGE_MS_MAX);
    int32_t first = closing->before > news ? closing->before : news;
    struct store_rows *rows =
        store_query(store, SQL_DAILY_DAYS, "ii", (int64_t)first, (int64_t)closing->until);

    while (store_next(rows))
        mail_day(store, settings->report_mail, (int32_t)store_int(rows, 0), closing->kafka_ms);
    store_rows_end(rows);
}

static void close_rows(struct store *store, const struct settings *settings,
                       const struct closing *closing)
{
    struct open_rows open = read_open(store, closing->until);
    struct late_rows late = { 0 };

    for (size_t i = 0; i < open.count; i++) {
        struct daily_row row;
        if (daily_row_read(store, open.rows[i].day, open.rows[i].cart, &row))
            late_close_row(store, &late, &row, settings->close_grace_s * 1000);
    }
    late_rows_publish(&late, store);
    free(open.rows);
}

/* True where this process is the one that closes up to that day. */
static bool win(struct store *store, int32_t day, int64_t now_ms)
{
    char text[DAY_TEXT_SIZE];

    if (!store_run(store, SQL_DAY_CLOSE, "ii", (int64_t)day, now_ms) || store_changed(store) != 1)
        return false;
    day_text(day, text);
    log_info("sales", "days are closed", "until=%s", text);
    return true;
}

void sales_close(struct store *store, const struct settings *settings, const struct role_time *time)
{
    struct closing closing = { .before = sales_closed_until(store), .kafka_ms = time->kafka_ms };
    int32_t over = sales_day_over(settings, time->passed_ms - SALES_CLOSE_SKEW_MS);

    closing.until = closing.before;
    if (time->passed_ms > 0 && over > closing.before && win(store, over, time->now_ms))
        closing.until = over;
    if (closing.until == INT32_MIN)
        return;
    close_rows(store, settings, &closing);
    if (closing.until > closing.before)
        mail_days(store, settings, &closing);
}

static void raise_open_day(struct store *store, const struct settings *settings, int32_t day)
{
    char text[DAY_TEXT_SIZE];

    day_text(day, text);
    alert_raise(store,
                &(struct alert){ .kind = ALERT_DAY_OPEN,
                                 .subject = text,
                                 .says = SAY_ALERT_DAY_OPEN(text),
                                 .lang = lang_from_name(settings->lang),
                                 .at_ms = late_close_ms(day, settings->close_grace_s * 1000) });
}

/* Alerts of days that have closed meanwhile. They are few: read first, as ending one asks too. */
static void end_open_days(struct store *store, int32_t until, int64_t kafka_ms)
{
    char days[OPEN_DAYS_MAX][DAY_TEXT_SIZE];
    struct store_rows *rows = store_query(store, SQL_DAYS_OPEN, "");
    size_t count = 0;
    int32_t day;

    while (count < OPEN_DAYS_MAX && store_next(rows))
        snprintf(days[count++], DAY_TEXT_SIZE, "%s", store_text(rows, 0));
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        if (day_from_text(days[i], &day) && day <= until)
            alert_end(store, ALERT_DAY_OPEN, days[i], kafka_ms);
}

void sales_tell_open_day(struct store *store, const struct settings *settings, int64_t kafka_ms,
                         int64_t first_ms)
{
    int32_t until = sales_closed_until(store);
    int32_t over = sales_day_over(settings, kafka_ms - OPEN_MS_MAX);

    end_open_days(store, until, kafka_ms);
    if (kafka_ms > 0 && first_ms > 0 && over > until && kafka_ms - first_ms >= OPEN_MS_MAX)
        raise_open_day(store, settings, over);
}
