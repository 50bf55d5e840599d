/* The table of the vendor's commands. */
#include "agent/client.h"
#include "agent/client_ask.h"
#include "agent/client_outbox.h"
#include "agent/net_words.h"
#include "agent/till_run.h"

#include "common/clock.h"
#include "common/event.h"
#include "common/json_write.h"

#include "command_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A command's line, taken apart: words in order, options by name. */
struct typed {
    const struct settings *settings;
    const char *words[3];
    int word_count;
    const char *quantity, *client, *amount, *order, *reason;
    bool json;
};

static enum lang lang_of(const struct typed *typed)
{
    return lang_from_name(typed->settings->lang);
}

/* What was typed is wrong. */
static int refuse(const struct typed *typed, struct saying saying)
{
    client_say(typed->settings, &saying);
    return 2;
}

static const char **option_place(struct typed *typed, const char *name, size_t length)
{
    static const struct {
        const char *name;
        size_t offset;
    } options[] = {
        { "--quantity", offsetof(struct typed, quantity) },
        { "--client", offsetof(struct typed, client) },
        { "--amount", offsetof(struct typed, amount) },
        { "--order", offsetof(struct typed, order) },
        { "--reason", offsetof(struct typed, reason) },
    };

    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strlen(options[i].name) == length && strncmp(options[i].name, name, length) == 0)
            return (const char **)((char *)typed + options[i].offset);
    return NULL;
}

static struct saying no_value(const char *option)
{
    bool is_number = strcmp(option, "--quantity") == 0 || strcmp(option, "--amount") == 0;

    return is_number ? SAY_COMMAND_NO_VALUE(option) : SAY_COMMAND_NO_TEXT(option);
}

/* 0, or the exit status: said. */
static int take_apart(struct typed *typed, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        size_t length = strcspn(argv[i], "=");
        const char **place = option_place(typed, argv[i], length);
        if (place != NULL && argv[i][length] == '=') {
            *place = argv[i] + length + 1;
        } else if (place != NULL) {
            if (++i == argc)
                return refuse(typed, no_value(argv[i - 1]));
            *place = argv[i];
        } else if (strcmp(argv[i], "--json") == 0) {
            typed->json = true;
        } else if (typed->word_count < 3) {
            typed->words[typed->word_count++] = argv[i];
        } else {
            return refuse(typed, SAY_COMMAND_WORD_TOO_MANY(argv[i]));
        }
    }
    return 0;
}

/* A whole number as a person types it; the agent judges its range. */
static bool read_number(const char *text, int64_t *number)
{
    char *end;

    if (text == NULL || text[0] == '\0')
        return false;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return *end == '\0' && errno == 0 && llabs(*number) <= INTEGER_MAX;
}

static int ask(const struct typed *typed, struct buffer *question)
{
    cJSON *answer = client_ask(typed->settings, question);
    int status = client_report(typed->settings, answer);

    if (typed->json && answer != NULL) {
        char *text = cJSON_PrintUnformatted(answer);
        printf("%s\n", text);
        cJSON_free(text);
    }
    cJSON_Delete(answer);
    buffer_free(question);
    return status;
}

static struct json_writer begin(struct buffer *question, const char *request)
{
    struct json_writer json = json_write_to(question);

    json_object_begin(&json, NULL);
    json_text(&json, "request", request);
    client_mark(&json);
    return json;
}

static int finish(const struct typed *typed, struct json_writer *json)
{
    json_object_end(json);
    buffer_append(json->out, "\n", 1);
    return ask(typed, json->out);
}

static int sell(struct typed *typed)
{
    struct buffer question = { 0 };
    int64_t quantity = 0, amount = 0;

    if (typed->word_count > 0 || !read_number(typed->quantity, &quantity))
        return refuse(typed, SAY_ANSWER_QUANTITY());
    if (typed->amount != NULL && !read_number(typed->amount, &amount))
        return refuse(typed, SAY_ANSWER_AMOUNT());
    if (typed->client != NULL && !utf8_is_valid(typed->client, strlen(typed->client)))
        return refuse(typed, SAY_ANSWER_CLIENT());
    struct json_writer json = begin(&question, "sell");
    json_int(&json, "quantity", quantity);
    if (typed->amount != NULL)
        json_int(&json, "amount", amount);
    if (typed->client != NULL)
        json_text(&json, "client", typed->client);
    if (typed->order != NULL)
        json_text(&json, "order", typed->order);
    return finish(typed, &json);
}

static int void_receipt(struct typed *typed)
{
    struct buffer question = { 0 };
    int64_t receipt = 0;

    if (typed->word_count != 1 || !read_number(typed->words[0], &receipt))
        return refuse(typed, SAY_ANSWER_RECEIPT());
    struct json_writer json = begin(&question, "void");
    json_int(&json, "receipt", receipt);
    if (typed->reason != NULL)
        json_text(&json, "reason", typed->reason);
    return finish(typed, &json);
}

static int restock(struct typed *typed)
{
    struct buffer question = { 0 };
    int64_t stock = 0;

    if (typed->word_count != 1 || !read_number(typed->words[0], &stock))
        return refuse(typed, SAY_ANSWER_STOCK());
    struct json_writer json = begin(&question, "restock");
    json_int(&json, "stock", stock);
    return finish(typed, &json);
}

static int order(struct typed *typed)
{
    struct buffer question = { 0 };

    if (typed->word_count != 2)
        return refuse(typed, SAY_ANSWER_ORDER_ID());
    struct json_writer json = begin(&question, "order");
    json_text(&json, "order", typed->words[0]);
    json_text(&json, "status", typed->words[1]);
    return finish(typed, &json);
}

