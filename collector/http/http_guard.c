/* A list of connections and one of sites. They are short (HTTP_CONNECTIONS_MAX), so that a walk is
 * cheap. */
#include "collector/http/http_guard.h"

#include <stdlib.h>
#include <string.h>

#define NET_BYTES 6 /* an IPv6 /48 */

enum party { PARTY_SITE, PARTY_NET };

/* Whoever is counted together: the connections of a site, or of an IPv6 /48. */
struct guard_site {
    struct address address;
    enum party party;
    size_t members; /* connections; without any it is freed */
    size_t counted; /* of them, neither signed in nor over the limit */
    size_t slow;    /* of them, now; for guard_make_room() */
    struct guard_site *previous, *next;
};

struct guard {
    struct guard_options options;
    struct guarded *first;
    struct guard_site *sites;
    size_t live; /* connections that were not ended */
    int64_t looked_ms;
};

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        abort();
    return memory;
}

struct guard *guard_open(const struct guard_options *options)
{
    struct guard *guard = allocate(sizeof *guard);
    guard->options = *options;
    guard->looked_ms = INT64_MIN / 2;
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

/* An IPv4 address is a net of its own: its neighbours are strangers to it. */
static struct address net_of(const struct address *site)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    struct address net = *site;
    if (memcmp(site->bytes, mapped, sizeof mapped) != 0)
        memset(net.bytes + NET_BYTES, 0, sizeof net.bytes - NET_BYTES);
    return net;
}

static struct guard_site *join(struct guard *guard, enum party party, struct address address)
{
    struct guard_site *site = guard->sites;
    while (site != NULL && (site->party != party || !address_equal(&site->address, &address)))
        site = site->next;
    if (site == NULL) {
        site = allocate(sizeof *site);
        site->address = address;
        site->party = party;
        site->next = guard->sites;
        if (guard->sites != NULL)
            guard->sites->previous = site;
        guard->sites = site;
    }
    site->members++;
    return site;
}

static void leave(struct guard *guard, struct guard_site *site)
{
    if (--site->members > 0)
        return;
    if (site->previous != NULL)
        site->previous->next = site->next;
    else
        guard->sites = site->next;
    if (site->next != NULL)
        site->next->previous = site->previous;
    free(site);
}

static bool has_room(const struct guard *guard, const struct guarded *guarded)
{
    size_t max = guard->options.per_address_max;
    return max == 0 || guarded->is_proxy ||
           (guarded->site->counted < max && guarded->net->counted < GUARD_SITES_PER_NET * max);
}

static bool is_counted(const struct guarded *guarded)
{
    return !guarded->is_known && !guarded->is_over;
}

static void count(struct guarded *guarded)
{
    guarded->site->counted++;
    guarded->net->counted++;
}

static void count_no_more(struct guarded *guarded)
{
    guarded->site->counted--;
    guarded->net->counted--;
}

struct guarded *guard_add(struct guard *guard, int fd, const struct address *address,
                          int64_t mono_ms)
{
    struct guarded *guarded = allocate(sizeof *guarded);
    struct address site = address_site(address);
    guarded->fd = fd;
    guarded->is_proxy = address_list_has(&guard->options.proxies, address);
    guarded->site = join(guard, PARTY_SITE, site);
    guarded->net = join(guard, PARTY_NET, net_of(&site));
    guarded->is_over = !has_room(guard, guarded);
    if (is_counted(guarded))
        count(guarded);
    guarded->take_ms = INT64_MAX;
    guard_wait(guarded, GUARDED_REQUEST, mono_ms);
    guarded->next = guard->first;
    if (guard->first != NULL)
        guard->first->previous = guarded;
    guard->first = guarded;
    guard->live++;
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
    if (is_counted(guarded))
        count_no_more(guarded);
    leave(guard, guarded->site);
    leave(guard, guarded->net);
    guard->live -= !guarded->is_ended;
    free(guarded);
}

void guard_wait(struct guarded *guarded, enum guarded_phase phase, int64_t mono_ms)
{
    guarded->phase = phase;
    guarded->deadline_ms =
        mono_ms + (phase == GUARDED_REQUEST ? GUARD_REQUEST_MS : GUARD_ANSWER_MS);
}

