/* The outbox: what happened on the cart, safe on its own disk before anybody is told "ok".
 *
 * SQLite in WAL mode with synchronous=FULL, set and read back: of 60 simulated power cuts none lost
 * a row that was committed (with NORMAL 24 did). One writer, by a lock beside the file. Rows stay
 * after they were acknowledged, a ring by size, but for a week at least that the agent has run, so
 * that the centre can ask for them again; a row that is not acknowledged is never removed. On a
 * disk that becomes full they go earlier (room.h), so that a sale is taken as long as something
 * that was acknowledged is there. One thread; every
 * call may block for the disk. */
#ifndef CARRITO_AGENT_OUTBOX_H
#define CARRITO_AGENT_OUTBOX_H

#include "agent/outbox_answers.h"
#include "common/buffer.h"
#include "common/day.h"
#include "common/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the file; what waits, and what was acknowledged of late, may exceed it. */
#define OUTBOX_RING_BYTES_MAX (64LL * 1024 * 1024)
#define OUTBOX_KEPT_MS_MIN    (7 * 86400000LL) /* of running, after the acknowledgement */
#define OUTBOX_TIDY_COMMITS   64               /* about 1 MB of WAL */
#define COMMAND_ID_MAX        64

/* What the head of the file was when it was opened. */
enum head_state {
    HEAD_SOUND,
    HEAD_MENDED, /* it was damaged, and is told by the rows */
    HEAD_REWOUND /* and nobody knows what was acknowledged: all that is kept is sent again */
};

/* Where the cart stands; changed by outbox_commit and the calls below only. */
struct outbox_head {
    char epoch[EPOCH_LENGTH_MAX + 1];
    char cart[CART_LENGTH_MAX + 1]; /* whose it is; "" in a file of an earlier release */
    int64_t session;                /* starts of the program with this file */
    int64_t last_seq, last_receipt, acked_seq;
    int64_t stock; /* EVENT_ABSENT: never counted */
    bool has_fix;
    double lat, lon; /* degrees */
    int64_t fix_ms;
    char clock_boot[sizeof((struct event *)NULL)->boot]; /* the boot whose `clock` event was
                                                            written; "" none */
    int64_t clock_zero_ms; /* when that boot began, by that event; EVENT_ABSENT: not known */
    int64_t effects_seq;   /* up to which all effects are kept; EVENT_ABSENT: of an older file */
    bool damaged;          /* this epoch began since a file was damaged */
    char damaged_epoch[EPOCH_LENGTH_MAX + 1]; /* of that file; "" could not be read */
    int64_t damaged_rows;                     /* readable ones in it that were not acknowledged */
    enum head_state mended;                   /* when it was read */
};

enum outbox_result {
    OUTBOX_OK,
    OUTBOX_FULL,      /* no room on the disk: nothing was recorded; may be tried again */
    OUTBOX_READ_ONLY, /* nothing was recorded: the card cannot be written */
    OUTBOX_BROKEN     /* the disk fails: nothing was recorded; close, open again */
};

struct outbox;

/* Opens or makes the file, as that of the plate `cart`, and counts the session. A damaged one is
 * set aside under another name, and so is one of another plate (outbox_aside.h); a new epoch begins
 * then. NULL and a log line where there can be no outbox now: another agent has
 * it, the folder cannot be written, or the file is of another release (outbox_schema.h) and left as
 * it is. */
struct outbox *outbox_open(const char *path, const char *cart, int64_t wall_ms);
/* A card that can only be read is opened so: what waits can be sent, what is acknowledged is kept
 * in memory, and nothing is recorded. What is another plate's counts as acknowledged here, and is
 * told by outbox_left(). When it can be written again, outbox_tidy makes it broken, so that it is
 * opened anew. */
bool outbox_is_read_only(const struct outbox *outbox);
/* What waits on a card that can only be read and is of another plate; all 0 where nothing is. */
struct outbox_left {
    char cart[CART_LENGTH_MAX + 1];
    int64_t waiting;
    bool is_all; /* all that waits on it is that plate's: it can be sent as a former outbox */
};
struct outbox_left outbox_left(const struct outbox *outbox);
void outbox_close(struct outbox *outbox);
/* For `today` and `outbox …`: reads what is committed, beside a running agent too. NULL where there
 * is none that can be read. Of the calls below only the readers are allowed. */
