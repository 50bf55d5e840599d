/* Makes the records, by kind. */
#include "collector/api/simulation.h"
#include "collector/base/hash.h"
#include "collector/effects/event_out.h"
#include "collector/members/member.h"
#include "collector/orders/order_request.h"

#include "simulation_sql.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LOCATION_EVERY 4 /* of a cart's events, the first and each fourth is a position */
#define CLIENTS        40
#define PRICE          500
#define CENTRE_LAT     (-33.4372) /* Plaza de Armas, Santiago */
#define CENTRE_LON     (-70.6506)
#define SPREAD_DEGREES 0.05

const char *const simulation_kind_names[SIMULATION_KINDS + 1] = { "events", "orders", "members",
                                                                  NULL };

enum simulation_kind simulation_kind_from_name(const char *name)
{
    for (enum simulation_kind kind = 0; kind < SIMULATION_KINDS; kind++)
        if (strcmp(simulation_kind_names[kind], name) == 0)
            return kind;
    return SIMULATION_KINDS;
}

/* A number below `limit` for this place of the seed's sequence (SplitMix64, Steele and others,
 * "Fast Splittable Pseudorandom Number Generators", 2014). */
static int64_t draw(const struct simulation *simulation, int64_t place, int64_t limit)
{
    uint64_t z = (uint64_t)simulation->seed + 0x9e3779b97f4a7c15U * ((uint64_t)place + 1);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (int64_t)((z ^ (z >> 31)) % (uint64_t)limit);
}

/* 32 hexadecimal digits for the simulation and a number of `what`. */
static void make_id(const struct simulation *simulation, const char *what, int64_t number,
                    char id[33])
{
    char text[96];
    int length = snprintf(text, sizeof text, "%s/%s/%lld", simulation->id, what, (long long)number);

    hash_text(text, (size_t)length, id);
}

static void make_plate(const struct simulation *simulation, int64_t cart,
                       char plate[CART_LENGTH_MAX + 1])
{
    unsigned mark = (unsigned)draw(simulation, -2, 0x100000);

    snprintf(plate, CART_LENGTH_MAX + 1, "SIM%05X-%d", mark, (int)(cart % SIMULATION_CARTS_MAX));
}

/* A millisecond each, the last one at the start: no clock is ahead, and no day is far. */
static int64_t time_of(const struct simulation *simulation, int64_t index)
{
    int64_t before = simulation->total - 1 - index;

    return simulation->started_ms > before ? simulation->started_ms - before : 0;
}

static void fill_sale(const struct simulation *simulation, int64_t index, struct event *event)
{
    event->type = EVENT_SALE;
    event->receipt = event->seq - (event->seq + LOCATION_EVERY - 1) / LOCATION_EVERY;
    event->quantity = 1 + draw(simulation, index * 4, 6);
    event->amount = event->quantity * PRICE;
    event->fix_ms = event->ts_ms;
    if (draw(simulation, index * 4 + 1, 3) > 0)
        snprintf(event->client, sizeof event->client, "Cliente %d",
                 (int)draw(simulation, index * 4 + 2, CLIENTS));
}

static double near_centre(double centre, int64_t drawn)
{
    return round((centre + ((double)drawn / 1e6 - 0.5) * SPREAD_DEGREES) * 1e7) / 1e7;
}

/* Round by round over the carts; the events of each are its seq 1, 2, 3, … */
static void enqueue_event(struct store *store, const struct simulation *simulation, int64_t index)
{
    int64_t cart = index % simulation->carts;
    struct event event;
    struct buffer text = { 0 };
    char source[64];

    event_clear(&event);
    make_plate(simulation, cart, event.cart);
    make_id(simulation, "epoch", cart, event.epoch);
    event.seq = index / simulation->carts + 1;
    event.ts_ms = time_of(simulation, index);
    event.clock = CLOCK_NTP;
    event.has_position = true;
    event.lat = near_centre(CENTRE_LAT, draw(simulation, -cart * 2 - 3, 1000000));
    event.lon = near_centre(CENTRE_LON, draw(simulation, -cart * 2 - 4, 1000000));
    event.type = EVENT_LOCATION;
    if (event.seq % LOCATION_EVERY != 1)
        fill_sale(simulation, index, &event);
    event_write(&event, &text);
    snprintf(source, sizeof source, "simulation:%s", simulation->id);
    event_enqueue(store, &event, &(struct event_bytes){ text.bytes, text.length, source });
    buffer_free(&text);
}

