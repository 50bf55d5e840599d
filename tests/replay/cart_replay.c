/* A cart's outbox without a broker or a clock: each line of standard input is a command, each line
 * of standard output its answer. What becomes of a cart's events can so be followed from the vendor
 * to the centre in milliseconds.
 *
 *   {"open":{"path":"/…/outbox.db","cart":"BBCL23","now_ms":1}}
 *       as the agent opens it; answers {"epoch":E,"session":n,"last_seq":n,"acked":n,
 *       "read_only":false}
 *   {"act":{"kind":"sale","id":"r1","quantity":2,"amount":500,"wall_ms":1,"clock":"none",
 *           "boot":"b1","boot_ms":1,"full":false,"dies_at":0}}
 *       kind: sale, void (of "receipt"), stock or clock; answers {"result":"ok","event":{…}}, or
 *       "full", "read-only", "broken" without an event. "dies_at" n: the process is gone in the
 *       midst of SQLite's n-th write, or after the commit where there are fewer
 *   {"answered":"r1"}          answers {"receipt":n}: what was kept of that request, or null
 *   {"read":{"after":0,"most":64}}                 answers {"upto":n,"lines":["…"]}
 *   {"acknowledge":5}                              answers {"acked":5}
 *   {"rewind":3}                                   answers {"acked":2}
 *   {"state":{"word":"online","now_ms":1}}, {"heartbeat":{"now_ms":1}}
 *       answers the message itself, as it would be published
 *   {"receipts":{}}            answers {"rows":[[receipt, day, voided]]}
 *   {"today":[20717]}          answers {"days":[[sales, quantity, amount, voided]]}, by day
 *   {"former":{}}              answers {"files":[{"path":P,"cart":C,"epoch":E,"waiting":n}]}
 *   {"read_former":{"path":P,"most":64}}           answers as "read"
 *   {"acknowledge_former":{"path":P,"seq":5}}      answers {"acked":5}
 *
 * The end of the input closes the outbox. An error is the program's end, with a line on standard
 * error: the script on the other side is wrong. */
#include "agent/counts.h"
#include "agent/event_maker.h"
#include "agent/former.h"
#include "agent/outbox.h"
#include "agent/outbox_former.h"
#include "agent/uplink_message.h"
#include "common/day.h"
#include "common/wire_mqtt.h"

#include "lines.h"
#include "mortal_disk.h"
#include "tests/unit/full_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STOCK     60 /* what a restock leaves */
#define ID_FORMAT "{\"receipt\":%lld}"

struct replay {
    struct outbox *outbox;
    char *path;
    char cart[CART_LENGTH_MAX + 1];
    int64_t opened_ms;
};

static int64_t number_of(const cJSON *object, const char *name)
{
    return (int64_t)member(object, name)->valuedouble;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(member(object, name));

    if (text == NULL)
        die("not a text", name);
    return text;
}

static void do_open(struct replay *replay, const cJSON *command)
{
    if (replay->outbox != NULL)
        die("it is open", replay->path);
    replay->path = strdup(text_of(command, "path"));
    snprintf(replay->cart, sizeof replay->cart, "%s", text_of(command, "cart"));
    replay->opened_ms = number_of(command, "now_ms");
    replay->outbox = outbox_open(replay->path, replay->cart, replay->opened_ms);
    if (replay->outbox == NULL)
        die("no outbox", replay->path);
    const struct outbox_head *head = outbox_head(replay->outbox);
    printf("{\"epoch\":\"%s\",\"session\":%lld,\"last_seq\":%lld,\"acked\":%lld,"
           "\"read_only\":%s}\n",
           head->epoch, (long long)head->session, (long long)head->last_seq,
           (long long)head->acked_seq, outbox_is_read_only(replay->outbox) ? "true" : "false");
}

static enum event_clock clock_of(const cJSON *act)
{
    const char *name = text_of(act, "clock");

    for (int clock = 0; clock < CLOCK_SOURCES; clock++)
        if (strcmp(event_clock_name((enum event_clock)clock), name) == 0)
            return (enum event_clock)clock;
    die("no such clock", name);
}

