/* A cart that has no network for a month: what the agent does, with a clock that is stepped.
 *
 *     cart_month OUTBOX CART DAYS END_MS
 *
 * From 08:00 to 18:00 of each day, up to END_MS, the parts of the agent get what they get on a
 * cart: a fix each second, on the way for the first and the last two hours and standing in between
 * (so 10 s and 60 s between recorded positions), and 300 requests to sell, one each two minutes.
 * Positions share a commit as in the agent's loop, which also tidies up when it is quiet. Nothing
 * is acknowledged. Each day is a line of JSON: how long a sale took from the request to its answer,
 * which is after the commit.
 *
 * The last day is lived by another cart at the same time, whose first one it is: what a disk takes
 * for a commit on this machine differs from minute to minute. Its line has `first`, and its outbox
 * is OUTBOX.first. */
#include "agent/outbox.h"
#include "agent/position.h"
#include "agent/requests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define DAY_MS     86400000LL
#define OPEN_S     36000 /* ten hours */
#define RIDE_S     7200  /* on the way at each end of them */
#define SALE_S     120
#define SALES      (OPEN_S / SALE_S)
#define STEP       1.0e-5 /* degrees of latitude a second, 1.1 m */
#define LOCATION_S 10

struct cart {
    char path[4096];
    struct group_commit commit;
    struct requests requests;
    struct position_filter filter;
    struct buffer answer;
    int64_t mono_ms, wall_ms;
    double lat;
    int64_t positions, sales;
    int64_t took_us[SALES];
};

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void die(const char *why)
{
    fprintf(stderr, "cart_month: %s\n", why);
    exit(EXIT_FAILURE);
}

static void take_fix(struct cart *cart)
{
    struct event event;
    struct fix fix;

    fix_clear(&fix);
    fix.mode = FIX_3D;
    fix.lat = cart->lat;
    fix.lon = -70.65;
    fix.acc = 8;
    if (!position_take(&cart->filter, &fix, cart->wall_ms))
        return;
    event_clear(&event);
    event.ts_ms = cart->wall_ms;
    event.clock = CLOCK_NTP;
    event.lat = fix.lat;
    event.lon = fix.lon;
    event.acc = fix.acc;
    cart->positions++;
    if (group_commit_position(&cart->commit, &event, cart->mono_ms) != OUTBOX_OK)
        die("a position is not kept");
}

static void sell(struct cart *cart, int at)
{
    static const char *const clients[] = { "Ana Soto", "Luis Rojas", "Elena Vidal", "Juan Mora" };
    char request[160];
    int length = snprintf(request, sizeof request,
                          "{\"request\":\"sell\",\"id\":\"%lld\",\"quantity\":%d,\"client\":\"%s\","
                          "\"amount\":%d}",
                          (long long)cart->sales, 1 + at % 5, clients[at % 4], 500 * (1 + at % 5));

    cart->requests.moment =
        (struct moment){ cart->wall_ms, CLOCK_NTP, "month", cart->wall_ms % DAY_MS };
    cart->requests.fix = (struct sale_fix){ true, cart->lat, -70.65, cart->wall_ms };
    buffer_clear(&cart->answer);
    int64_t began_us = now_us();
    requests_answer(&cart->requests, request, (size_t)length, &cart->answer);
    cart->took_us[at] = now_us() - began_us;
    if (strncmp(cart->answer.bytes, "{\"ok\":true", 10) != 0)
        die(cart->answer.bytes);
    cart->sales++;
}

static void live_a_second(struct cart *cart, int64_t morning_ms, int second)
{
    cart->wall_ms = morning_ms + second * 1000LL;
    cart->mono_ms += 1000;
    if (second < RIDE_S)
        cart->lat += STEP;
    else if (second >= OPEN_S - RIDE_S)
        cart->lat -= STEP;
    take_fix(cart);
    if (second % SALE_S == SALE_S / 2)
        sell(cart, second / SALE_S);
    if (group_commit_flush(&cart->commit, cart->mono_ms) != OUTBOX_OK)
        die("positions are not kept");
    if (second % SALE_S != SALE_S / 2)
        outbox_tidy(cart->commit.outbox);
}

/* `beside` is NULL but on the last day. */
static void live_a_day(struct cart *cart, struct cart *beside, int64_t morning_ms)
{
    for (int second = 0; second < OPEN_S; second++) {
        live_a_second(cart, morning_ms, second);
        if (beside != NULL)
            live_a_second(beside, morning_ms, second);
    }
}

static int compare(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

    return (first > second) - (first < second);
}

static void report(struct cart *cart, const char *name, int day)
{
    struct stat file = { 0 };

    stat(cart->path, &file);
    qsort(cart->took_us, SALES, sizeof *cart->took_us, compare);
    printf("{\"%s\":%d,\"sales\":%lld,\"positions\":%lld,\"p50_us\":%lld,\"p99_us\":%lld,"
           "\"bytes\":%lld}\n",
           name, day, (long long)cart->sales, (long long)cart->positions,
           (long long)cart->took_us[SALES / 2], (long long)cart->took_us[SALES * 99 / 100],
           (long long)file.st_size);
    fflush(stdout);
}

static void begin(struct cart *cart, const char *plate, int64_t wall_ms)
{
    cart->lat = -33.45;
    cart->mono_ms = 1000000;
    cart->commit.cart = plate;
    cart->commit.outbox = outbox_open(cart->path, plate, wall_ms);
    if (cart->commit.outbox == NULL)
        die("there is no outbox");
    cart->requests =
        (struct requests){ .commit = &cart->commit, .lang = LANG_ES, .price = EVENT_ABSENT };
    position_init(&cart->filter, LOCATION_S);
}

static void end(struct cart *cart)
{
    if (group_commit_flush_now(&cart->commit) != OUTBOX_OK)
        die("the last positions are not kept");
    outbox_close(cart->commit.outbox);
    buffer_free(&cart->answer);
}

int main(int argc, char **argv)
{
    static struct cart cart, first;

    if (argc != 5)
        die("OUTBOX CART DAYS END_MS");
    int days = atoi(argv[3]);
    int64_t end_ms = strtoll(argv[4], NULL, 10);
    snprintf(cart.path, sizeof cart.path, "%s", argv[1]);
    snprintf(first.path, sizeof first.path, "%s.first", argv[1]);
    begin(&cart, argv[2], end_ms - days * DAY_MS);
    begin(&first, argv[2], end_ms - DAY_MS);
    for (int day = 1; day <= days; day++) {
        live_a_day(&cart, day == days ? &first : NULL, end_ms - (days + 1 - day) * DAY_MS);
        report(&cart, "day", day);
    }
    report(&first, "first", 1);
    end(&cart);
    end(&first);
    return EXIT_SUCCESS;
}
