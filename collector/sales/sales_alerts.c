/* Raises and ends the alerts of the role `sales`. */
#include "collector/sales/sales_alerts.h"
#include "collector/base/lang.h"

#include "collector/alerts/alert.h"
#include "collector/sales/receipt_gaps.h"

#include "sales_sql.h"

#include "common/protocol.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BROKER_SUBJECT_SIZE 64

#define TOLD_MAX 200 /* outboxes in one transaction; the next tick takes the others */

bool sales_gaps_are_due(struct store *store, int64_t now_ms)
{
    return store_has(store, SQL_GAP_UNTOLD_ANY, "i", now_ms - GAP_PATIENCE_MS);
}

struct missing {
    int64_t source, count, first, last;
    char cart[CART_LENGTH_MAX + 1], epoch[EPOCH_LENGTH_MAX + 1];
};

static void tell_missing(struct store *store, const struct settings *settings,
                         const struct missing *missing, int64_t now_ms)
{
    char subject[RECEIPT_GAPS_SUBJECT_SIZE];

    receipt_gaps_subject(missing->cart, missing->epoch, subject);
    alert_raise(store,
                &(struct alert){ .kind = ALERT_MISSING_RECEIPTS,
                                 .subject = subject,
                                 .cart = missing->cart,
                                 .says = SAY_ALERT_MISSING_RECEIPTS(missing->count, missing->cart,
                                                                    missing->first, missing->last),
                                 .lang = lang_from_name(settings->lang),
                                 .at_ms = now_ms });
    store_run(store, SQL_GAPS_TELL, "ii", missing->source, now_ms - GAP_PATIENCE_MS);
}

void sales_tell_gaps(struct store *store, const struct settings *settings, int64_t now_ms)
{
    struct store_rows *rows =
        store_query(store, SQL_GAPS_UNTOLD, "ii", now_ms - GAP_PATIENCE_MS, (int64_t)TOLD_MAX);
    struct missing *all = calloc(TOLD_MAX, sizeof *all);
    size_t count = 0;

    if (all == NULL)
        abort();
    while (store_next(rows) && count < TOLD_MAX) {
        struct missing *missing = &all[count++];
        missing->source = store_int(rows, 0);
        snprintf(missing->cart, sizeof missing->cart, "%s", store_text(rows, 1));
        snprintf(missing->epoch, sizeof missing->epoch, "%s", store_text(rows, 2));
        missing->count = store_int(rows, 3);
        missing->first = store_int(rows, 4);
        missing->last = store_int(rows, 5);
    }
    store_rows_end(rows);
    for (size_t i = 0; i < count; i++)
        tell_missing(store, settings, &all[i], now_ms);
    free(all);
}

void sales_tell_conflict(struct store *store, const struct settings *settings,
                         const struct event *event, int64_t at_ms)
{
    alert_raise(store, &(struct alert){ .kind = ALERT_IDENTITY_CONFLICT,
                                        .subject = event->cart,
                                        .cart = event->cart,
                                        .says = SAY_ALERT_IDENTITY_CONFLICT(
                                            event->cart, event->epoch, event->seq),
                                        .lang = lang_from_name(settings->lang),
                                        .at_ms = at_ms });
}

void sales_tell_amount(struct store *store, const struct settings *settings,
                       const struct event *event, int64_t at_ms)
{
    alert_raise(store, &(struct alert){ .kind = ALERT_AMOUNT_BAD,
                                        .subject = event->cart,
                                        .cart = event->cart,
                                        .says = SAY_ALERT_AMOUNT_BAD(event->receipt, event->cart,
                                                                     (int64_t)AMOUNT_MAX),
                                        .lang = lang_from_name(settings->lang),
                                        .at_ms = at_ms });
}

void sales_tell_stranger(struct store *store, const struct settings *settings, const char *cart,
                         int64_t at_ms)
{
    if (store_has(store, SQL_MEMBER_FIND, "t", cart) || store_status(store) != STORE_OK)
        return;
    alert_raise(store, &(struct alert){ .kind = ALERT_UNREGISTERED_CART,
                                        .subject = cart,
                                        .cart = cart,
                                        .says = SAY_ALERT_UNREGISTERED_CART(cart),
                                        .lang = lang_from_name(settings->lang),
                                        .at_ms = at_ms });
}

static void broker_subject(int32_t part, char subject[BROKER_SUBJECT_SIZE])
{
    snprintf(subject, BROKER_SUBJECT_SIZE, "%s/%d", TOPIC_SALES, (int)part);
}

void sales_tell_broker(struct store *store, const struct settings *settings,
                       const struct broker_clock *clock)
{
    char subject[BROKER_SUBJECT_SIZE];

    broker_subject(clock->part, subject);
    alert_raise(store, &(struct alert){ .kind = ALERT_CLOCK_BAD,
                                        .subject = subject,
                                        .says = SAY_ALERT_CLOCK_BAD_BROKER(
                                            subject, (clock->behind_ms + 999) / 1000),
                                        .lang = lang_from_name(settings->lang),
                                        .at_ms = clock->at_ms });
}

void sales_end_broker(struct store *store, int32_t part, int64_t at_ms)
{
    char subject[BROKER_SUBJECT_SIZE];

    broker_subject(part, subject);
    alert_end(store, ALERT_CLOCK_BAD, subject, at_ms);
}

static int compare_carts(const void *left, const void *right)
{
    return strcmp(left, right);
}

static bool holds(const struct bad_clocks *clocks, const char *cart)
{
    return clocks->carts != NULL && tfind(cart, &clocks->carts, compare_carts) != NULL;
}

static void hold(struct bad_clocks *clocks, const char *cart)
{
    char *own = strdup(cart);

    if (own == NULL || tsearch(own, &clocks->carts, compare_carts) == NULL)
        abort();
}

void bad_clocks_read(struct bad_clocks *clocks, struct store *store)
{
    struct store_rows *rows = store_query(store, SQL_BAD_CLOCKS, "");

    bad_clocks_forget(clocks);
    while (store_next(rows))
        hold(clocks, store_text(rows, 0));
}

void bad_clocks_forget(struct bad_clocks *clocks)
{
    tdestroy(clocks->carts, free);
    clocks->carts = NULL;
}

void bad_clocks_raise(struct bad_clocks *clocks, struct store *store,
                      const struct settings *settings, const struct event *event, int64_t at_ms)
{
    if (holds(clocks, event->cart))
        return;
    hold(clocks, event->cart);
    store_run(store, SQL_BAD_CLOCK_INSERT, "t", event->cart);
    alert_raise(store, &(struct alert){
                           .kind = ALERT_CLOCK_BAD,
                           .subject = event->cart,
                           .cart = event->cart,
                           .says = SAY_ALERT_CLOCK_BAD(event->cart, (event->ts_ms - at_ms) / 60000),
                           .lang = lang_from_name(settings->lang),
                           .at_ms = at_ms });
}

void bad_clocks_end(struct bad_clocks *clocks, struct store *store, const struct event *event,
                    int64_t at_ms)
{
    if (!holds(clocks, event->cart))
        return;
    void **found = tfind(event->cart, &clocks->carts, compare_carts);
    char *own = *found;
    tdelete(own, &clocks->carts, compare_carts);
    free(own);
    store_run(store, SQL_BAD_CLOCK_DELETE, "t", event->cart);
    alert_end(store, ALERT_CLOCK_BAD, event->cart, at_ms);
}
