/* Windows by address and by customer. */
#include "collector/http/rate_limit.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_MS 60000
#define BUCKETS   1024
#define WAYS      8

struct window {
    uint64_t tag;
    int64_t start_ms;
    int64_t count; /* 0: the entry is free */
};

struct table {
    struct window buckets[BUCKETS][WAYS];
};

struct rate_limit {
    pthread_mutex_t lock;
    int64_t per_minute;
    unsigned char key[crypto_shorthash_KEYBYTES]; /* nobody can choose who shares a bucket */
    struct table sites, customers;
};

struct rate_limit *rate_limit_open(int64_t per_minute)
{
    struct rate_limit *limit = calloc(1, sizeof *limit);
    if (limit == NULL || sodium_init() < 0)
        abort();
    limit->per_minute = per_minute;
    crypto_shorthash_keygen(limit->key);
    pthread_mutex_init(&limit->lock, NULL);
    return limit;
}

void rate_limit_close(struct rate_limit *limit)
{
    if (limit == NULL)
        return;
    pthread_mutex_destroy(&limit->lock);
    free(limit);
}

static bool runs(const struct window *window, int64_t mono_ms)
{
    return window->count > 0 && mono_ms - window->start_ms < WINDOW_MS;
}

/* The window of `tag`; a new one where it has none: a free entry, else what the smallest of the
 * bucket has counted. */
static struct window *window_for(struct table *table, uint64_t tag, int64_t mono_ms)
{
    struct window *bucket = table->buckets[tag % BUCKETS], *least = bucket;
    for (struct window *window = bucket; window < bucket + WAYS; window++) {
        if (!runs(window, mono_ms))
            *window = (struct window){ .start_ms = mono_ms };
        else if (window->tag == tag)
            return window;
        if (window->count < least->count)
            least = window;
    }
    least->tag = tag;
    return least;
}

static uint64_t tag_of(const struct rate_limit *limit, const struct address *address)
{
    uint64_t tag;
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, address->bytes, sizeof address->bytes, limit->key);
    _Static_assert(sizeof hash == sizeof tag, "SipHash-2-4 has 64 bits");
    memcpy(&tag, hash, sizeof tag);
    return tag;
}

static int64_t reset_s(const struct window *window, int64_t mono_ms)
{
    return (window->start_ms + WINDOW_MS - mono_ms + 999) / 1000;
}

static int64_t wait_s(const struct window *window, int64_t most, int64_t mono_ms)
{
    return window->count < most ? 0 : reset_s(window, mono_ms);
}

/* Of both windows the one that ends first is told. */
static void tell(const struct window *window, int64_t most, int64_t mono_ms, struct rate_left *left)
{
    int64_t remaining = window->count < most ? most - window->count : 0;
    if (left->limit == 0 || remaining < left->remaining)
        *left = (struct rate_left){ most, remaining, reset_s(window, mono_ms) };
}

/* Both windows are asked before either counts: what a household is refused costs its customer
 * nothing. */
static int64_t take(struct rate_limit *limit, const struct address *address, int64_t mono_ms,
                    struct rate_left *left)
{
    struct address site = address_site(address), customer;
    struct window *by_site = window_for(&limit->sites, tag_of(limit, &site), mono_ms);
    struct window *by_customer = NULL;
    int64_t all = limit->per_minute * CUSTOMER_SHARE;
    int64_t wait = wait_s(by_site, limit->per_minute, mono_ms);
    if (wait == 0 && address_customer(address, &customer)) {
        by_customer = window_for(&limit->customers, tag_of(limit, &customer), mono_ms);
        wait = wait_s(by_customer, all, mono_ms);
    }
    by_site->count += wait == 0;
    tell(by_site, limit->per_minute, mono_ms, left);
    if (by_customer == NULL)
        return wait;
    by_customer->count += wait == 0;
    tell(by_customer, all, mono_ms, left);
    return wait;
}

int64_t rate_limit_take(struct rate_limit *limit, const struct address *address, int64_t mono_ms,
                        struct rate_left *left)
{
    struct rate_left unused = { 0 };
    left = left != NULL ? left : &unused;
    *left = (struct rate_left){ 0 };
    if (limit->per_minute == 0)
        return 0;
    pthread_mutex_lock(&limit->lock);
    int64_t wait = take(limit, address, mono_ms, left);
    pthread_mutex_unlock(&limit->lock);
    return wait;
}
