/* Decides which commands wait for which cart, and when each is sent (again).
 *
 * Carts that are silent, or one kind of command, never keep others from theirs: a `locate` takes
 * the place of the cart's former one, and of what is too many for a cart, of a kind or at all the
 * oldest is given up. What was never sent goes before what is sent again.
 *
 * A command is sent every COMMAND_RESEND_MS until the cart's heartbeat names its id as done, or its
 * `expires_ms` is past. What waits is not stored: the position in Kafka is committed only past what
 * is done or expired, so a bridge that starts again reads it again. Pure: no broker, no clock.
 * Times: `mono_ms` is monotonic and rules sending, `wall_ms` is since 1970 and rules expiry. */
#ifndef CARRITO_BRIDGE_COMMAND_DESK_H
#define CARRITO_BRIDGE_COMMAND_DESK_H

#include "common/json_read.h"
#include "common/protocol.h"
#include "common/wire_mqtt.h"

#define COMMAND_RESEND_MS       30000
#define COMMANDS_PENDING_MAX    4096 /* beyond it the oldest of the most frequent kind is given up */
#define COMMANDS_OF_KIND_MAX    (COMMANDS_PENDING_MAX / 2) /* … and of a kind its oldest */
#define COMMANDS_OF_CART_MAX    32                         /* … and of a cart its oldest */
#define COMMAND_PARTITIONS_MAX  1024
#define COMMAND_BYTES_MAX       4096
#define COMMAND_ID_MAX          64
#define COMMAND_LIFE_MS_INITIAL (24 * 3600 * 1000LL)     /* of one without `expires_ms` */
#define COMMAND_LIFE_MS_MAX     (7 * 24 * 3600 * 1000LL) /* of any, from its time in Kafka */

/* A record of carrito.commands as it was consumed. */
struct command_record {
    const char *key, *value; /* not NUL-terminated */
    size_t key_length, value_length;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* Kafka's */
};

struct command {
    char cart[CART_LENGTH_MAX + 1];
    char id[COMMAND_ID_MAX * 4 + 1];
    char *payload; /* the record's value as it came; owned by the desk */
    size_t length;
    int32_t partition;
    int64_t offset;
    enum wire_command kind; /* WIRE_COMMANDS_KNOWN: any other */
    int64_t expires_ms;     /* wall */
    int64_t next_ms;        /* monotonic: when it is sent again */
};

enum command_verdict {
    COMMAND_TAKEN,
    COMMAND_REPEATED, /* the cart has or had one of this id */
    COMMAND_EXPIRED,
    COMMAND_REFUSED /* to the dead letters, with the reason */
};

struct command_desk;

struct command_desk *command_desk_open(void);
void command_desk_close(struct command_desk *desk);

enum command_verdict command_desk_take(struct command_desk *desk,
                                       const struct command_record *record, int64_t wall_ms,
                                       struct json_reason *why);
/* Whether command_desk_take() gave one up for the last it took, as there were too many: its record
 * as it came, which lives until the next call, and the reason. It can be tried again. */
bool command_desk_given_up(const struct command_desk *desk, struct command_record *record,
                           struct json_reason *why);
/* The next command to send now, NULL where there is none; it counts as sent. */
const struct command *command_desk_next(struct command_desk *desk, int64_t mono_ms,
                                        int64_t wall_ms);
/* When command_desk_next is due, monotonic ms; INT64_MAX: never. */
int64_t command_desk_due_ms(const struct command_desk *desk);
/* A cart's heartbeat, which may say that some are done. */
void command_desk_heartbeat(struct command_desk *desk, const char *cart, const char *payload,
                            size_t length);

struct command_position {
    int32_t partition;
    int64_t offset; /* of the next record to read after a restart */
};

/* True, with a position to commit, once for each position that moved. */
bool command_desk_moved(struct command_desk *desk, struct command_position *position);

#endif
