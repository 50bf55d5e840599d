/* The library opens the pair to wake a thread, which a fleet has not, and does without where it
 * cannot have one. */
#include "sim/light_client.h"

#include <mosquitto.h>
#include <sys/resource.h>
#include <sys/single_threaded.h>

struct mosquitto *light_client_new(const char *client_id, bool clean_start, void *object)
{
    struct rlimit usual, none;

    if (!__libc_single_threaded || getrlimit(RLIMIT_NOFILE, &usual) != 0)
        return mosquitto_new(client_id, clean_start, object);
    none = (struct rlimit){ .rlim_cur = 0, .rlim_max = usual.rlim_max };
    setrlimit(RLIMIT_NOFILE, &none);
    struct mosquitto *client = mosquitto_new(client_id, clean_start, object);
    setrlimit(RLIMIT_NOFILE, &usual);
    return client;
}
