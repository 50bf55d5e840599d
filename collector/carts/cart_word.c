/* `counts` to rows of the table `words`. */
#include "collector/carts/cart_word.h"

#include "cart_word_sql.h"

#include "common/day.h"
#include "common/event.h"
#include "common/json_read.h"

#include <string.h>

/* The totals of one outbox. */
struct totals {
    int64_t from, upto, made, receipts, voided, quantity, amount;
};

/* One message. */
struct keeping {
    struct store *store;
    const struct cart_word *word;
    int64_t since_ms; /* of the one before it */
};

static bool read_totals(const cJSON *object, struct totals *totals)
{
    struct json_reason why;

    return json_get_int(object, "from", JSON_REQUIRED, 1, INTEGER_MAX, &totals->from, &why) &&
           json_get_int(object, "upto", JSON_REQUIRED, 0, INTEGER_MAX, &totals->upto, &why) &&
           json_get_int(object, "made", JSON_REQUIRED, 0, INTEGER_MAX, &totals->made, &why) &&
           json_get_int(object, "receipts", JSON_REQUIRED, 0, INTEGER_MAX, &totals->receipts,
                        &why) &&
           json_get_int(object, "voided", JSON_REQUIRED, 0, INTEGER_MAX, &totals->voided, &why) &&
           json_get_int(object, "quantity", JSON_REQUIRED, 0, INTEGER_MAX, &totals->quantity,
                        &why) &&
           json_get_int(object, "amount", JSON_REQUIRED, 0, INTEGER_MAX, &totals->amount, &why) &&
           totals->made >= totals->upto;
}

/* What is applied must reach both Kafka's time and ours: their clocks may differ. */
static void keep(const struct keeping *keeping, const char *epoch, const struct totals *totals)
{
    const struct cart_word *word = keeping->word;
    int64_t ready_ms = word->now_ms > word->at_ms ? word->now_ms : word->at_ms;

    /* An outbox that has never sold has nothing that could be missing. */
    if (totals->made == 0)
        return;
    store_run(keeping->store, SQL_WORD_KEEP, "ttiiiiiiiiiiiii", word->cart, epoch, totals->from,
              totals->upto, totals->made, totals->receipts, totals->voided, totals->quantity,
              totals->amount, word->way.offline, word->at_ms, (int64_t)day_of_ms(word->at_ms),
              ready_ms, word->way.queued, keeping->since_ms);
}

/* The cart's last word before this one; 0: there is none. */
static int64_t last_ms(struct store *store, const struct cart_word *word)
{
    struct store_rows *rows = store_query(store, SQL_WORD_LAST, "ti", word->cart, word->at_ms);
    int64_t at_ms = store_next(rows) && !store_is_null(rows, 0) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return at_ms;
}

/* The epoch that an object names; `otherwise` where it names none. NULL where that is no epoch. */
static const char *epoch_of(const cJSON *object, const char *otherwise)
{
    const cJSON *epoch = cJSON_GetObjectItemCaseSensitive(object, "epoch");
    const char *text = cJSON_IsString(epoch) ? epoch->valuestring : otherwise;

    return text != NULL && epoch_is_valid(text) ? text : NULL;
}

void cart_word_keep(struct store *store, const cJSON *counts, const struct cart_word *word)
{
    const cJSON *earlier = cJSON_GetObjectItemCaseSensitive(counts, "earlier");
    const char *epoch = epoch_of(counts, word->epoch);
    const cJSON *former;
    struct totals totals;
    int kept = 0;

    if (!cJSON_IsObject(counts))
        return;
    struct keeping keeping = { store, word, last_ms(store, word) };
    cJSON_ArrayForEach(former, earlier)
    {
        const char *name = epoch_of(former, NULL);
        if (name == NULL || kept++ == CART_WORD_EARLIER_MAX)
            break;
        if (read_totals(former, &totals))
            keep(&keeping, name, &totals);
        /* A heartbeat does not say whose it is. One that calls the epoch that we know earlier is of
         * an outbox whose `online` has not been read yet. */
        if (epoch != NULL && strcmp(name, epoch) == 0)
            epoch = NULL;
    }
    if (epoch != NULL && read_totals(counts, &totals))
        keep(&keeping, epoch, &totals);
}
