/* Sales of a cart that nobody pushes. */
#include "agent/source_sell.h"

#include "common/backoff.h"

#include <stdio.h>
#include <string.h>

#define PER_MINUTE_MAX 6000
#define PIECES_MAX     6
#define PIECE_PESOS    500

static const char *const names[] = { "Ana",    "Benito", "Carmen", "Diego", "Elisa",  "Fabián",
                                     "Gloria", "Hugo",   "Inés",   "Jaime", "Karina", "Luis" };
static const char *const surnames[] = { "Soto",  "Muñoz",  "Rojas", "Díaz",  "Pérez",
                                        "Vidal", "Castro", "Núñez", "Torres" };
#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool parse(const char *text, unsigned long long *seed, unsigned *per_minute)
{
    int end = 0;

    /* analysis: cert-err34-c: a seed may be any, and the rate is held against its bounds. */
    return sscanf(text, "sim:%llu:%u%n", seed, per_minute, &end) == 2 && text[end] == '\0' &&
           *per_minute >= 1 && *per_minute <= PER_MINUTE_MAX;
}

bool source_sell_is_valid(const char *text)
{
    unsigned long long seed;
    unsigned per_minute;

    return parse(text, &seed, &per_minute);
}

static int64_t draw(struct source_sell *sell, int64_t below)
{
    return (int64_t)(random_next(&sell->random) % (uint64_t)below);
}

void source_sell_init(struct source_sell *sell, const char *text, int64_t mono_ms)
{
    unsigned long long seed;
    unsigned per_minute;

    *sell = (struct source_sell){ 0 };
    if (!parse(text, &seed, &per_minute))
        return;
    sell->random = seed;
    sell->period_ms = 60000 / per_minute;
    if (sell->period_ms < 1)
        sell->period_ms = 1;
    sell->due_ms = mono_ms + draw(sell, SELL_FIRST_MS_MAX);
}

bool source_sell_turn(struct source_sell *sell, int64_t mono_ms, struct sale_request *request)
{
    if (sell->period_ms == 0 || mono_ms < sell->due_ms)
        return false;
    /* Uniform from half the period to one and a half. */
    sell->due_ms = mono_ms + sell->period_ms / 2 + draw(sell, sell->period_ms + 1);
    int64_t quantity = 1 + draw(sell, PIECES_MAX);
    *request = (struct sale_request){ .quantity = quantity,
                                      .amount = quantity * PIECE_PESOS,
                                      .price = EVENT_ABSENT };
    if (draw(sell, 4) == 0)
        return true; /* somebody in a hurry */
    snprintf(sell->client, sizeof sell->client, "%s %s", names[draw(sell, COUNT(names))],
             surnames[draw(sell, COUNT(surnames))]);
    request->client = sell->client;
    return true;
}

int source_sell_timeout_ms(const struct source_sell *sell, int64_t mono_ms)
{
    if (sell->period_ms == 0)
        return -1;
    return sell->due_ms > mono_ms ? (int)(sell->due_ms - mono_ms) : 0;
}
