/* Claim about the role `sales`: after any history, its tables are what a slow and obvious model
 * makes of the same records.
 *
 * Histories are random: several carts with several epochs over several days; sales, voids before
 * and after their sales, voids without a sale, repetitions, conflicts, reordering, batches of any
 * size, and batches that are rolled back and applied again. The seed is printed where it fails. */
#include "collector/base/settings.h"
#include "collector/engine/role.h"
#include "common/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define CARTS        3
#define EPOCHS       2
#define SOURCES      (CARTS * EPOCHS)
#define SEQ_MAX      60
#define ARRIVALS_MAX 1000
#define LINES_MAX    4000
#define LINE_SIZE    128
#define BATCH_MAX    40
#define HISTORIES    40
#define BEGIN_MS     1775270000000LL /* 2026-04-03 in Santiago; the next day has 25 hours */
#define HOUR_MS      3600000LL

struct fact {
    int source, seq, receipt, quantity, amount; /* amount -1: none */
    enum { SALE, VOID, STOCK } kind;
    char client[8]; /* "": none */
    int64_t ts_ms;
    bool has_clock;
    int variant; /* another content under the same identity */
};

struct arrival {
    struct fact fact;
    int64_t append_ms;
    char text[400];
};

struct lines {
    char line[LINES_MAX][LINE_SIZE];
    size_t count;
};

struct history {
    uint64_t random;
    size_t count;
    struct arrival arrivals[ARRIVALS_MAX];
};

static int draw(struct history *history, int below)
{
    history->random ^= history->random << 13;
    history->random ^= history->random >> 7;
    history->random ^= history->random << 17;
    return (int)((history->random >> 11) % (uint64_t)below);
}

static void write_text(struct arrival *arrival)
{
    static const char *const kinds[] = { "sale", "void", "stock" };
    const struct fact *fact = &arrival->fact;
    char *at = arrival->text, *end = arrival->text + sizeof arrival->text;

    at += snprintf(at, (size_t)(end - at),
                   "{\"v\":1,\"type\":\"%s\",\"cart\":\"CART-%d\",\"epoch\":\"%016d\",\"seq\":%d,"
                   "\"ts_ms\":%lld,\"clock\":\"%s\",\"variant\":%d",
                   kinds[fact->kind], fact->source / EPOCHS, fact->source % EPOCHS, fact->seq,
                   (long long)fact->ts_ms, fact->has_clock ? "ntp" : "none", fact->variant);
    if (fact->kind == STOCK)
        at += snprintf(at, (size_t)(end - at), ",\"stock\":%d", fact->quantity);
    else
        at += snprintf(at, (size_t)(end - at), ",\"receipt\":%d", fact->receipt);
    if (fact->kind == SALE)
        at += snprintf(at, (size_t)(end - at), ",\"quantity\":%d", fact->quantity);
    if (fact->kind == SALE && fact->amount >= 0)
        at += snprintf(at, (size_t)(end - at), ",\"amount\":%d", fact->amount);
    if (fact->kind == SALE && fact->client[0] != '\0')
        at += snprintf(at, (size_t)(end - at), ",\"client\":\"%s\"", fact->client);
    snprintf(at, (size_t)(end - at), "}");
}

static void arrive(struct history *history, const struct fact *fact)
{
    assert_true(history->count < ARRIVALS_MAX);
    history->arrivals[history->count++].fact = *fact;
}

/* What the carts say, in order; now and then twice, or with another content. */
static void speak(struct history *history, int source)
{
    int receipts = 0;

    for (int seq = 1; seq <= SEQ_MAX; seq++) {
        struct fact fact = { .source = source, .seq = seq, .amount = -1 };
        int kind = draw(history, 10);
        fact.kind = kind < 7 ? SALE : kind < 9 ? VOID : STOCK;
        fact.ts_ms = BEGIN_MS + seq * HOUR_MS + draw(history, 4) * 5 * HOUR_MS;
        fact.has_clock = draw(history, 8) != 0;
        fact.quantity = 1 + draw(history, 5);
        /* Any receipt up to some that are still to be sold, or never are. */
        fact.receipt = fact.kind == SALE ? ++receipts : 1 + draw(history, receipts + 4);
        if (fact.kind == SALE && draw(history, 4) != 0)
            fact.amount = 500 * fact.quantity;
        if (fact.kind == SALE && draw(history, 3) != 0)
            snprintf(fact.client, sizeof fact.client, "c%d", draw(history, 5));
        if (draw(history, 12) == 0)
            continue; /* never comes */
        for (int times = draw(history, 5) == 0 ? 3 : 1; times > 0; times--)
            arrive(history, &fact);
        for (int others = draw(history, 15) == 0 ? 1 + draw(history, 3) : 0; others > 0; others--) {
            fact.variant = 1 + draw(history, 2);
            arrive(history, &fact);
        }
    }
}

