/* carrito-bridge: configuration, open, turns until a signal, close. */
#include "bridge/bridge.h"
#include "common/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t stop;

static void on_signal(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal }; /* no SA_RESTART: poll(2) shall return */

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
    struct settings settings = { 0 };
    struct config_pairs pairs = { 0 };
    struct bridge *bridge = NULL;
    enum config_result result = settings_load(&settings, &pairs, &argc, argv);
    int status = config_exit_status(result);

    if (result != CONFIG_OK)
        goto done;
    if (argc > 1) {
        fprintf(stderr, "carrito-bridge: unexpected word \"%s\"; see carrito-bridge --help\n",
                argv[1]);
        status = 2;
        goto done;
    }
    catch_signals();
    status = EXIT_FAILURE;
    bridge = bridge_open(&settings, &pairs);
    if (bridge == NULL)
        goto done;
    log_info("bridge", "started", "id=%s mqtt=%s kafka=%s", settings.bridge_id, settings.mqtt_host,
             settings.kafka_brokers);
    while (!stop)
        bridge_turn(bridge);
    log_info("bridge", "stopping", NULL);
    bridge_finish(bridge);
    status = EXIT_SUCCESS;
done:
    bridge_close(bridge);
    config_free(&settings_spec, &settings, &pairs);
    return status;
}
