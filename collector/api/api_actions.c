/* What users tell carts to do, and what users did. */
#include "collector/api/api_parts.h"
#include "collector/call/list.h"
#include "collector/effects/command.h"
#include "common/day.h"
#include "common/event.h"

#include "api_actions_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX              32
#define INTERVAL_S_MAX        3600
#define COMMAND_LIFE_MS       (24 * 3600 * 1000LL)
#define CERTIFICATE_BYTES_MAX 6000
#define CERTIFICATE_BEGIN     "-----BEGIN CERTIFICATE-----"

/* Readers of a command's own members: what the agent would not carry out is refused here. */
static bool read_locate(const cJSON *body, struct json_reason *why)
{
    int64_t interval_s, until_ms;
    return json_get_int(body, "interval_s", JSON_OPTIONAL, 1, INTERVAL_S_MAX, &interval_s, why) &&
           json_get_int(body, "until_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &until_ms, why);
}

static bool read_replay(const cJSON *body, struct json_reason *why)
{
    const char *epoch = NULL;
    int64_t from, since_ms = 0;
    if (!json_get_int(body, "since_ms", JSON_OPTIONAL, 1, INTEGER_MAX, &since_ms, why) ||
        !json_get_text(body, "epoch", since_ms > 0 ? JSON_OPTIONAL : JSON_REQUIRED, 1,
                       EPOCH_LENGTH_MAX, &epoch, why) ||
        !json_get_int(body, "from", JSON_OPTIONAL, 1, INTEGER_MAX, &from, why))
        return false;
    return epoch == NULL || epoch_is_valid(epoch) ||
           json_refuse(why, "epoch", SAY_REASON_EPOCH("epoch"));
}

static bool read_config(const cJSON *body, struct json_reason *why)
{
    int64_t location_s;
    return json_get_int(body, "location_s", JSON_REQUIRED, 1, INTERVAL_S_MAX, &location_s, why);
}

/* What the agent has room for, as JSON. Whether it fits the cart's key is for the cart to say. */
static bool read_certificate(const cJSON *body, struct json_reason *why)
{
    const char *certificate;
    if (!json_get_text(body, "certificate", JSON_REQUIRED, 1, CERTIFICATE_BYTES_MAX, &certificate,
                       why))
        return false;
    return strncmp(certificate, CERTIFICATE_BEGIN, strlen(CERTIFICATE_BEGIN)) == 0 ||
           json_refuse(why, "certificate", SAY_REASON_CERTIFICATE());
}

/* The members that go to the cart are those named here, in this order. */
static const struct {
    enum wire_command command;
    bool (*read)(const cJSON *body, struct json_reason *why);
    const char *members[3];
    bool is_long; /* its members are not for the list of acts */
} commands[] = {
    { COMMAND_LOCATE, read_locate, { "interval_s", "until_ms" }, false },
    { COMMAND_REPLAY, read_replay, { "epoch", "from", "since_ms" }, false },
    { COMMAND_CONFIG, read_config, { "location_s" }, false },
    { COMMAND_CERTIFICATE, read_certificate, { "certificate" }, true },
};
#define COMMANDS (sizeof commands / sizeof *commands)

/* The index in commands[]; COMMANDS where the body is none, and `why` says so. */
static size_t read_command(const cJSON *body, struct json_reason *why)
{
    const char *name;
    size_t i = 0;
    if (!json_get_text(body, "command", JSON_REQUIRED, 1, WORD_MAX, &name, why))
        return COMMANDS;
    while (i < COMMANDS && strcmp(wire_command_name(commands[i].command), name) != 0)
        i++;
    if (i == COMMANDS)
        json_refuse(why, "command", SAY_REASON_COMMAND());
    return i < COMMANDS && commands[i].read(body, why) ? i : COMMANDS;
}

/* An object of the named members that the body has. */
static void write_members(const cJSON *body, const char *const *names, struct buffer *out)
{
    struct json_writer json = json_write_to(out);
    json_object_begin(&json, NULL);
    for (size_t i = 0; i < 3 && names[i] != NULL; i++) {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(body, names[i]);
        if (cJSON_IsString(member))
            json_text(&json, names[i], member->valuestring);
        else if (cJSON_IsNumber(member))
            json_int(&json, names[i], (int64_t)member->valuedouble);
    }
    json_object_end(&json);
}

static bool is_known(struct store *store, const char *cart)
{
    return store_has(store, SQL_COMMAND_CART, "t", cart);
}

static void send_command(struct api_call *call, const char *cart, size_t which, const cJSON *body)
{
    const char *name = wire_command_name(commands[which].command);
    struct buffer members = { 0 };
    char id[EPOCH_LENGTH_MAX + 1];
    epoch_make(id); /* 128 random bits */
    write_members(body, commands[which].members, &members);
    command_add(call->store, &(struct command){ .id = id,
                                                .cart = cart,
                                                .name = name,
                                                .members = members.bytes,
                                                .expires_ms = call->now_ms + COMMAND_LIFE_MS });
    struct buffer details = { 0 };
    buffer_format(&details, commands[which].is_long ? "%s" : "%s %s", name, members.bytes);
    call_acted(call, "command", cart, details.bytes);
    buffer_free(&details);
    buffer_free(&members);
    struct json_writer json = call_json(call, 202);
    json_object_begin(&json, NULL);
    json_text(&json, "id", id);
    json_object_end(&json);
    call_commit(call);
}

static void actions_command(struct api_call *call)
{
    struct json_reason why = { 0 };
    char cart[CART_LENGTH_MAX + 1];
    cJSON *body = call_body(call);
    if (body == NULL)
        return;
    size_t which = read_command(body, &why);
    if (which == COMMANDS)
        call_refuse(call, &why);
    else if (!call_cart(call, cart) || !store_begin(call->store) || !is_known(call->store, cart))
        call_problem(call, PROBLEM_NO_CART, NULL, call->match.cart);
    else
        send_command(call, cart, which, body);
    cJSON_Delete(body);
}

static const struct column columns[] = {
    { "time", CELL_TIME },    { "user", CELL_TEXT },    { "action", CELL_TEXT },
    { "subject", CELL_TEXT }, { "details", CELL_TEXT },
};
#define COLUMN_COUNT (sizeof columns / sizeof *columns)

static void fetch(struct store *store, const struct list_request *request, struct list_out *out)
{
    struct page_key key = { 0 };
    struct store_rows *rows =
        store_query(store, SQL_ACTIONS_PAGE, "iiiti", request->after.ints[0], request->times.from,
                    request->times.to, request->text, request->limit + 1);
    while (store_next(rows) && list_row_begin(out)) {
        list_cells(out, rows, 0, COLUMN_COUNT);
        key.ints[0] = store_int(rows, (int)COLUMN_COUNT);
        list_row_end(out, &key);
    }
    store_rows_end(rows);
}

static const struct list actions = {
    .name = "actions",
    .columns = columns,
    .column_count = COLUMN_COUNT,
    .key_types = "i", /* as they were done, the last first */
    .first = { .ints = { INT64_MAX } },
    .fetch = fetch,
};

static void actions_list(struct api_call *call)
{
    struct list_request request = { .list = &actions };
    const char *user = request_query(call->request, "user");
    if (user != NULL && strlen(user) > USER_NAME_MAX) {
        call_invalid(call, "user", SAY_REASON_BYTES_AT_MOST("user", USER_NAME_MAX));
        return;
    }
    snprintf(request.text, sizeof request.text, "%s", user != NULL ? user : "");
    if (!list_read_span(call, &request))
        return;
    list_bound_times(&request);
    list_answer(call, &request);
}

static const struct route routes[] = {
    { "POST", API "/carts/{cart}/commands", WHO_ACTS, ROUTE_ACT_ONCE, NULL, actions_command },
    { "GET", API "/actions", WHO_ACTS, ROUTE_TABLE | ROUTE_PERSONS, "from to user", actions_list },
    { "POST", API "/actions/find", WHO_ACTS, ROUTE_FOUND_TABLE | ROUTE_PERSONS, "from to user",
      actions_list },
};
const struct route_table actions_routes = ROUTE_TABLE_OF(routes);
