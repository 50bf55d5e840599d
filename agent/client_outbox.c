/* Reads what is committed and prints it. */
#include "agent/client_outbox.h"
#include "agent/client_ask.h"
#include "agent/counts.h"
#include "agent/outbox.h"
#include "agent/outbox_aside.h"
#include "agent/outbox_schema.h"
#include "agent/salvage.h"

#include "common/day.h"
#include "common/json_write.h"

#include "command_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What `today` shows. */
struct today {
    char day[DAY_TEXT_SIZE];
    struct day_sums sums;
    int64_t waiting;
    bool closed;
};

static void print_today_json(const struct today *today)
{
    struct buffer text = { 0 };
    struct json_writer json = json_write_to(&text);

    json_object_begin(&json, NULL);
    json_text(&json, "day", today->day);
    json_int(&json, "sales", today->sums.sales);
    json_int(&json, "quantity", today->sums.quantity);
    json_int(&json, "amount", today->sums.amount);
    json_int(&json, "voided", today->sums.voided);
    json_int(&json, "waiting", today->waiting);
    json_bool(&json, "closed", today->closed);
    json_object_end(&json);
    printf("%s\n", text.bytes);
    buffer_free(&text);
}

/* It is not there, or cannot be read. */
static void say_unreadable(const struct settings *settings, const char *path)
{
    bool is_there = access(path, F_OK) == 0 || errno != ENOENT;

    client_say(settings,
               is_there ? &SAY_COMMAND_NO_OUTBOX(path) : &SAY_COMMAND_OUTBOX_MISSING(path));
}

/* It is of another release, and that is said. */
static bool is_refused(const struct settings *settings)
{
    char reason[SCHEMA_REASON_SIZE];

    if (!outbox_schema_refuses(settings->outbox, reason))
        return false;
    client_say(settings, &SAY_COMMAND_OTHER_RELEASE(settings->outbox, reason));
    return true;
}

/* NULL, said, and the exit status where there is none to read. */
static struct outbox *open_reader(const struct settings *settings, int *status)
{
    if (is_refused(settings)) {
        *status = config_exit_status(CONFIG_BAD);
        return NULL;
    }
    *status = EXIT_FAILURE;
    struct outbox *outbox = outbox_open_reader(settings->outbox);
    if (outbox == NULL)
        say_unreadable(settings, settings->outbox);
    return outbox;
}

static bool read_today(const struct settings *settings, int64_t wall_ms, struct today *today,
                       int *status)
{
    struct outbox *outbox = open_reader(settings, status);

    if (outbox == NULL)
        return false;
    today->waiting = outbox_head(outbox)->last_seq - outbox_head(outbox)->acked_seq;
    today->closed = outbox_closed_ms(outbox) != EVENT_ABSENT;
    outbox_day_sums(outbox, day_of_ms(wall_ms), &today->sums);
    outbox_close(outbox);
    day_text(day_of_ms(wall_ms), today->day);
    return true;
}

static int64_t member(const cJSON *answer, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(answer, name);

    return cJSON_IsNumber(value) ? (int64_t)value->valuedouble : 0;
}

/* False where it does not answer so; said. */
static bool ask_today(const struct settings *settings, struct today *today)
{
    static char request[] = "{\"request\":\"today\"}\n";
    const struct buffer question = { .bytes = request, .length = strlen(request) };
    cJSON *answer = client_ask(settings, &question);
    const char *day = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "day"));

    if (day != NULL)
        snprintf(today->day, sizeof today->day, "%s", day);
    else
        client_report(settings, answer);
    today->sums = (struct day_sums){ .sales = member(answer, "sales"),
                                     .quantity = member(answer, "quantity"),
                                     .amount = member(answer, "amount"),
                                     .voided = member(answer, "voided") };
    today->waiting = member(answer, "waiting");
    today->closed = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "closed"));
    cJSON_Delete(answer);
    return day != NULL;
}

/* The vendor is in the group of the socket, and the outbox is the agent's alone. */
static bool may_not_read(const char *path)
{
    return access(path, R_OK) != 0 && errno == EACCES;
}

static void print_today(const struct settings *settings, const struct today *today)
{
    const struct day_sums *sums = &today->sums;
    enum lang lang = lang_from_name(settings->lang);
    struct buffer text = { 0 };

    say_in(
        &SAY_COMMAND_TODAY(sums->sales, sums->quantity, sums->amount, sums->voided, today->waiting),
        lang, &text);
    printf("%s: %s%s\n", today->day, text.bytes,
           today->closed ? command_today_closed.text[lang] : "");
    buffer_free(&text);
}

int client_today(const struct settings *settings, int64_t wall_ms, enum client_format format)
{
    int status = EXIT_FAILURE;
    struct today today;

    if (may_not_read(settings->outbox) ? !ask_today(settings, &today)
                                       : !read_today(settings, wall_ms, &today, &status))
        return status;
    if (format == CLIENT_JSON) {
        print_today_json(&today);
        return 0;
    }
    print_today(settings, &today);
    return 0;
}

