/* Mails of days, and days that stay open. */
#include "collector/sales/day_report.h"

#include "collector/alerts/alert.h"
#include "collector/base/hash.h"
#include "collector/base/lang.h"
#include "collector/effects/mail.h"
#include "collector/sales/closed_days.h"
#include "collector/sales/sales_day.h"
#include "collector/sales/sales_late.h"

#include "sales_sql.h"

#include "common/day.h"

#include <stdio.h>
#include <string.h>

#define MAIL_PARAMETERS_SIZE 64
#define REPORT_AGE_MS_MAX    (7 * 86400000LL) /* no mail for a day that is over for longer */
#define OPEN_DAYS_MAX        8
#define OPEN_MS_MAX          3600000LL /* a day that did not close in this is told */

/* The day that a mail is about, when it was so, and when it is told. */
struct report_cause {
    int32_t day;
    int64_t at_ms, now_ms;
};

/* A mail about a day. What is told at the close has one id, corrected or not: it goes once. */
struct report {
    const char *template, *word; /* of its id */
};
static const struct report closed_report = { "report", "1" };
static const struct report open_report = { "report-open", "open" };
static const struct report correction = { "report-correction", "1" };

/* One to each address of the comma-separated list, under an id that the day decides. */
static void mail_day(struct store *store, const char *list, const struct report *report,
                     const struct report_cause *cause)
{
    char text[DAY_TEXT_SIZE], parameters[MAIL_PARAMETERS_SIZE], hash[33], id[96];
    char to[MAIL_ADDRESS_SIZE];

    day_text(cause->day, text);
    snprintf(parameters, sizeof parameters, "{\"day\":\"%s\",\"revision\":1}", text);
    while (mail_list_next(&list, to)) {
        /* An id has no @ and no bytes beyond ASCII. */
        hash_text(to, strlen(to), hash);
        snprintf(id, sizeof id, "report/%s/%s/%s", text, report->word, hash);
        mail_add(store,
                 &(struct mail){ .id = id,
                                 .recipient = to,
                                 .template = report->template,
                                 .parameters = parameters,
                                 .cause_ms = cause->at_ms },
                 cause->now_ms);
    }
}

/* The days of the span that have rows, and of which no mail has gone. */
static struct store_rows *read_days(struct store *store, const struct day_span *days,
                                    int64_t kafka_ms)
{
    int32_t news = day_of_ms(kafka_ms - REPORT_AGE_MS_MAX);

    return store_query(store, SQL_DAILY_DAYS, "ii",
                       (int64_t)(days->after > news ? days->after : news), (int64_t)days->until);
}

/* Of days whose mail went while they were open, however long ago. */
static void correct_days(struct store *store, const struct settings *settings, int32_t until,
                         int64_t kafka_ms)
{
    struct store_rows *rows = store_query(store, SQL_OPEN_REPORTS_UNTIL, "i", (int64_t)until);

    while (store_next(rows))
        mail_day(store, settings->report_mail, &correction,
                 &(struct report_cause){ (int32_t)store_int(rows, 0), kafka_ms, kafka_ms });
    store_rows_end(rows);
    store_run(store, SQL_OPEN_REPORTS_DELETE, "i", (int64_t)until);
}

void day_report_closed(struct store *store, const struct settings *settings,
                       const struct day_span *days, int64_t kafka_ms)
{
    struct store_rows *rows = read_days(store, days, kafka_ms);

    while (store_next(rows)) {
        int32_t day = (int32_t)store_int(rows, 0);
        mail_day(store, settings->report_mail, &closed_report,
                 &(struct report_cause){ day, day_start_ms(day + 1), kafka_ms });
    }
    store_rows_end(rows);
    correct_days(store, settings, days->until, kafka_ms);
}

/* With what is known, once for each day. */
static void mail_open_days(struct store *store, const struct settings *settings,
                           const struct day_span *days, int64_t kafka_ms)
{
    struct store_rows *rows = read_days(store, days, kafka_ms);

    while (store_next(rows)) {
        int32_t day = (int32_t)store_int(rows, 0);
        mail_day(store, settings->report_mail, &open_report,
                 &(struct report_cause){ day, kafka_ms, kafka_ms });
        store_run(store, SQL_OPEN_REPORT_INSERT, "ii", (int64_t)day, kafka_ms);
    }
    store_rows_end(rows);
}

/* True where it is news. */
static bool raise_open_day(struct store *store, const struct settings *settings, int32_t day)
{
    char text[DAY_TEXT_SIZE];

    day_text(day, text);
    return alert_raise(
        store, &(struct alert){ .kind = ALERT_DAY_OPEN,
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

void day_report_open(struct store *store, const struct settings *settings, int64_t kafka_ms,
                     int64_t first_ms)
{
    int32_t until = closed_days_guild(store);
    int32_t over = sales_day_over(settings->close_grace_s, kafka_ms - OPEN_MS_MAX);

    end_open_days(store, until, kafka_ms);
    if (kafka_ms > 0 && first_ms > 0 && over > until && kafka_ms - first_ms >= OPEN_MS_MAX &&
        raise_open_day(store, settings, over))
        mail_open_days(store, settings, &(struct day_span){ .after = until, .until = over },
                       kafka_ms);
}
