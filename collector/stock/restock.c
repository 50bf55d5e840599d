/* The open batch, and what becomes of it. */
#include "collector/stock/restock.h"
#include "collector/alerts/alert.h"
#include "collector/base/lang.h"
#include "collector/effects/command.h"

#include "stock_sql.h"

#include "common/buffer.h"
#include "common/log.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_SIZE 24

void restock_know(struct restock *restock, struct store *store)
{
    if (restock->known)
        return;
    struct store_rows *rows = store_query(store, SQL_RESTOCK_LAST, "");
    *restock = (struct restock){ .known = true, .number = 1 };
    if (store_next(rows)) {
        bool open = strcmp(store_text(rows, 1), "open") == 0;
        restock->number = store_int(rows, 0) + (open ? 0 : 1);
        restock->entries = open ? store_int(rows, 2) : 0;
    }
    store_rows_end(rows);
}

void restock_join(struct restock *restock, struct store *store, const struct restock_entry *entry)
{
    restock_know(restock, store);
    if (restock->entries == 0)
        store_run(store, SQL_RESTOCK_OPEN, "i", restock->number);
    store_run(store, SQL_RESTOCK_JOIN, "itii", restock->number, entry->cart, entry->stock,
              entry->time_ms);
    restock->entries++;
}

void restock_update(struct restock *restock, struct store *store, const struct restock_entry *entry)
{
    store_run(store, SQL_RESTOCK_UPDATE, "iiit", entry->stock, entry->time_ms, restock->number,
              entry->cart);
}

void restock_leave(struct restock *restock, struct store *store, const char *cart)
{
    restock_know(restock, store);
    store_run(store, SQL_RESTOCK_LEAVE, "it", restock->number, cart);
    if (store_status(store) != STORE_OK || store_changed(store) == 0)
        return;
    restock->entries -= store_changed(store);
    if (restock->entries == 0)
        store_run(store, SQL_RESTOCK_DROP, "i", restock->number);
}

/* "BBCL23 (4), CDFG45 (0)" */
static void write_carts(struct store *store, int64_t number, struct buffer *text)
{
    struct store_rows *rows = store_query(store, SQL_RESTOCK_LEVELS, "i", number);
    const char *comma = "";

    for (; store_next(rows); comma = ", ")
        buffer_format(text, "%s%s (%lld)", comma, store_text(rows, 0),
                      (long long)store_int(rows, 1));
    store_rows_end(rows);
}

void restock_announce(struct restock *restock, struct store *store, const char *lang, int64_t at_ms)
{
    struct buffer carts = { 0 };
    char subject[NUMBER_SIZE];
    int64_t number = restock->number;

    store_run(store, SQL_RESTOCK_ANNOUNCE, "ii", at_ms, number);
    write_carts(store, number, &carts);
    snprintf(subject, sizeof subject, "%lld", (long long)number);
    alert_raise(store, &(struct alert){ .kind = ALERT_RESTOCK_BATCH,
                                        .subject = subject,
                                        .says = SAY_ALERT_RESTOCK_BATCH(
                                            number, carts.bytes != NULL ? carts.bytes : ""),
                                        .lang = lang_from_name(lang),
                                        .at_ms = at_ms });
    log_info("stock", "batch announced", "number=%s entries=%lld", subject,
             (long long)restock->entries);
    buffer_free(&carts);
    *restock = (struct restock){ .known = true, .number = number + 1 };
}

/* Tells the carts; the ids are the same however often it is tried. */
static void release_carts(struct store *store, int64_t number, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_RESTOCK_DISTINCT, "i", number);
    char id[64], members[48];

    snprintf(members, sizeof members, "{\"restock\":%lld}", (long long)number);
    while (store_next(rows)) {
        const char *cart = store_text(rows, 0);
        snprintf(id, sizeof id, "restocked-%lld-%s", (long long)number, cart);
        store_run(store, SQL_STOCK_LEVEL_FREE, "ti", cart, number);
        command_add(store, &(struct command){ .id = id,
                                              .cart = cart,
                                              .name = wire_command_name(COMMAND_RESTOCKED),
                                              .members = members,
                                              .expires_ms = now_ms + RESTOCK_COMMAND_MS });
    }
    store_rows_end(rows);
}

enum restock_verdict restock_done(struct store *store, int64_t number, int64_t now_ms)
{
    struct store_rows *rows = store_query(store, SQL_RESTOCK_STATUS, "i", number);
    enum restock_verdict verdict = RESTOCK_UNKNOWN; /* the open one has no number yet */
    char subject[NUMBER_SIZE];

    if (store_next(rows) && strcmp(store_text(rows, 0), "open") != 0)
        verdict = strcmp(store_text(rows, 0), "done") == 0 ? RESTOCK_DONE_BEFORE : RESTOCK_DONE;
    store_rows_end(rows);
    if (verdict != RESTOCK_DONE)
        return verdict;
    snprintf(subject, sizeof subject, "%lld", (long long)number);
    store_run(store, SQL_RESTOCK_DONE, "ii", now_ms, number);
    release_carts(store, number, now_ms);
    alert_end(store, ALERT_RESTOCK_BATCH, subject, now_ms);
    log_info("stock", "batch done", "number=%s", subject);
    return RESTOCK_DONE;
}