static void make(struct history *history, uint64_t seed)
{
    history->random = seed * 0x9e3779b97f4a7c15ULL | 1;
    history->count = 0;
    for (int source = 0; source < SOURCES; source++)
        speak(history, source);
    for (size_t i = history->count - 1; i > 0; i--) {
        size_t other = (size_t)draw(history, (int)i + 1);
        struct fact fact = history->arrivals[i].fact;
        history->arrivals[i].fact = history->arrivals[other].fact;
        history->arrivals[other].fact = fact;
    }
    for (size_t i = 0; i < history->count; i++) {
        struct arrival *arrival = &history->arrivals[i];
        /* Some before the event's own time, so that its clock is ahead and not believed. */
        arrival->append_ms = BEGIN_MS + draw(history, 100) * HOUR_MS;
        write_text(arrival);
    }
}

/* The model. */

static const struct arrival *first_of(const struct history *history, int source, int seq)
{
    for (size_t i = 0; i < history->count; i++)
        if (history->arrivals[i].fact.source == source && history->arrivals[i].fact.seq == seq)
            return &history->arrivals[i];
    return NULL;
}

static const struct arrival *stored(const struct history *history, int source, int kind,
                                    int receipt)
{
    for (int seq = 1; seq <= SEQ_MAX; seq++) {
        const struct arrival *arrival = first_of(history, source, seq);
        if (arrival != NULL && (int)arrival->fact.kind == kind && arrival->fact.receipt == receipt)
            return arrival;
    }
    return NULL;
}

static int day_of(const struct arrival *arrival)
{
    const struct fact *fact = &arrival->fact;
    bool believed = fact->has_clock && fact->ts_ms <= arrival->append_ms + 120000;

    return day_of_ms(believed ? fact->ts_ms : arrival->append_ms);
}

static void say(struct lines *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct lines *lines, const char *format, ...)
{
    va_list arguments;

    assert_true(lines->count < LINES_MAX);
    va_start(arguments, format);
    vsnprintf(lines->line[lines->count++], LINE_SIZE, format, arguments);
    va_end(arguments);
}

static void expect_day(const struct history *history, struct lines *lines, int day, int cart)
{
    int quantity = 0, amount = 0, sales = 0, anonymous = 0, voided = 0, unpriced = 0, named = 0;
    int bought[5] = { 0 };
    bool any = false;

    for (int i = 0; i < EPOCHS * SEQ_MAX; i++) {
        int source = cart * EPOCHS + i / SEQ_MAX;
        const struct arrival *sale = first_of(history, source, i % SEQ_MAX + 1);
        if (sale == NULL || sale->fact.kind != SALE || day_of(sale) != day)
            continue;
        any = true;
        if (stored(history, source, VOID, sale->fact.receipt) != NULL) {
            voided++;
            continue;
        }
        sales++;
        quantity += sale->fact.quantity;
        amount += sale->fact.amount < 0 ? 0 : sale->fact.amount;
        unpriced += sale->fact.amount < 0;
        if (sale->fact.client[0] == '\0')
            anonymous++;
        else
            bought[sale->fact.client[1] - '0']++;
    }
    for (int client = 0; client < 5; client++) {
        named += bought[client] > 0;
        if (bought[client] > 0)
            say(lines, "client %d CART-%d c%d %d", day, cart, client, bought[client]);
    }
    if (any)
        say(lines, "daily %d CART-%d %d %d %d %d %d %d %d", day, cart, quantity, amount, sales,
            named, anonymous, voided, unpriced);
}

