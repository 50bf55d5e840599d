/* Sums in memory, and what they are in the store. */
#include "collector/sales/day_sums.h"

#include "collector/sales/client_groups.h"
#include "collector/sales/sales_batch.h"

#include "sales_sql.h"

#include <stdlib.h>
#include <string.h>

#define PART_NONE (-2) /* of a row that has no sale yet */

/* A client of a cart on a day. */
struct client_day {
    int32_t day;
    const char *cart, *client;
    struct cart_day *cart_day;
    int64_t bought;
};

static const struct row_column client_key[] = {
    ROW_COLUMN(ROW_INT32, struct client_day, day),
    ROW_COLUMN(ROW_STRING, struct client_day, cart),
    ROW_COLUMN(ROW_STRING, struct client_day, client),
    { .type = ROW_END },
};
static const struct row_table clients_table = {
    .size = sizeof(struct client_day),
    .key = client_key,
};

static const struct row_column day_columns[] = {
    ROW_COLUMN(ROW_INT32, struct cart_day, day),
    ROW_COLUMN(ROW_TEXT, struct cart_day, cart),
    ROW_COLUMN(ROW_INT, struct cart_day, quantity),
    ROW_COLUMN(ROW_INT, struct cart_day, amount),
    ROW_COLUMN(ROW_INT, struct cart_day, sales),
    ROW_COLUMN(ROW_INT, struct cart_day, named_clients),
    ROW_COLUMN(ROW_INT, struct cart_day, anonymous),
    ROW_COLUMN(ROW_INT, struct cart_day, voided),
    ROW_COLUMN(ROW_INT, struct cart_day, unpriced),
    ROW_COLUMN(ROW_INT32, struct cart_day, part),
    { .type = ROW_END },
};
static const struct row_column day_key[] = {
    ROW_COLUMN(ROW_INT32, struct cart_day, day),
    ROW_COLUMN(ROW_TEXT, struct cart_day, cart),
    { .type = ROW_END },
};
static const struct cart_day no_day = { .part = PART_NONE };
static const struct row_table days_table = {
    .size = sizeof(struct cart_day),
    .blank = &no_day,
    .key = day_key,
    .write = SQL_DAILY_ADD,
    .written = day_columns,
};

void *day_sums_allocate(size_t size)
{
    void *memory = calloc(1, size);

    if (memory == NULL)
        abort();
    return memory;
}

void day_sums_add_to(int64_t *sum, int64_t value)
{
    if (__builtin_add_overflow(*sum, value, sum))
        *sum = value > 0 ? INT64_MAX : INT64_MIN;
}

bool day_sums_is_empty(const struct day_sums *sums)
{
    return sums->cart_days.count == 0;
}

static void add_client(struct day_sums *sums, struct cart_day *cart_day,
                       const struct sale_effect *effect)
{
    struct client_day *client =
        rows_get(&sums->client_days, NULL,
                 &(struct client_day){ effect->day, cart_day->cart, effect->client, NULL, 0 });

    client->cart_day = cart_day;
    client->bought += effect->sign;
}

static void keep_receipt(struct cart_day *day, const struct sale_effect *effect)
{
    /* A sale whose void was there before it is sold and taken back at once. */
    if (day->source == effect->source && day->receipt == effect->receipt)
        return;
    day->source = effect->source;
    day->receipt = effect->receipt;
    buffer_format(&day->receipts, "%s{\"epoch\":\"%s\",\"receipt\":%lld}",
                  day->receipts.length > 0 ? "," : "", effect->source->epoch,
                  (long long)effect->receipt);
}

void day_sums_add(struct day_sums *sums, const struct sale_effect *effect)
{
    struct cart_day key = { .day = effect->day };
    bool priced = effect->amount != EVENT_ABSENT;

    memcpy(key.cart, effect->source->cart, sizeof key.cart);
    if (day_sums_is_empty(sums) || effect->day < sums->first_day)
        sums->first_day = effect->day;
    sums->cart_days.table = &days_table;
    sums->client_days.table = &clients_table;
    struct cart_day *day = rows_get(&sums->cart_days, NULL, &key);
    day->quantity += effect->quantity * effect->sign;
    day_sums_add_to(&day->amount, priced ? effect->amount * effect->sign : 0);
    day->sales += effect->sign;
    day->unpriced += priced ? 0 : effect->sign;
    day->voided += effect->voided;
    if (day->part != effect->source->part)
        day->part = day->part == PART_NONE ? effect->source->part : PART_MANY;
    if (sums->keeps_receipts)
        keep_receipt(day, effect);
    if (effect->client == NULL || effect->client[0] == '\0')
        day->anonymous += effect->sign;
    else if (effect->sign != 0)
        add_client(sums, day, effect);
}

struct client_visit {
    struct store *store;
    struct client_groups groups;
    struct row_count count;
};

/* A client is counted once a day and cart: when the first sale comes, until the last is void. */
static void write_client(void *owner, void *row)
{
    struct client_visit *to = owner;
    const struct client_day *client = row;
    int change = rows_count(&to->count, to->store, client, client->bought);

    client->cart_day->named_clients += change;
    if (change != 0)
        client_groups_add(&to->groups, client->day, client->client, change);
}

void day_sums_count_clients(struct day_sums *sums, struct store *store)
{
    struct client_visit to = { .store = store,
                               .count = { .key = client_key,
                                          .insert = SQL_CLIENT_INSERT,
                                          .add = SQL_CLIENT_ADD,
                                          .read = SQL_CLIENT_READ,
                                          .delete = SQL_CLIENT_DELETE } };

    rows_each(&sums->client_days, write_client, &to);
    client_groups_write(&to.groups, store);
    rows_forget(&sums->client_days);
}

static void free_receipts(void *unused, void *row)
{
    (void)unused;
    buffer_free(&((struct cart_day *)row)->receipts);
}

void day_sums_forget(struct day_sums *sums)
{
    if (sums->keeps_receipts)
        rows_each(&sums->cart_days, free_receipts, NULL);
    rows_forget(&sums->client_days);
    rows_forget(&sums->cart_days);
}

void day_sums_write(struct day_sums *sums, struct store *store)
{
    if (day_sums_is_empty(sums))
        return;
    day_sums_count_clients(sums, store);
    rows_write(&sums->cart_days, store);
    day_sums_forget(sums);
}
