/* Gathers a batch's sums in search trees of the C library and writes them in key order. */
#include "collector/sales_batch.h"

#include "sales_sql.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct source_day {
    int32_t day;
    int64_t source;
    int64_t first_seq, last_seq, sales, quantity, amount;
};

struct cart_day {
    int32_t day;
    char cart[CART_LENGTH_MAX + 1];
    int64_t quantity, amount, sales, named_clients, anonymous, voided, unpriced;
};

struct client_day {
    struct cart_day *cart_day;
    int64_t bought;
    char client[]; /* NUL-terminated */
};

struct sales_batch {
    void *sources, *source_days, *cart_days, *client_days; /* tsearch roots */
};

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_sources(const void *left, const void *right)
{
    const struct source *a = left, *b = right;
    int order = strcmp(a->cart, b->cart);

    return order != 0 ? order : strcmp(a->epoch, b->epoch);
}

static int compare_source_days(const void *left, const void *right)
{
    const struct source_day *a = left, *b = right;
    int order = compare_numbers(a->day, b->day);

    return order != 0 ? order : compare_numbers(a->source, b->source);
}

static int compare_cart_days(const void *left, const void *right)
{
    const struct cart_day *a = left, *b = right;
    int order = compare_numbers(a->day, b->day);

    return order != 0 ? order : strcmp(a->cart, b->cart);
}

static int compare_client_days(const void *left, const void *right)
{
    const struct client_day *a = left, *b = right;
    int order = compare_cart_days(a->cart_day, b->cart_day);

    return order != 0 ? order : strcmp(a->client, b->client);
}

/* Amounts come from carts, each up to 2^53: a sum of absurd ones stops at the end of the type. */
static void add_to(int64_t *sum, int64_t value)
{
    if (__builtin_add_overflow(*sum, value, sum))
        *sum = value > 0 ? INT64_MAX : INT64_MIN;
}

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);

    if (memory == NULL)
        abort();
    return memory;
}

/* The element of the tree that equals `key`, a copy of it where there was none. */
static void *find_or_copy(void **root, const void *key, size_t size,
                          int (*compare)(const void *, const void *))
{
    void **found = tsearch(key, root, compare);

    if (found == NULL)
        abort();
    if (*found == key) {
        *found = allocate(size);
        memcpy(*found, key, size);
    }
    return *found;
}

struct sales_batch *sales_batch_open(void)
{
    return allocate(sizeof(struct sales_batch));
}

void sales_batch_forget(struct sales_batch *batch)
{
    tdestroy(batch->client_days, free);
    tdestroy(batch->cart_days, free);
    tdestroy(batch->source_days, free);
    tdestroy(batch->sources, free);
    *batch = (struct sales_batch){ 0 };
}

void sales_batch_close(struct sales_batch *batch)
{
    if (batch == NULL)
        return;
    sales_batch_forget(batch);
    free(batch);
}

static bool read_source(struct source *source, struct store *store)
{
    struct store_rows *rows =
        store_query(store, SQL_SOURCE_READ, "tt", source->cart, source->epoch);

    if (!store_next(rows))
        return false;
    source->number = store_int(rows, 0);
    source->highest_seq = store_int(rows, 1);
    source->highest_receipt = store_int(rows, 2);
    store_rows_end(rows);
    rows = store_query(store, SQL_WAITING_VOID_ANY, "i", source->number);
    source->has_waiting_voids = store_next(rows);
    store_rows_end(rows);
    return true;
}

struct source *sales_batch_source(struct sales_batch *batch, struct store *store,
                                  const struct event *event)
{
    struct source key = { 0 };

    memcpy(key.cart, event->cart, sizeof key.cart);
    memcpy(key.epoch, event->epoch, sizeof key.epoch);
    struct source *source = find_or_copy(&batch->sources, &key, sizeof key, compare_sources);
    if (source->number == 0 && !read_source(source, store)) {
        store_run(store, SQL_SOURCE_INSERT, "tt", source->cart, source->epoch);
        read_source(source, store);
    }
    return source;
}

static struct source_day *source_day_of(struct sales_batch *batch, int32_t day,
                                        const struct source *source, int64_t seq)
{
    struct source_day key = {
        .day = day, .source = source->number, .first_seq = seq, .last_seq = seq
    };
    struct source_day *part =
        find_or_copy(&batch->source_days, &key, sizeof key, compare_source_days);

    if (seq < part->first_seq)
        part->first_seq = seq;
    if (seq > part->last_seq)
        part->last_seq = seq;
    return part;
}

