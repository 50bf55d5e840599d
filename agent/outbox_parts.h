/* What the files of the outbox share: its statements and its state. For outbox*.c only. */
#ifndef CARRITO_AGENT_OUTBOX_PARTS_H
#define CARRITO_AGENT_OUTBOX_PARTS_H

#include "agent/database.h"
#include "agent/outbox.h"
#include "agent/outbox_file.h"
#include "agent/outbox_orders.h"
#include "agent/outbox_row.h"

#include <stddef.h>

#define NAMED_TIMES 3 /* in so many heartbeats is a command named that was carried out */

/* Each statement that is used more than once has a place. */
enum statement {
    HEAD_WRITE,
    EVENT_INSERT,
    EVENTS_READ,
    OLDEST,
    EVENTS_COUNT,
    RECEIPT_INSERT,
    RECEIPT_DATE,
    BOOT_DATE,
    RECEIPT_VOID,
    RECEIPT_READ,
    DAY_SUMS,
    ORDER_READ,
    ORDERS_READ,
    ORDERS_OPEN,
    ORDERS_UNTOLD,
    ORDER_KEEP,
    ORDER_STEP,
    ORDER_END,
    ORDER_EXPIRE,
    ORDER_TOLD,
    ORDERS_BOUND,
    BYTES_USED,
    EVENTS_PRUNE,
    RECEIPTS_PRUNE,
    ORDERS_PRUNE,
    REPLAY_AFTER,
    TOTALS_KEEP,
    TOTALS_PRUNE,
    STATEMENTS
};

/* What all sales and voids from where the totals begin up to this one come to. */
struct outbox_totals {
    int64_t seq, receipt; /* of the newest of them; a void has no receipt of its own */
    int64_t voided, quantity, amount;
};

struct outbox {
    struct outbox_file *file; /* the lock; NULL for a reader */
    char *path;               /* NULL for a reader */
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    struct outbox_head head;
    int64_t closed_ms; /* as outbox_closed_ms() says */
    struct outbox_listening listening;
    bool has_totals; /* they hold all that is there */
    struct outbox_totals totals, totals_begin;
    struct outbox_unreadable unreadable;
    struct outbox_left left;
    int64_t handed_seq; /* highest number read since a replay was asked for */
    int64_t
        named[NAMED_TIMES]; /* the newest command's place at the last heartbeats, oldest first */
    int heartbeats;         /* since it was opened */
    int commits;            /* since the last checkpoint */
    int64_t right_ms;       /* of the newest event by a right clock since it was opened; 0: none */
    bool ages;              /* outbox_age() has read the notes */
    bool early_told;        /* that rows go before their time */
    int64_t ran_ms;         /* for how long the agent has run with this file, by the last note */
    int64_t noted_mono_ms;  /* when that was */
    int64_t aged_seq;       /* up to here was acknowledged long enough ago; 0: not known */
    bool broken;            /* the disk failed, or a row could not be read */
    bool crowded;           /* the disk is full, nothing may go, and no ballast is left */
    bool read_only;         /* nothing can be written: db is a reader */
    bool unsaved;           /* head differs from the file by what was acknowledged */
    struct buffer bytes;    /* of the event in hand */
};

