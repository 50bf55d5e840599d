/* Composes mails. */
#include "collector/notify/notify_compose.h"
#include "collector/alerts/alert.h"
#include "collector/api/daily_table.h"
#include "collector/base/settings.h"
#include "collector/effects/mail_template.h"
#include "collector/orders/order_key.h"
#include "collector/orders/products.h"
#include "collector/sales/closing.h"

#include "mail_words.h"
#include "notify_sql.h"

#include "common/day.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define REPORT_ROWS_MAX  1000   /* in the text; the table has them all */
#define DIGEST_FULL_MAX  65536  /* then only what each is about */
#define DIGEST_BYTES_MAX 262144 /* then only how many */
#define CART_COLUMN      16
#define LACKING_MAX      200 /* carts that are named one by one */
#define ROWS_AT_ONCE     50
#define CARTS_OF_LINE    5
#define WORD_SIZE        64

void mail_letter_free(struct mail_letter *letter)
{
    buffer_free(&letter->subject);
    buffer_free(&letter->body);
    buffer_free(&letter->attachment);
}

static void report_head(struct buffer *out, enum lang lang)
{
    static const struct sentence *const columns[] = { &mail_report_quantity, &mail_report_amount,
                                                      &mail_report_sales, &mail_report_clients };

    buffer_format(out, "%-*s", CART_COLUMN, mail_report_cart.text[lang]);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        buffer_format(out, " %12s", columns[i]->text[lang]);
    buffer_text(out, "\n");
}

static void report_row(struct buffer *out, const char *name, const int64_t values[4])
{
    buffer_format(out, "%-*s", CART_COLUMN, name);
    for (size_t i = 0; i < 4; i++)
        buffer_format(out, " %12" PRId64, values[i]);
    buffer_text(out, "\n");
}

/* Clients are distinct over all carts: their sum would count one who bought at two twice. */
static int64_t named_clients(struct store *store, int32_t day)
{
    struct store_rows *rows = store_query(store, SQL_NOTIFY_REPORT_CLIENTS, "i", (int64_t)day);
    int64_t count = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return count;
}

static void write_report(struct store *store, int32_t day, enum lang lang, struct buffer *out)
{
    int64_t totals[4] = { 0, 0, 0, named_clients(store, day) };
    struct store_rows *rows = store_query(store, SQL_NOTIFY_REPORT_ROWS, "i", (int64_t)day);
    size_t count = 0;

    for (; store_next(rows); count++) {
        int64_t values[4];
        for (int i = 0; i < 4; i++)
            values[i] = store_int(rows, 1 + i);
        for (int i = 0; i < 3; i++)
            totals[i] += values[i];
        totals[3] += store_int(rows, 5);
        if (count == 0)
            report_head(out, lang);
        if (count < REPORT_ROWS_MAX)
            report_row(out, store_text(rows, 0), values);
    }
    store_rows_end(rows);
    if (count > REPORT_ROWS_MAX) {
        buffer_text(out, mail_report_more.text[lang]);
        buffer_text(out, "\n");
    }
    if (count > 0)
        report_row(out, mail_report_total.text[lang], totals);
    else
        buffer_text(out, mail_report_none.text[lang]);
}

/* The parameter `day` of a report, a date. */
static bool report_day(const char *parameters, int32_t *day)
{
    cJSON *object = cJSON_Parse(parameters);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "day");
    bool fits = cJSON_IsString(value) && day_from_text(value->valuestring, day);

    cJSON_Delete(object);
    return fits;
}

/* In place of what the member held; nothing where there is none. */
static void put_text(cJSON *object, const char *name, const char *text)
{
    cJSON *value = cJSON_CreateString(text);

    if (!cJSON_ReplaceItemInObjectCaseSensitive(object, name, value))
        cJSON_Delete(value);
}

/* An alert's `details` in the language of the mail. */
static void retell_alert(struct store *store, const struct settings *settings, cJSON *alert)
{
    (void)store;
    char *kept = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(alert, "about"));
    struct buffer details = { 0 };

    if (kept != NULL)
        alert_say(kept, "", lang_from_name(settings->lang), &details);
    if (details.length > 0)
        put_text(alert, "details", details.bytes);
    buffer_free(&details);
    cJSON_free(kept);
}

