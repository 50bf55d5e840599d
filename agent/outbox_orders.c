/* Rows of orders: what the centre's words and the vendor's steps make of them. */
#include "agent/outbox_parts.h"

#include "orders_sql.h"

#include "common/log.h"
#include "common/order_state.h"

#include <stdio.h>
#include <string.h>

#define UNTOLD_MAX 4 /* at once; the next ones follow */
/* Kept where what the centre has set is kept (outbox_day.c does so, too). */
#define ORDERS_ON     "orders_on"
#define ORDERS_PAUSED "orders_paused"
#define ORDERS_MISSED "orders_missed"
#define STATUS_SIZE   33

/* What is asked of a row before it is changed. */
struct kept {
    bool is_there;
    char status[STATUS_SIZE];
    int64_t turn, number;
};

static bool is_one_of(const char *status, const char *const *list)
{
    while (*list != NULL && strcmp(*list, status) != 0)
        list++;
    return *list != NULL;
}

static bool is_open(const char *status)
{
    static const char *const list[] = { ORDER_OFFERED, "preparando", "entregando", NULL };

    return is_one_of(status, list);
}

/* The vendor has it in his hands: no word of the centre's puts it back. */
static bool is_far(const char *status)
{
    static const char *const list[] = { "entregando", "finalizado", NULL };

    return is_one_of(status, list);
}

static void take_row(sqlite3_stmt *row, struct order_row *order)
{
    *order = (struct order_row){
        .id = (const char *)sqlite3_column_text(row, 0),
        .offer = (const char *)sqlite3_column_text(row, 1),
        .status = (const char *)sqlite3_column_text(row, 2),
        .at_ms = sqlite3_column_int64(row, 3),
        .turn = sqlite3_column_int64(row, 4),
        .number = sqlite3_column_int64(row, 5),
        .expires_ms = sqlite3_column_int64(row, 6),
        .heard_boot = (const char *)sqlite3_column_text(row, 7),
        .heard_boot_ms = sqlite3_column_int64(row, 8),
        .reason = (const char *)sqlite3_column_text(row, 9),
        .told = sqlite3_column_int(row, 10) != 0,
    };
}

static void each(struct outbox *outbox, sqlite3_stmt *rows,
                 void (*call)(void *owner, const struct order_row *order), void *owner)
{
    struct order_row order;

    while (outbox_next_row(outbox, rows)) {
        take_row(rows, &order);
        call(owner, &order);
    }
    sqlite3_reset(rows);
}

bool outbox_order(struct outbox *outbox, const char *id,
                  void (*call)(void *owner, const struct order_row *order), void *owner)
{
    sqlite3_stmt *row = BIND(outbox, ORDER_READ, "t", id);
    struct order_row order;
    bool found = outbox_next_row(outbox, row);

    if (found) {
        take_row(row, &order);
        call(owner, &order);
    }
    sqlite3_reset(row);
    return found;
}

void outbox_each_order(struct outbox *outbox, int max,
                       void (*call)(void *owner, const struct order_row *order), void *owner)
{
    each(outbox, BIND(outbox, ORDERS_READ, "i", (int64_t)max), call, owner);
}

void outbox_each_open_order(struct outbox *outbox,
                            void (*call)(void *owner, const struct order_row *order), void *owner)
{
    each(outbox, BIND(outbox, ORDERS_OPEN, ""), call, owner);
}

void outbox_each_untold_order(struct outbox *outbox,
                              void (*call)(void *owner, const struct order_row *order), void *owner)
{
    each(outbox, BIND(outbox, ORDERS_UNTOLD, "i", (int64_t)UNTOLD_MAX), call, owner);
}

static void keep(void *owner, const struct order_row *order)
{
    struct kept *kept = owner;

    kept->is_there = true;
    kept->turn = order->turn;
    kept->number = order->number;
    snprintf(kept->status, sizeof kept->status, "%s", order->status);
}

static void note_number(void *owner, const struct order_row *order)
{
    if (order->number >= 1 && order->number <= ORDERS_OPEN_MAX)
        ((bool *)owner)[order->number] = true;
}

/* The lowest that no open order has; 0: all are taken. */
static int64_t free_number(struct outbox *outbox)
{
    bool used[ORDERS_OPEN_MAX + 1] = { false };
    int64_t number = 1;

    outbox_each_open_order(outbox, note_number, used);
    while (number <= ORDERS_OPEN_MAX && used[number])
        number++;
    return number <= ORDERS_OPEN_MAX ? number : 0;
}

/* NULL: the offer changes nothing, as a later word was heard, or the same. */
static const char *status_after(const struct kept *kept, const struct order_offered *offered)
{
    static const char *const waiting[] = { ORDER_OFFERED, ORDER_EXPIRED, NULL };
    const char *begun = offered->taken ? order_state_names[ORDER_PREPARING] : ORDER_OFFERED;
    bool again = kept->is_there && offered->turn == kept->turn;

    if (!kept->is_there)
        return begun;
    if (offered->turn < kept->turn || (again && !offered->taken))
        return NULL;
    if (is_far(kept->status) || strcmp(kept->status, begun) == 0)
        return kept->status;
    return again && !is_one_of(kept->status, waiting) ? NULL : begun;
}

/* The vendor's number for it stays as long as it is open. 0: there is none for it. */
static int64_t number_for(struct outbox *outbox, const struct kept *kept)
{
    bool has = kept->is_there && kept->turn > 0 && is_open(kept->status);

    return has ? kept->number : free_number(outbox);
}

