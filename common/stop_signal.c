/* One flag, set by one handler. */
#include "common/stop_signal.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t came;

static void on_signal(int signal_number)
{
    (void)signal_number;
    came = 1;
}

void stop_signal_catch(void)
{
    struct sigaction action = { .sa_handler = on_signal }; /* no SA_RESTART: poll(2) shall return */

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool stop_signal_came(void)
{
    return came != 0;
}