static void enqueue_order(struct store *store, const struct simulation *simulation, int64_t index)
{
    struct order order = {
        .product = "Sopaipillas", .email = "sim@example.com", .price = PRICE, .lat = NAN, .lon = NAN
    };

    make_id(simulation, "order", index, order.id);
    order.quantity = 1 + draw(simulation, index, 10);
    order.times[ORDER_RECEIVED] = simulation->started_ms;
    order_request_enqueue(store, &order);
}

/* With a passport, so that no real person's RUT is met. */
static void enqueue_member(struct store *store, const struct simulation *simulation, int64_t index)
{
    static const char *const names[] = { "Ana", "Luis", "Rosa", "Hugo", "Elena", "Mario" };
    static const char *const lastnames[] = { "Soto", "Rojas", "Vera", "Lagos", "Parra" };
    struct member member = { .email = "sim@example.com" };

    make_id(simulation, "member", index, member.id);
    snprintf(member.passport, sizeof member.passport, "SIM%05X%06d",
             (unsigned)draw(simulation, -2, 0x100000), (int)index);
    snprintf(member.name, sizeof member.name, "%s", names[draw(simulation, index * 3, 6)]);
    snprintf(member.lastname, sizeof member.lastname, "%s",
             lastnames[draw(simulation, index * 3 + 1, 5)]);
    make_plate(simulation, index % simulation->carts, member.plate);
    member.premium = draw(simulation, index * 3 + 2, 4) == 0;
    member.applied_ms = simulation->started_ms;
    member_enqueue(store, &member);
}

void simulation_enqueue(struct store *store, const struct simulation *simulation, int64_t index)
{
    static void (*const enqueue[SIMULATION_KINDS])(
        struct store * store, const struct simulation *simulation, int64_t index) = {
        [SIMULATION_EVENTS] = enqueue_event,
        [SIMULATION_ORDERS] = enqueue_order,
        [SIMULATION_MEMBERS] = enqueue_member,
    };

    enqueue[simulation->kind](store, simulation, index);
}

bool simulation_add(struct store *store, const struct simulation *simulation)
{
    struct store_rows *rows = store_query(store, SQL_SIMULATION_UNFINISHED, "");
    bool full = store_next(rows) && store_int(rows, 0) >= SIMULATION_WAITING_MAX;

    store_rows_end(rows);
    if (full)
        return false;
    store_run(store, SQL_SIMULATION_INSERT, "ttiiii", simulation->id,
              simulation_kind_names[simulation->kind], simulation->carts, simulation->total,
              simulation->seed, simulation->started_ms);
    return true;
}

static bool read_row(struct store_rows *rows, struct simulation *simulation)
{
    bool found = store_next(rows);

    if (found) {
        snprintf(simulation->id, sizeof simulation->id, "%s", store_text(rows, 0));
        simulation->kind = simulation_kind_from_name(store_text(rows, 1));
        simulation->carts = store_int(rows, 2);
        simulation->total = store_int(rows, 3);
        simulation->seed = store_int(rows, 4);
        simulation->started_ms = store_int(rows, 5);
        simulation->produced = store_int(rows, 6);
    }
    store_rows_end(rows);
    return found && simulation->kind < SIMULATION_KINDS;
}

bool simulation_read(struct store *store, const char *id, struct simulation *simulation)
{
    return read_row(store_query(store, SQL_SIMULATION_READ, "t", id), simulation);
}

bool simulation_next(struct store *store, struct simulation *simulation)
{
    return read_row(store_query(store, SQL_SIMULATION_NEXT, ""), simulation);
}

bool simulation_advance(struct store *store, struct simulation *simulation, int64_t count)
{
    int64_t left = simulation->total - simulation->produced;
    int64_t to = simulation->produced + (count < left ? count : left);

    store_run(store, SQL_SIMULATION_ADVANCE, "iti", to, simulation->id, simulation->produced);
    if (store_status(store) != STORE_OK || store_changed(store) != 1)
        return false;
    for (; simulation->produced < to; simulation->produced++)
        simulation_enqueue(store, simulation, simulation->produced);
    return true;
}
