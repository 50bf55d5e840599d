/* word → ours up to there → confirmed, or wrong. */
#include "collector/sales/sales_words.h"

#include "collector/sales/day_sums.h"

#include "sales_words_sql.h"

#include "common/event.h"
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>

/* Of one transaction; more would hold up the other roles' writes. A first word may be about all
 * that the cart has ever sold. */
#define WORDS_AT_ONCE  200
#define EVENTS_AT_ONCE 50000
#define SKEW_MS        2000 /* between the clocks of several collectors */

struct totals {
    int64_t receipts, voided, quantity, amount;
};

/* An outbox and where its totals begin. */
struct outbox_key {
    char cart[CART_LENGTH_MAX + 1];
    char epoch[EPOCH_LENGTH_MAX + 1];
    int64_t from;
};

struct word {
    struct outbox_key key;
    int64_t upto, made, offline, at_ms, ready_ms;
    struct totals totals;
};

/* What one transaction does. */
struct look {
    struct store *store;
    int64_t watermark_ms; /* what is applied of all partitions reaches so far; 0: not known */
    int64_t events;       /* that were summed up */
    bool more;            /* is left to be done */
};

/* A row of the table `confirmed`. */
struct confirmed {
    int64_t upto, made;
    struct totals totals;
    int64_t final_ms, final_upto, offline_upto, open_ms, wrong_ms, wrong_upto, seen_ms, again;
};

bool sales_words_wait(struct store *store)
{
    return store_has(store, SQL_WORDS_WAIT, "") || store_has(store, SQL_CONFIRMED_WAIT, "");
}

void sales_words_again(struct store *store, const char *cart, const char *epoch)
{
    store_run(store, SQL_WORDS_AGAIN, "tt", cart, epoch);
}

static bool same(const struct totals *a, const struct totals *b)
{
    return a->receipts == b->receipts && a->voided == b->voided && a->quantity == b->quantity &&
           a->amount == b->amount;
}

static void read_key(struct store_rows *rows, struct outbox_key *key)
{
    snprintf(key->cart, sizeof key->cart, "%s", store_text(rows, 0));
    snprintf(key->epoch, sizeof key->epoch, "%s", store_text(rows, 1));
    key->from = store_int(rows, 2);
}

static void read_totals(struct store_rows *rows, int column, struct totals *totals)
{
    *totals = (struct totals){ store_int(rows, column), store_int(rows, column + 1),
                               store_int(rows, column + 2), store_int(rows, column + 3) };
}

/* ---- ours ---- */

/* The events of an outbox from the one behind `after` to `upto`. */
struct span {
    int64_t after, upto;
};

/* What a cart's own events come to. */
struct summing {
    struct store *store;
    int64_t source, from;
    struct totals *totals;
    int64_t events; /* that were read */
};

static void count(struct totals *totals, struct store_rows *rows, int64_t sign)
{
    totals->quantity += sign * store_int(rows, 1);
    day_sums_add_to(&totals->amount, store_is_null(rows, 2) ? 0 : sign * store_int(rows, 2));
}

/* Only what this void itself took back: a sale that it met already taken back by another of its
 * outbox stays as it is. */
static void take_back(const struct summing *summing, int64_t receipt, int64_t void_seq)
{
    struct store_rows *rows = store_query(summing->store, SQL_WORD_VOIDED, "iiii", summing->source,
                                          receipt, void_seq, summing->from);

    if (store_next(rows)) {
        summing->totals->voided++;
        count(summing->totals, rows, -1);
    }
    store_rows_end(rows);
}

static void sum_up(struct summing *summing, struct span span)
{
    struct store_rows *rows =
        store_query(summing->store, SQL_WORD_EVENTS, "iii", summing->source, span.after, span.upto);

    for (; store_next(rows); summing->events++) {
        if (store_int(rows, 3) == EVENT_SALE) {
            summing->totals->receipts++;
            count(summing->totals, rows, 1);
        } else {
            take_back(summing, store_int(rows, 4), store_int(rows, 0));
        }
    }
    store_rows_end(rows);
}