static void write_event(const struct replay *replay, const cJSON *act, struct event *event)
{
    struct event_maker maker = { .cart = replay->cart, .head = *outbox_head(replay->outbox) };
    const struct moment moment = { number_of(act, "wall_ms"), clock_of(act), text_of(act, "boot"),
                                   number_of(act, "boot_ms") };
    const char *kind = text_of(act, "kind");

    if (strcmp(kind, "sale") == 0)
        event_maker_sale(
            &maker, &moment,
            &(struct sale_request){ .quantity = number_of(act, "quantity"),
                                    .amount = optional_int(act, "amount", EVENT_ABSENT),
                                    .price = EVENT_ABSENT },
            event);
    else if (strcmp(kind, "void") == 0)
        event_maker_void(&maker, &moment, number_of(act, "receipt"), 1, NULL, event);
    else if (strcmp(kind, "clock") == 0)
        event_maker_clock(&maker, &moment, event);
    else if (strcmp(kind, "stock") == 0)
        event_maker_stock(&maker, &moment, STOCK, event);
    else
        die("no such act", kind);
}

static enum outbox_result commit(struct replay *replay, const cJSON *act, const struct event *event)
{
    const char *id = optional_text(act, "id", NULL);
    struct buffer text = { 0 };
    const struct outbox_answer answer = { .id = id, .text = &text };

    buffer_format(&text, ID_FORMAT, (long long)event->receipt);
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(act, "full")))
        disk_is_full();
    else
        disk_dies_at((int)optional_int(act, "dies_at", 0));
    enum outbox_result result = outbox_commit(replay->outbox, event, 1, &answer);
    disk_has_died();
    disk_has_room();
    buffer_free(&text);
    return result;
}

static void do_act(struct replay *replay, const cJSON *act)
{
    static const char *const names[] = { [OUTBOX_OK] = "ok",
                                         [OUTBOX_FULL] = "full",
                                         [OUTBOX_READ_ONLY] = "read-only",
                                         [OUTBOX_BROKEN] = "broken" };
    struct buffer text = { 0 };
    struct event event;

    write_event(replay, act, &event);
    enum outbox_result result = commit(replay, act, &event);
    if (result == OUTBOX_OK) {
        event_write(&event, &text);
        printf("{\"result\":\"ok\",\"event\":%s}\n", text.bytes);
    } else {
        printf("{\"result\":\"%s\"}\n", names[result]);
    }
    buffer_free(&text);
}

static void do_answered(struct replay *replay, const cJSON *id)
{
    struct buffer answer = { 0 };

    puts(outbox_answered(replay->outbox, id->valuestring, &answer) ? answer.bytes
                                                                   : "{\"receipt\":null}");
    buffer_free(&answer);
}

/* The lines as texts: their bytes are what counts. */
static void print_lines(struct outbox *outbox, int64_t after_seq, int64_t most)
{
    const struct outbox_range range = { after_seq, INT64_MAX, (unsigned)most, SIZE_MAX };
    struct buffer rows = { 0 }, text = { 0 };
    struct json_writer json = json_write_to(&text);
    unsigned events;

    json_object_begin(&json, NULL);
    json_int(&json, "upto", outbox_read(outbox, &range, &rows, &events));
    json_array_begin(&json, "lines");
    for (char *line = rows.bytes; line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        json_text_n(&json, NULL, line, length);
        line += length + (line[length] == '\n');
    }
    json_array_end(&json);
    json_object_end(&json);
    puts(text.bytes);
    buffer_free(&rows);
    buffer_free(&text);
}

static void do_read(struct replay *replay, const cJSON *command)
{
    print_lines(replay->outbox, number_of(command, "after"), number_of(command, "most"));
}

static void print_acked(const struct outbox *outbox)
{
    printf("{\"acked\":%lld}\n", (long long)outbox_head(outbox)->acked_seq);
}

static void do_acknowledge(struct replay *replay, const cJSON *seq)
{
    outbox_acknowledge(replay->outbox, (int64_t)seq->valuedouble);
    print_acked(replay->outbox);
}

static void do_rewind(struct replay *replay, const cJSON *seq)
{
    const struct command_effect effect = { .replay_from = (int64_t)seq->valuedouble };
    static int commands;
    char id[32];

    snprintf(id, sizeof id, "rewind-%lld-%d", (long long)outbox_head(replay->outbox)->session,
             commands++);
    outbox_carry_out(replay->outbox, id, &effect);
    print_acked(replay->outbox);
}

/* Words, with what the agent adds to them of its outbox. */

static void fill_heartbeat(void *owner, struct json_writer *json)
{
    counts_write(((struct replay *)owner)->outbox, json);
}

static void fill_state(void *owner, struct json_writer *json)
{
    counts_write_state(((struct replay *)owner)->outbox, json);
}

