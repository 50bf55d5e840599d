/* What the files of the role `location` share: its state, and what each does with a record.
 *
 * location.c is the role; location_word.c what a word does; location_presence.c reads state and
 * heartbeat, location_position.c positions; location_silence.c decides about silence and links. */
#ifndef CARRITO_COLLECTOR_LOCATION_H
#define CARRITO_COLLECTOR_LOCATION_H

#include "collector/carts/cart_row.h"
#include "collector/engine/role.h"
#include "collector/location/fugitive.h"
#include "collector/location/silence.h"
#include "collector/location/silence_store.h"
#include "common/catalogue.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How late alerts of a transaction were, for the metric; the metric lacks those beyond. */
#define LOCATION_DELAYS_MAX 64
/* Bridges that are watched for beats that stop; of those beyond, only beats without MQTT tell. */
#define LOCATION_BRIDGES_MAX 64

/* A bridge as the store last showed it, and since when it shows that. */
struct bridge_watch {
    char bridge[BRIDGE_ID_MAX + 1];
    int64_t beat_ms; /* Kafka's time of its last beat in any partition */
    int64_t seen_ms; /* our clock when that was first seen */
    bool stalled;    /* it was told */
};

struct location {
    struct rows carts; /* struct cart_row */
    const struct settings *settings;
    enum lang lang;      /* the guild's */
    struct store *store; /* of the batch in hand */
    int64_t now_ms;
    bool changed; /* since the carts were last counted */
    struct silence *silence;
    struct silence_limits limits;
    int64_t *loaded_ms; /* by partition: our clock when it was read from the store; 0: not yet */
    size_t loaded_count;
    bool lines_known;  /* those of all partitions that are ours are in `silence` */
    int64_t minute_ms; /* when absence and certificates are next looked at */
    int64_t watch_ms;  /* when bridges are next looked at */
    struct bridge_watch bridges[LOCATION_BRIDGES_MAX];
    size_t bridge_count;
    int64_t delays_ms[LOCATION_DELAYS_MAX]; /* for the metric, once they are in the store */
    size_t delay_count;
    struct place_reports places; /* of the batch */
};

/* location_word.c: a word of the cart. */
void location_hear(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record, bool phone);
/* The cart said that it stops. */
void location_part(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record);
/* The day's end: as location_part(), and until location_open() no word brings the cart back, so
 * that neither an answer to a command nor a phone in a pocket sets a timer. Whatever was read of
 * other topics before; `closed_ms` is when. Once it is closed, nothing. */
void location_close(struct location *location, struct cart_row *cart,
                    const struct kafka_record *record, int64_t closed_ms);
/* The cart says that it is open, which a closed one does not; location_hear() follows. */
void location_open(struct location *location, struct cart_row *cart,
                   const struct kafka_record *record);

/* What the heartbeat says about the receiver, at Kafka's time. */
void location_receiver(struct location *location, struct cart_row *cart, int64_t append_ms);
/* A word came: is it time to ask about the receiver? */
void location_check_receiver(struct location *location, const struct cart_row *cart,
                             int64_t append_ms);

/* location_presence.c: a record of carrito.presence that is no beat. */
void location_apply_presence(struct location *location, const struct kafka_record *record);

/* location_position.c: a record of carrito.locations or carrito.sales. */
void location_apply_event(struct location *location, const struct kafka_record *record);
/* location_silence.c. */
void location_register_delays(void);
/* Reads lines and timers of a partition on its first record. */
void location_load(struct location *location, int32_t partition);
void location_apply_beat(struct location *location, const struct kafka_record *record);
/* After the carts of the batch are written. */
void location_silence_end(struct location *location);
void location_silence_forget(struct location *location);
enum role_due location_silence_due(struct location *location, struct store *store, int64_t now_ms);
void location_silence_tick(struct location *location, const struct role_time *time);
void location_silence_watch(struct location *location);

#endif
