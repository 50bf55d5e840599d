/* An application for membership, and what is decided about it (contract, section 5, "members").
 *
 * Read from a body or a record, queued for Kafka, and kept as a row of `members`. Functions that
 * take a store write in the caller's transaction and block for it. */
#ifndef CARRITO_COLLECTOR_MEMBER_H
#define CARRITO_COLLECTOR_MEMBER_H

#include "collector/members/rut.h"
#include "collector/store/store.h"
#include "common/json_read.h"
#include "common/json_write.h"
#include "common/protocol.h"

#include <stdbool.h>
#include <stdint.h>

#define MEMBER_ID_MAX            64  /* bytes: [A-Za-z0-9._-] */
#define MEMBER_NAME_MAX          100 /* code points, of each of both names */
#define MEMBER_EMAIL_MAX         254 /* bytes */
#define MEMBER_TIME_UNKNOWN      (-1)
#define PASSPORT_MIN             5
#define PASSPORT_MAX             20
#define MEMBER_REASON_MAX        200 /* code points */
#define MEMBER_PREMIUM_PARTITION 1   /* of carrito.members; the others are in 0 */

struct member {
    char id[MEMBER_ID_MAX + 1]; /* the application's; counts once */
    char rut[RUT_SIZE];         /* 12345678-5; or "" and a passport */
    char passport[PASSPORT_MAX + 1];
    char name[MEMBER_NAME_MAX * 4 + 1], lastname[MEMBER_NAME_MAX * 4 + 1];
    char email[MEMBER_EMAIL_MAX + 1];
    char plate[CART_LENGTH_MAX + 1];
    bool premium;
    int64_t applied_ms; /* when it was made; MEMBER_TIME_UNKNOWN in a record without `ts_ms` */
};

/* Reads what a person types: all but id and time. False, and `why` names the field. */
bool member_read(const cJSON *object, struct member *member, struct json_reason *why);
/* Reads a record of carrito.members: with `id`, and with `ts_ms` where it has one. */
bool member_read_record(const cJSON *object, struct member *member, struct json_reason *why);
/* The record's bytes, as member_read_record reads them. */
void member_write(const struct member *member, struct buffer *out);

/* The rut, or the passport: what identifies the person, and is the record's key. */
const char *member_person(const struct member *member);
bool passport_is_valid(const char *text);

/* Owes the application to Kafka, in the partition that it belongs into. */
void member_enqueue(struct store *store, const struct member *member);

enum member_status { MEMBER_PENDING, MEMBER_ACCEPTED, MEMBER_REJECTED, MEMBER_LEFT };

struct member_decision {
    enum member_status status;
    const char *reason; /* in a person's words, or NULL */
    int64_t now_ms;
    int64_t cause_ms; /* the application's time, where nobody decided but the rules; 0: now */
};
/* Appends the reason of a row in this language: a person's words are as they are. What the rules
 * said is of an earlier release, which decided about conflicts by itself. */
void member_say_reason(const char *reason, enum lang lang, struct buffer *out);

const char *member_status_name(enum member_status status);
/* True where this application was taken before. */
bool member_is_known(struct store *store, const char *id);
/* True where another that is not rejected has the plate or the person. */
bool member_has_conflict(struct store *store, const struct member *member);
/* The row of a new application, pending or decided at once. */
void member_take(struct store *store, const struct member *member,
                 const struct member_decision *decision);

enum member_decided {
    MEMBER_DECIDED,
    MEMBER_UNKNOWN,
    MEMBER_WAS_DECIDED,
    MEMBER_IS_TAKEN /* an accepted one has the plate, or is the person */
};
/* Decides a pending application, by its id, or of a person named by rut (in any form) or passport;
 * `id` is then its own. Both ways of deciding queue the mail to the applicant, and an acceptance
 * ends the alert that its cart is nobody's. */
enum member_decided member_decide(struct store *store, const char *person,
                                  const struct member_decision *decision,
                                  char id[MEMBER_ID_MAX + 1]);

/* What becomes of an accepted member, named by the application's id, the rut (in any form) or the
 * passport. */
struct member_change {
    const char *person;
    const char *reason; /* of who leaves; or NULL */
    const char *id;     /* of who changes the plate: the new row's */
    const char *plate;  /* the same: the new one */
    int64_t left_ms;    /* of who leaves: since when */
    int64_t now_ms;
};
enum member_changed {
    MEMBER_CHANGED,
    MEMBER_NO_MEMBER,
    MEMBER_PLATE_TAKEN,
    MEMBER_NOT_YET /* he is said to have left before he was accepted */
};
/* Where a row was ended: its id, and the plate that is free now. */
struct member_ended {
    char id[MEMBER_ID_MAX + 1];
    char plate[CART_LENGTH_MAX + 1];
};
/* The member leaves, or left: the row stays with its plate, of which the next sale is a stranger's.
 */
enum member_changed member_leave(struct store *store, const struct member_change *change,
                                 struct member_ended *ended);
/* The same, and a row of the same person begins under the other plate. Nothing is changed where
 * that is anybody's. */
enum member_changed member_change_plate(struct store *store, const struct member_change *change,
                                        struct member_ended *ended);

#endif
