/* The table of commands. */
#include "agent/commands.h"
#include "agent/offer.h"

#include "common/day.h"
#include "common/json_read.h"
#include "common/log.h"
#include "common/wire_mqtt.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_BYTES_MAX 8192
#define COMMAND_DEPTH_MAX 5
#define LOCATE_INTERVAL_S 5
#define LOCATE_MS         600000 /* where the command names no end, or no clock can tell it */
#define INTERVAL_S_MAX    3600

/* What a command does: first what the outbox keeps with its id, then, when that is safe, the rest.
 */
struct act {
    struct command_effect effect;
    struct order_offered offered;
    struct order_cancelled cancelled;
    struct day_start days;
    char *offer; /* its text, of cJSON */
    int64_t interval_s, locate_ms;
    struct json_reason why; /* it makes no sense */
};

/* Each reads the command; false where it makes no sense, and never will. */

static bool locate(const struct command_context *context, const cJSON *object, struct act *act)
{
    int64_t until_ms = context->wall_ms + LOCATE_MS;
    act->interval_s = LOCATE_INTERVAL_S;
    act->locate_ms = LOCATE_MS;
    if (!json_get_int(object, "interval_s", JSON_OPTIONAL, 1, INTERVAL_S_MAX, &act->interval_s,
                      &act->why) ||
        !json_get_int(object, "until_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &until_ms, &act->why))
        return false;
    if (context->wall_is_right)
        act->locate_ms = until_ms > context->wall_ms ? until_ms - context->wall_ms : 0;
    return true;
}

/* Of one outbox from a row on; or, after the centre was lost, of whichever is here since a time. */
static bool replay(const struct command_context *context, const cJSON *object, struct act *act)
{
    const char *epoch = "", *own = outbox_head(context->outbox)->epoch;
    int64_t since_ms = 0;
    struct json_reason *why = &act->why;

    act->effect.replay_from = 1;
    if (!json_get_int(object, "since_ms", JSON_OPTIONAL, 1, INTEGER_MAX, &since_ms, why) ||
        !json_get_text(object, "epoch", since_ms > 0 ? JSON_OPTIONAL : JSON_REQUIRED, 1,
                       EPOCH_LENGTH_MAX, &epoch, why) ||
        !json_get_int(object, "from", JSON_OPTIONAL, 1, INTEGER_MAX, &act->effect.replay_from,
                      why) ||
        (epoch[0] != '\0' && strcmp(epoch, own) != 0))
        return false;
    if (since_ms > 0)
        act->effect.replay_from = outbox_since(context->outbox, since_ms);
    return true;
}

/* `day_start` with the day from which it holds at the centre: here it holds from the same, however
 * late that is heard, and what was sold meanwhile is counted again. Without one it is the next day
 * that has not begun. */
static bool config_days(const struct command_context *context, const cJSON *object, struct act *act)
{
    const char *start = NULL, *from = NULL;

    if (!json_get_text(object, "day_start", JSON_OPTIONAL, 5, 5, &start, &act->why) ||
        !json_get_text(object, "day_start_from", JSON_OPTIONAL, 10, 10, &from, &act->why))
        return false;
    if (start == NULL)
        return true;
    if (!day_start_from_text(start, &act->days.minutes))
        return false;
    act->days.first_day = day_not_begun(context->wall_ms, act->days.minutes);
    act->effect.days = &act->days;
    return from == NULL || day_from_text(from, &act->days.first_day);
}

static bool config(const struct command_context *context, const cJSON *object, struct act *act)
{
    if (!json_get_int(object, "location_s", JSON_OPTIONAL, 1, INTERVAL_S_MAX, &act->interval_s,
                      &act->why) ||
        !config_days(context, object, act))
        return false;
    act->effect.location_s = act->interval_s;
    return act->interval_s > 0 || act->effect.days != NULL;
}

static bool order_offer(const struct command_context *context, const cJSON *object, struct act *act)
{
    struct offer offer;

    if (!offer_read(object, &offer, &act->why))
        return false;
    act->offer = cJSON_PrintUnformatted(object);
    if (act->offer == NULL)
        abort();
    act->offered = (struct order_offered){ .id = offer.order,
                                           .text = act->offer,
                                           .turn = offer.turn,
                                           .taken = offer.taken,
                                           .at_ms = context->wall_ms,
                                           .expires_ms = offer.expires_ms,
                                           .boot = context->boot,
                                           .boot_ms = context->boot_ms };
    act->effect.offered = &act->offered;
    return true;
}

static bool order_cancel(const struct command_context *context, const cJSON *object,
                         struct act *act)
{
    struct order_cancelled *cancelled = &act->cancelled;

    cancelled->at_ms = context->wall_ms;
    if (!json_get_text(object, "order", JSON_REQUIRED, 1, OFFER_ID_MAX, &cancelled->id,
                       &act->why) ||
        !json_get_int(object, "turn", JSON_REQUIRED, 0, INTEGER_MAX, &cancelled->turn, &act->why) ||
        !json_get_text(object, "reason", JSON_REQUIRED, 1, 32, &cancelled->reason, &act->why))
        return false;
    act->effect.cancelled = cancelled;
    return true;
}

/* Somebody brings sopaipillas: the vendor counts what is on the cart with `restock`. */
static bool restocked(const struct command_context *context, const cJSON *object, struct act *act)
{
    (void)context, (void)object, (void)act;
    return true;
}

static bool certificate(const struct command_context *context, const cJSON *object, struct act *act)
{
    const char *text = NULL;

    return json_get_text(object, "certificate", JSON_REQUIRED, 1, COMMAND_BYTES_MAX, &text,
                         &act->why) &&
           context->calls->certificate(context->owner, text);
}

static void tell_reconnect(const struct command_context *context, const struct act *act)
{
    (void)act;
    context->calls->reconnect(context->owner);
}

static void tell_locate(const struct command_context *context, const struct act *act)
{
    context->calls->locate(context->owner, (int)act->interval_s, act->locate_ms);
}

static void tell_rewound(const struct command_context *context, const struct act *act)
{
    (void)act;
    context->calls->rewound(context->owner);
}

static void tell_interval(const struct command_context *context, const struct act *act)
{
    if (act->interval_s > 0)
        context->calls->location_interval(context->owner, (int)act->interval_s);
}

struct command {
    bool (*read)(const struct command_context *context, const cJSON *object, struct act *act);
    void (*tell)(const struct command_context *context, const struct act *act);
};

static const struct command table[WIRE_COMMANDS_KNOWN] = {
    [COMMAND_LOCATE] = { locate, tell_locate },
    [COMMAND_REPLAY] = { replay, tell_rewound },
    [COMMAND_CONFIG] = { config, tell_interval },
    [COMMAND_ORDER_OFFER] = { order_offer, NULL },
    [COMMAND_ORDER_CANCEL] = { order_cancel, NULL },
    [COMMAND_RESTOCKED] = { restocked, NULL },
    [COMMAND_CERTIFICATE] = { certificate, tell_reconnect },
};

/* NULL where a cart knows none of this name. */
static const struct command *find(const char *name)
{
    enum wire_command known = wire_command_from_name(name);

    return known < WIRE_COMMANDS_KNOWN ? &table[known] : NULL;
}

/* A clock that is not right can judge nothing: there the broker's own expiry bounds a command. */
static bool has_expired(const struct command_context *context, const cJSON *object)
{
    struct json_reason why;
    int64_t expires_ms = INTEGER_MAX;

    json_get_int(object, "expires_ms", JSON_OPTIONAL, 0, INTEGER_MAX, &expires_ms, &why);
    return context->wall_is_right && expires_ms < context->wall_ms;
}

/* What makes no sense counts as done, since it would make no more sense the next time. What the
 * disk did not take does not: nothing of it has happened, and the command will come again. */
static void run_command(const struct command_context *context, const cJSON *object, const char *id,
                        const char *name)
{
    const struct command *command = find(name);
    struct act act = { .offer = NULL };

    if (outbox_is_done(context->outbox, id)) {
        outbox_tell_again(context->outbox, id);
        return;
    }
    bool expired = has_expired(context, object);
    bool runs = !expired && command != NULL && command->read(context, object, &act);
    if (!runs)
        act.effect = (struct command_effect){ .offered = NULL };
    bool kept = outbox_carry_out(context->outbox, id, &act.effect) == OUTBOX_OK;
    log_info("commands",
             !kept  ? "not carried out yet"
             : runs ? "carried out"
                    : "not carried out",
             "command=%s id=%s expired=%d why=%s", name, id, expired, act.why.text);
    if (kept && runs && command->tell != NULL)
        command->tell(context, &act);
    cJSON_free(act.offer);
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
