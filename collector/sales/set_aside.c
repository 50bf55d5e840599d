/* Counts an event that was set aside, or forgets it. */
#include "collector/sales/set_aside.h"
#include "collector/alerts/alert.h"
#include "collector/sales/desk.h"

#include "set_aside_sql.h"

#include <stdio.h>
#include <string.h>

static bool decide(struct store *store, const char *id, const char *decision, int64_t now_ms)
{
    store_run(store, SQL_SET_ASIDE_DECIDE, "tit", decision, now_ms, id);
    return store_status(store) == STORE_OK && store_changed(store) == 1;
}

/* The cart's alert is over where nothing of it waits any more. */
static void end_alert(struct store *store, const char *id, int64_t now_ms)
{
    char cart[CART_LENGTH_MAX + 1] = "";
    struct store_rows *rows = store_query(store, SQL_SET_ASIDE_LEFT, "t", id);

    if (store_next(rows) && store_int(rows, 1) == 0)
        snprintf(cart, sizeof cart, "%s", store_text(rows, 0));
    store_rows_end(rows);
    if (cart[0] != '\0')
        alert_end(store, ALERT_IDENTITY_CONFLICT, cart, now_ms);
}

/* Reads the event of a row that waits; false where there is none, or it is none (`why`). */
static bool read_event(struct store *store, const char *id, struct event *event,
                       struct json_reason *why)
{
    struct store_rows *rows = store_query(store, SQL_SET_ASIDE_READ, "t", id);
    bool good = false;

    why->text[0] = '\0';
    if (store_next(rows)) {
        const char *text = store_text(rows, 0);
        good = event_read(text, strlen(text), event, why);
    }
    store_rows_end(rows);
    return good;
}

static bool count_void(struct store *store, struct event *event, struct json_reason *why)
{
    /* Where the sale was taken back already, the void has had its effect. */
    if (event->sale_epoch[0] == '\0')
        snprintf(event->sale_epoch, sizeof event->sale_epoch, "%s", event->epoch);
    return desk_void(store, event, NULL) != DESK_UNKNOWN ||
           json_refuse(why, "receipt", SAY_REASON_NO_RECEIPT(event->receipt));
}

static bool count(struct store *store, struct event *event, struct json_reason *why)
{
    event->desk = true;
    if (event->type == EVENT_VOID)
        return count_void(store, event, why);
    if (event->type != EVENT_SALE && event->type != EVENT_STOCK)
        return json_refuse(why, "type", SAY_REASON_OWN_EPOCH_ONLY(event_type_name(event->type)));
    if (event->type == EVENT_SALE)
        event->stock = EVENT_ABSENT; /* what was left then; the centre has counted on */
    desk_write(store, event);
    return true;
}

enum set_aside_verdict set_aside_accept(struct store *store, const char *id, int64_t now_ms,
                                        struct json_reason *why)
{
    struct event event;

    if (!read_event(store, id, &event, why))
        return why->text[0] != '\0' ? SET_ASIDE_REFUSED : SET_ASIDE_UNKNOWN;
    if (!count(store, &event, why))
        return SET_ASIDE_REFUSED;
    if (!decide(store, id, "accepted", now_ms))
        return SET_ASIDE_UNKNOWN;
    end_alert(store, id, now_ms);
    return SET_ASIDE_DECIDED;
}

enum set_aside_verdict set_aside_drop(struct store *store, const char *id, int64_t now_ms)
{
    if (!decide(store, id, "dropped", now_ms))
        return SET_ASIDE_UNKNOWN;
    end_alert(store, id, now_ms);
    return SET_ASIDE_DECIDED;
}
