/* The frame that every call goes through: its options, limits and connections to the store. serve.h
 * does the serving. It knows no endpoint: what it serves is the tables of routes that it is given.
 */
#ifndef CARRITO_COLLECTOR_FRAME_H
#define CARRITO_COLLECTOR_FRAME_H

#include "collector/call/route.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct basic_tokens;
struct rate_limit;
struct settings;
struct store;
struct wake;

/* Texts live as long as the frame. The callback runs on its threads and must not block. */
struct frame_options {
    struct route_set routes;
    const struct settings *settings; /* of the rules for signing in; outlives the frame */
    const char *address;             /* HOST:PORT to listen on */
    const char *store_url;           /* opened lazily by each thread; absent is no error */
    struct wake *wake;               /* whom commits wake; or NULL */
    const char *proxies;             /* whose X-Forwarded-For counts (address.h), or NULL */
    const char *lang;                /* "es" or "en" where the client names neither */
    int64_t rate_per_minute;         /* sign-ins, and open posts, per address; 0: no limit */
    /* Whether the store has this program's tables; it is not opened before. NULL: it has. */
    bool (*store_ready)(void *owner);
    void *store_owner;
    void *owner; /* the endpoints', for frame_owner() */
};

struct frame;

/* Never NULL. Nothing runs before serve_start(), so that the owner can make its own parts. */
struct frame *frame_open(const struct frame_options *options);
/* After serve_stop(). Harmless for NULL. */
void frame_close(struct frame *frame);

const struct frame_options *frame_options(const struct frame *frame);
struct basic_tokens *frame_basic_tokens(struct frame *frame);
/* The limits per address: of whoever is about to be hashed, and of what strangers post. */
struct rate_limit *frame_sign_ins(struct frame *frame);
struct rate_limit *frame_open_posts(struct frame *frame);
/* The calling thread's connection to the store; NULL while the store is away. */
struct store *frame_store(struct frame *frame);
/* After an error the connection is not used again; the next call opens a new one. */
void frame_forget_store(struct frame *frame);

#endif
