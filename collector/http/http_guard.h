/* Which connections there are, how many an address has, and which have run out of time.
 *
 * libmicrohttpd's own timeout counts inactivity only: a byte a second holds a connection for ever
 * ("slowloris"). Here every connection has a deadline that only progress moves. The caller locks;
 * time is monotonic milliseconds. */
#ifndef CARRITO_COLLECTOR_HTTP_GUARD_H
#define CARRITO_COLLECTOR_HTTP_GUARD_H

#include "collector/http/address.h"

/* From accept, or from the end of the answer before, until headers and body are read. */
#define GUARD_REQUEST_MS 10000
/* From there until the answer is made, and for each piece of an answer to be taken. */
#define GUARD_ANSWER_MS 60000
/* The usual limit of connections of one address (an IPv6 /64); more are closed at once. Proxies are
 * not limited. */
#define GUARD_PER_ADDRESS_MAX 64
/* From here on there is a crowd: who comes takes the place of who has kept us waiting longest. Far
 * from HTTP_CONNECTIONS_MAX, which the server's threads share, not always evenly. */
#define GUARD_CROWD 600

struct guard;

struct guarded {
    int fd; /* not owned */
    struct address site;
    int64_t deadline_ms;
    bool is_awaited; /* its next request is, or the rest of one; else it waits for us */
    struct guarded *previous, *next; /* the guard's own */
};

/* `per_address_max` 0: no limit by address (a test bench). */
struct guard *guard_open(const struct address_list *proxies, size_t per_address_max);
void guard_close(struct guard *guard);

/* May this address have one more connection? */
bool guard_admits(const struct guard *guard, const struct address *address);
/* A connection begins; the entry belongs to the guard until guard_remove(). */
struct guarded *guard_add(struct guard *guard, int fd, const struct address *address,
                          int64_t mono_ms);
void guard_remove(struct guard *guard, struct guarded *guarded);
/* In a crowd, calls `expire` for the awaited connection whose time would be up first: addresses
 * enough to fill the server with slow requests find that each of theirs drives out another. Whom
 * we answer, listeners of the stream among them, is left alone. */
void guard_make_room(struct guard *guard, void (*expire)(int fd));
/* Calls `expire` for every connection whose time is up, and gives it no second call. */
void guard_expire(struct guard *guard, int64_t mono_ms, void (*expire)(int fd));

#endif
