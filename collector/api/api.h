/* The HTTP API of the collector (contract, section 6): its endpoints, and what they share, served
 * by call/serve.h, which has the threads. */
#ifndef CARRITO_COLLECTOR_API_H
#define CARRITO_COLLECTOR_API_H

#include "common/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define API_ROLES_MAX 16

struct settings;
struct wake;

/* How a consumer role of this process does. */
struct api_role {
    const char *name; /* "sales"; lives as long as the API */
    bool running;
    bool paused; /* an operator stopped it: no fault */
    double rate; /* events per second of late; NAN: not known */
};

/* Texts live as long as the API. The callbacks run on the API's threads and must not block. */
struct api_options {
    const struct settings *settings;  /* what the endpoints' rules need; outlives the API */
    const char *address;              /* HOST:PORT to listen on */
    const char *store_url;            /* opened lazily by each thread; absent is no error */
    const char *brokers;              /* for the end offsets; NULL: they are not known */
    const struct config_pairs *kafka; /* `kafka.NAME=` properties and products, or NULL */
    struct wake *wake;                /* whom commits wake; or NULL */
    const char *proxies;              /* whose X-Forwarded-For counts (address.h), or NULL */
    const char *public_url;           /* for links, or NULL */
    const char *lang;                 /* "es" or "en" where the client names neither */
    int64_t rate_per_minute;          /* sign-ins per address; 0: no limit */
    /* Which consumer roles run here; returns how many were filled in. NULL: none. */
    size_t (*roles)(void *owner, struct api_role *roles, size_t max);
    /* False once all parts work, else a sentence that says which part waits. NULL: none waits. */
    bool (*waiting)(void *owner, char *text, size_t size);
    /* Whether the store has this program's tables; it is not opened before. NULL: it has. */
    bool (*store_ready)(void *owner);
    void *owner;
};

struct api;

/* NULL and a log line where the address cannot be had. Threads are started here. */
struct api *api_start(const struct api_options *options);
/* Finishes the requests in hand, at most some seconds, and ends the threads. Harmless for NULL. */
void api_stop(struct api *api);

#endif
