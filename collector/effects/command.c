/* Writes commands for carts. */
#include "collector/effects/command.h"
#include "collector/effects/effect.h"

#include "common/json_write.h"
#include "common/wire_kafka.h"

#include <string.h>

void command_add(struct store *store, const struct command *command)
{
    struct buffer value = { 0 };
    struct json_writer json = json_write_to(&value);

    json_object_begin(&json, NULL);
    json_text(&json, "id", command->id);
    json_text(&json, "command", command->name);
    json_text(&json, "cart", command->cart);
    json_int(&json, "expires_ms", command->expires_ms);
    if (command->members != NULL)
        json_members(&json, command->members);
    json_object_end(&json);
    effect_add(store, &(struct effect){ .lane = EFFECT_COMMAND,
                                        .id = command->id,
                                        .topic = TOPIC_COMMANDS,
                                        .key = command->cart,
                                        .key_length = strlen(command->cart),
                                        .value = value.bytes,
                                        .value_length = value.length,
                                        .type = command->name,
                                        .partition = -1,
                                        .expires_ms = command->expires_ms });
    buffer_free(&value);
}
