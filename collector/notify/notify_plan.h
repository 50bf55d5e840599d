/* When a mail is tried again, when it is given up, and when there are too many for one recipient.
 *
 * Pure decisions; times are the wall clock's milliseconds. */
#ifndef CARRITO_COLLECTOR_NOTIFY_PLAN_H
#define CARRITO_COLLECTOR_NOTIFY_PLAN_H

#include "collector/effects/transfers.h"

#include <stdbool.h>
#include <stdint.h>

#define NOTIFY_GIVE_UP_MS (24 * 3600 * 1000LL)
#define NOTIFY_HOUR_MS    (3600 * 1000LL)

/* What became of a mail, as `carrito.order-notifications` has it; held is `deferred` there. What is
 * postponed was not tried, and goes on waiting without a word. */
enum mail_outcome {
    MAIL_SENT,
    MAIL_DEFERRED,
    MAIL_FAILED,
    MAIL_SKIPPED,
    MAIL_HELD,
    MAIL_POSTPONED,
    MAIL_DIGESTED,
    MAIL_OUTCOMES
};

struct mail_verdict {
    enum mail_outcome outcome;
    int64_t next_ms; /* MAIL_DEFERRED, _HELD, _POSTPONED: when it is time again */
};

/* The tries of one mail or post so far. */
struct mail_tries {
    int64_t attempts;   /* without the one that is judged */
    int64_t created_ms; /* when it was queued: by that it is given up, whatever its server did */
};

/* "sent", …: the word for a mail's status in the table, and for its outcome in a record. */
const char *mail_outcome_status(enum mail_outcome outcome);
const char *mail_outcome_word(enum mail_outcome outcome);

/* The pause after so many tries: 1, 2, 5, 10, 30 s, 1, 2, 5, 10, 30 min, then an hour, each up to a
 * quarter longer by chance, so that what failed together does not come again together. */
int64_t notify_pause_ms(int64_t attempts, uint64_t *random);
/* What a try has come to. A server that is away counts as refused for now. */
struct mail_verdict notify_judge(enum send_result result, const struct mail_tries *tries,
                                 int64_t now_ms, uint64_t *random);

/* How much a recipient got, or all who share a limit. */
struct mail_flow {
    int64_t now_ms;
    int64_t limit;     /* per hour; 0: none */
    int64_t sent;      /* in the hour up to now */
    int64_t in_hand;   /* about to be sent besides */
    int64_t oldest_ms; /* when the one was sent that must be an hour old before there is room */
};

/* 0 where one more may be sent now, else when the digest may be that it goes into. */
int64_t notify_room_ms(const struct mail_flow *flow);

/* The digest that is due then, or next: those of the same minute are one. */
int64_t notify_digest_ms(int64_t ms);

/* Room on the disk of the store. Low is under a tenth or 500 MB, or where it will be so within
 * DISK_DAYS_WARN; it is over with a fifth more than that and half as many days more, so that it
 * does not come and go. */
#define DISK_DAYS_WARN 14
#define DISK_DAYS_MAX  31 /* how many days back are looked at */
struct disk_room {
    uint64_t total, available; /* bytes */
};
enum disk_verdict { DISK_LOW, DISK_BETWEEN, DISK_GOOD };
/* `days_left`: as disk_days_left() says. */
enum disk_verdict disk_judge(const struct disk_room *room, double days_left);

/* What the same disk had on a day. */
struct disk_day {
    int64_t day;
    uint64_t available;
};
/* In how many days the room is low at the pace of these days (in order, at most DISK_DAYS_MAX),
 * which is the median over all pairs of them: one large file that came or went is no pace. INFINITY
 * where the room does not shrink, or the days span less than three. */
double disk_days_left(const struct disk_room *room, const struct disk_day *days, size_t count);

#endif
