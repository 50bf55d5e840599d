/* The table of commands. */
#include "agent/commands.h"

#include "common/json_read.h"
#include "common/log.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_BYTES_MAX 8192
#define COMMAND_DEPTH_MAX 5
#define LOCATE_INTERVAL_S 5
#define LOCATE_MS         600000 /* where the command names no end */
#define INTERVAL_S_MAX    3600

/* What makes no sense counts as done, since it would make no more sense the next time. What the
 * disk did not take does not: the command will come again. */
enum verdict { CARRIED_OUT, SENSELESS, TRY_LATER };

static enum verdict locate(const struct command_context *context, const cJSON *object)
{
    int64_t interval_s = LOCATE_INTERVAL_S, until_ms = context->wall_ms + LOCATE_MS;
    struct json_reason why;

    if (!json_get_int(object, "interval_s", JSON_OPTIONAL, 1, INTERVAL_S_MAX, &interval_s, &why) ||
        !json_get_int(object, "until_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &until_ms, &why))
        return SENSELESS;
    context->calls->locate(context->owner, (int)interval_s, until_ms);
    return CARRIED_OUT;
}

/* Rows from `from` on are sent again, as long as they are still there. */
static enum verdict replay(const struct command_context *context, const cJSON *object)
{
    const char *epoch = "";
    struct json_reason why;
    int64_t from = 1;

    if (!json_get_text(object, "epoch", JSON_REQUIRED, 1, EPOCH_LENGTH_MAX, &epoch, &why) ||
        !json_get_int(object, "from", JSON_OPTIONAL, 1, INTEGER_MAX, &from, &why) ||
        strcmp(epoch, outbox_head(context->outbox)->epoch) != 0)
        return SENSELESS;
    outbox_rewind(context->outbox, from - 1);
    context->calls->rewound(context->owner);
    return CARRIED_OUT;
}

static enum verdict config(const struct command_context *context, const cJSON *object)
{
    struct json_reason why;
    int64_t interval_s = 0;

    if (!json_get_int(object, "location_s", JSON_REQUIRED, 1, INTERVAL_S_MAX, &interval_s, &why))
        return SENSELESS;
    context->calls->location_interval(context->owner, (int)interval_s);
    return CARRIED_OUT;
}

static enum verdict keep_order(const struct command_context *context, const cJSON *object,
                               const char *status)
{
    struct order_row row = { .status = status, .at_ms = context->wall_ms };
    struct json_reason why;

    if (!json_get_text(object, "order", JSON_REQUIRED, 1, 64, &row.id, &why))
        return SENSELESS;
    char *offer = cJSON_PrintUnformatted(object);
    row.offer = offer != NULL ? offer : "{}";
    enum outbox_result result = outbox_offer_order(context->outbox, &row);
    cJSON_free(offer);
    return result == OUTBOX_OK ? CARRIED_OUT : TRY_LATER;
}

static enum verdict order_offer(const struct command_context *context, const cJSON *object)
{
    return keep_order(context, object, "ofrecido");
}

static enum verdict order_cancel(const struct command_context *context, const cJSON *object)
{
    return keep_order(context, object, "cancelado");
}

/* Somebody brings sopaipillas: the vendor counts what is on the cart with `restock`. */
static enum verdict restocked(const struct command_context *context, const cJSON *object)
{
    (void)context, (void)object;
    return CARRIED_OUT;
}

static const struct {
    const char *name;
    enum verdict (*run)(const struct command_context *context, const cJSON *object);
} table[] = {
    { "locate", locate },
    { "replay", replay },
    { "config", config },
    { "order-offer", order_offer },
    { "order-cancel", order_cancel },
    { "restocked", restocked },
};

static enum verdict run_by_name(const struct command_context *context, const cJSON *object,
                                const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].run(context, object);
    return SENSELESS;
}

static void run_command(const struct command_context *context, const cJSON *object, const char *id,
                        const char *name)
{
    static const char *const words[] = {
        [CARRIED_OUT] = "carried out",
        [SENSELESS] = "not carried out",
        [TRY_LATER] = "not carried out yet",
    };
    enum verdict verdict = SENSELESS;
    struct json_reason why;
    int64_t expires_ms = INTEGER_MAX;

    if (outbox_is_done(context->outbox, id))
        return;
    json_get_int(object, "expires_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &expires_ms, &why);
    bool expired = expires_ms < context->wall_ms;
    if (!expired)
        verdict = run_by_name(context, object, name);
    log_info("commands", words[verdict], "command=%s id=%s expired=%d", name, id, expired);
    if (verdict != TRY_LATER)
        outbox_done(context->outbox, id);
}

void commands_do(const struct command_context *context, const char *payload, size_t length)
{
    const char *id = NULL, *name = NULL;
    struct json_reason why;
    cJSON *object = json_read_object(payload, length, COMMAND_BYTES_MAX, COMMAND_DEPTH_MAX, &why);

    if (object != NULL &&
        json_get_text(object, "id", JSON_REQUIRED, 1, COMMAND_ID_MAX, &id, &why) &&
        json_get_text(object, "command", JSON_REQUIRED, 1, 32, &name, &why))
        run_command(context, object, id, name);
    else
        log_warn("commands", "a command that cannot be read", "why=%s", why.text);
    cJSON_Delete(object);
}