static void expect_source_day(const struct history *history, struct lines *lines, int day,
                              int source)
{
    int first = 0, last = 0, sales = 0, quantity = 0, amount = 0;

    for (int seq = 1; seq <= SEQ_MAX; seq++) {
        const struct arrival *arrival = first_of(history, source, seq);
        if (arrival == NULL || day_of(arrival) != day)
            continue;
        first = first == 0 ? seq : first;
        last = seq;
        if (arrival->fact.kind != SALE ||
            stored(history, source, VOID, arrival->fact.receipt) != NULL)
            continue;
        sales++;
        quantity += arrival->fact.quantity;
        amount += arrival->fact.amount < 0 ? 0 : arrival->fact.amount;
    }
    if (first != 0)
        say(lines, "part %d CART-%d %016d %d %d %d %d %d", day, source / EPOCHS, source % EPOCHS,
            first, last, sales, quantity, amount);
}

static void expect_gaps(const struct history *history, struct lines *lines, int source, int highest)
{
    int missing = 0;

    for (int receipt = 1; receipt <= highest; receipt++) {
        const struct arrival *sale = stored(history, source, SALE, receipt);
        if (sale == NULL) {
            missing++;
            continue;
        }
        if (missing > 0)
            say(lines, "gap CART-%d %016d %d %d %d", source / EPOCHS, source % EPOCHS,
                receipt - missing, receipt - 1, day_of(sale));
        missing = 0;
    }
}

static void expect_source(const struct history *history, struct lines *lines, int source)
{
    int highest_seq = 0, highest_receipt = 0, duplicates = 0, set_aside = 0;

    for (int seq = 1; seq <= SEQ_MAX; seq++) {
        const struct arrival *first = first_of(history, source, seq);
        bool variants[3] = { false };
        if (first == NULL)
            continue;
        highest_seq = seq;
        if (first->fact.kind == SALE)
            highest_receipt = first->fact.receipt;
        for (const struct arrival *at = first + 1; at < history->arrivals + history->count; at++) {
            if (at->fact.source != source || at->fact.seq != seq)
                continue;
            if (at->fact.variant == first->fact.variant)
                duplicates++;
            else if (!variants[at->fact.variant])
                set_aside++, variants[at->fact.variant] = true;
        }
    }
    say(lines, "source CART-%d %016d %d %d %d %d", source / EPOCHS, source % EPOCHS, highest_seq,
        highest_receipt, duplicates, set_aside);
    expect_gaps(history, lines, source, highest_receipt);
}

static void expect(const struct history *history, struct lines *lines)
{
    int begin = day_of_ms(BEGIN_MS), end = day_of_ms(BEGIN_MS + 200 * HOUR_MS);

    lines->count = 0;
    for (int source = 0; source < SOURCES; source++)
        expect_source(history, lines, source);
    for (int day = begin; day <= end; day++) {
        for (int cart = 0; cart < CARTS; cart++)
            expect_day(history, lines, day, cart);
        for (int source = 0; source < SOURCES; source++)
            expect_source_day(history, lines, day, source);
    }
}

/* The role. */

static const char what_is_stored[] =
    "SELECT 'daily ' || day || ' ' || cart || ' ' || quantity || ' ' || amount || ' ' || sales || "
    "' ' || named_clients || ' ' || anonymous || ' ' || voided || ' ' || unpriced FROM daily "
    "UNION ALL SELECT 'client ' || day || ' ' || cart || ' ' || client || ' ' || bought "
    "FROM day_clients "
    "UNION ALL SELECT 'part ' || day || ' ' || cart || ' ' || epoch || ' ' || first_seq || ' ' || "
    "last_seq || ' ' || sales || ' ' || quantity || ' ' || amount "
    "FROM source_days JOIN sources USING (source) "
    "UNION ALL SELECT 'gap ' || cart || ' ' || epoch || ' ' || first_receipt || ' ' || "
    "last_receipt || ' ' || day FROM receipt_gaps JOIN sources USING (source) "
    "UNION ALL SELECT 'source ' || cart || ' ' || epoch || ' ' || highest_seq || ' ' || "
    "highest_receipt || ' ' || duplicates || ' ' || set_aside FROM sources";

