/* carrito-sim: a fleet of simulated carts over real MQTT connections, with the agent's uplink.
 *
 * It lives for --duration, waits until the bridge has acknowledged everything, says `offline`, and
 * writes what the centre must now show. The truth is exact only where the exit status is 0. */
#include "common/clock.h"
#include "common/config_keys.h"
#include "common/day.h"
#include "common/log.h"
#include "common/mqtt_settings.h"
#include "common/protocol.h"
#include "sim/fleet.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAIN_MS 60000 /* contract, section 7 */
#define LEAVE_MS 2000

struct settings {
    int64_t carts, rate, duration, seed, batch;
    char *truth, *tz, *day_start;
    struct mqtt_settings mqtt;
};

#define NUMBER(NAME, INITIAL, MIN, MAX, HELP)                                                      \
    {                                                                                              \
        .name = #NAME, .type = CONFIG_INT, .offset = offsetof(struct settings, NAME),              \
        .initial = INITIAL, .min = MIN, .max = MAX, .help = HELP                                   \
    }
#define TEXT(NAME, INITIAL, HELP)                                                                  \
    {                                                                                              \
        .name = #NAME, .type = CONFIG_TEXT, .offset = offsetof(struct settings, NAME),             \
        .initial = INITIAL, .help = HELP                                                           \
    }

static const struct config_key keys[] = {
    NUMBER(carts, "12", 1, 20000, "carts, with a connection each"),
    NUMBER(rate, "12", 0, 10000000, "events per second, all carts together"),
    NUMBER(duration, "60", 0, 31536000, "seconds; 0: until SIGTERM"),
    NUMBER(seed, "1", 0, INTEGER_MAX, "the same seed gives the same lives"),
    NUMBER(batch, "64", 1, BATCH_EVENTS_MAX, "events per MQTT message, at most"),
    TEXT(truth, NULL, "file for the rows that GET /daily-sales must show"),
    TEXT(tz, "America/Santiago", "the guild's time zone"),
    CONFIG_KEY_DAY_START(offsetof(struct settings, day_start), "when the guild's day begins"),
    MQTT_SETTINGS_KEYS(offsetof(struct settings, mqtt)),
};

static const struct config_spec spec = {
    .program = "carrito-sim",
    .usage = "carrito-sim --carts N --rate EVENTS_PER_S --duration S --seed K --truth FILE\n",
    .keys = keys,
    .key_count = sizeof keys / sizeof *keys,
};

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
    (void)signal;
    stop = 1;
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* False, and said, where there is no such zone. */
static bool set_days(const struct settings *settings)
{
    struct day_start start = { .first_day = INT32_MIN };

    if (!day_set_zone(settings->tz)) {
        log_error("sim", "unknown time zone", "tz=%s", settings->tz);
        return false;
    }
    day_start_from_text(settings->day_start, &start.minutes);
    day_set_starts(&start, 1);
    return true;
}

static struct fleet *open_fleet(const struct settings *settings, char *password)
{
    const struct mqtt_link_options link = mqtt_settings_link(&settings->mqtt, password);
    const struct fleet_options options = {
        .carts = (uint32_t)settings->carts,
        .rate = settings->rate,
        .batch_events_max = (unsigned)settings->batch,
        .seed = (uint64_t)settings->seed,
        .link = &link,
    };
    return fleet_open(&options, clock_wall_ms());
}

/* The whole life of the fleet. Returns the exit status. */
static int run(struct fleet *fleet, const struct settings *settings)
{
    struct fleet_totals totals;
    int64_t start_ms = clock_mono_ms();
    fleet_live(fleet, settings->duration * 1000, &stop);
    bool complete = fleet_drain(fleet, DRAIN_MS, &stop);
    double seconds = (double)(clock_mono_ms() - start_ms) / 1000;
    fleet_totals(fleet, &totals);
    fleet_leave(fleet, LEAVE_MS);
    bool written = !settings->truth || fleet_write_truth(fleet, settings->truth);
    log_info("sim", complete ? "finished" : "not everything was acknowledged",
             "events=%lld acked=%lld batches=%lld resent=%lld seconds=%.1f",
             (long long)totals.events, (long long)totals.acked, (long long)totals.batches,
             (long long)totals.resent, seconds);
    return complete && written ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct settings settings = { 0 };
    struct fleet *fleet = NULL;
    char *password = NULL;
    int status = EXIT_FAILURE;

    enum config_result result = config_load(&spec, &settings, NULL, &argc, argv, NULL, NULL);
    if (result != CONFIG_OK)
        return config_exit_status(result);
    if (argc > 1) {
        fprintf(stderr, "carrito-sim: \"%s\" is no option; see --help\n", argv[1]);
        status = config_exit_status(CONFIG_USAGE);
        goto done;
    }
    if (!set_days(&settings))
        goto done;
    if (!mqtt_settings_read_password(&settings.mqtt, &password))
        goto done;
    catch_signals();
    fleet = open_fleet(&settings, password);
    if (fleet)
        status = run(fleet, &settings);
done:
    fleet_close(fleet);
    config_free_secret(password);
    config_free(&spec, &settings, NULL);
    return status;
}
