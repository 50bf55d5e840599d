/* The mix: of 1000 events 150 positions, 10 voids, a stock event where it runs low, the rest sales.
 * One sale in five has no client, one in 33 no amount. */
#include "sim/cart.h"

#include "common/backoff.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PER_MILLE_LOCATION 150
#define PER_MILLE_VOID     10
#define PER_MILLE_NO_NAME  200
#define PER_MILLE_NO_PRICE 30
#define QUANTITY_USUAL     8
#define STOCK_LOW          10
#define STEP_E6            120 /* of a position: some 13 m */
#define NAMES              16
#define PLATE_RUNS         100000 /* figures of a plate that stand for the run */

static const char *const first_names[NAMES] = {
    "Ana",    "José",   "María", "Íñigo",   "Rosa",  "Nicolás", "Ñusta",  "Carmen",
    "Begoña", "Héctor", "Paz",   "Joaquín", "Iñaki", "Úrsula",  "Matías", "Zoë",
};
static const char *const last_names[NAMES] = {
    "Soto",  "Muñoz",      "Ñuñoa", "Pérez \"Chico\"", "Díaz",  "González",  "O'Higgins",
    "Núñez", "Sepúlveda",  "Vera",  "Huenchumán",      "Araya", "Castañeda", "Ibáñez",
    "Lagos", "Rojas 🌶",
};

static const struct {
    int64_t lat_e6, lon_e6; /* Plaza de Armas */
    int64_t reach_e6;       /* carts turn back here, some 9 km away */
} santiago = { -33437200, -70650600, 80000 };

static int64_t draw(struct sim_cart *cart, int64_t below)
{
    return (int64_t)(random_next(&cart->random) % (uint64_t)below);
}

void sim_cart_init(struct sim_cart *cart, uint64_t seed, uint64_t run, unsigned index)
{
    uint64_t life = seed * 0x9e3779b97f4a7c15u + index;
    uint64_t name = seed ^ run;
    uint64_t figures = random_next(&name) % PLATE_RUNS;
    uint64_t epoch = run + (random_next(&life) ^ index);

    *cart = (struct sim_cart){ .random = random_next(&life), .stock = EVENT_ABSENT };
    snprintf(cart->plate, sizeof cart->plate, "SIM%05" PRIu64 "%05u", figures, index);
    uint64_t high = random_next(&epoch);
    snprintf(cart->epoch, sizeof cart->epoch, "%016" PRIx64 "%016" PRIx64, high,
             random_next(&epoch));
    cart->price = 400 + 50 * draw(cart, 7);
    cart->names = (unsigned)draw(cart, NAMES);
    cart->lat_e6 = santiago.lat_e6 + draw(cart, santiago.reach_e6) - santiago.reach_e6 / 2;
    cart->lon_e6 = santiago.lon_e6 + draw(cart, santiago.reach_e6) - santiago.reach_e6 / 2;
}

void sim_cart_free(struct sim_cart *cart)
{
    truth_free(&cart->truth);
}

static int64_t walk(struct sim_cart *cart, int64_t at, int64_t centre)
{
    int64_t step = draw(cart, 2 * STEP_E6 + 1) - STEP_E6;
    int64_t away = at + step - centre;
    return away > santiago.reach_e6 || away < -santiago.reach_e6 ? at - step : at + step;
}

static void put_position(const struct sim_cart *cart, struct event *event)
{
    event->has_position = true;
    event->lat = (double)cart->lat_e6 / 1e6;
    event->lon = (double)cart->lon_e6 / 1e6;
}

static void move(struct sim_cart *cart, struct event *event)
{
    cart->lat_e6 = walk(cart, cart->lat_e6, santiago.lat_e6);
    cart->lon_e6 = walk(cart, cart->lon_e6, santiago.lon_e6);
    cart->fix_ms = event->ts_ms;
    event->type = EVENT_LOCATION;
    put_position(cart, event);
    event->acc = 3 + (double)draw(cart, 20);
}

static void restock(struct sim_cart *cart, struct event *event)
{
    cart->stock = 100 + draw(cart, 200);
    event->type = EVENT_STOCK;
    event->stock = cart->stock;
}

static void put_client(const struct sim_cart *cart, int client, struct event *event)
{
    unsigned last = (unsigned)client / NAMES + cart->names;
    snprintf(event->client, sizeof event->client, "%s %s", first_names[client % NAMES],
             last_names[last % NAMES]);
}

static void sell(struct sim_cart *cart, int32_t day, struct event *event)
{
    struct truth_sale sale = { .day = day, .client = SIM_NO_CLIENT };
    sale.quantity = 1 + draw(cart, QUANTITY_USUAL);
    if (draw(cart, 1000) >= PER_MILLE_NO_NAME) {
        sale.client = (int)draw(cart, SIM_CLIENTS);
        put_client(cart, sale.client, event);
    }
    if (draw(cart, 1000) >= PER_MILLE_NO_PRICE) {
        sale.amount = sale.quantity * cart->price;
        event->amount = sale.amount;
    }
    cart->stock -= sale.quantity < cart->stock ? sale.quantity : cart->stock;
    event->type = EVENT_SALE;
    event->receipt = ++cart->receipt;
    event->quantity = sale.quantity;
    event->stock = cart->stock;
    event->fix_ms = cart->fix_ms;
    put_position(cart, event);
    cart->recent[cart->receipt % SIM_RECENT] =
        (struct sim_recent){ .receipt = cart->receipt, .sale = sale };
    truth_add(&cart->truth, &sale);
    totals_sell(&cart->totals, event->seq, sale.quantity, sale.amount);
}

static void take_back(struct sim_cart *cart, struct sim_recent *recent, struct event *event)
{
    cart->stock += recent->sale.quantity;
    event->type = EVENT_VOID;
    event->receipt = recent->receipt;
    event->stock = cart->stock;
    snprintf(event->reason, sizeof event->reason, "se equivocó");
    truth_take_out(&cart->truth, &recent->sale);
    totals_take_back(&cart->totals, event->seq, recent->sale.quantity, recent->sale.amount);
    recent->receipt = 0;
}

void sim_cart_next(struct sim_cart *cart, int64_t wall_ms, int32_t day, struct event *event)
{
    event_clear(event);
    memcpy(event->cart, cart->plate, sizeof event->cart);
    memcpy(event->epoch, cart->epoch, sizeof event->epoch);
    event->seq = ++cart->seq;
    event->ts_ms = wall_ms;
    event->clock = CLOCK_NTP;
    if (cart->fix_ms == 0)
        cart->fix_ms = wall_ms;

    int64_t what = draw(cart, 1000);
    struct sim_recent *recent = &cart->recent[draw(cart, SIM_RECENT)];
    if (cart->stock < STOCK_LOW) /* a cart begins its day with a count */
        restock(cart, event);
    else if (what < PER_MILLE_LOCATION)
        move(cart, event);
    else if (what < PER_MILLE_LOCATION + PER_MILLE_VOID && recent->receipt > 0)
        take_back(cart, recent, event);
    else
        sell(cart, day, event);
}
