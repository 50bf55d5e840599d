/* carrito-till: configuration, then turns until a signal. */
#include "till/settings.h"
#include "till/station.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/service_manager.h"
#include "common/stop_signal.h"

#include "typed_words.h"

#include <stdio.h>
#include <stdlib.h>

#define WAIT_MS_MAX 5000
#define END_MS_MAX  9000 /* a sale that is under way is told how it ended */

static int wait_ms(const struct service_manager *manager)
{
    int due_ms = service_manager_timeout_ms(manager, clock_mono_ms());

    return due_ms < 0 || due_ms > WAIT_MS_MAX ? WAIT_MS_MAX : due_ms;
}

static void run(struct station *station, struct service_manager *manager)
{
    service_manager_ready(manager);
    while (!stop_signal_came()) {
        station_turn(station, wait_ms(manager));
        if (service_manager_is_due(manager, clock_mono_ms()))
            service_manager_turned(manager, clock_mono_ms(), station_status(station));
    }
    service_manager_stopping(manager);
    int64_t end_ms = clock_mono_ms() + END_MS_MAX;
    while (station_is_busy(station) && clock_mono_ms() < end_ms)
        station_turn(station, 100);
    log_info("till", "stopped", NULL);
}

static void refuse(const char *lang, struct saying saying)
{
    char text[256];

    say_text(&saying, lang_from_name(lang), text, sizeof text);
    fprintf(stderr, "carrito-till: %s\n", text);
}

int main(int argc, char **argv)
{
    struct settings settings = { 0 };
    struct station *station = NULL;
    struct service_manager manager;
    enum config_result result =
        config_load(&settings_spec, &settings, NULL, &argc, argv, NULL, NULL);
    int status = config_exit_status(result);

    service_manager_open(&manager);
    if (result != CONFIG_OK)
        goto done;
    if (argc > 1) {
        refuse(settings.lang, SAY_TYPED_UNEXPECTED_WORD(argv[1], "carrito-till"));
        status = 2;
        goto done;
    }
    stop_signal_catch();
    station = station_open(&settings, "/dev/input");
    log_info("till", "started", "device=%s voice=%s", settings.till_device, settings.till_voice);
    run(station, &manager);
    status = EXIT_SUCCESS;
done:
    station_close(station);
    service_manager_close(&manager);
    config_free(&settings_spec, &settings, NULL);
    return status;
}