/* For the link: no row has it. */
static void add_order_key(struct store *store, cJSON *order)
{
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(order, "order"));
    struct order_secret secret;
    char key[ORDER_KEY_SIZE];

    if (id == NULL || !order_secret_read(store, &secret))
        return;
    order_key_make(&secret, id, key);
    cJSON_AddStringToObject(order, "key", key);
}

/* What the letter says of the state: an order that is fetched is not on its way. */
static void add_said(cJSON *order)
{
    const char *state = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(order, "status"));
    bool is_fetched = cJSON_GetObjectItemCaseSensitive(order, "way") != NULL;
    char said[WORD_SIZE];

    if (state == NULL)
        return;
    snprintf(said, sizeof said, "%s-pickup", state);
    bool differs = is_fetched && mail_phrase("order-sentence", said) != NULL;
    cJSON_AddStringToObject(order, "said", differs ? said : state);
}

/* Nobody knows whether the address is who typed the product's: what is written there is the guild's
 * own name for it, or none. */
static void retell_order(struct store *store, const struct settings *settings, cJSON *order)
{
    const cJSON *typed = cJSON_GetObjectItemCaseSensitive(order, "product");
    struct product product = { .name = mail_some_product.text[lang_from_name(settings->lang)] };

    if (cJSON_IsString(typed))
        product_find(settings->pairs, typed->valuestring, &product);
    put_text(order, "product", product.name);
    add_said(order);
    add_order_key(store, order);
}

/* For the same reason. A release before this one wrote it. */
static void retell_member(struct store *store, const struct settings *settings, cJSON *member)
{
    (void)store;
    (void)settings;
    cJSON_DeleteItemFromObjectCaseSensitive(member, "name");
}

static const struct {
    const char *template;
    void (*retell)(struct store *store, const struct settings *settings, cJSON *parameters);
} retold[] = { { "alert", retell_alert }, { "order", retell_order }, { "member", retell_member } };

/* The parameters as this mail may say them. The caller frees; NULL: as they are. */
static char *retell(struct store *store, const struct settings *settings,
                    const struct mail_row *row)
{
    char *text = NULL;

    for (size_t i = 0; i < sizeof retold / sizeof *retold; i++) {
        if (strcmp(row->template, retold[i].template) != 0)
            continue;
        cJSON *parameters = cJSON_Parse(row->parameters);
        retold[i].retell(store, settings, parameters);
        text = cJSON_PrintUnformatted(parameters);
        cJSON_Delete(parameters);
    }
    return text;
}

static bool fill(struct store *store, const struct settings *settings, const struct mail_row *row,
                 struct mail_letter *letter)
{
    char *parameters = retell(store, settings, row);
    struct mail_template template = { .name = row->template,
                                      .lang = lang_from_name(settings->lang),
                                      .parameters =
                                          parameters != NULL ? parameters : row->parameters,
                                      .url = settings->public_url };
    bool filled = mail_template_fill(&template, &letter->subject, &letter->body);

    cJSON_free(parameters);
    return filled;
}

/* What the reader wants to know first: whether it agrees, and who is missing and why. */
static void write_closing(struct store *store, int32_t day, enum lang lang, struct buffer *out)
{
    struct closing_page page = { .day = day };
    struct closing_row rows[ROWS_AT_ONCE];
    struct closing_sum sum;
    size_t count, lacking = 0;

    closing_sum(store, day, lang, &sum);
    buffer_format(out, "%s\n\n", sum.text.bytes);
    buffer_free(&sum.text);
    while (lacking < LACKING_MAX && (count = closing_read(store, &page, rows, ROWS_AT_ONCE)) > 0)
        for (size_t i = 0; i < count && lacking < LACKING_MAX; i++) {
            if (closing_is_good(&rows[i]))
                continue;
            lacking++;
            buffer_format(out, "%-*s ", CART_COLUMN, rows[i].cart);
            closing_todo_text(&rows[i], lang, out);
            buffer_text(out, "\n");
        }
    if (lacking > 0)
        buffer_text(out, "\n");
}

