/* A list of connections. It is short (HTTP_CONNECTIONS_MAX), so that a walk is cheap. */
#include "collector/http/http_guard.h"

#include <stdlib.h>

struct guard {
    struct guarded *first;
    size_t count;
    struct address_list proxies;
    size_t per_address_max;
};

struct guard *guard_open(const struct address_list *proxies, size_t per_address_max)
{
    struct guard *guard = calloc(1, sizeof *guard);
    if (guard == NULL)
        abort();
    guard->proxies = *proxies;
    guard->per_address_max = per_address_max;
    return guard;
}

void guard_close(struct guard *guard)
{
    if (guard == NULL)
        return;
    while (guard->first != NULL)
        guard_remove(guard, guard->first);
    free(guard);
}

bool guard_admits(const struct guard *guard, const struct address *address)
{
    struct address site = address_site(address);
    size_t count = 0;
    if (guard->per_address_max == 0 || address_list_has(&guard->proxies, address))
        return true;
    for (const struct guarded *one = guard->first; one != NULL; one = one->next)
        count += address_equal(&one->site, &site);
    return count < guard->per_address_max;
}

struct guarded *guard_add(struct guard *guard, int fd, const struct address *address,
                          int64_t mono_ms)
{
    struct guarded *guarded = calloc(1, sizeof *guarded);
    if (guarded == NULL)
        abort();
    guarded->fd = fd;
    guarded->site = address_site(address);
    guarded->deadline_ms = mono_ms + GUARD_REQUEST_MS;
    guarded->is_awaited = true;
    guarded->next = guard->first;
    if (guard->first != NULL)
        guard->first->previous = guarded;
    guard->first = guarded;
    guard->count++;
    return guarded;
}

void guard_remove(struct guard *guard, struct guarded *guarded)
{
    if (guarded->previous != NULL)
        guarded->previous->next = guarded->next;
    else
        guard->first = guarded->next;
    if (guarded->next != NULL)
        guarded->next->previous = guarded->previous;
    guard->count--;
    free(guarded);
}

void guard_make_room(struct guard *guard, void (*expire)(int fd))
{
    struct guarded *longest = NULL;
    if (guard->count <= GUARD_CROWD)
        return;
    for (struct guarded *one = guard->first; one != NULL; one = one->next)
        if (one->is_awaited && one->deadline_ms != INT64_MAX &&
            (longest == NULL || one->deadline_ms <= longest->deadline_ms))
            longest = one;
    if (longest == NULL)
        return;
    expire(longest->fd);
    longest->deadline_ms = INT64_MAX;
}

void guard_expire(struct guard *guard, int64_t mono_ms, void (*expire)(int fd))
{
    for (struct guarded *one = guard->first; one != NULL; one = one->next) {
        if (one->deadline_ms > mono_ms)
            continue;
        expire(one->fd);
        one->deadline_ms = INT64_MAX;
    }
}