static const char *text_of(const cJSON *answer, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, name));
}

/* How the network is, in this program's language; as it came where that is of another release. */
static const char *network_text(const struct typed *typed, const cJSON *answer)
{
    const char *name = text_of(answer, "network"), *why = text_of(answer, "network_why");
    enum net_cause cause = net_cause_from_names(name != NULL ? name : "", why != NULL ? why : "");

    return cause == NET_CAUSES ? text_of(answer, "network_text")
                               : net_word_long(net_word(cause))->text[lang_of(typed)];
}

/* Prints the members of the answer, one a line, but for the verdict. */
static void print_members(const struct typed *typed, const cJSON *answer)
{
    const cJSON *member;

    cJSON_ArrayForEach(member, answer)
    {
        char *value = cJSON_PrintUnformatted(member);
        if (strcmp(member->string, "network_text") == 0)
            printf("%-14s %s\n", member->string, network_text(typed, answer));
        else if (strcmp(member->string, "ok") != 0)
            printf("%-14s %s\n", member->string,
                   cJSON_IsString(member) ? member->valuestring : value);
        cJSON_free(value);
    }
}

static int show(struct typed *typed, const char *request,
                void (*print)(const struct typed *typed, const cJSON *answer))
{
    struct buffer question = { 0 };
    struct json_writer json = begin(&question, request);

    if (typed->word_count > 0)
        return refuse(typed, SAY_COMMAND_WORD_TOO_MANY(typed->words[0]));
    if (typed->json)
        return finish(typed, &json);
    json_object_end(&json);
    buffer_append(&question, "\n", 1);
    cJSON *answer = client_ask(typed->settings, &question);
    int status = client_report(typed->settings, answer);
    if (status == 0)
        print(typed, answer);
    cJSON_Delete(answer);
    buffer_free(&question);
    return status;
}

static int status(struct typed *typed)
{
    return show(typed, "status", print_members);
}

static const char *text_or(const cJSON *answer, const char *name, const char *otherwise)
{
    const char *text = text_of(answer, name);

    return text != NULL ? text : otherwise;
}

static void print_orders(const struct typed *typed, const cJSON *answer)
{
    const cJSON *row;

    (void)typed;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(answer, "orders"))
    {
        const cJSON *quantity = cJSON_GetObjectItemCaseSensitive(row, "quantity");
        printf("%-34s %s", text_of(row, "order"), text_of(row, "status"));
        if (cJSON_IsNumber(quantity))
            printf("  %d %s  %s", quantity->valueint, text_or(row, "product", ""),
                   text_or(row, "place", ""));
        printf("\n");
    }
}

/* on, off, or what there is. */
static int orders(struct typed *typed)
{
    struct buffer question = { 0 };

    if (typed->word_count == 1) {
        struct json_writer json = begin(&question, "listen");
        json_text(&json, "listen", typed->words[0]);
        return finish(typed, &json);
    }
    return show(typed, "orders", print_orders);
}

static int today(struct typed *typed)
{
    if (typed->word_count > 0)
        return refuse(typed, SAY_COMMAND_WORD_TOO_MANY(typed->words[0]));
    return client_today(typed->settings, clock_wall_ms(), typed->json ? CLIENT_JSON : CLIENT_TEXT);
}

static int close_day(struct typed *typed)
{
    struct buffer question = { 0 };

    if (typed->word_count > 0)
        return refuse(typed, SAY_COMMAND_WORD_TOO_MANY(typed->words[0]));
    struct json_writer json = begin(&question, "close");
    return finish(typed, &json);
}

static int outbox(struct typed *typed)
{
    if (typed->word_count != 1)
        return refuse(typed, SAY_COMMAND_OUTBOX_WORD());
    return client_outbox(typed->settings, typed->words[0]);
}

static int till(struct typed *typed)
{
    if (typed->word_count > 0)
        return refuse(typed, SAY_COMMAND_WORD_TOO_MANY(typed->words[0]));
    return till_run(typed->settings);
}

const char client_usage[] =
    "carrito-agent: records a cart's sales and positions and never loses them.\n\n"
    "  carrito-agent [run]\n"
    "  carrito-agent sell --quantity N [--client NAME] [--amount PESOS] [--order ID]\n"
    "  carrito-agent void RECEIPT [--reason TEXT]\n"
    "  carrito-agent restock N            what is on the cart now\n"
    "  carrito-agent today [--json]       the day's sales, from the outbox alone\n"
    "  carrito-agent orders [on|off]      those that were offered; takes offers\n"
    "  carrito-agent order ID STATUS      preparando, entregando, finalizado or\n"
    "                                     rechazado; ID may be its number\n"
    "  carrito-agent close                the day's end; the next sale opens\n"
    "  carrito-agent till                 sells by digits and Enter\n"
    "  carrito-agent status [--json]\n"
    "  carrito-agent outbox list|export|verify\n"
    "  carrito-agent enrol [FILE]         makes this board a cart";

static const struct {
    const char *name;
    int (*run)(struct typed *typed);
} table[] = {
    { "sell", sell },     { "void", void_receipt }, { "restock", restock }, { "today", today },
    { "orders", orders }, { "order", order },       { "status", status },   { "outbox", outbox },
    { "till", till },     { "close", close_day },
};

int client_run(const struct settings *settings, int argc, char **argv)
{
    struct typed typed = { .settings = settings };

    size_t i = 0;

    for (; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, argv[0]) == 0)
            break;
    if (i == sizeof table / sizeof *table)
        return refuse(&typed, SAY_COMMAND_UNKNOWN(argv[0]));
    int wrong = take_apart(&typed, argc, argv);
    return wrong != 0 ? wrong : table[i].run(&typed);
}
