/* Reads gpsd's TPV reports. */
#include "agent/source_gpsd.h"

#include "common/backoff.h"
#include "common/log.h"

#include <gps.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS   30000
#define KMH            3.6 /* from m/s */
#define HOST_MAX       64

struct source_gpsd {
    struct gps_data_t data;
    char host[HOST_MAX], port[8];
    bool connected, logged;
    enum gpsd_state state;
    int64_t due_ms;   /* when to connect, or to lose patience */
    int64_t heard_ms; /* the last byte */
    struct backoff backoff;
};

struct source_gpsd *source_gpsd_open(const char *host, const char *port)
{
    struct source_gpsd *source = calloc(1, sizeof *source);

    if (source == NULL)
        abort();
    snprintf(source->host, sizeof source->host, "%s", host);
    snprintf(source->port, sizeof source->port, "%s", port);
    source->backoff = (struct backoff){ .first_ms = RETRY_FIRST_MS,
                                        .max_ms = RETRY_MAX_MS,
                                        .floor_ms = RETRY_FIRST_MS,
                                        .random = (uint64_t)getpid() };
    return source;
}

static void leave(struct source_gpsd *source, int64_t mono_ms, const char *why)
{
    if (source->connected) {
        gps_stream(&source->data, WATCH_DISABLE, NULL);
        gps_close(&source->data);
    }
    if (!source->logged)
        log_warn("gps", "no gpsd, will keep trying", "host=%s port=%s why=%s", source->host,
                 source->port, why);
    source->logged = true;
    source->connected = false;
    source->state = GPSD_ABSENT;
    source->due_ms = mono_ms + backoff_next_ms(&source->backoff);
}

void source_gpsd_close(struct source_gpsd *source)
{
    if (source == NULL)
        return;
    if (source->connected) {
        gps_stream(&source->data, WATCH_DISABLE, NULL);
        gps_close(&source->data);
    }
    free(source);
}

static void connect_now(struct source_gpsd *source, int64_t mono_ms)
{
    if (gps_open(source->host, source->port, &source->data) != 0) {
        leave(source, mono_ms, gps_errstr(source->data.gps_fd));
        return;
    }
    source->connected = true;
    source->heard_ms = mono_ms;
    source->due_ms = mono_ms + GPSD_SILENCE_MS;
    if (gps_stream(&source->data, WATCH_ENABLE | WATCH_JSON, NULL) != 0)
        leave(source, mono_ms, "gpsd takes no request");
}

int source_gpsd_fd(const struct source_gpsd *source)
{
    return source->connected ? (int)source->data.gps_fd : -1;
}

int source_gpsd_timeout_ms(const struct source_gpsd *source, int64_t mono_ms)
{
    if (source->connected && gps_waiting(&source->data, 0))
        return 0;
    return source->due_ms > mono_ms ? (int)(source->due_ms - mono_ms) : 0;
}

static double or_absent(double value, gps_mask_t set, gps_mask_t bit)
{
    return (set & bit) && isfinite(value) ? value : NAN;
}

static void read_report(const struct gps_data_t *data, struct fix *fix)
{
    const struct gps_fix_t *report = &data->fix;
    bool timed = (data->set & TIME_SET) && report->time.tv_sec > 0;

    fix_clear(fix);
    fix->mode = report->mode;
    if (timed)
        fix->time_ms = (int64_t)report->time.tv_sec * 1000 + report->time.tv_nsec / 1000000;
    if (report->mode < MODE_2D)
        return;
    fix->lat = report->latitude;
    fix->lon = report->longitude;
    fix->acc = isfinite(report->eph) ? report->eph : NAN;
    fix->alt = report->mode >= MODE_3D && isfinite(report->altMSL) ? report->altMSL : NAN;
    fix->vel = or_absent(report->speed, data->set, SPEED_SET) * KMH;
    fix->cog = or_absent(report->track, data->set, TRACK_SET);
}

/* A report of position, and not one of satellites or devices. */
static bool is_position(const struct gps_data_t *data)
{
    return (data->set & (MODE_SET | LATLON_SET | TIME_SET)) != 0 && (data->set & MODE_SET) != 0;
}

bool source_gpsd_turn(struct source_gpsd *source, short revents, int64_t mono_ms, struct fix *fix)
{
    if (!source->connected) {
        if (mono_ms >= source->due_ms)
            connect_now(source, mono_ms);
        return false;
    }
    if (revents == 0 && !gps_waiting(&source->data, 0)) {
        if (mono_ms - source->heard_ms >= GPSD_SILENCE_MS)
            leave(source, mono_ms, "silent");
        return false;
    }
    source->data.set = 0;
    int length = gps_read(&source->data, NULL, 0);
    if (length < 0) {
        leave(source, mono_ms, "gpsd has gone");
        return false;
    }
    if (length == 0)
        return false;
    source->heard_ms = mono_ms;
    source->due_ms = mono_ms + GPSD_SILENCE_MS;
    if (!is_position(&source->data))
        return false;
    backoff_reset(&source->backoff);
    source->logged = false;
    source->state = source->data.fix.mode >= MODE_2D ? GPSD_FIX : GPSD_NO_FIX;
    read_report(&source->data, fix);
    return true;
}

enum gpsd_state source_gpsd_state(const struct source_gpsd *source)
{
    return source->state;
}
