/* Which connections there are, how many a site has, and which must go.
 *
 * libmicrohttpd's own timeout counts inactivity only: a byte a second holds a connection for ever,
 * be it a byte of a request ("slowloris") or one of an answer that its reader takes. Here every
 * connection has deadlines that only progress moves, and a crowd ends the slowest of whoever has
 * most slow ones. The caller locks; time is monotonic milliseconds. */
#ifndef CARRITO_COLLECTOR_HTTP_GUARD_H
#define CARRITO_COLLECTOR_HTTP_GUARD_H

#include "collector/http/address.h"

/* From accept, or from the end of the answer before, until headers and body are read. */
#define GUARD_REQUEST_MS 10000
/* From there until the answer is made, and for each piece of an answer to be made or taken. */
#define GUARD_ANSWER_MS 60000
/* Bytes that are sent must be taken: within 5 s, and each 4 kB that are give a second more, up to
 * 30 s: a reader that was quick may lose its link for so long. */
#define GUARD_TAKE_MS      5000
#define GUARD_TAKE_MS_MAX  30000
#define GUARD_TAKE_BYTES_S 4096
/* The usual limit of connections of one site (an IPv4 address, an IPv6 /64) that are not signed
 * in; an IPv6 /48 has four times as many. Whoever comes after that is "over": the server answers
 * it with a refusal, unless it is signed in. Proxies are not limited. */
#define GUARD_PER_ADDRESS_MAX 64
#define GUARD_SITES_PER_NET   4
/* From here on there is a crowd: who comes takes the place of a slow one. Far from
 * HTTP_CONNECTIONS_MAX, which the server's threads share, not always evenly. */
#define GUARD_CROWD 600
/* How old a look at the connections may be that tells the slow ones. */
#define GUARD_LOOK_MS 100

struct guard;

/* How far a connection has sent. */
struct guard_progress {
    uint64_t taken;   /* bytes that the peer has confirmed since the connection began */
    uint32_t waiting; /* bytes that it has not */
};

enum guarded_phase {
    GUARDED_REQUEST, /* its next request is awaited, or the rest of one */
    GUARDED_ANSWER   /* it waits for us, or takes an answer */
};

enum guard_end {
    GUARD_END_TIME, /* its time was up before a request was there or an answer was made */
    GUARD_END_SLOW, /* it does not take what is sent */
    GUARD_END_CROWD /* it was the slowest in a crowd */
};
#define GUARD_ENDS 3

struct guard_site; /* the guard's own */

struct guarded {
    int fd; /* not owned */
    struct guard_site *site, *net;
    int64_t deadline_ms;
    int64_t take_ms; /* until when something must be taken; INT64_MAX: nothing waits */
    uint64_t taken;
    enum guarded_phase phase;
    bool is_proxy, is_known, is_over;
    bool is_ended; /* `end` was called: it goes as soon as the server sees it */
    struct guarded *previous, *next;
};

struct guard_options {
    struct address_list proxies;
    size_t per_address_max; /* 0: no limit (a test bench) */
    /* False where nothing can be said of it; http_progress(). */
    bool (*progress)(int fd, struct guard_progress *progress);
    /* Ends the connection; must not block. Called once for each. */
    void (*end)(void *owner, const struct guarded *guarded, enum guard_end why);
    void *owner;
};

struct guard *guard_open(const struct guard_options *options);
void guard_close(struct guard *guard);

/* A connection begins; the entry belongs to the guard until guard_remove(). */
struct guarded *guard_add(struct guard *guard, int fd, const struct address *address,
                          int64_t mono_ms);
void guard_remove(struct guard *guard, struct guarded *guarded);
/* A phase begins, or goes on: the connection has its whole time again. */
void guard_wait(struct guarded *guarded, enum guarded_phase phase, int64_t mono_ms);
/* Whoever is there has signed in: the connection counts no longer. */
void guard_know(struct guarded *guarded);
/* What it is counted by: an IPv4 address, or an IPv6 /64. */
struct address guard_site_address(const struct guarded *guarded);
/* Is the connection one more than its site may have? No longer once another of the site went. */
bool guard_is_over(struct guard *guard, struct guarded *guarded);
/* In a crowd, ends the slowest connection of the site with most slow ones, so that addresses enough
 * to fill the server find that each of theirs drives out another. Slow is who lets us wait for a
 * request or does not take what is sent. Never `newest`, nor who waits for us, nor a listener of
 * the stream that takes all. */
void guard_make_room(struct guard *guard, const struct guarded *newest, int64_t mono_ms);
/* Ends every connection whose time is up. */
void guard_expire(struct guard *guard, int64_t mono_ms);

#endif
