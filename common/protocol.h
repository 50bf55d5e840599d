/* The names and limits that carrito's programs share on the wire (MQTT and Kafka).
 *
 * Everything here is fixed by the published contract (docs/asyncapi.yaml): change it there first.
 */
#ifndef CARRITO_PROTOCOL_H
#define CARRITO_PROTOCOL_H

#define MQTT_ROOT "carrito/v1"

#define EVENT_BYTES_MAX        4096  /* one event as JSON; a longer one is a dead letter */
#define EVENT_DEPTH_MAX        3     /* nesting of objects and arrays, the event itself is 1 */
#define BATCH_EVENTS_MAX       64    /* events in one MQTT message */
#define BATCH_BYTES_MAX        32768 /* bytes of one MQTT message of events */
#define INTEGER_MAX            9007199254740991LL /* 2^53 - 1: what every JSON reader keeps exact */
#define CART_LENGTH_MAX        16
#define CART_TYPED_MAX         64 /* signs of a plate as a person types it */
#define EPOCH_LENGTH_MIN       16
#define EPOCH_LENGTH_MAX       32
#define CLIENT_CODE_POINTS_MAX 64
#define REASON_CODE_POINTS_MAX 200
#define QUANTITY_MAX           10000

#define TOPIC_SALES        "carrito.sales"
#define TOPIC_LOCATIONS    "carrito.locations"
#define TOPIC_PRESENCE     "carrito.presence"
#define TOPIC_ORDER_STEPS  "carrito.order-steps"
#define TOPIC_COMMANDS     "carrito.commands"
#define TOPIC_DEAD_LETTERS "carrito.dead-letters"

#define TOPIC_MEMBERS             "carrito.members"
#define TOPIC_REPORTS             "carrito.reports"
#define TOPIC_ORDER_REQUESTS      "carrito.order-requests"
#define TOPIC_ORDER_PROCESSING    "carrito.order-processing"
#define TOPIC_ORDER_NOTIFICATIONS "carrito.order-notifications"
#define TOPIC_LOGIN_ATTEMPTS      "carrito.login-attempts"
#define TOPIC_ALERTS              "carrito.alerts"
#define TOPIC_DAILY_SALES         "carrito.daily-sales"
#define TOPIC_TIME                "carrito.time"

#endif