static bool print_export(void *owner, const char *bytes, size_t length)
{
    (void)owner;
    return fwrite(bytes, 1, length, stdout) == length && putchar('\n') != EOF;
}

static bool print_list(void *owner, const char *bytes, size_t length)
{
    char when[TIME_TEXT_SIZE];
    struct json_reason why;
    struct event event;

    (void)owner;
    if (!event_read(bytes, length, &event, &why))
        return true;
    time_text(event.ts_ms, when);
    printf("%8lld  %-24s  %-8s", (long long)event.seq, when, event_type_name(event.type));
    if (event.receipt != EVENT_ABSENT)
        printf("  %lld", (long long)event.receipt);
    if (event.quantity != EVENT_ABSENT)
        printf("  x%lld", (long long)event.quantity);
    if (event.stock != EVENT_ABSENT)
        printf("  (%lld)", (long long)event.stock);
    return putchar('\n') != EOF;
}

static bool print_nothing(void *owner, const char *bytes, size_t length)
{
    (void)owner, (void)bytes, (void)length;
    return true;
}

static void say_hole(void *owner, int64_t first_seq, int64_t last_seq)
{
    const struct settings *const *settings = owner;

    client_say(*settings, &SAY_COMMAND_UNREADABLE(first_seq, last_seq));
}

static bool is_whole(const struct salvage_report *report)
{
    return !report->damaged && report->missing == 0;
}

/* The cart's word about what was exported; where some of that is missing, about all that was made,
 * so that the centre knows of it. */
static void print_counts(const char *path, int64_t upto_seq)
{
    struct buffer line = { 0 };

    if (counts_write_export(path, upto_seq, &line))
        print_export(NULL, line.bytes, line.length);
    buffer_free(&line);
}

/* What there is goes to `row`; what there is not is said. Exit status. */
static int print_rows(const struct settings *settings, const char *path,
                      bool (*row)(void *owner, const char *bytes, size_t length))
{
    const struct salvage_calls calls = { row, say_hole };
    struct salvage_report report;

    if (!salvage_events(path, &calls, &settings, &report)) {
        say_unreadable(settings, path);
        return EXIT_FAILURE;
    }
    if (row == print_export)
        print_counts(path, is_whole(&report) ? report.last_seq : INT64_MAX);
    if (is_whole(&report))
        return EXIT_SUCCESS;
    client_say(settings, &SAY_COMMAND_DAMAGED(report.rows, report.first_seq, report.last_seq,
                                              report.missing));
    return EXIT_FAILURE;
}

/* What a former outbox beside it has, the centre may lack too. */
static int export_all(const struct settings *settings)
{
    const char *path = settings->outbox;
    char *found[ASIDE_FILES_MAX];
    size_t count = outbox_aside_list(path, ASIDE_FORMER, found);
    int status = EXIT_SUCCESS;

    for (size_t i = 0; i < count; i++)
        if (print_rows(settings, found[i], print_export) != EXIT_SUCCESS)
            status = EXIT_FAILURE;
    outbox_aside_free(found, count);
    return print_rows(settings, path, print_export) == EXIT_SUCCESS ? status : EXIT_FAILURE;
}

static void print_verified(const struct settings *settings, const struct outbox_head *head)
{
    struct buffer text = { 0 };

    say_in(&SAY_COMMAND_VERIFIED(head->epoch, head->last_seq, head->last_receipt,
                                 head->last_seq - head->acked_seq),
           lang_from_name(settings->lang), &text);
    printf("%s\n", text.bytes);
    buffer_free(&text);
}

static int verify(const struct settings *settings)
{
    int status = print_rows(settings, settings->outbox, print_nothing);
    struct outbox *outbox = outbox_open_reader(settings->outbox);
    char wrong[256] = "";

    if (outbox == NULL || !outbox_verify(outbox, wrong, sizeof wrong)) {
        if (outbox != NULL)
            client_say(settings, &SAY_COMMAND_DAMAGED_BY(wrong));
        status = EXIT_FAILURE;
    } else if (status == EXIT_SUCCESS) {
        print_verified(settings, outbox_head(outbox));
    }
    outbox_close(outbox);
    return status;
}

int client_outbox(const struct settings *settings, const char *what)
{
    bool list = strcmp(what, "list") == 0, export = strcmp(what, "export") == 0;

    if (!list && !export && strcmp(what, "verify") != 0) {
        client_say(settings, &SAY_COMMAND_OUTBOX_WORD());
        return 2;
    }
    if (is_refused(settings))
        return config_exit_status(CONFIG_BAD);
    if (export)
        return export_all(settings);
    return list ? print_rows(settings, settings->outbox, print_list) : verify(settings);
}
