/* carrito-bridge: configuration, open, turns until a signal, close. */
#include "bridge/bridge.h"
#include "common/clock.h"
#include "common/kafka_names.h"
#include "common/log.h"
#include "common/service_manager.h"
#include "common/stop_signal.h"

#include <stdio.h>
#include <stdlib.h>

/* Turns until a signal, or until it is stuck. */
static int run(struct bridge *bridge, struct service_manager *manager)
{
    service_manager_ready(manager);
    while (!stop_signal_came() && !bridge_is_stuck(bridge)) {
        bridge_turn(bridge);
        if (!service_manager_is_due(manager, clock_mono_ms()))
            continue;
        const char *waits_for = bridge_waits_for(bridge);
        service_manager_turned(manager, clock_mono_ms(), waits_for != NULL ? waits_for : "ready");
    }
    service_manager_stopping(manager);
    if (!stop_signal_came()) {
        log_error("bridge", "stuck, and ends to be started anew", "why=%s",
                  "records are unconfirmed, and the producer has none of them");
        return EXIT_FAILURE;
    }
    log_info("bridge", "stopping", NULL);
    bridge_finish(bridge);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct settings settings = { 0 };
    struct config_pairs pairs = { 0 };
    struct bridge *bridge = NULL;
    struct service_manager manager;
    enum config_result result = settings_load(&settings, &pairs, &argc, argv);

    service_manager_open(&manager);
    int status = config_exit_status(result);

    if (result != CONFIG_OK)
        goto done;
    if (argc > 1) {
        fprintf(stderr, "carrito-bridge: unexpected word \"%s\"; see carrito-bridge --help\n",
                argv[1]);
        status = 2;
        goto done;
    }
    stop_signal_catch();
    config_log_remarks(&settings_spec, &settings);
    status = EXIT_FAILURE;
    bridge = bridge_open(&settings, &pairs);
    if (bridge == NULL)
        goto done;
    log_info("bridge", "started", "id=%s mqtt=%s kafka=%s", settings.bridge_id, settings.mqtt.host,
             settings.kafka_brokers);
    status = run(bridge, &manager);
    kafka_names_stop();
done:
    service_manager_close(&manager);
    bridge_close(bridge);
    config_free(&settings_spec, &settings, &pairs);
    return status;
}