/* Adds ours of the span to *totals. None where nothing has come of the outbox. */
static void add_ours(struct look *look, const struct outbox_key *key, struct span span,
                     struct totals *totals)
{
    struct store_rows *rows =
        store_query(look->store, SQL_WORD_SOURCE, "tt", key->cart, key->epoch);
    struct summing summing = { .store = look->store, .from = key->from, .totals = totals };

    if (store_next(rows))
        summing.source = store_int(rows, 0);
    store_rows_end(rows);
    if (summing.source > 0)
        sum_up(&summing, span);
    look->events += summing.events;
}

/* ---- confirmed ---- */

static void read_confirmed(struct store *store, const struct outbox_key *key,
                           struct confirmed *confirmed)
{
    struct store_rows *rows =
        store_query(store, SQL_CONFIRMED_READ, "tti", key->cart, key->epoch, key->from);

    *confirmed = (struct confirmed){ .upto = key->from - 1 };
    if (!store_next(rows))
        return;
    confirmed->upto = store_int(rows, 0);
    confirmed->made = store_int(rows, 1);
    read_totals(rows, 2, &confirmed->totals);
    confirmed->final_ms = store_int(rows, 6);
    confirmed->final_upto = store_int(rows, 7);
    confirmed->offline_upto = store_int(rows, 8);
    confirmed->open_ms = store_int(rows, 9);
    confirmed->wrong_ms = store_int(rows, 10);
    confirmed->wrong_upto = store_int(rows, 11);
    confirmed->seen_ms = store_int(rows, 12);
    confirmed->again = store_int(rows, 13);
    store_rows_end(rows);
}

static void write_confirmed(struct store *store, const struct outbox_key *key,
                            const struct confirmed *confirmed)
{
    const struct totals *totals = &confirmed->totals;

    store_run(store, SQL_CONFIRMED_WRITE, "ttiiiiiiiiiiiiiii", key->cart, key->epoch, key->from,
              confirmed->upto, confirmed->made, totals->receipts, totals->voided, totals->quantity,
              totals->amount, confirmed->final_ms, confirmed->final_upto, confirmed->offline_upto,
              confirmed->open_ms, confirmed->wrong_ms, confirmed->wrong_upto, confirmed->seen_ms,
              (int64_t)0);
}

static void agree(struct confirmed *confirmed, const struct word *word)
{
    confirmed->upto = word->upto;
    confirmed->totals = word->totals;
    confirmed->wrong_ms = confirmed->wrong_upto = 0;
    if (word->made > word->upto)
        return;
    confirmed->final_ms = word->at_ms;
    confirmed->final_upto = word->upto;
    if (word->offline != 0)
        confirmed->offline_upto = word->upto;
}

/* What is missing happened before the first word that counted it. */
static void disagree(struct confirmed *confirmed, const struct word *word)
{
    if (confirmed->wrong_ms == 0)
        log_warn("sales", "a cart counts other sales than have come", "cart=%s epoch=%s upto=%lld",
                 word->key.cart, word->key.epoch, (long long)word->upto);
    if (confirmed->wrong_ms != 0 && word->upto <= confirmed->wrong_upto)
        return;
    confirmed->wrong_ms = word->at_ms;
    confirmed->wrong_upto = word->upto;
}

/* Something newer waits on the cart, since the first word that told of it. */
static void note_made(struct confirmed *confirmed, const struct word *word)
{
    bool is_confirmed = word->made >= word->key.from && word->made <= confirmed->upto;

    if (word->made == word->upto || is_confirmed)
        confirmed->open_ms = 0;
    else if (confirmed->open_ms == 0 || word->made > confirmed->made)
        confirmed->open_ms = word->at_ms;
    confirmed->made = word->made;
}