struct outbox *outbox_open_reader(const char *path);

const struct outbox_head *outbox_head(const struct outbox *outbox);

/* Stores the events, in order, in one transaction with what they change: head, receipts, orders,
 * and what the vendor is told of it (outbox_answers.h; NULL: nobody asked). Their seq are head's
 * last_seq + 1, + 2, …. Returns after the fsync. */
enum outbox_result outbox_commit(struct outbox *outbox, const struct event *events, size_t count,
                                 const struct outbox_answer *answer);
/* Appends what was answered to the request of this id; false where it is not known. */
bool outbox_answered(struct outbox *outbox, const char *id, struct buffer *answer);

/* Rows with after_seq < seq <= upto_seq as NDJSON, lowest first, as far as both bounds allow;
 * returns the number up to which that is all there is to read, 0 for none. A row that fails its
 * checksum is left out, so that `events` may be 0 for a number; the same range gives the same
 * bytes. */
struct outbox_range {
    int64_t after_seq, upto_seq;
    unsigned events_max;
    size_t bytes_max;
};
int64_t outbox_read(struct outbox *outbox, const struct outbox_range *range, struct buffer *ndjson,
                    unsigned *events);
/* A row could not be read, or a call was OUTBOX_BROKEN: close, open again. */
bool outbox_is_broken(const struct outbox *outbox);
/* Events that are not what was written, as far as they were met since the outbox was opened; each
 * is logged once, none is ever handed out. */
struct outbox_unreadable {
    int64_t events, first_seq, last_seq; /* all 0: none */
};
struct outbox_unreadable outbox_unreadable(const struct outbox *outbox);
/* Only moves forward and never beyond last_seq; written with the next commit, or by outbox_save.
 * After a rewind, one beyond what was read since then is late and moves nothing: it speaks of the
 * first sending. */
void outbox_acknowledge(struct outbox *outbox, int64_t seq);
/* Writes what is only in memory yet: the acknowledged number. */
enum outbox_result outbox_save(struct outbox *outbox);
/* For a quiet moment: tidies up after OUTBOX_TIDY_COMMITS, which costs some fsyncs that no sale
 * should wait for. True where it did. */
bool outbox_tidy(struct outbox *outbox);

/* Time passes while the agent runs, by its monotonic clock: about once an hour it is noted up to
 * where the centre has acknowledged, so that rows stay for OUTBOX_KEPT_MS_MIN. To be called often.
 */
void outbox_age(struct outbox *outbox, int64_t mono_ms);

/* Sums of a local day in this epoch, voided sales left out; one that is voided leaves its own day.
 * A sale is of the day that the centre puts it on (contract, section 5): its time by a clock that
 * is not right (`none`, `rtc`) counts until the boot's `clock` event is committed, which moves it.
 */
struct day_sums {
    int64_t sales, quantity, amount, voided;
};
void outbox_day_sums(struct outbox *outbox, int32_t day, struct day_sums *sums);

/* The cart's running totals of its epoch (contract, section 3). They hang on no clock, and outlive
 * pruning, restarts and a centre that acknowledges less than before. They begin with the epoch; in
 * a file of an earlier release with the oldest event that it still had.
 *
 * A void counts where its sale is in the range, too: one of a sale from before `from` changes
 * nothing, so that no sum is ever negative, and the centre, which knows the number of each sale,
 * comes to the same without what it may never have had. */
struct outbox_counts {
    int64_t from; /* the first seq that they hold */
    int64_t upto,
        made; /* the last sale or void in them, and the newest of all; 0: none since from */
    int64_t receipts, voided;
    int64_t quantity, amount; /* of what stands */
};
/* Up to the newest sale or void that is not behind `upto_seq`. False where they cannot be told: the
 * file is of an earlier release, or was written by one since, and is only read. */