/* Which carts' sales may still change. */
static void write_open(struct store *store, int32_t day, enum lang lang, struct buffer *out)
{
    struct store_rows *rows =
        store_query(store, SQL_NOTIFY_REPORT_OPEN, "ii", (int64_t)day, (int64_t)LACKING_MAX + 1);
    int count = 0;

    for (; count < LACKING_MAX && store_next(rows); count++) {
        if (count == 0)
            buffer_text(out, mail_report_open.text[lang]);
        buffer_format(out, "%s%s", count % CARTS_OF_LINE == 0 ? "\n" : " ", store_text(rows, 0));
    }
    bool more = count == LACKING_MAX && store_next(rows);
    store_rows_end(rows);
    if (more) {
        buffer_text(out, "\n");
        buffer_text(out, mail_report_more.text[lang]);
    }
    if (count > 0)
        buffer_text(out, "\n\n");
}

static bool compose_report(struct store *store, const struct settings *settings,
                           const struct mail_row *row, struct mail_letter *letter)
{
    char text[DAY_TEXT_SIZE];
    int32_t day = 0;
    enum lang lang = lang_from_name(settings->lang);

    if (!report_day(row->parameters, &day))
        return false;
    write_closing(store, day, lang, &letter->body);
    if (!fill(store, settings, row, letter))
        return false;
    if (strcmp(row->template, "report-open") == 0)
        write_open(store, day, lang, &letter->body);
    write_report(store, day, lang, &letter->body);
    /* What a double click opens: Excel in Spanish puts a table with commas into one column. */
    daily_table(store, day, lang == LANG_ES ? CSV_EXCEL_ES : CSV_RFC4180, &letter->attachment);
    day_text(day, text);
    snprintf(letter->attachment_name, sizeof letter->attachment_name, "daily-sales-%s.csv", text);
    return true;
}

/* One mail of a digest; false where there is no more room. */
static bool add_member(struct store *store, const struct settings *settings,
                       const struct mail_row *member, struct buffer *out)
{
    struct mail_letter letter = { 0 };

    if (out->length < DIGEST_BYTES_MAX && mail_compose(store, settings, member, &letter)) {
        buffer_format(out, "== %s\n", letter.subject.bytes);
        if (out->length < DIGEST_FULL_MAX)
            buffer_format(out, "\n%s\n", letter.body.bytes);
    }
    mail_letter_free(&letter);
    return out->length < DIGEST_BYTES_MAX;
}

static bool compose_digest(struct store *store, const struct settings *settings,
                           const struct mail_row *row, struct mail_letter *letter)
{
    struct buffer parameters = { 0 };
    int64_t count = mail_digest_count(store, row->id), shown = 0;

    buffer_format(&parameters, "{\"count\":%" PRId64 "}", count);
    struct mail_row head = *row, member;
    head.parameters = parameters.bytes;
    bool fits = fill(store, settings, &head, letter);
    buffer_free(&parameters);
    struct store_rows *rows = mail_rows_of_digest(store, row->id);
    for (bool room = fits; room && store_next(rows); shown++) {
        mail_row_read(&member, rows);
        room = add_member(store, settings, &member, &letter->body);
        mail_row_free(&member);
    }
    store_rows_end(rows);
    if (fits && shown < count) {
        struct saying more =
            count - shown == 1 ? SAY_MAIL_DIGEST_MORE_ONE() : SAY_MAIL_DIGEST_MORE(count - shown);
        say_in(&more, lang_from_name(settings->lang), &letter->body);
        buffer_text(&letter->body, "\n");
    }
    return fits;
}

static const struct {
    const char *template;
    bool (*compose)(struct store *store, const struct settings *settings,
                    const struct mail_row *row, struct mail_letter *letter);
} special[] = { { "report", compose_report },
                { "report-open", compose_report },
                { "report-correction", compose_report },
                { "digest", compose_digest } };

bool mail_compose(struct store *store, const struct settings *settings, const struct mail_row *row,
                  struct mail_letter *letter)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (strcmp(special[i].template, row->template) == 0)
            return special[i].compose(store, settings, row, letter);
    return fill(store, settings, row, letter);
}
