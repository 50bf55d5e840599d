/* The frame's own, for frame.c and serve.c. */
#ifndef CARRITO_COLLECTOR_FRAME_PARTS_H
#define CARRITO_COLLECTOR_FRAME_PARTS_H

#include "collector/call/frame.h"

#include <pthread.h>
#include <stdatomic.h>

/* How many counters there are for the names of those who read; who shares one shares its limit. */
#define READING_COUNTERS 1024U

struct frame {
    struct frame_options options;
    struct http_server *http;
    struct workers *hashers, *writers, *readers, *askers;
    struct rate_limit *sign_ins, *open_posts; /* per address */
    struct basic_tokens *basic_tokens;
    /* What the hashers have in hand or waiting of calls by Basic, and of strangers. */
    atomic_uint basic_hashing, strangers_hashing;
    /* What readers and askers have in hand or waiting of each who is signed in. */
    atomic_uint reading[READING_COUNTERS];
    pthread_key_t store_key; /* a connection for each thread, closed when the thread ends */
    bool has_store_key;
};

#endif