bool outbox_counts(struct outbox *outbox, int64_t upto_seq, struct outbox_counts *counts);

struct receipt_row {
    int32_t day;
    int64_t quantity, amount; /* EVENT_ABSENT: unpriced */
    bool voided;
};
bool outbox_receipt(struct outbox *outbox, int64_t receipt, struct receipt_row *row);

/* An order-offer. */
struct order_offered {
    const char *id, *text; /* its JSON */
    int64_t turn;
    bool taken; /* the centre says that this cart has it */
    int64_t at_ms, expires_ms;
    const char *boot;
    int64_t boot_ms;
};

/* An order-cancel. */
struct order_cancelled {
    const char *id, *reason;
    int64_t turn, at_ms;
};

/* What a command changes in the outbox: nothing, where all is NULL and 0. */
struct command_effect {
    const struct order_offered *offered; /* kept, as outbox_orders.h says */
    const struct order_cancelled *cancelled;
    int64_t replay_from;          /* rows from this one on are sent again, if still there */
    int64_t location_s;           /* seconds between positions, for good */
    const struct day_start *days; /* how days begin from its first one on */
};
/* The effect and its command among those done, in one transaction: after a power cut there are both
 * or neither. Returns after the fsync; unless OUTBOX_OK, nothing has happened. */
enum outbox_result outbox_carry_out(struct outbox *outbox, const char *command_id,
                                    const struct command_effect *effect);
/* The number from which on rows may be of `since_ms` (wall clock) or later: the one after the
 * newest row that a right clock dates before it, as clocks of a boot may be wrong before they are
 * right. */
int64_t outbox_since(struct outbox *outbox, int64_t since_ms);
/* Is it among the last 256 that were carried out? */
bool outbox_is_done(struct outbox *outbox, const char *command_id);
/* It came again, since the centre does not know yet: outbox_each_done names it again. */
void outbox_tell_again(struct outbox *outbox, const char *command_id);
/* Once for each heartbeat, which nobody acknowledges: calls back with the commands to name in it,
 * oldest first, at most 16: those that were carried out, or came again, since the third heartbeat
 * before, and in the first three of a connection all of the last 16. If all three are lost, the
 * bridge sends the command again. */
void outbox_each_done(struct outbox *outbox, void (*call)(void *owner, const char *id),
                      void *owner);
/* The connection is a new one: what was named over the other may not have arrived. */
void outbox_name_done_again(struct outbox *outbox);
/* The last location_s that was carried out; 0: none was. How days begin needs no asking: whoever
 * opens the outbox, a reader too, has day_set_starts() called with what was carried out last. */
int64_t outbox_location_s(struct outbox *outbox);

/* The vendor has closed the day, at `closed_ms` of the wall clock (0: a clock that is not right):
 * kept over restarts, until a sale or a count of the stock is committed, which opens it. Where the
 * card takes nothing, it is kept in memory only. */
enum outbox_result outbox_close_day(struct outbox *outbox, int64_t closed_ms);
/* EVENT_ABSENT: it is open. */
int64_t outbox_closed_ms(const struct outbox *outbox);

/* Wall time of the oldest event that waits; 0 where none does. */
int64_t outbox_oldest_waiting_ms(struct outbox *outbox);
/* The same of the oldest event that is still there, acknowledged or not: so far back the centre can
 * have events again. */
int64_t outbox_kept_since_ms(struct outbox *outbox);
/* Bytes written to the database since it was opened (pages of its cache). */
int64_t outbox_written_bytes(struct outbox *outbox);
/* SQLite's integrity_check and the continuity of the numbers; false with a sentence in `wrong`. */
bool outbox_verify(struct outbox *outbox, char *wrong, size_t size);

/* How many events have these numbers, after_seq < seq <= upto_seq: some may be missing. */
int64_t outbox_count(struct outbox *outbox, int64_t after_seq, int64_t upto_seq);
/* Is all that waits in it its plate's? A file of the first release may have others'. */
bool outbox_is_one_plates(struct outbox *outbox);

#endif
