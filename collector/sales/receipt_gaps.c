/* Opens, splits and closes ranges of missing receipts. */
#include "collector/sales/receipt_gaps.h"

#include "collector/alerts/alert.h"

#include "sales_sql.h"

#include <stdbool.h>
#include <stdio.h>

struct gap {
    int64_t first, last;
    int32_t day;
    int64_t since_ms;
    bool told;
};

void receipt_gaps_subject(const char *cart, const char *epoch,
                          char subject[RECEIPT_GAPS_SUBJECT_SIZE])
{
    snprintf(subject, RECEIPT_GAPS_SUBJECT_SIZE, "%s/%s", cart, epoch);
}

static void insert(struct store *store, int64_t source, const struct gap *gap)
{
    if (gap->first <= gap->last)
        store_run(store, SQL_GAP_INSERT, "iiiiii", source, gap->first, gap->last, (int64_t)gap->day,
                  gap->since_ms, (int64_t)gap->told);
}

/* The gap that holds the receipt; false where it was seen before. */
static bool find(struct store *store, const struct seen_receipt *seen, struct gap *gap)
{
    struct store_rows *rows = store_query(store, SQL_GAP_FIND, "ii", seen->source, seen->receipt);

    if (!store_next(rows))
        return false;
    gap->first = store_int(rows, 0);
    gap->last = store_int(rows, 1);
    gap->day = (int32_t)store_int(rows, 2);
    gap->since_ms = store_int(rows, 3);
    gap->told = store_int(rows, 4) != 0;
    store_rows_end(rows);
    return gap->last >= seen->receipt;
}

/* Nothing is missing any more of what somebody was told of. */
static void end_alert(struct store *store, const struct seen_receipt *seen)
{
    char subject[RECEIPT_GAPS_SUBJECT_SIZE];

    if (store_has(store, SQL_GAP_TOLD_ANY, "i", seen->source))
        return;
    receipt_gaps_subject(seen->cart, seen->epoch, subject);
    alert_end(store, ALERT_MISSING_RECEIPTS, subject, seen->now_ms);
}

int64_t receipt_gaps_see(struct store *store, const struct seen_receipt *seen, int64_t highest)
{
    struct gap gap;

    if (seen->receipt > highest) {
        gap = (struct gap){ highest + 1, seen->receipt - 1, seen->day, seen->now_ms, false };
        insert(store, seen->source, &gap);
        return seen->receipt;
    }
    if (!find(store, seen, &gap))
        return highest;
    /* What is below has this receipt as its next one now; what is above keeps its day. */
    struct gap below = { gap.first, seen->receipt - 1, seen->day, gap.since_ms, gap.told };
    struct gap above = { seen->receipt + 1, gap.last, gap.day, gap.since_ms, gap.told };
    store_run(store, SQL_GAP_DELETE, "ii", seen->source, gap.first);
    insert(store, seen->source, &below);
    insert(store, seen->source, &above);
    if (gap.told)
        end_alert(store, seen);
    return highest;
}