/* False where it has to wait for what was confirmed before a rebuild. */
static bool judge(struct look *look, const struct word *word)
{
    struct confirmed confirmed;

    read_confirmed(look->store, &word->key, &confirmed);
    if (confirmed.again != 0)
        return false;
    /* A centre that wants all again takes the cart back behind what both agreed on. */
    if (word->upto >= confirmed.upto) {
        struct totals ours = confirmed.totals;
        add_ours(look, &word->key, (struct span){ confirmed.upto, word->upto }, &ours);
        if (same(&ours, &word->totals))
            agree(&confirmed, word);
        else
            disagree(&confirmed, word);
    }
    note_made(&confirmed, word);
    if (word->ready_ms > confirmed.seen_ms)
        confirmed.seen_ms = word->ready_ms;
    write_confirmed(look->store, &word->key, &confirmed);
    return true;
}

/* Read before any is changed: one that is judged leaves the index in hand. */
static size_t read_words(const struct look *look, struct word *words)
{
    struct store_rows *rows = store_query(look->store, SQL_WORDS_READ, "iii", look->watermark_ms,
                                          (int64_t)SKEW_MS, (int64_t)WORDS_AT_ONCE);
    size_t count = 0;

    while (store_next(rows)) {
        struct word *word = &words[count++];
        read_key(rows, &word->key);
        word->upto = store_int(rows, 3);
        word->made = store_int(rows, 4);
        read_totals(rows, 5, &word->totals);
        word->offline = store_int(rows, 9);
        word->at_ms = store_int(rows, 10);
        word->ready_ms = store_int(rows, 11);
    }
    store_rows_end(rows);
    return count;
}

static void judge_words(struct look *look)
{
    struct word *words = day_sums_allocate(WORDS_AT_ONCE * sizeof *words);
    size_t count = read_words(look, words), i = 0;

    for (; i < count && look->events < EVENTS_AT_ONCE; i++)
        if (judge(look, &words[i]))
            store_run(look->store, SQL_WORD_JUDGED, "tti", words[i].key.cart, words[i].key.epoch,
                      words[i].key.from);
    look->more = look->more || i < count || count == WORDS_AT_ONCE;
    free(words);
}

/* ---- after a rebuild ---- */

/* The same totals again from the first event on: what was confirmed is, or is not any more. */
static void confirm_again(struct look *look, const struct outbox_key *key)
{
    struct confirmed confirmed;
    struct totals ours = { 0 };

    read_confirmed(look->store, key, &confirmed);
    add_ours(look, key, (struct span){ key->from - 1, confirmed.upto }, &ours);
    if (!same(&ours, &confirmed.totals))
        confirmed = (struct confirmed){ .upto = key->from - 1,
                                        .made = confirmed.made,
                                        .open_ms = confirmed.open_ms,
                                        .wrong_ms = confirmed.seen_ms,
                                        .wrong_upto = confirmed.upto,
                                        .seen_ms = confirmed.seen_ms };
    write_confirmed(look->store, key, &confirmed);
}

static void confirm_all_again(struct look *look)
{
    struct outbox_key *keys = day_sums_allocate(WORDS_AT_ONCE * sizeof *keys);
    struct store_rows *rows =
        store_query(look->store, SQL_CONFIRMED_AGAIN, "iii", look->watermark_ms, (int64_t)SKEW_MS,
                    (int64_t)WORDS_AT_ONCE);
    size_t count = 0, i = 0;

    while (store_next(rows))
        read_key(rows, &keys[count++]);
    store_rows_end(rows);
    for (; i < count && look->events < EVENTS_AT_ONCE; i++)
        confirm_again(look, &keys[i]);
    look->more = i < count || count == WORDS_AT_ONCE;
    free(keys);
}

/* What was imported with a word is in Kafka once nothing of it is queued any more. */
static void settle_queued(struct store *store, int64_t now_ms)
{
    if (store_has(store, SQL_WORDS_OWED, ""))
        store_run(store, SQL_WORDS_SETTLE, "i", now_ms);
}

bool sales_words_judge(struct store *store, const struct role_time *time)
{
    struct look look = { .store = store, .watermark_ms = time->watermark_ms };

    settle_queued(store, time->now_ms);
    if (!role_asked_watermark(time))
        return false;
    confirm_all_again(&look);
    judge_words(&look);
    return look.more;
}