static enum database_result keep_offer(struct outbox *outbox, const struct order_offered *offered,
                                       const char *status, int64_t number)
{
    enum database_result result =
        database_run(outbox->db, BIND(outbox, ORDER_KEEP, "tttiiiiti", offered->id, offered->text,
                                      status, offered->at_ms, offered->turn, number,
                                      offered->expires_ms, offered->boot, offered->boot_ms));

    if (result == DATABASE_OK)
        result = database_run(outbox->db, BIND(outbox, ORDERS_BOUND, "i", (int64_t)ORDERS_KEPT));
    return result;
}

enum database_result outbox_orders_offer(struct outbox *outbox, const struct order_offered *offered)
{
    struct kept kept = { .is_there = false };

    outbox_order(outbox, offered->id, keep, &kept);
    const char *status = status_after(&kept, offered);
    int64_t number = status != NULL && is_open(status) ? number_for(outbox, &kept) : 0;
    if (outbox->broken)
        return DATABASE_BROKEN;
    if (status == NULL)
        return DATABASE_OK;
    if (number == 0 && is_open(status)) {
        log_warn("outbox", "an order is not taken: the vendor has too many", "order=%s open=%d",
                 offered->id, ORDERS_OPEN_MAX);
        return DATABASE_OK;
    }
    return keep_offer(outbox, offered, status, number);
}

/* What the vendor has done stands: a sale is a sale. He is told where he works on it, or has sold
 * it; an offer that he has not answered only goes. */
enum database_result outbox_orders_cancel(struct outbox *outbox,
                                          const struct order_cancelled *cancelled)
{
    static const char *const done[] = { "finalizado", ORDER_REFUSED, NULL };
    struct kept kept = { .is_there = false };

    outbox_order(outbox, cancelled->id, keep, &kept);
    if (outbox->broken)
        return DATABASE_BROKEN;
    if (kept.turn > cancelled->turn || (!kept.is_there && cancelled->turn == 0))
        return DATABASE_OK;
    const char *gone = order_state_names[ORDER_CANCELLED];
    bool stands = kept.is_there && is_one_of(kept.status, done);
    bool tells =
        kept.is_there && strcmp(cancelled->reason, ORDER_REASON_ENDED) != 0 &&
        (is_far(kept.status) || strcmp(kept.status, order_state_names[ORDER_PREPARING]) == 0);
    enum database_result result = database_run(
        outbox->db, BIND(outbox, ORDER_END, "ttiiti", cancelled->id, stands ? kept.status : gone,
                         cancelled->at_ms, cancelled->turn, cancelled->reason, (int64_t)!tells));
    if (result == DATABASE_OK)
        result = database_run(outbox->db, BIND(outbox, ORDERS_BOUND, "i", (int64_t)ORDERS_KEPT));
    return result;
}

enum database_result outbox_orders_step(struct outbox *outbox, const struct event *event)
{
    return database_run(outbox->db,
                        BIND(outbox, ORDER_STEP, "tti", event->order, event->status, event->ts_ms));
}

enum outbox_result outbox_tell_order(struct outbox *outbox, const char *id, int64_t turn)
{
    if (outbox->read_only)
        return OUTBOX_READ_ONLY;
    return outbox_outcome(outbox,
                          database_run(outbox->db, BIND(outbox, ORDER_TOLD, "ti", id, turn)));
}

/* The offer's end, and how many have ended so in a row, in one transaction. */
static enum database_result try_expire(struct outbox *outbox, const char *id, int64_t at_ms)
{
    enum database_result result = database_script(outbox->db, "BEGIN IMMEDIATE");

    if (result == DATABASE_OK)
        result = database_run(outbox->db, BIND(outbox, ORDER_EXPIRE, "ti", id, at_ms));
    if (result == DATABASE_OK)
        result = outbox_config_write(outbox->db, ORDERS_MISSED, outbox->listening.missed + 1);
    if (result == DATABASE_OK)
        result = database_script(outbox->db, "COMMIT");
    if (result == DATABASE_OK)
        outbox->listening.missed++;
    else
        sqlite3_exec(outbox->db, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

enum outbox_result outbox_expire_order(struct outbox *outbox, const char *id, int64_t at_ms)
{
    if (outbox->read_only)
        return OUTBOX_READ_ONLY;
    return outbox_outcome(outbox, try_expire(outbox, id, at_ms));
}

void outbox_listening_read(struct outbox *outbox)
{
    int64_t on = 0, paused = 0, missed = 0;

    outbox_config_read(outbox, ORDERS_ON, &on);
    outbox_config_read(outbox, ORDERS_PAUSED, &paused);
    outbox_config_read(outbox, ORDERS_MISSED, &missed);
    outbox->listening = (struct outbox_listening){ on != 0, paused != 0, missed };
}

enum database_result outbox_listening_worked(struct outbox *outbox)
{
    return outbox_config_write(outbox->db, ORDERS_MISSED, 0);
}

struct outbox_listening outbox_listening(const struct outbox *outbox)
{
    return outbox->listening;
}

enum outbox_result outbox_listen(struct outbox *outbox, const struct outbox_listening *listening)
{
    enum database_result result = DATABASE_OK;

    if (outbox->read_only)
        return OUTBOX_READ_ONLY;
    result = database_script(outbox->db, "BEGIN IMMEDIATE");
    if (result == DATABASE_OK)
        result = outbox_config_write(outbox->db, ORDERS_ON, listening->on);
    if (result == DATABASE_OK)
        result = outbox_config_write(outbox->db, ORDERS_PAUSED, listening->paused);
    if (result == DATABASE_OK)
        result = outbox_config_write(outbox->db, ORDERS_MISSED, listening->missed);
    if (result == DATABASE_OK)
        result = database_script(outbox->db, "COMMIT");
    if (result == DATABASE_OK)
        outbox->listening = *listening;
    else
        sqlite3_exec(outbox->db, "ROLLBACK", NULL, NULL, NULL);
    return outbox_outcome(outbox, result);
}
