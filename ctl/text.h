/* What carritoctl says to people, in Spanish (the default) and in English.
 *
 * Words go to standard error, data to standard output: a pipe gets data only. */
#ifndef CARRITO_CTL_TEXT_H
#define CARRITO_CTL_TEXT_H

#include <stdbool.h>

enum language { LANGUAGE_ES, LANGUAGE_EN };

/* The same words in each language; both are set, with the same conversions in the same order. */
struct words {
    const char *es, *en;
};

enum text_id {
    TEXT_USAGE,
    TEXT_COMMANDS,
    TEXT_COMMAND_USAGE,
    TEXT_ACTIONS,
    TEXT_OPTIONS,
    TEXT_SETTINGS,
    TEXT_COMMAND_UNKNOWN,
    TEXT_COMMAND_NEAREST,
    TEXT_OPTION_UNKNOWN,
    TEXT_OPTION_NEAREST,
    TEXT_OPTION_NO_VALUE,
    TEXT_OPTION_FLAG_VALUE,
    TEXT_OPTION_BAD,
    TEXT_OPTIONS_TOO_MANY,
    TEXT_WORD_TOO_MANY,
    TEXT_WORD_MISSING,
    TEXT_WORD_BAD,
    TEXT_WORD_UNKNOWN,
    TEXT_WORD_NEAREST,
    TEXT_WANTS_COUNT,
    TEXT_WANTS_NUMBER,
    TEXT_WANTS_PLACE,
    TEXT_WANTS_DAY,
    TEXT_WANTS_TIME,
    TEXT_WANTS_CART,
    TEXT_WANTS_TEXT,
    TEXT_JSON_AND_CSV,
    TEXT_DAY_AND_RANGE,
    TEXT_CSV_AND_WATCH,
    TEXT_DIALECT_AND_JSON,
    TEXT_SERVER_AWAY,
    TEXT_SERVER_STRANGE,
    TEXT_TOKEN_MISSING,
    TEXT_TOKEN_REFUSED,
    TEXT_FORBIDDEN,
    TEXT_RETRY_AFTER,
    TEXT_REFUSED,
    TEXT_REFUSED_FIELD,
    TEXT_MORE_ROWS,
    TEXT_NO_ROWS,
    TEXT_DAILY_DAY,
    TEXT_DAILY_RANGE,
    TEXT_DAILY_ALL,
    TEXT_LOGIN_USER,
    TEXT_LOGIN_PASSWORD,
    TEXT_LOGIN_NEEDS_USER,
    TEXT_LOGIN_NO_PASSWORD,
    TEXT_LOGIN_DONE,
    TEXT_LOGIN_REFUSED,
    TEXT_LOGIN_TOKEN_SET,
    TEXT_PASSWORD_AGAIN,
    TEXT_PASSWORDS_DIFFER,
    TEXT_FILE_NOT_READ,
    TEXT_IMPORT_REFUSED,
    TEXT_SIMULATE_PROGRESS,
    TEXT_FILE_EXISTS,
    TEXT_CRYPTO_FAILED,
    TEXT_AUTHORITY_MADE,
    TEXT_AUTHORITY_DIFFERS,
    TEXT_BROKERS_MISSING,
    TEXT_NO_CERTIFICATE,
    TEXT_CERTIFICATE_UNKNOWN,
    TEXT_CART_ADDED,
    TEXT_REPLAY_WANTS,
    TEXT_REPLAY_ASKED,
    TEXT_NO_AUTHORITY_BESIDE,
    TEXT_LIST_OTHERS,
    TEXT_LIST_OLDER,
    TEXT_BROKER_NOT_RELOADED,
    TEXT_BROKER_REFUSED,
    TEXT_BROKER_SILENT,
    TEXT_CART_CAME_BACK,
    TEXT_CART_REVOKED,
    TEXT_CART_OUT,
    TEXT_CART_ASKS_NOTHING,
    TEXT_CART_RENEWED,
    TEXT_FORGET_DONE,
    TEXT_FORGET_NOT_ENDED,
    TEXT_FILE_READABLE,
    TEXT_FILE_NOT_WRITTEN,
    TEXT_FILE_NO_HOME,
    TEXT_TAIL_FILTER_BAD,
    TEXT_TAIL_OFFSET_BAD,
    TEXT_TAIL_END_MQTT,
    TEXT_TAIL_SOURCE,
    TEXT_TAIL_MQTT_AWAY,
    TEXT_TAIL_MQTT_HERE,
    TEXT_TAIL_KAFKA_AWAY,
    TEXT_TAIL_KAFKA_HERE,
    TEXT_TAIL_KAFKA_NO_TOPIC,
    TEXT_ZONE_UNKNOWN,
    TEXTS
};

/* `lang` is "es" or "en"; anything else is Spanish. */
enum language language_from_text(const char *lang);
const char *words_in(enum language language, struct words words);
/* The text itself, to be used as a format. */
const char *text_of(enum language language, enum text_id id);
/* One line on standard error. */
void text_say(enum language language, enum text_id id, ...);
/* The same with the program's name in front, for what went wrong. */
void text_error(enum language language, enum text_id id, ...);

#endif
