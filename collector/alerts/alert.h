/* An alert: a condition that a person should know of (contract, section 5, "Alerts").
 *
 * One is open per kind and subject. It opens, is acknowledged, and ends, when its cause is gone or
 * an operator clears it; its row stays. Every change is written in the transaction of its cause:
 * to the table, to what is queued for Kafka, and to what `notify` has to tell. Ids are made from
 * kind, subject and how many there were before, so that a repetition gets the same one. */
#ifndef CARRITO_COLLECTOR_ALERT_H
#define CARRITO_COLLECTOR_ALERT_H

#include "collector/store/store.h"
#include "common/buffer.h"
#include "common/catalogue.h"

#include "alert_words.h"

#include <stdbool.h>
#include <stdint.h>

#define ALERT_ID_SIZE 33 /* 32 hexadecimal digits and NUL */

enum alert_kind {
    ALERT_RESTOCK_BATCH,
    ALERT_STOCK_OUT,
    ALERT_CART_VANISHED,
    ALERT_CART_FUGITIVE,
    ALERT_GPS_STUCK,
    ALERT_LINK_DOWN,
    ALERT_UNREGISTERED_CART,
    ALERT_IDENTITY_CONFLICT,
    ALERT_MISSING_RECEIPTS,
    ALERT_CLOCK_BAD,
    ALERT_OUTBOX_DAMAGED,
    ALERT_LOGIN_BLOCKED,
    ALERT_ORDER_FAILED,
    ALERT_DEAD_LETTER,
    ALERT_KAFKA_LOST_DATA,
    ALERT_CERTIFICATE_EXPIRING,
    ALERT_DISK_LOW,
    ALERT_BACKUP_OLD,
    ALERT_DAY_OPEN,
    ALERT_STORE_DAMAGED,
    ALERT_AMOUNT_BAD,
    ALERT_PERSON_REQUEST,
    ALERT_KINDS
};

struct alert {
    enum alert_kind kind;
    const char *subject; /* what it is about: plate, batch, user, order, bridge */
    const char *cart;    /* or NULL */
    struct saying says;  /* SAY_ALERT_…(), of collector/words/alerts.txt */
    enum lang lang;      /* the guild's, for who cannot render it: the member `details` */
    int64_t at_ms;       /* when the condition began */
};

/* Opens it in the caller's transaction, with a line in the log. True where it is new; where one is
 * open nothing changes. A cart that vanishes more than ALERT_OFTEN times in an hour is one alert
 * that begins again, and counts. */
#define ALERT_OFTEN 3
bool alert_raise(struct store *store, const struct alert *alert);
/* Kafka has it as it is now, and nobody is told again: what it said of a person was taken back. */
void alert_tell_again(struct store *store, const char *id, int64_t now_ms);
/* The cause is gone: ends the open one. True where there was one. */
bool alert_end(struct store *store, enum alert_kind kind, const char *subject, int64_t now_ms);
/* The one with this id began, or ended, at that time, where it stands with a later one: for what
 * several tell of, each by its own clock and in any order. Kafka has it anew, nobody is told again.
 * True where that changed it. */
bool alert_began(struct store *store, const char *id, int64_t at_ms);
bool alert_ended(struct store *store, const char *id, int64_t at_ms);
/* Whether one is open. */
bool alert_is_open(struct store *store, enum alert_kind kind, const char *subject);
/* When the last of them ended; 0: none has. What an operator cleared while its cause went on begins
 * anew from there. */
int64_t alert_last_end(struct store *store, enum alert_kind kind, const char *subject);
/* When the last of them began; 0: none has. */
int64_t alert_last_start(struct store *store, enum alert_kind kind, const char *subject);
/* What an operator says about the one with this id. False where it is in that state already or
 * there is none. */
bool alert_acknowledge(struct store *store, const char *id, int64_t now_ms);
bool alert_clear(struct store *store, const char *id, int64_t now_ms);

/* Appends an alert as carrito.alerts has it. The row's columns from the first on: id, kind,
 * subject, cart, severity, status, details, started_ms, ended_ms, about, times. */
void alert_write(struct store_rows *rows, struct buffer *out);

/* Appends what an alert says in this language: by `about` as the row or the record has it (NULL, or
 * of another release: `details`, as it was written down then). */
void alert_say(const char *about, const char *details, enum lang lang, struct buffer *out);

/* "cart-vanished". */
const char *alert_kind_name(enum alert_kind kind);
/* ALERT_KINDS where there is none of this name. */
enum alert_kind alert_kind_from_name(const char *name);

#endif
