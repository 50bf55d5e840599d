/* Commands that wait, in an array in the order in which they came: there are few, and each is
 * looked at only when one is due, a cart with a command is heard, or another record comes. */
#include "bridge/command_desk.h"
#include "common/event.h"

#include <stdlib.h>
#include <string.h>

#define FINISHED_KEPT       1024 /* ids that are remembered after they were done or expired */
#define UNSENT              INT64_MIN
#define COMMAND_DEPTH_MAX   4
#define COMMAND_NAME_MAX    32
#define HEARTBEAT_DEPTH_MAX 4
#define DONE_MAX            64 /* ids looked at in one heartbeat; the contract says 16 */

struct finished {
    char cart[CART_LENGTH_MAX + 1];
    char id[COMMAND_ID_MAX * 4 + 1];
};

struct progress {
    int64_t read_to;   /* the offset after the last record taken; -1: none was */
    int64_t committed; /* what command_desk_moved said last; -1: nothing */
};

struct command_desk {
    struct command *commands;
    size_t count, capacity;
    size_t unsent; /* of them; `next_ms` is UNSENT */
    size_t of_kind[WIRE_COMMANDS_KNOWN + 1];
    struct command given_up; /* `payload` NULL: none */
    struct finished finished[FINISHED_KEPT];
    size_t finished_count; /* ever; the place is this modulo FINISHED_KEPT */
    struct progress *partitions;
    size_t partition_count;
    bool moved; /* some position may have */
    int64_t due_ms;
};

static void *grow(void *array, size_t count, size_t size)
{
    void *grown = realloc(array, count * size);

    if (grown == NULL)
        abort(); /* bounded by COMMANDS_PENDING_MAX and COMMAND_PARTITIONS_MAX */
    return grown;
}

struct command_desk *command_desk_open(void)
{
    struct command_desk *desk = calloc(1, sizeof *desk);

    if (desk == NULL)
        abort();
    desk->due_ms = INT64_MAX;
    return desk;
}

void command_desk_close(struct command_desk *desk)
{
    if (desk == NULL)
        return;
    for (size_t i = 0; i < desk->count; i++)
        free(desk->commands[i].payload);
    free(desk->given_up.payload);
    free(desk->commands);
    free(desk->partitions);
    free(desk);
}

static void note_read(struct command_desk *desk, const struct command_record *record)
{
    size_t index = (size_t)record->partition;

    if (record->partition < 0 || index >= COMMAND_PARTITIONS_MAX)
        return;
    if (index >= desk->partition_count) {
        desk->partitions = grow(desk->partitions, index + 1, sizeof *desk->partitions);
        for (size_t i = desk->partition_count; i <= index; i++)
            desk->partitions[i] = (struct progress){ .read_to = -1, .committed = -1 };
        desk->partition_count = index + 1;
    }
    desk->partitions[index].read_to = record->offset + 1;
    desk->moved = true;
}

static bool is_known(const struct command_desk *desk, const struct command *command)
{
    size_t kept = desk->finished_count < FINISHED_KEPT ? desk->finished_count : FINISHED_KEPT;

    for (size_t i = 0; i < desk->count; i++)
        if (strcmp(desk->commands[i].id, command->id) == 0 &&
            strcmp(desk->commands[i].cart, command->cart) == 0)
            return true;
    for (size_t i = 0; i < kept; i++)
        if (strcmp(desk->finished[i].id, command->id) == 0 &&
            strcmp(desk->finished[i].cart, command->cart) == 0)
            return true;
    return false;
}

static bool read_cart(const struct command_record *record, struct command *command,
                      struct json_reason *why)
{
    if (record->key_length <= CART_LENGTH_MAX) {
        memcpy(command->cart, record->key, record->key_length);
        command->cart[record->key_length] = '\0';
        if (strlen(command->cart) == record->key_length && cart_is_valid(command->cart))
            return true;
    }
    return json_refuse(why, "cart", SAY_REASON_COMMAND_KEY());
}

static bool read_members(const cJSON *object, const struct command_record *record,
                         struct command *command, struct json_reason *why)
{
    const char *id = "", *name = "", *cart = command->cart;
    int64_t expires_ms = record->timestamp_ms + COMMAND_LIFE_MS_INITIAL;