void sales_batch_mark(struct sales_batch *batch, int32_t day, const struct source *source,
                      int64_t seq)
{
    source_day_of(batch, day, source, seq);
}

static void add_client(struct sales_batch *batch, struct cart_day *cart_day,
                       const struct sale_effect *effect)
{
    union {
        struct client_day row;
        char bytes[sizeof(struct client_day) + sizeof((struct event *)NULL)->client];
    } key = { .row = { .cart_day = cart_day } };
    size_t length = strlen(effect->client);

    if (length >= sizeof((struct event *)NULL)->client)
        length = sizeof((struct event *)NULL)->client - 1;
    memcpy(key.row.client, effect->client, length);
    key.row.client[length] = '\0';
    struct client_day *client = find_or_copy(
        &batch->client_days, &key.row, sizeof(struct client_day) + length + 1, compare_client_days);
    client->bought += effect->sign;
}

void sales_batch_add(struct sales_batch *batch, const struct sale_effect *effect)
{
    struct source_day *part = source_day_of(batch, effect->day, effect->source, effect->seq);
    struct cart_day key = { .day = effect->day };
    bool priced = effect->amount != EVENT_ABSENT;
    int64_t amount = priced ? effect->amount * effect->sign : 0;

    memcpy(key.cart, effect->source->cart, sizeof key.cart);
    struct cart_day *day = find_or_copy(&batch->cart_days, &key, sizeof key, compare_cart_days);
    day->quantity += effect->quantity * effect->sign;
    add_to(&day->amount, amount);
    day->sales += effect->sign;
    day->unpriced += priced ? 0 : effect->sign;
    day->voided += effect->sign < 0;
    part->quantity += effect->quantity * effect->sign;
    add_to(&part->amount, amount);
    part->sales += effect->sign;
    if (effect->client == NULL || effect->client[0] == '\0')
        day->anonymous += effect->sign;
    else
        add_client(batch, day, effect);
}

/* A client is counted once a day and cart: when the first sale comes, until the last is void. */
static void write_client(const void *node, VISIT visit, void *closure)
{
    struct store *store = closure;
    const struct client_day *client = *(struct client_day *const *)node;
    struct cart_day *day = client->cart_day;

    if ((visit != postorder && visit != leaf) || client->bought == 0)
        return;
    struct store_rows *rows = store_query(store, SQL_CLIENT_ADD, "itti", (int64_t)day->day,
                                          day->cart, client->client, client->bought);
    if (!store_next(rows))
        return;
    int64_t after = store_int(rows, 0), before = after - client->bought;
    store_rows_end(rows);
    day->named_clients += (after > 0) - (before > 0);
    if (after == 0)
        store_run(store, SQL_CLIENT_DELETE, "itt", (int64_t)day->day, day->cart, client->client);
}

static void write_cart_day(const void *node, VISIT visit, void *closure)
{
    const struct cart_day *day = *(struct cart_day *const *)node;

    if (visit == postorder || visit == leaf)
        store_run(closure, SQL_DAILY_ADD, "itiiiiiii", (int64_t)day->day, day->cart, day->quantity,
                  day->amount, day->sales, day->named_clients, day->anonymous, day->voided,
                  day->unpriced);
}

static void write_source_day(const void *node, VISIT visit, void *closure)
{
    const struct source_day *part = *(struct source_day *const *)node;

    if (visit == postorder || visit == leaf)
        store_run(closure, SQL_SOURCE_DAY_ADD, "iiiiiii", (int64_t)part->day, part->source,
                  part->first_seq, part->last_seq, part->sales, part->quantity, part->amount);
}

static void write_source(const void *node, VISIT visit, void *closure)
{
    const struct source *source = *(struct source *const *)node;

    if (visit == postorder || visit == leaf)
        store_run(closure, SQL_SOURCE_UPDATE, "iiiii", source->highest_seq, source->highest_receipt,
                  source->duplicates, source->set_aside, source->number);
}

void sales_batch_write(struct sales_batch *batch, struct store *store)
{
    /* Clients first: they decide how many clients the days have. */
    twalk_r(batch->client_days, write_client, store);
    twalk_r(batch->cart_days, write_cart_day, store);
    twalk_r(batch->source_days, write_source_day, store);
    twalk_r(batch->sources, write_source, store);
    sales_batch_forget(batch);
}