void guard_know(struct guarded *guarded)
{
    if (is_counted(guarded))
        count_no_more(guarded);
    guarded->is_known = true;
}

struct address guard_site_address(const struct guarded *guarded)
{
    return guarded->site->address;
}

bool guard_is_over(struct guard *guard, struct guarded *guarded)
{
    if (guarded->is_known || !guarded->is_over || !has_room(guard, guarded))
        return guarded->is_over && !guarded->is_known;
    guarded->is_over = false;
    count(guarded);
    return false;
}

/* How far this one has taken what was sent. What it has taken while it had to moves both of its
 * deadlines: a long answer to a slow reader is no answer that is not made. */
static void look_at(struct guard *guard, struct guarded *guarded, int64_t mono_ms)
{
    struct guard_progress now;
    if (!guard->options.progress(guarded->fd, &now) || now.waiting == 0) {
        guarded->take_ms = INT64_MAX;
        return;
    }
    if (guarded->take_ms == INT64_MAX) {
        guarded->take_ms = mono_ms + GUARD_TAKE_MS;
    } else if (now.taken > guarded->taken) {
        int64_t most = mono_ms + GUARD_TAKE_MS_MAX;
        int64_t moved =
            guarded->take_ms + (int64_t)(now.taken - guarded->taken) * 1000 / GUARD_TAKE_BYTES_S;
        guarded->take_ms = moved < most ? moved : most;
        if (guarded->phase == GUARDED_ANSWER)
            guarded->deadline_ms = mono_ms + GUARD_ANSWER_MS;
    }
    guarded->taken = now.taken;
}

static void look(struct guard *guard, int64_t mono_ms)
{
    if (mono_ms - guard->looked_ms < GUARD_LOOK_MS)
        return;
    guard->looked_ms = mono_ms;
    for (struct guarded *one = guard->first; one != NULL; one = one->next)
        if (!one->is_ended)
            look_at(guard, one, mono_ms);
}

static bool is_slow(const struct guarded *guarded)
{
    return !guarded->is_ended &&
           (guarded->phase == GUARDED_REQUEST || guarded->take_ms != INT64_MAX);
}

static int64_t patience_of(const struct guarded *guarded)
{
    bool awaited = guarded->phase == GUARDED_REQUEST && guarded->deadline_ms < guarded->take_ms;
    return awaited ? guarded->deadline_ms : guarded->take_ms;
}

/* A proxy's connections are of many people: each counts for itself. */
static size_t weight_of(const struct guarded *guarded)
{
    return guarded->is_proxy ? 1 : guarded->net->slow;
}

static struct guarded *slowest(struct guard *guard, const struct guarded *newest)
{
    struct guarded *found = NULL;
    for (struct guard_site *site = guard->sites; site != NULL; site = site->next)
        site->slow = 0;
    for (struct guarded *one = guard->first; one != NULL; one = one->next)
        one->net->slow += is_slow(one);
    /* From the newest to the oldest: of equals the one that has been here longest. */
    for (struct guarded *one = guard->first; one != NULL; one = one->next) {
        if (!is_slow(one) || one == newest)
            continue;
        if (found == NULL || weight_of(one) > weight_of(found) ||
            (weight_of(one) == weight_of(found) && patience_of(one) <= patience_of(found)))
            found = one;
    }
    return found;
}

static void end(struct guard *guard, struct guarded *guarded, enum guard_end why)
{
    guarded->is_ended = true;
    guard->live--;
    guard->options.end(guard->options.owner, guarded, why);
}

void guard_make_room(struct guard *guard, const struct guarded *newest, int64_t mono_ms)
{
    while (guard->live > GUARD_CROWD) {
        look(guard, mono_ms);
        struct guarded *one = slowest(guard, newest);
        if (one == NULL)
            return;
        end(guard, one, GUARD_END_CROWD);
    }
}

void guard_expire(struct guard *guard, int64_t mono_ms)
{
    look(guard, mono_ms);
    for (struct guarded *one = guard->first; one != NULL; one = one->next) {
        if (one->is_ended)
            continue;
        if (one->take_ms <= mono_ms)
            end(guard, one, GUARD_END_SLOW);
        else if (one->deadline_ms <= mono_ms)
            end(guard, one, GUARD_END_TIME);
    }
}
