/* Writes rows of the table `effects`. */
#include "collector/effects/effect.h"
#include "collector/store/wake.h"

#include "effects_sql.h"

/* The lanes to Kafka have a sender in every process; of the others only one works at a time. */
static const struct {
    const char *name;
    enum wake_for wake;
} lanes[EFFECT_LANES] = {
    [EFFECT_KAFKA] = { "kafka", WAKE_EFFECTS }, [EFFECT_COMMAND] = { "command", WAKE_EFFECTS },
    [EFFECT_ALERT] = { "alert", WAKE_NOTIFY },  [EFFECT_MAIL] = { "mail", WAKE_NOTIFY },
    [EFFECT_POST] = { "post", WAKE_NOTIFY },
};

static int64_t or_none(int64_t ms)
{
    return ms > 0 ? ms : -1;
}

void effect_add(struct store *store, const struct effect *effect)
{
    bool to_kafka = lanes[effect->lane].wake == WAKE_EFFECTS;

    store_run(store, SQL_EFFECT_INSERT, "tttoootbbtttot", lanes[effect->lane].name, effect->id,
              to_kafka ? store_process(store) : NULL, or_none(effect->expires_ms),
              or_none(effect->created_ms), or_none(effect->due_ms), effect->topic, effect->key,
              effect->key_length, effect->value != NULL ? effect->value : "", effect->value_length,
              effect->error, effect->source, effect->type, (int64_t)effect->partition,
              effect->about);
    store_note(store, lanes[effect->lane].wake);
}

void effect_later(struct store *store, enum effect_lane lane, const char *id, int64_t due_ms)
{
    store_run(store, SQL_EFFECT_LATER, "itt", due_ms, lanes[lane].name, id);
}

void effect_end(struct store *store, enum effect_lane lane, const char *id)
{
    store_run(store, SQL_EFFECT_END, "tt", lanes[lane].name, id);
}
