/* Chooses the source by the text of CARRITO_GPS. */
#include "agent/source_gps.h"
#include "agent/source_gpsd.h"
#include "agent/source_route.h"

#include "common/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_RETRY_MS 30000 /* a file that is not there may come with its card */

enum kind { KIND_NONE, KIND_GPSD, KIND_WALK, KIND_FILE };

struct place {
    enum kind kind;
    char host[64], port[8]; /* gpsd */
    unsigned long long seed;
    const char *path;
};

struct source_gps {
    enum kind kind;
    struct source_gpsd *gpsd;
    struct source_route *route;
    char *path;
    int64_t retry_ms;
};

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "localhost") == 0 ||
           strcmp(host, "::1") == 0;
}

/* "HOST:PORT" or "[HOST]:PORT". */
static bool read_gpsd(const char *text, struct place *place)
{
    const char *colon = strrchr(text, ':');
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;

    if (!config_is_host_port(text) || length >= sizeof place->host ||
        strlen(colon + 1) >= sizeof place->port)
        return false;
    if (text[0] == '[')
        snprintf(place->host, sizeof place->host, "%.*s", (int)length - 2, text + 1);
    else
        snprintf(place->host, sizeof place->host, "%.*s", (int)length, text);
    strcpy(place->port, colon + 1);
    place->kind = KIND_GPSD;
    return is_loopback(place->host);
}

static bool read_seed(const char *text, struct place *place)
{
    char *end;

    errno = 0;
    place->seed = strtoull(text, &end, 10);
    place->kind = KIND_WALK;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static bool parse(const char *url, struct place *place)
{
    *place = (struct place){ .kind = KIND_NONE };
    if (strcmp(url, "none") == 0)
        return true;
    if (strncmp(url, "gpsd://", 7) == 0)
        return read_gpsd(url + 7, place);
    if (strncmp(url, "sim:", 4) == 0)
        return read_seed(url + 4, place);
    place->kind = KIND_FILE;
    place->path = url + 5;
    return strncmp(url, "file:", 5) == 0 && url[5] != '\0';
}

bool source_gps_is_valid(const char *url)
{
    struct place place;

    return parse(url, &place);
}

struct source_gps *source_gps_open(const char *url)
{
    struct place place;
    struct source_gps *source;

    if (!parse(url, &place) || (source = calloc(1, sizeof *source)) == NULL)
        return NULL;
    source->kind = place.kind;
    if (place.kind == KIND_GPSD)
        source->gpsd = source_gpsd_open(place.host, place.port);
    else if (place.kind == KIND_WALK)
        source->route = source_route_open_walk(place.seed);
    else if (place.kind == KIND_FILE)
        source->path = strdup(place.path);
    return source;
}

void source_gps_close(struct source_gps *source)
{
    if (source == NULL)
        return;
    source_gpsd_close(source->gpsd);
    source_route_close(source->route);
    free(source->path);
    free(source);
}

int source_gps_fd(const struct source_gps *source)
{
    return source->gpsd != NULL ? source_gpsd_fd(source->gpsd) : -1;
}

int source_gps_timeout_ms(const struct source_gps *source, int64_t mono_ms)
{
    if (source->gpsd != NULL)
        return source_gpsd_timeout_ms(source->gpsd, mono_ms);
    if (source->route != NULL)
        return source_route_timeout_ms(source->route, mono_ms);
    if (source->path == NULL)
        return -1;
    return source->retry_ms > mono_ms ? (int)(source->retry_ms - mono_ms) : 0;
}

bool source_gps_turn(struct source_gps *source, short revents, int64_t mono_ms, int64_t wall_ms,
                     struct fix *fix)
{
    bool report = false;

    if (source->path != NULL && source->route == NULL && mono_ms >= source->retry_ms) {
        source->route = source_route_open_file(source->path);
        source->retry_ms = mono_ms + FILE_RETRY_MS;
    }
    if (source->gpsd != NULL)
        report = source_gpsd_turn(source->gpsd, revents, mono_ms, fix);
    else if (source->route != NULL)
        report = source_route_turn(source->route, mono_ms, wall_ms, fix);
    return report;
}

const char *source_gps_state(const struct source_gps *source)
{
    static const char *const gpsd_words[] = {
        [GPSD_ABSENT] = "absent",
        [GPSD_NO_FIX] = "nofix",
        [GPSD_FIX] = "fix",
    };

    if (source->gpsd != NULL)
        return gpsd_words[source_gpsd_state(source->gpsd)];
    if (source->kind == KIND_NONE)
        return "none";
    return source->route != NULL ? source_route_state(source->route) : "absent";
}

bool source_gps_tells_time(const struct source_gps *source)
{
    return source->kind == KIND_GPSD;
}
