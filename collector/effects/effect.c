/* Writes rows of the table `effects`. */
#include "collector/effects/effect.h"
#include "collector/store/wake.h"

#include "effects_sql.h"

static const char *const names[EFFECT_LANES] = {
    [EFFECT_KAFKA] = "kafka",
    [EFFECT_COMMAND] = "command",
};

const char *effect_lane_name(enum effect_lane lane)
{
    return names[lane];
}

void effect_add(struct store *store, const struct effect *effect)
{
    store_run(store, SQL_EFFECT_INSERT, "tttotbbttto", names[effect->lane], effect->id,
              store_process(store), effect->expires_ms > 0 ? effect->expires_ms : -1, effect->topic,
              effect->key, effect->key_length, effect->value, effect->value_length, effect->error,
              effect->source, effect->type, (int64_t)effect->partition);
    store_note(store, WAKE_EFFECTS);
}
