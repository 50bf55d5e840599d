/* The one state of the process is its stop flag: a client cannot be told that it will be destroyed
 * while its thread is inside getaddrinfo(). */
#include "common/kafka_names.h"

#include "common/name_lookup.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

#define LOOK_NS 20000000 /* between two looks whether the answer is there */

static atomic_bool stopping;

int kafka_names_resolve(const char *node, const char *service, const struct addrinfo *hints,
                        struct addrinfo **found, void *opaque)
{
    (void)opaque;
    if (node == NULL) { /* librdkafka gives an answer back */
        freeaddrinfo(*found);
        return 0;
    }
    if (atomic_load(&stopping))
        return EAI_AGAIN;
    struct name_lookup *lookup = name_lookup_begin(node, service, hints);
    if (lookup == NULL)
        return EAI_MEMORY;
    while (!name_lookup_is_done(lookup)) {
        if (atomic_load(&stopping)) {
            name_lookup_abandon(lookup);
            return EAI_AGAIN;
        }
        nanosleep(&(struct timespec){ .tv_nsec = LOOK_NS }, NULL);
    }
    return name_lookup_take(lookup, found);
}

void kafka_names_stop(void)
{
    atomic_store(&stopping, true);
}
