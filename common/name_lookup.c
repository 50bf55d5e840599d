/* Not getaddrinfo_a(): it writes into the caller's request until it is done, and what is on its way
 * to a name server cannot be cancelled, so who ends has to wait. Here the answer belongs to both
 * threads, and the second one that lets go of it frees it. */
#include "common/name_lookup.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define STACK_BYTES                                                                                \
    262144 /* the modules of nsswitch.conf are foreign; 8 MB a cart need not lock                  \
            */

enum { RUNNING, DONE, ABANDONED };

struct name_lookup {
    atomic_int state;
    char *name, *service; /* service: or NULL */
    struct addrinfo hints;
    struct addrinfo *found; /* this and `error` are the thread's until DONE */
    int error;
};

static void release(struct name_lookup *lookup)
{
    if (lookup->found)
        freeaddrinfo(lookup->found);
    free(lookup->name);
    free(lookup->service);
    free(lookup);
}

static void *look_up(void *object)
{
    struct name_lookup *lookup = object;
    lookup->error = getaddrinfo(lookup->name, lookup->service, &lookup->hints, &lookup->found);
    if (lookup->error != 0)
        lookup->found = NULL;
    if (atomic_exchange(&lookup->state, DONE) == ABANDONED)
        release(lookup);
    return NULL;
}

/* Detached, and without signals: those are the caller's. */
static bool start_thread(struct name_lookup *lookup)
{
    pthread_attr_t attributes;
    sigset_t all, usual;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &usual);
    int error = pthread_create(&thread, &attributes, look_up, lookup);
    pthread_sigmask(SIG_SETMASK, &usual, NULL);
    pthread_attr_destroy(&attributes);
    return error == 0;
}

struct name_lookup *name_lookup_begin(const char *name, const char *service,
                                      const struct addrinfo *hints)
{
    struct name_lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return NULL;
    atomic_init(&lookup->state, RUNNING);
    lookup->hints = *hints;
    lookup->name = strdup(name);
    lookup->service = service ? strdup(service) : NULL;
    if (lookup->name && (lookup->service || !service) && start_thread(lookup))
        return lookup;
    release(lookup);
    return NULL;
}

bool name_lookup_is_done(const struct name_lookup *lookup)
{
    return atomic_load(&lookup->state) == DONE;
}

int name_lookup_take(struct name_lookup *lookup, struct addrinfo **found)
{
    int error = lookup->error;
    *found = lookup->found;
    lookup->found = NULL;
    release(lookup);
    return error;
}

void name_lookup_abandon(struct name_lookup *lookup)
{
    if (lookup && atomic_exchange(&lookup->state, ABANDONED) == DONE)
        release(lookup);
}
