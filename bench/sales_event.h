/* The events that the collector's benchmarks feed, the same ones for Kafka and for the role alone.
 *
 * As carrito-sim sells: a cart has 48 regulars, one sale in five has no client; 500 neighbourhoods
 * have names of their own. A cart has one outbox, whose epoch follows from its number, so that who
 * goes on where a filled store ends says only the next number. */
#ifndef CARRITO_BENCH_SALES_EVENT_H
#define CARRITO_BENCH_SALES_EVENT_H

#include <stdint.h>
#include <stdio.h>

#define SALES_EVENT_MAX  400
#define SALES_REGULARS   48
#define SALES_NEIGHBOURS 500
#define SALES_CART       "BENCH%05d"

/* Any number from one: the finalizer of splitmix64. */
static inline uint64_t sales_draw(uint64_t from)
{
    from += 0x9e3779b97f4a7c15U;
    from = (from ^ (from >> 30)) * 0xbf58476d1ce4e5b9U;
    from = (from ^ (from >> 27)) * 0x94d049bb133111ebU;
    return from ^ (from >> 31);
}

/* The cart of event `n` of all, counted from 0, where each sends `run` in a row, and its number in
 * the cart's outbox, counted from 0. */
static inline void sales_turn(int64_t n, int carts, int run, int *cart, int64_t *number)
{
    int64_t round = n / ((int64_t)carts * run), within = n % ((int64_t)carts * run);

    *cart = (int)(within / run);
    *number = round * run + within % run;
}

/* A cart that walks about the town. Returns the length. */
static inline int location_event(char text[SALES_EVENT_MAX], int cart, int64_t seq, int64_t ts_ms)
{
    return snprintf(text, SALES_EVENT_MAX,
                    "{\"v\":1,\"type\":\"location\",\"cart\":\"" SALES_CART
                    "\",\"epoch\":\"be01%028d\",\"seq\":%lld,\"ts_ms\":%lld,\"clock\":\"gps\","
                    "\"lat\":-33.4%04d,\"lon\":-70.6%04d,\"acc\":6}",
                    cart, cart, (long long)seq, (long long)ts_ms, (int)((cart + seq) % 10000),
                    (int)((cart * 7 + seq) % 10000));
}

/* Returns the length. */
static inline int sales_event(char text[SALES_EVENT_MAX], int cart, int64_t seq, int64_t ts_ms)
{
    uint64_t draw = sales_draw(((uint64_t)cart << 32) + (uint64_t)seq);
    char client[64] = "";

    if (draw % 5 != 0)
        snprintf(client, sizeof client, "\"client\":\"Ana Soto %d-%d\",", cart % SALES_NEIGHBOURS,
                 (int)((draw >> 8) % SALES_REGULARS));
    return snprintf(text, SALES_EVENT_MAX,
                    "{\"v\":1,\"type\":\"sale\",\"cart\":\"" SALES_CART
                    "\",\"epoch\":\"be00%028d\",\"seq\":%lld,\"ts_ms\":%lld,\"clock\":\"gps\","
                    "\"receipt\":%lld,%s\"quantity\":%d,\"amount\":1500,\"stock\":%d,"
                    "\"lat\":-33.437%d,\"lon\":-70.650%d,\"fix_ms\":%lld}",
                    cart, cart, (long long)seq, (long long)ts_ms, (long long)seq, client,
                    1 + (int)((draw >> 40) % 5), 21 + (int)((draw >> 20) % 80),
                    (int)((draw >> 30) % 10), (int)((draw >> 34) % 10), (long long)ts_ms);
}

#endif
