/* Numbers events, fills in what the centre knows of the cart, and queues them to Kafka. */
#include "collector/sales/desk.h"
#include "collector/effects/outgoing.h"

#include "desk_sql.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ID_SIZE (CART_LENGTH_MAX + EPOCH_LENGTH_MAX + 24)

/* The centre's outbox of one cart. */
struct outbox {
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t seq, receipt;    /* the last ones given */
    int64_t stock, stock_ms; /* EVENT_ABSENT: never said */
};

bool desk_check(struct event *event, int64_t now_ms, struct json_reason *why)
{
    struct buffer text = { 0 };
    struct event checked;

    if (event->ts_ms > now_ms + DESK_FUTURE_MS_MAX)
        return json_refuse(why, "ts", SAY_REASON_FUTURE("ts"));
    if (event->ts_ms < now_ms - DESK_PAST_MS_MAX)
        return json_refuse(why, "ts", SAY_REASON_YEAR_AGO("ts"));
    event->clock = CLOCK_NTP;
    event->desk = true;
    /* Any identity does for reading it as the roles will. */
    snprintf(event->epoch, sizeof event->epoch, "%0*d", EPOCH_LENGTH_MIN, 0);
    event->seq = 1;
    if (event->type == EVENT_SALE)
        event->receipt = 1;
    event_write(event, &text);
    bool good = event_read(text.bytes, text.length, &checked, why);
    buffer_free(&text);
    if (good)
        *event = checked;
    return good;
}

static int64_t int_or_absent(struct store_rows *rows, int column)
{
    return store_is_null(rows, column) ? EVENT_ABSENT : store_int(rows, column);
}

static void read_outbox(struct store *store, const char *cart, struct outbox *outbox)
{
    struct store_rows *rows = store_query(store, SQL_DESK_READ, "t", cart);

    *outbox = (struct outbox){ .stock = EVENT_ABSENT, .stock_ms = EVENT_ABSENT };
    if (store_next(rows)) {
        snprintf(outbox->epoch, sizeof outbox->epoch, "%s", store_text(rows, 0));
        outbox->seq = store_int(rows, 1);
        outbox->receipt = store_int(rows, 2);
        outbox->stock = int_or_absent(rows, 3);
        outbox->stock_ms = int_or_absent(rows, 4);
    } else {
        epoch_make(outbox->epoch);
    }
    store_rows_end(rows);
}

/* What is left on the cart: the centre's own word, or the cart's where that is the later one. */
static int64_t find_stock(struct store *store, const char *cart, const struct outbox *outbox)
{
    struct store_rows *rows = store_query(store, SQL_DESK_LEVEL, "tt", cart, outbox->epoch);
    int64_t stock = outbox->stock;

    if (store_next(rows) && store_int(rows, 1) > outbox->stock_ms)
        stock = store_int(rows, 0);
    store_rows_end(rows);
    return stock;
}

/* A sale above the stock leaves 0; a cart that was never counted stays uncounted. */
static int64_t change_stock(int64_t stock, int64_t change)
{
    if (stock == EVENT_ABSENT)
        return EVENT_ABSENT;
    stock += change;
    return stock < 0 ? 0 : stock > INTEGER_MAX ? INTEGER_MAX : stock;
}

static bool read_fix(struct store_rows *rows, struct event *event)
{
    event->has_position = store_next(rows);
    if (event->has_position) {
        event->lat = store_number(rows, 0);
        event->lon = store_number(rows, 1);
        event->fix_ms = store_int(rows, 2);
    }
    store_rows_end(rows);
    return event->has_position;
}

/* The cart's last fix at the time of the sale; absent only if the cart never had one. */
static void find_fix(struct store *store, struct event *event)
{
    if (!read_fix(store_query(store, SQL_DESK_FIX, "ti", event->cart, event->ts_ms), event))
        read_fix(store_query(store, SQL_DESK_LAST_FIX, "t", event->cart), event);
}