#define BIND(outbox, place, ...)                                                                   \
    database_bind((outbox)->db, &(outbox)->statements[place], SQL_##place, __VA_ARGS__)

/* What a result means to the outbox's caller; all but a full disk makes the outbox broken. */
enum outbox_result outbox_outcome(struct outbox *outbox, enum database_result result);

/* False where there is none that makes sense. */
bool outbox_read_head(struct outbox *outbox);
/* In the caller's transaction. */
enum database_result outbox_write_head(struct outbox *outbox, const struct outbox_head *head);

/* What is kept of the day's end; EVENT_ABSENT: nothing. */
int64_t outbox_day_read(sqlite3 *db);
/* In the caller's transaction: it is open. */
enum database_result outbox_day_reopen(struct outbox *outbox);

/* What is set for good; `value` is left alone where nothing was said. The writer in the caller's
 * transaction, or in one of its own. */
bool outbox_config_read(struct outbox *outbox, const char *name, int64_t *value);
enum database_result outbox_config_write(sqlite3 *db, const char *name, int64_t value);

/* In the caller's transaction: an order-offer, an order-cancel, a step of the vendor's. */
enum database_result outbox_orders_offer(struct outbox *outbox,
                                         const struct order_offered *offered);
enum database_result outbox_orders_cancel(struct outbox *outbox,
                                          const struct order_cancelled *cancelled);
enum database_result outbox_orders_step(struct outbox *outbox, const struct event *event);
/* As the file has it. */
void outbox_listening_read(struct outbox *outbox);
/* In the caller's transaction: somebody is there. */
enum database_result outbox_listening_worked(struct outbox *outbox);

/* What the statements of effects need of this database. */
enum database_result outbox_effects_prepare(sqlite3 *db);
/* In the transaction of the event: what it changes beside its row. `head` stands before it. */
enum database_result outbox_effects_keep(struct outbox *outbox, const struct outbox_head *head,
                                         const struct event *event);
/* What an event changes in the head. */
void outbox_effects_advance(struct outbox_head *head, const struct event *event);
/* The running totals: as the file has them, read after the head. */
void outbox_totals_read(struct outbox *outbox);
/* In the transaction of the event. `receipts`: how many it took back, which it had not before. */
enum database_result outbox_totals_sale(struct outbox *outbox, const struct event *sale);
enum database_result outbox_totals_void(struct outbox *outbox, const struct event *event,
                                        int receipts);
/* They cannot be told any more, until they begin anew: behind this event and this receipt. */
void outbox_totals_lose(struct outbox *outbox);
enum database_result outbox_totals_begin(struct outbox *outbox, int64_t after_seq,
                                         int64_t after_receipt);
/* They hold all up to *after_seq, and what comes after it will be added now; where that is not so,
 * they begin with the oldest event that is there, and *after_seq is the number before it. */
enum database_result outbox_totals_resume(struct outbox *outbox, int64_t *after_seq);
/* In the transaction of a commit that removes events: a few of what they leave behind. */
enum database_result outbox_totals_prune(struct outbox *outbox);

/* Keeps the effects of events that an agent of an earlier release has written, in a transaction.
 * Days begin as they do by now. Where it cannot, the next opening tries again, and all else works.
 */
void outbox_effects_catch_up(struct outbox *outbox);

/* True while there is one. A row that cannot be read makes the outbox broken: the disk fails, or
 * the file is damaged. */
bool outbox_next_row(struct outbox *outbox, sqlite3_stmt *rows);

/* Days begin as the centre said last; where it said nothing, as before. */
void outbox_follow_days(struct outbox *outbox);
/* Inside a transaction, before outbox_follow_days(): what was sold on days that begin otherwise by
 * `change` counts on the days that it makes. What has no event any more stays where it is. */
enum database_result outbox_recount_days(struct outbox *outbox, const struct day_start *change);

/* Up to here rows may go for the size of the ring alone. */
int64_t outbox_may_go(const struct outbox *outbox);
/* Logs, once, where rows have gone that should have stayed longer. */
void outbox_tell_early(struct outbox *outbox);

/* Within the transaction of a commit whose newest event is `last`: makes room in the ring, of what
 * was acknowledged only; a little with each commit, since a vendor may be waiting for this one. */
enum database_result outbox_prune(struct outbox *outbox, const struct event *last, size_t count);

/* Where the disk is full, outside of a transaction. DATABASE_OK: there is room for a commit;
 * DATABASE_FULL: all that is left is needed to remove what will be acknowledged. */
enum database_result outbox_make_room(struct outbox *outbox);

/* A damaged file that cannot be set aside: what waits and can be read is put into memory, in place
 * of the db, with a head that fits it. False where there is nothing of an outbox. */
bool outbox_salvage(struct outbox *outbox);

#endif
