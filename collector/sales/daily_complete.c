/* `complete` of a day, by what the words of the cart have confirmed (sales_words.h). */
#include "collector/sales/daily_row.h"

#include "daily_row_sql.h"

#include "common/day.h"

/* The day that is asked about. */
struct asked {
    struct store *store;
    const char *cart;
    int64_t day, end_ms;
};

/* What the cart's words leave open about a day. */
struct doubts {
    bool wrong; /* a word disagrees */
    bool open;  /* something is missing, or waits on the cart, that may be of this day */
};

/* The day of the newest event that both have, else of the first one that we have, else of the word:
 * from there on what is missing is said to be missing. */
static int64_t first_day(struct store_rows *rows, int64_t word_ms)
{
    if (!store_is_null(rows, 3))
        return store_int(rows, 3);
    return !store_is_null(rows, 4) ? store_int(rows, 4) : day_of_ms(word_ms);
}

/* The first day that it may be of. Where both have nothing, the outbox began after the last word
 * that did not tell of it yet; where there is none of these either, nobody knows. */
static int64_t possible_day(struct store_rows *rows, int64_t word_ms)
{
    int64_t first = first_day(rows, word_ms);
    int64_t since_ms = store_is_null(rows, 5) ? 0 : store_int(rows, 5);
    int64_t since = since_ms > 0 ? day_of_ms(since_ms) : INT32_MIN;

    return !store_is_null(rows, 3) || first < since ? first : since;
}

/* What a word counts happened before it came: later days are out of doubt. */
static bool is_between(int64_t day, int64_t first, int64_t word_ms)
{
    return day >= first && day <= day_of_ms(word_ms);
}

static struct doubts read_doubts(const struct asked *asked)
{
    struct store_rows *rows = store_query(asked->store, SQL_DAILY_DOUBTS, "t", asked->cart);
    struct doubts doubts = { 0 };

    while (store_next(rows)) {
        int64_t wrong_ms = store_int(rows, 0), open_ms = store_int(rows, 1);
        int64_t final_ms = store_int(rows, 2);
        if (wrong_ms > 0 && is_between(asked->day, first_day(rows, wrong_ms), wrong_ms))
            doubts.wrong = true;
        if (wrong_ms > 0 && is_between(asked->day, possible_day(rows, wrong_ms), wrong_ms))
            doubts.open = true;
        /* What waits now was made after nothing waited. */
        if (open_ms > 0 &&
            is_between(asked->day, final_ms > 0 ? day_of_ms(final_ms) : possible_day(rows, open_ms),
                       open_ms))
            doubts.open = true;
    }
    store_rows_end(rows);
    return doubts;
}

/* The older form: sums by the cart's own day, said after it or with `offline`. It hangs on the
 * cart's clock, so that only its agreement says something. */
static bool older_agrees(const struct asked *asked, const char *epoch)
{
    struct store_rows *rows =
        store_query(asked->store, SQL_DAILY_COUNTS, "itt", asked->day, asked->cart, epoch);
    bool agrees =
        store_next(rows) && (store_int(rows, 7) != 0 || store_int(rows, 6) >= asked->end_ms);

    for (int i = 0; agrees && i < 3; i++)
        agrees = store_int(rows, i) == store_int(rows, 3 + i);
    store_rows_end(rows);
    return agrees;
}

/* An outbox that sold on the day; `rows` is at it. */
static bool epoch_is_complete(const struct asked *asked, struct store_rows *rows)
{
    const char *epoch = store_text(rows, 0);
    int64_t first = store_int(rows, 4), last = store_int(rows, 5);

    if (store_int(rows, 3) > 0 && store_has(asked->store, SQL_DAILY_SET_ASIDE, "ttii", asked->cart,
                                            epoch, store_int(rows, 1), store_int(rows, 2)))
        return false;
    return store_has(asked->store, SQL_DAILY_CONFIRMED, "ttiii", asked->cart, epoch, first, last,
                     asked->end_ms) ||
           older_agrees(asked, epoch);
}

/* All outboxes that sold on the day are. The desk's needs no word; but where only the desk sold, a
 * cart with an outbox may have sold as well and has not been heard of. */
static bool all_are_complete(const struct asked *asked)
{
    struct store_rows *rows =
        store_query(asked->store, SQL_DAILY_EPOCHS, "it", asked->day, asked->cart);
    bool all = true, any = false;

    while (all && store_next(rows)) {
        any = true;
        all = epoch_is_complete(asked, rows);
    }
    store_rows_end(rows);
    return any ? all : store_has(asked->store, SQL_DAILY_DESK_ALONE, "ti", asked->cart, asked->day);
}

const char *daily_complete(struct store *store, const char *cart, int64_t day)
{
    struct asked asked = { store, cart, day, day_start_ms((int32_t)day + 1) };
    struct doubts doubts = read_doubts(&asked);

    if (doubts.wrong)
        return "false";
    if (doubts.open || !all_are_complete(&asked) ||
        store_has(store, SQL_DAILY_GAPS, "tii", cart, day, (int64_t)1) ||
        store_has(store, SQL_DAILY_COUNTS_ALONE, "it", day, cart))
        return "null";
    return "true";
}