static void read_lines(struct store *store, struct lines *lines)
{
    struct store_rows *rows = store_query(store, what_is_stored, "");

    lines->count = 0;
    while (store_next(rows))
        say(lines, "%s", store_text(rows, 0));
    assert_int_equal(store_status(store), STORE_OK);
}

static void apply_range(struct history *history, void *role, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const struct arrival *arrival = &history->arrivals[i];
        struct kafka_record record = { .topic = "carrito.sales",
                                       .offset = (int64_t)i,
                                       .append_ms = arrival->append_ms,
                                       .value = arrival->text,
                                       .value_length = strlen(arrival->text) };
        role_sales.apply(role, &record);
    }
}

static void apply_all(struct history *history, struct store *store, void *role)
{
    size_t done = 0;

    while (done < history->count) {
        size_t end = done + 1 + (size_t)draw(history, BATCH_MAX);
        int fate = draw(history, 5);
        end = end < history->count ? end : history->count;
        assert_true(store_begin(store));
        role_sales.begin(role, store, BEGIN_MS);
        /* 0: fails half way; 1: at the commit. */
        apply_range(history, role, done, fate == 0 ? (done + end) / 2 : end);
        if (fate != 0)
            role_sales.end(role);
        if (fate < 2) {
            store_rollback(store);
            role_sales.forget(role);
            continue;
        }
        assert_int_equal(store_commit(store), STORE_OK);
        done = end;
    }
}

/* How many clients the guild has on each day, in each month and in all, counted anew. */
static void assert_groups(struct store *store, uint64_t seed)
{
    struct store_rows *rows = store_query(
        store,
        "SELECT COUNT(*) FROM (SELECT 0 AS level, day AS span, COUNT(DISTINCT client) AS clients "
        "FROM day_clients GROUP BY day UNION ALL SELECT 1, CAST(strftime('%Y', day * 86400, "
        "'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', day * 86400, 'unixepoch') AS INTEGER) "
        "- 1 AS month, COUNT(DISTINCT client) FROM day_clients GROUP BY month UNION ALL SELECT 2, "
        "0, COUNT(DISTINCT client) FROM day_clients) AS want LEFT JOIN client_counts c ON c.level "
        "= want.level AND c.span = want.span WHERE c.clients IS NULL OR c.clients <> want.clients",
        "");

    assert_true(store_next(rows));
    if (store_int(rows, 0) != 0)
        fail_msg("seed %llu: %lld numbers of clients are wrong", (unsigned long long)seed,
                 (long long)store_int(rows, 0));
    store_rows_end(rows);
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(left, right);
}

static void assert_same(struct lines *have, struct lines *want, uint64_t seed)
{
    qsort(have->line, have->count, LINE_SIZE, compare_lines);
    qsort(want->line, want->count, LINE_SIZE, compare_lines);
    for (size_t i = 0; i < have->count && i < want->count; i++)
        if (strcmp(have->line[i], want->line[i]) != 0)
            fail_msg("seed %llu: \"%s\" is stored, \"%s\" is right", (unsigned long long)seed,
                     have->line[i], want->line[i]);
    if (have->count != want->count)
        fail_msg("seed %llu: %zu rows are stored, %zu are right", (unsigned long long)seed,
                 have->count, want->count);
}

static void try_history(uint64_t seed)
{
    struct history *history = calloc(1, sizeof *history);
    struct lines *have = calloc(1, sizeof *have), *want = calloc(1, sizeof *want);
    struct store *store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    void *role = role_sales.open(&(struct settings){ 0 });

    assert_true(history != NULL && have != NULL && want != NULL);
    assert_int_equal(store_migrate(store), STORE_OK);
    make(history, seed);
    apply_all(history, store, role);
    read_lines(store, have);
    expect(history, want);
    assert_same(have, want, seed);
    assert_groups(store, seed);
    role_sales.close(role);
    store_close(store);
    free(want);
    free(have);
    free(history);
}

static void any_history_leaves_what_the_model_says(void **state)
{
    (void)state;
    assert_true(day_set_zone("America/Santiago"));
    for (uint64_t seed = 1; seed <= HISTORIES; seed++)
        try_history(seed);
    try_history((uint64_t)time(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "any history leaves what the model says", any_history_leaves_what_the_model_says, NULL,
          NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