static struct uplink_speaker speaker_of(struct replay *replay, const cJSON *command)
{
    static const struct uplink_calls calls = { .fill_heartbeat = fill_heartbeat,
                                               .fill_state = fill_state };
    static char version[] = "1";
    const struct outbox_head *head = outbox_head(replay->outbox);
    struct uplink_speaker speaker = { .version = version,
                                      .session = head->session,
                                      .wall_ms = number_of(command, "now_ms"),
                                      .calls = &calls,
                                      .owner = replay };

    memcpy(speaker.epoch, head->epoch, sizeof speaker.epoch);
    return speaker;
}

static void do_state(struct replay *replay, const cJSON *command)
{
    const struct uplink_speaker speaker = speaker_of(replay, command);
    struct buffer text = { 0 };

    uplink_state_write(&speaker, link_state_from_name(text_of(command, "word")), &text);
    puts(text.bytes);
    buffer_free(&text);
}

static void do_heartbeat(struct replay *replay, const cJSON *command)
{
    const struct uplink_speaker speaker = speaker_of(replay, command);
    struct buffer text = { 0 };

    uplink_heartbeat_write(&speaker, outbox_head(replay->outbox)->acked_seq, &text);
    puts(text.bytes);
    buffer_free(&text);
}

/* What the cart shows. */

static void do_receipts(struct replay *replay, const cJSON *command)
{
    const char *comma = "";
    struct receipt_row row;

    (void)command;
    fputs("{\"rows\":[", stdout);
    for (int64_t receipt = 1; receipt <= outbox_head(replay->outbox)->last_receipt; receipt++)
        if (outbox_receipt(replay->outbox, receipt, &row)) {
            printf("%s[%lld,%d,%s]", comma, (long long)receipt, row.day,
                   row.voided ? "true" : "false");
            comma = ",";
        }
    puts("]}");
}

static void do_today(struct replay *replay, const cJSON *days)
{
    const char *comma = "";
    struct day_sums sums;
    const cJSON *day;

    fputs("{\"days\":[", stdout);
    cJSON_ArrayForEach(day, days)
    {
        outbox_day_sums(replay->outbox, (int32_t)day->valuedouble, &sums);
        printf("%s[%lld,%lld,%lld,%lld]", comma, (long long)sums.sales, (long long)sums.quantity,
               (long long)sums.amount, (long long)sums.voided);
        comma = ",";
    }
    puts("]}");
}

/* What was set aside. */

static void do_former(struct replay *replay, const cJSON *command)
{
    struct formers formers = { 0 };
    const char *comma = "";

    (void)command;
    formers_look(&formers, replay->path, replay->opened_ms);
    fputs("{\"files\":[", stdout);
    for (size_t i = 0; i < formers.count; i++, comma = ",")
        printf("%s{\"path\":\"%s\",\"cart\":\"%s\",\"epoch\":\"%s\",\"waiting\":%lld}", comma,
               formers.list[i].path, formers.list[i].cart, formers.list[i].epoch,
               (long long)formers.list[i].waiting);
    puts("]}");
    formers_free(&formers);
}

static struct outbox *open_former(const cJSON *command)
{
    struct outbox *former = outbox_open_former(text_of(command, "path"));

    if (former == NULL)
        die("no former outbox", text_of(command, "path"));
    return former;
}

static void do_read_former(struct replay *replay, const cJSON *command)
{
    struct outbox *former = open_former(command);

    (void)replay;
    print_lines(former, outbox_head(former)->acked_seq, number_of(command, "most"));
    outbox_close(former);
}

static void do_acknowledge_former(struct replay *replay, const cJSON *command)
{
    struct outbox *former = open_former(command);

    (void)replay;
    outbox_acknowledge(former, number_of(command, "seq"));
    print_acked(former);
    outbox_close(former);
}

static const struct line_command commands[] = {
    { "open", do_open },
    { "act", do_act },
    { "answered", do_answered },
    { "read", do_read },
    { "acknowledge", do_acknowledge },
    { "rewind", do_rewind },
    { "state", do_state },
    { "heartbeat", do_heartbeat },
    { "receipts", do_receipts },
    { "today", do_today },
    { "former", do_former },
    { "read_former", do_read_former },
    { "acknowledge_former", do_acknowledge_former },
};

static bool is_open(const struct replay *replay)
{
    return replay->outbox != NULL;
}

static const struct line_commands lines = { commands, sizeof commands / sizeof *commands, is_open };

int main(void)
{
    struct replay replay = { 0 };
    char *line = NULL;
    size_t size = 0;

    day_set_zone("America/Santiago");
    while (getline(&line, &size, stdin) > 0)
        run_line(&lines, &replay, line);
    outbox_close(replay.outbox);
    free(replay.path);
    free(line);
    return 0;
}
