/* Reads what is committed and prints it. */
#include "agent/client_outbox.h"
#include "agent/client_ask.h"
#include "agent/outbox.h"
#include "agent/outbox_schema.h"
#include "agent/words.h"

#include "common/day.h"
#include "common/json_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_EVENTS 500
#define CHUNK_BYTES  (1024 * 1024)

/* What `today` shows. */
struct today {
    char day[DAY_TEXT_SIZE];
    struct day_sums sums;
    int64_t waiting;
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
    json_object_end(&json);
    printf("%s\n", text.bytes);
    buffer_free(&text);
}

/* NULL, said, and the exit status where there is none to read. */
static struct outbox *open_reader(const struct settings *settings, int *status)
{
    char reason[SCHEMA_REASON_SIZE];

    if (outbox_schema_refuses(settings->outbox, reason)) {
        fprintf(stderr, "carrito-agent: %s: %s\n", settings->outbox, reason);
        *status = config_exit_status(CONFIG_BAD);
        return NULL;
    }
    *status = EXIT_FAILURE;
    return outbox_open_reader(settings->outbox);
}

static bool read_today(const struct settings *settings, int64_t wall_ms, struct today *today,
                       int *status)
{
    struct outbox *outbox = open_reader(settings, status);

    if (outbox == NULL)
        return false;
    today->waiting = outbox_head(outbox)->last_seq - outbox_head(outbox)->acked_seq;
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
        client_report(answer);
    today->sums = (struct day_sums){ .sales = member(answer, "sales"),
                                     .quantity = member(answer, "quantity"),
                                     .amount = member(answer, "amount"),
                                     .voided = member(answer, "voided") };
    today->waiting = member(answer, "waiting");
    cJSON_Delete(answer);
    return day != NULL;
}

/* The vendor is in the group of the socket, and the outbox is the agent's alone. */
static bool may_not_read(const char *path)
{
    return access(path, R_OK) != 0 && errno == EACCES;
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
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    printf(words_get(settings->lang, WORD_TODAY), today.day, (long long)today.sums.sales,
           (long long)today.sums.quantity, (long long)today.sums.amount,
           (long long)today.sums.voided, (long long)today.waiting);
#pragma GCC diagnostic pop
    putchar('\n');
    return 0;
}

/* Calls `print` with each chunk of NDJSON, from the oldest row. */
static void each_chunk(struct outbox *outbox, void (*print)(const struct buffer *ndjson))
{
    struct outbox_range range = { .upto_seq = INT64_MAX,
                                  .events_max = CHUNK_EVENTS,
                                  .bytes_max = CHUNK_BYTES };
    struct buffer ndjson = { 0 };
    unsigned events;

    while ((range.after_seq = outbox_read(outbox, &range, &ndjson, &events)) > 0) {
        print(&ndjson);
        buffer_clear(&ndjson);
    }
    buffer_free(&ndjson);
}

static void print_export(const struct buffer *ndjson)
{
    fwrite(ndjson->bytes, 1, ndjson->length, stdout);
}

static void print_list(const struct buffer *ndjson)
{
    const char *at = ndjson->bytes, *end = at + ndjson->length;

    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        char when[TIME_TEXT_SIZE];
        struct json_reason why;
        struct event event;
        if (event_read(at, (size_t)(line_end - at), &event, &why)) {
            time_text(event.ts_ms, when);
            printf("%8lld  %-24s  %-8s", (long long)event.seq, when, event_type_name(event.type));
            if (event.receipt != EVENT_ABSENT)
                printf("  %lld", (long long)event.receipt);
            if (event.quantity != EVENT_ABSENT)
                printf("  x%lld", (long long)event.quantity);
            if (event.stock != EVENT_ABSENT)
                printf("  (%lld)", (long long)event.stock);
            putchar('\n');
        }
        at = line_end + 1;
    }
}

static int verify(struct outbox *outbox)
{
    const struct outbox_head *head = outbox_head(outbox);
    char wrong[256];

    if (!outbox_verify(outbox, wrong, sizeof wrong)) {
        fprintf(stderr, "carrito-agent: the outbox is damaged: %s\n", wrong);
        return 1;
    }
    printf("ok epoch %s, %lld events, %lld receipts, %lld waiting\n", head->epoch,
           (long long)head->last_seq, (long long)head->last_receipt,
           (long long)(head->last_seq - head->acked_seq));
    return 0;
}

int client_outbox(const struct settings *settings, const char *what)
{
    bool list = strcmp(what, "list") == 0, export = strcmp(what, "export") == 0;
    int status;

    if (!list && !export && strcmp(what, "verify") != 0) {
        fprintf(stderr, "carrito-agent: \"%s\" is unknown; outbox takes list, export or verify\n",
                what);
        return 2;
    }
    struct outbox *outbox = open_reader(settings, &status);
    if (outbox == NULL)
        return status;
    status = EXIT_SUCCESS;
    if (list)
        each_chunk(outbox, print_list);
    else if (export)
        each_chunk(outbox, print_export);
    else
        status = verify(outbox);
    outbox_close(outbox);
    return status;
}