    if (!json_get_text(object, "id", JSON_REQUIRED, 1, COMMAND_ID_MAX, &id, why) ||
        !json_get_text(object, "command", JSON_REQUIRED, 1, COMMAND_NAME_MAX, &name, why) ||
        !json_get_text(object, "cart", JSON_OPTIONAL, 1, CART_LENGTH_MAX, &cart, why) ||
        !json_get_int(object, "expires_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &expires_ms, why))
        return false;
    if (strcmp(cart, command->cart) != 0)
        return json_refuse(why, "cart", SAY_REASON_COMMAND_CART(cart, command->cart));
    memcpy(command->id, id, strlen(id) + 1);
    command->kind = wire_command_from_name(name);
    int64_t latest_ms = record->timestamp_ms + COMMAND_LIFE_MS_MAX;
    command->expires_ms = expires_ms < latest_ms ? expires_ms : latest_ms;
    return true;
}

static bool read_command(const struct command_record *record, struct command *command,
                         struct json_reason *why)
{
    if (!read_cart(record, command, why))
        return false;
    cJSON *object = json_read_object(record->value, record->value_length, COMMAND_BYTES_MAX,
                                     COMMAND_DEPTH_MAX, why);
    if (object == NULL)
        return false;
    bool ok = read_members(object, record, command, why);
    cJSON_Delete(object);
    return ok;
}

static void keep(struct command_desk *desk, const struct command *command,
                 const struct command_record *record)
{
    if (desk->count == desk->capacity) {
        desk->capacity = desk->capacity > 0 ? 2 * desk->capacity : 16;
        desk->commands = grow(desk->commands, desk->capacity, sizeof *desk->commands);
    }
    struct command *kept = &desk->commands[desk->count++];
    *kept = *command;
    kept->payload = grow(NULL, record->value_length, 1);
    memcpy(kept->payload, record->value, record->value_length);
    kept->length = record->value_length;
    kept->partition = record->partition;
    kept->offset = record->offset;
    kept->next_ms = UNSENT; /* at once */
    desk->unsent++;
    desk->of_kind[kept->kind]++;
    desk->due_ms = INT64_MIN;
}

/* Takes it from the desk, its payload to the caller; its id stays known. */
static void take_out(struct command_desk *desk, size_t index, struct command *taken)
{
    struct command *command = &desk->commands[index];
    struct finished *place = &desk->finished[desk->finished_count++ % FINISHED_KEPT];

    memcpy(place->cart, command->cart, sizeof place->cart);
    memcpy(place->id, command->id, sizeof place->id);
    desk->unsent -= command->next_ms == UNSENT;
    desk->of_kind[command->kind]--;
    *taken = *command;
    /* The order in which they came is the order in which they are sent. */
    memmove(command, command + 1, (--desk->count - index) * sizeof *command);
    desk->moved = true;
}

static void finish(struct command_desk *desk, size_t index)
{
    struct command taken;

    take_out(desk, index, &taken);
    free(taken.payload);
}

/* Where the cart asks to be located anew, only the newest says for how long. */
static void replace_locate(struct command_desk *desk, const struct command *command)
{
    for (size_t i = 0; command->kind == COMMAND_LOCATE && i < desk->count; i++)
        if (desk->commands[i].kind == COMMAND_LOCATE &&
            strcmp(desk->commands[i].cart, command->cart) == 0) {
            finish(desk, i);
            return;
        }
}

static size_t count_of_cart(const struct command_desk *desk, const char *cart)
{
    size_t count = 0;

    for (size_t i = 0; i < desk->count; i++)
        count += strcmp(desk->commands[i].cart, cart) == 0;
    return count;
}

static enum wire_command most_frequent(const struct command_desk *desk)
{
    size_t most = 0;

    for (size_t i = 1; i <= WIRE_COMMANDS_KNOWN; i++)
        if (desk->of_kind[i] > desk->of_kind[most])
            most = i;
    return (enum wire_command)most;
}

/* Gives up the oldest of a cart (NULL: of any), or of a kind. */
static void give_up(struct command_desk *desk, const char *cart, enum wire_command kind)
{
    for (size_t i = 0; i < desk->count; i++)
        if (cart != NULL ? strcmp(desk->commands[i].cart, cart) == 0
                         : desk->commands[i].kind == kind) {
            take_out(desk, i, &desk->given_up);
            return;
        }
}

static void make_room(struct command_desk *desk, const struct command *command)
{
    replace_locate(desk, command);
    if (count_of_cart(desk, command->cart) >= COMMANDS_OF_CART_MAX)
        give_up(desk, command->cart, command->kind);
    else if (desk->of_kind[command->kind] >= COMMANDS_OF_KIND_MAX)
        give_up(desk, NULL, command->kind);
    else if (desk->count >= COMMANDS_PENDING_MAX)
        give_up(desk, NULL, most_frequent(desk));
}

bool command_desk_given_up(const struct command_desk *desk, struct command_record *record,
                           struct json_reason *why)
{
    const struct command *command = &desk->given_up;

    if (command->payload == NULL)
        return false;
    *record = (struct command_record){ .key = command->cart,
                                       .key_length = strlen(command->cart),
                                       .value = command->payload,
                                       .value_length = command->length,
                                       .partition = command->partition,
                                       .offset = command->offset };
    json_refuse(why, "", SAY_REASON_COMMANDS_TOO_MANY());
    return true;
}

enum command_verdict command_desk_take(struct command_desk *desk,
                                       const struct command_record *record, int64_t wall_ms,
                                       struct json_reason *why)
{
    struct command command = { .length = 0 };

    free(desk->given_up.payload);
    desk->given_up.payload = NULL;
    note_read(desk, record);
    if (!read_command(record, &command, why))
        return COMMAND_REFUSED;
    if (command.expires_ms <= wall_ms)
        return COMMAND_EXPIRED;
    if (is_known(desk, &command))
        return COMMAND_REPEATED;
    make_room(desk, &command);
    keep(desk, &command, record);
    return COMMAND_TAKEN;
}

/* What was never sent, else the first that is due again; notes when the rest is. What has expired
 * goes. */
static struct command *find_due(struct command_desk *desk, int64_t mono_ms, int64_t wall_ms)
{
    struct command *due = NULL;

    desk->due_ms = INT64_MAX;
    for (size_t i = 0; i < desk->count && (due == NULL || desk->unsent > 0);) {
        struct command *command = &desk->commands[i];
        if (command->expires_ms <= wall_ms) {
            finish(desk, i);
            continue;
        }
        if (command->next_ms == UNSENT)
            return command;
        if (command->next_ms <= mono_ms)
            due = due != NULL ? due : command;
        else if (command->next_ms < desk->due_ms)
            desk->due_ms = command->next_ms;
        i++;
    }
    return due;
}

const struct command *command_desk_next(struct command_desk *desk, int64_t mono_ms, int64_t wall_ms)
{
    if (mono_ms < desk->due_ms)
        return NULL;
    struct command *command = find_due(desk, mono_ms, wall_ms);
    if (command == NULL)
        return NULL;
    desk->unsent -= command->next_ms == UNSENT;
    command->next_ms = mono_ms + COMMAND_RESEND_MS;
    desk->due_ms = mono_ms; /* the rest was not looked at */
    return command;
}

int64_t command_desk_due_ms(const struct command_desk *desk)
{
    return desk->due_ms;
}

static bool has_commands(const struct command_desk *desk, const char *cart)
{
    for (size_t i = 0; i < desk->count; i++)
        if (strcmp(desk->commands[i].cart, cart) == 0)
            return true;
    return false;
}

static void finish_id(struct command_desk *desk, const char *cart, const char *id)
{
    for (size_t i = 0; i < desk->count; i++)
        if (strcmp(desk->commands[i].cart, cart) == 0 && strcmp(desk->commands[i].id, id) == 0) {
            finish(desk, i);
            return;
        }
}

void command_desk_heartbeat(struct command_desk *desk, const char *cart, const char *payload,
                            size_t length)
{
    struct json_reason why;
    unsigned looked_at = 0;

    if (!has_commands(desk, cart))
        return;
    cJSON *object = json_read_object(payload, length, EVENT_BYTES_MAX, HEARTBEAT_DEPTH_MAX, &why);
    const cJSON *done = cJSON_GetObjectItemCaseSensitive(object, "done");
    for (const cJSON *id = cJSON_IsArray(done) ? done->child : NULL;
         id != NULL && looked_at < DONE_MAX; id = id->next, looked_at++)
        if (cJSON_IsString(id))
            finish_id(desk, cart, id->valuestring);
    cJSON_Delete(object);
}

/* The first record that still waits, or what comes after the last one read. */
static int64_t safe_offset(const struct command_desk *desk, int32_t partition)
{
    int64_t offset = desk->partitions[partition].read_to;

    for (size_t i = 0; i < desk->count; i++)
        if (desk->commands[i].partition == partition && desk->commands[i].offset < offset)
            offset = desk->commands[i].offset;
    return offset;
}

bool command_desk_moved(struct command_desk *desk, struct command_position *position)
{
    if (!desk->moved)
        return false;
    for (int32_t i = 0; i < (int32_t)desk->partition_count; i++) {
        int64_t offset = safe_offset(desk, i);
        if (offset <= desk->partitions[i].committed)
            continue;
        desk->partitions[i].committed = offset;
        *position = (struct command_position){ i, offset };
        return true;
    }
    desk->moved = false;
    return false;
}
