/* What goes where in Kafka: the topic, the key and the id of what carrito's programs write there,
 * and the names of the headers (contract, section 4). One table for the bridge, the collector and
 * who retries a dead letter: what came by one way must meet what came by another. Pure. */
#ifndef CARRITO_WIRE_KAFKA_H
#define CARRITO_WIRE_KAFKA_H

#include "common/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_topic {
    /* What a bridge writes. */
    WIRE_SALES,
    WIRE_LOCATIONS,
    WIRE_PRESENCE,
    WIRE_ORDER_STEPS,
    WIRE_DEAD_LETTERS,
    /* What it reads. */
    WIRE_COMMANDS,
    /* The centre's own. */
    WIRE_MEMBERS,
    WIRE_REPORTS,
    WIRE_ORDER_REQUESTS,
    WIRE_ORDER_PROCESSING,
    WIRE_ORDER_NOTIFICATIONS,
    WIRE_LOGIN_ATTEMPTS,
    WIRE_ALERTS,
    WIRE_DAILY_SALES,
    WIRE_TOPICS
};

#define WIRE_BRIDGE_WRITES (WIRE_DEAD_LETTERS + 1) /* the topics before it */
#define WIRE_BRIDGE_USES   (WIRE_COMMANDS + 1)

#define WIRE_ID_SIZE 96 /* `{cart}/{epoch}/{seq}` and its like, with NUL */

/* Where a record came from: the beginning of a dead letter's header `source`. */
#define WIRE_FROM_MQTT   "mqtt:"
#define WIRE_FROM_KAFKA  "kafka:"
#define WIRE_FROM_IMPORT "import:"

#define WIRE_ORIGIN_CENTRE "carrito-collector" /* `ce_source` of what the centre writes */

/* `ce_type` in WIRE_PRESENCE. */
#define WIRE_TYPE_STATE     "state"
#define WIRE_TYPE_HEARTBEAT "heartbeat"
#define WIRE_TYPE_BEAT      "beat"
/* The key of a bridge's beats is this and its id. */
#define WIRE_BRIDGE_KEY "bridge/"

#define HEADER_CONTENT_TYPE "content-type"
#define HEADER_BRIDGE       "bridge"
#define HEADER_RETAINED     "retained" /* "true", or absent */
#define HEADER_FORMER       "former" /* likewise: an event of an outbox that its cart has no more */
#define HEADER_ERROR        "error"
#define HEADER_ABOUT        "about"
#define HEADER_SOURCE       "source"
#define HEADER_ID           "ce_id"
#define HEADER_TYPE         "ce_type"
#define HEADER_ORIGIN       "ce_source"
#define HEADER_SPEC_VERSION "ce_specversion"

#define WIRE_HEADERS_MAX 10

/* What a record says beside key and value. NULL where it has none of it; a record without `type`
 * has no CloudEvents headers (a dead letter, what goes back to its topic). */
struct wire_envelope {
    const char *id, *type, *origin; /* CloudEvents: ce_id, ce_type, ce_source */
    const char *error, *source;     /* a dead letter: why, and where from */
    const char *about;              /* and the reason as name and arguments (json_reason) */
    const char *bridge;             /* that wrote it */
    const char *cart_rule;          /* OWNTRACKS_RULE_USER, or NULL */
    bool retained, former;
};

struct wire_header {
    const char *name, *value;
};

/* Fills the headers and returns how many; they point into the envelope. */
size_t wire_headers(const struct wire_envelope *envelope,
                    struct wire_header headers[WIRE_HEADERS_MAX]);

/* "carrito.sales", … (common/protocol.h). */
const char *wire_topic_name(enum wire_topic topic);
/* WIRE_TOPICS where none has this name. */
enum wire_topic wire_topic_from_name(const char *name);

/* Where events of a type go (EVENT_TYPE_TABLE). */
enum wire_topic wire_topic_of(enum event_type type);
/* Whether events go there. */
bool wire_topic_has_events(enum wire_topic topic);
/* The order of an order's step, else the cart; within the event. */
const char *wire_key_of(const struct event *event);
/* `{cart}/{epoch}/{seq}`; a phone's position by its time, as `{cart}/owntracks/{ts_ms}`. */
void wire_id_of(const struct event *event, char id[WIRE_ID_SIZE]);
/* `{cart}/{middle}/{number}`; `number` is not negative, all of it must fit. */
void wire_id_make(char id[WIRE_ID_SIZE], const char *cart, const char *middle, int64_t number);

#endif
