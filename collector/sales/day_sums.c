/* Sums in search trees of the C library. */
#include "collector/sales/day_sums.h"
#include "collector/tree.h"

#include "collector/sales/client_groups.h"
#include "collector/sales/sales_batch.h"

#include "sales_sql.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct client_day {
    struct cart_day *cart_day;
    int64_t bought;
    char client[]; /* NUL-terminated */
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

static int compare_cart_days(const void *left, const void *right)
{
    const struct cart_day *a = left, *b = right;
    int order = (a->day > b->day) - (a->day < b->day);

    return order != 0 ? order : strcmp(a->cart, b->cart);
}

static int compare_client_days(const void *left, const void *right)
{
    const struct client_day *a = left, *b = right;
    int order = a->cart_day == b->cart_day ? 0 : compare_cart_days(a->cart_day, b->cart_day);

    return order != 0 ? order : strcmp(a->client, b->client);
}

bool day_sums_is_empty(const struct day_sums *sums)
{
    return sums->cart_days == NULL;
}

static void add_client(struct day_sums *sums, struct cart_day *cart_day,
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
    struct client_day *client =
        tree_get(&sums->client_days, &key.row, sizeof(struct client_day) + length + 1,
                 compare_client_days, NULL);
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
    struct cart_day *day = tree_get(&sums->cart_days, &key, sizeof key, compare_cart_days, NULL);
    day->quantity += effect->quantity * effect->sign;
    day_sums_add_to(&day->amount, priced ? effect->amount * effect->sign : 0);
    day->sales += effect->sign;
    day->unpriced += priced ? 0 : effect->sign;
    day->voided += effect->voided;
    if (sums->keeps_receipts)
        keep_receipt(day, effect);
    if (effect->client == NULL || effect->client[0] == '\0')
        day->anonymous += effect->sign;
    else if (effect->sign != 0)
        add_client(sums, day, effect);
}

struct client_visit {
    struct store *store;
    struct client_groups *groups;
};

static int64_t read_client(struct store *store, const struct client_day *client)
{
    const struct cart_day *day = client->cart_day;
    struct store_rows *rows =
        store_query(store, SQL_CLIENT_READ, "itt", (int64_t)day->day, day->cart, client->client);
    int64_t bought = store_next(rows) ? store_int(rows, 0) : 0;

    store_rows_end(rows);
    return bought;
}

/* By how much the day's clients change: 1, 0 or -1. */
static int64_t change_client(struct store *store, const struct client_day *client)
{
    const struct cart_day *day = client->cart_day;

    if (client->bought > 0) {
        store_run(store, SQL_CLIENT_INSERT, "itti", (int64_t)day->day, day->cart, client->client,
                  client->bought);
        if (store_changed(store) == 1)
            return 1;
    }
    store_run(store, SQL_CLIENT_ADD, "iitt", client->bought, (int64_t)day->day, day->cart,
              client->client);
    if (client->bought > 0 || read_client(store, client) != 0)
        return 0;
    store_run(store, SQL_CLIENT_DELETE, "itt", (int64_t)day->day, day->cart, client->client);
    return -1;
}

/* A client is counted once a day and cart: when the first sale comes, until the last is void. */
static void write_client(const void *node, VISIT visit, void *closure)
{
    const struct client_visit *to = closure;
    const struct client_day *client = *(struct client_day *const *)node;
    struct cart_day *day = client->cart_day;

    if ((visit != postorder && visit != leaf) || client->bought == 0)
        return;
    int64_t change = change_client(to->store, client);
    day->named_clients += change;
    if (change != 0)
        client_groups_add(to->groups, to->store, day->day, client->client, change);
}

struct visit {
    void (*write)(void *owner, const struct cart_day *day);
    void *owner;
};

static void visit_day(const void *node, VISIT visit, void *closure)
{
    const struct visit *to = closure;

    if (visit == postorder || visit == leaf)
        to->write(to->owner, *(struct cart_day *const *)node);
}

void day_sums_each(struct day_sums *sums, struct store *store,
                   void (*write)(void *owner, const struct cart_day *day), void *owner)
{
    struct client_groups groups = { 0 };
    struct client_visit clients = { store, &groups };
    struct visit visit = { write, owner };

    /* Clients first: they decide how many clients the days have. */
    twalk_r(sums->client_days, write_client, &clients);
    client_groups_write(&groups, store);
    twalk_r(sums->cart_days, visit_day, &visit);
}

static void free_day(void *element)
{
    struct cart_day *day = element;

    buffer_free(&day->receipts);
    free(day);
}

void day_sums_forget(struct day_sums *sums)
{
    tdestroy(sums->client_days, free);
    tdestroy(sums->cart_days, free_day);
    sums->client_days = sums->cart_days = NULL;
}

static void write_cart_day(void *owner, const struct cart_day *day)
{
    store_run(owner, SQL_DAILY_ADD, "itiiiiiii", (int64_t)day->day, day->cart, day->quantity,
              day->amount, day->sales, day->named_clients, day->anonymous, day->voided,
              day->unpriced);
}

void day_sums_write(struct day_sums *sums, struct store *store)
{
    if (day_sums_is_empty(sums))
        return;
    day_sums_each(sums, store, write_cart_day, store);
    day_sums_forget(sums);
}