/* The event gets the outbox's next number, and both are written. */
static void add(struct store *store, struct event *event, struct outbox *outbox)
{
    struct buffer value = { 0 };
    char id[ID_SIZE];

    snprintf(event->epoch, sizeof event->epoch, "%s", outbox->epoch);
    event->seq = ++outbox->seq;
    if (event->stock != EVENT_ABSENT) {
        outbox->stock = event->stock;
        outbox->stock_ms = event->ts_ms;
    }
    store_run(store, SQL_DESK_WRITE, "ttiioo", event->cart, outbox->epoch, outbox->seq,
              outbox->receipt, outbox->stock, outbox->stock_ms);
    event_write(event, &value);
    snprintf(id, sizeof id, "%s/%s/%lld", event->cart, event->epoch, (long long)event->seq);
    outgoing_add(store, &(struct outgoing){ .id = id,
                                            .topic = TOPIC_SALES,
                                            .key = event->cart,
                                            .key_length = strlen(event->cart),
                                            .value = value.bytes,
                                            .value_length = value.length,
                                            .type = event_type_name(event->type) });
    buffer_free(&value);
}

void desk_write(struct store *store, struct event *event)
{
    struct outbox outbox;

    read_outbox(store, event->cart, &outbox);
    if (event->type == EVENT_SALE) {
        event->receipt = ++outbox.receipt;
        if (event->stock == EVENT_ABSENT)
            event->stock = change_stock(find_stock(store, event->cart, &outbox), -event->quantity);
        if (!event->has_position)
            find_fix(store, event);
        store_run(store, SQL_DESK_SALE_INSERT, "ttii", event->cart, outbox.epoch, event->receipt,
                  event->quantity);
    }
    add(store, event, &outbox);
}

/* One of a cart's own, as far as the role `sales` has seen it. */
static enum desk_verdict find_receipt(struct store *store, const struct event *event)
{
    struct store_rows *rows = store_query(store, SQL_DESK_RECEIPT_FIND, "itt", event->receipt,
                                          event->cart, event->sale_epoch);
    enum desk_verdict verdict = DESK_UNKNOWN;

    if (store_next(rows))
        verdict = store_is_null(rows, 0) ? DESK_WRITTEN : DESK_VOIDED;
    store_rows_end(rows);
    return verdict;
}

/* The pieces of a sale of the centre's; EVENT_ABSENT where it is none. */
static int64_t find_quantity(struct store *store, const struct event *event)
{
    struct store_rows *rows = store_query(store, SQL_DESK_SALE_FIND, "tti", event->cart,
                                          event->sale_epoch, event->receipt);
    int64_t quantity = store_next(rows) ? store_int(rows, 0) : EVENT_ABSENT;

    store_rows_end(rows);
    return quantity;
}

/* Taken back here before: to whoever did it, it is the same void again. */
static enum desk_verdict find_void(struct store *store, struct event *event, const char *teller)
{
    struct store_rows *rows = store_query(store, SQL_DESK_VOID_FIND, "tti", event->cart,
                                          event->sale_epoch, event->receipt);
    enum desk_verdict verdict = DESK_UNKNOWN;

    if (store_next(rows)) {
        verdict = DESK_VOIDED;
        if (!store_is_null(rows, 2) && strcmp(store_text(rows, 2), teller) == 0) {
            snprintf(event->epoch, sizeof event->epoch, "%s", store_text(rows, 0));
            event->seq = store_int(rows, 1);
            verdict = DESK_REPEATED;
        }
    }
    store_rows_end(rows);
    return verdict;
}

enum desk_verdict desk_void(struct store *store, struct event *event, const char *teller)
{
    enum desk_verdict verdict = find_void(store, event, teller != NULL ? teller : "");
    struct outbox outbox;

    if (verdict != DESK_UNKNOWN)
        return verdict;
    int64_t quantity = find_quantity(store, event);
    verdict = quantity != EVENT_ABSENT ? DESK_WRITTEN : find_receipt(store, event);
    if (verdict != DESK_WRITTEN)
        return verdict;
    read_outbox(store, event->cart, &outbox);
    store_run(store, SQL_DESK_VOID_INSERT, "ttiit", event->cart, event->sale_epoch, event->receipt,
              outbox.seq + 1, teller);
    /* A cart counts by itself what its own receipts took; the centre does for its own. */
    if (quantity != EVENT_ABSENT)
        event->stock = change_stock(find_stock(store, event->cart, &outbox), quantity);
    if (strcmp(event->sale_epoch, outbox.epoch) == 0)
        event->sale_epoch[0] = '\0'; /* a void like any other */
    add(store, event, &outbox);
    return DESK_WRITTEN;
}
