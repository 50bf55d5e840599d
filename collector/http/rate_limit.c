/* Windows by address. */
#include "collector/http/rate_limit.h"

#include <pthread.h>
#include <stdlib.h>

#define WINDOW_MS   60000
#define WINDOWS_MAX 2048

struct window {
    struct address site;
    int64_t start_ms;
    int64_t count; /* 0: the entry is free */
};

struct rate_limit {
    pthread_mutex_t lock;
    int64_t per_minute;
    struct window windows[WINDOWS_MAX];
};

struct rate_limit *rate_limit_open(int64_t per_minute)
{
    struct rate_limit *limit = calloc(1, sizeof *limit);
    if (limit == NULL)
        abort();
    limit->per_minute = per_minute;
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

/* The address's window, or the one to use for it: a free one, else the oldest. */
static struct window *window_for(struct rate_limit *limit, const struct address *site)
{
    struct window *best = &limit->windows[0];
    for (size_t i = 0; i < WINDOWS_MAX; i++) {
        struct window *window = &limit->windows[i];
        if (window->count > 0 && address_equal(&window->site, site))
            return window;
        if (best->count > 0 && (window->count == 0 || window->start_ms < best->start_ms))
            best = window;
    }
    best->count = 0;
    return best;
}

int64_t rate_limit_take(struct rate_limit *limit, const struct address *address, int64_t mono_ms)
{
    if (limit->per_minute == 0)
        return 0;
    struct address site = address_site(address);
    int64_t wait_s = 0;
    pthread_mutex_lock(&limit->lock);
    struct window *window = window_for(limit, &site);
    if (window->count == 0 || mono_ms - window->start_ms >= WINDOW_MS)
        *window = (struct window){ .site = site, .start_ms = mono_ms };
    if (window->count < limit->per_minute)
        window->count++;
    else
        wait_s = (window->start_ms + WINDOW_MS - mono_ms + 999) / 1000;
    pthread_mutex_unlock(&limit->lock);
    return wait_s;
}
