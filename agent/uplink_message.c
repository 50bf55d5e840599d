/* Objects in and out. */
#include "agent/uplink_message.h"

#include "common/json_read.h"
#include "common/log.h"

#include <string.h>

#define HEARD_BYTES_MAX 1024 /* of an ack or a bridge's state; a longer one is ignored */
#define HEARD_DEPTH_MAX 4

void uplink_state_write(const struct uplink_speaker *speaker, enum link_state state,
                        struct buffer *text)
{
    struct json_writer json = json_write_to(text);

    json_object_begin(&json, NULL);
    json_text(&json, "state", link_state_name(state));
    json_text(&json, "epoch", speaker->epoch);
    json_int(&json, "session", speaker->session);
    json_text(&json, "version", speaker->version);
    json_int(&json, "ts_ms", speaker->wall_ms);
    if (speaker->closed || speaker->is_former)
        json_text(&json, "reason", speaker->closed ? "closed" : "former");
    if (state != LINK_LOST && speaker->calls && speaker->calls->fill_state)
        speaker->calls->fill_state(speaker->owner, &json);
    json_object_end(&json);
}

void uplink_heartbeat_write(const struct uplink_speaker *speaker, int64_t acked_seq,
                            struct buffer *text)
{
    struct json_writer json = json_write_to(text);

    json_object_begin(&json, NULL);
    json_int(&json, "ts_ms", speaker->wall_ms);
    json_int(&json, "acked", acked_seq);
    if (speaker->closed)
        json_bool(&json, "closed", true);
    if (speaker->calls && speaker->calls->fill_heartbeat)
        speaker->calls->fill_heartbeat(speaker->owner, &json);
    json_object_end(&json);
}

bool uplink_ack_read(const struct mqtt_message *message, const char *epoch, int64_t *seq)
{
    const char *of = NULL;
    struct json_reason why;
    cJSON *ack =
        json_read_object(message->payload, message->length, HEARD_BYTES_MAX, HEARD_DEPTH_MAX, &why);
    bool valid = ack &&
                 json_get_text(ack, "epoch", JSON_REQUIRED, 1, EPOCH_LENGTH_MAX, &of, &why) &&
                 json_get_int(ack, "seq", JSON_REQUIRED, 1, INTEGER_MAX, seq, &why);
    if (!valid)
        log_debug("uplink", "unreadable ack", "why=%s", why.text);
    bool ours = valid && strcmp(of, epoch) == 0;
    cJSON_Delete(ack);
    return ours;
}

bool uplink_bridge_read(const struct mqtt_message *message, bool *online)
{
    struct json_reason why;

    *online = false;
    if (message->length == 0)
        return true;
    cJSON *state =
        json_read_object(message->payload, message->length, HEARD_BYTES_MAX, HEARD_DEPTH_MAX, &why);
    bool valid = state && json_get_bool(state, "online", JSON_REQUIRED, online, &why);
    cJSON_Delete(state);
    return valid;
}
