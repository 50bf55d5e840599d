/* Dead letters: what somebody could not read, judged again, and told of.
 *
 * A dead letter is tried again as if it came for the first time: one of a bridge by the bridge's
 * own route, one of a role by the reader that the role has. What is good now is queued for the
 * topic where it belongs; the dead letter stays in its topic, which is a log. */
#ifndef CARRITO_COLLECTOR_DEAD_LETTER_H
#define CARRITO_COLLECTOR_DEAD_LETTER_H

#include "collector/kafka/kafka_in.h"
#include "collector/store/store.h"
#include "common/json_read.h"

#include <stdbool.h>
#include <stdint.h>

/* In the caller's transaction. `source` is the record's header, or NULL. False where it still
 * cannot be read, and `why` says it. */
bool dead_letter_retry(struct store *store, const struct kafka_record *record, const char *source,
                       struct json_reason *why);

struct dead_letter_end {
    int32_t partition;
    int64_t end; /* the offset after the last dead letter */
};

/* In the caller's transaction: raises the alert where the topic's partition is longer than it was
 * when this was last called, in whatever process. `lang` is the guild's. */
void dead_letter_see(struct store *store, const struct dead_letter_end *seen, const char *lang,
                     int64_t now_ms);

#endif
