/* The choice among the sources, and the same few functions for each. */
#include "agent/source_gps.h"

#include "agent/source_gpsd.h"
#include "agent/source_route.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct kind {
    const char *prefix;
    bool (*is_valid)(const char *rest);
    bool (*open)(struct source_gps *source, const char *rest);
};

/* One of the two is set; with neither there is never a fix. */
struct source_gps {
    struct source_gpsd *gpsd;
    struct source_route *route;
};

static bool read_seed(const char *text, uint64_t *seed)
{
    size_t length = strlen(text);

    if (length == 0 || strspn(text, "0123456789") != length)
        return false;
    errno = 0;
    *seed = strtoull(text, NULL, 10);
    return errno == 0;
}

static bool is_seed(const char *rest)
{
    uint64_t seed;

    return read_seed(rest, &seed);
}

static bool is_some(const char *rest)
{
    return *rest != '\0';
}

static bool is_nothing(const char *rest)
{
    return *rest == '\0';
}

static bool open_gpsd(struct source_gps *source, const char *rest)
{
    source->gpsd = source_gpsd_open(rest);
    return source->gpsd != NULL;
}

static bool open_walk(struct source_gps *source, const char *rest)
{
    uint64_t seed;

    if (read_seed(rest, &seed))
        source->route = source_route_open_walk(seed);
    return source->route != NULL;
}

static bool open_file(struct source_gps *source, const char *rest)
{
    source->route = source_route_open_file(rest);
    return source->route != NULL;
}

static bool open_none(struct source_gps *source, const char *rest)
{
    (void)source;
    (void)rest;
    return true;
}

static const struct kind kinds[] = {
    { .prefix = "gpsd://", .is_valid = source_gpsd_is_valid, .open = open_gpsd },
    { .prefix = "sim:", .is_valid = is_seed, .open = open_walk },
    { .prefix = "file:", .is_valid = is_some, .open = open_file },
    { .prefix = "none", .is_valid = is_nothing, .open = open_none },
};

/* The kind of a valid text, with `*rest` behind its prefix, or NULL. */
static const struct kind *find_kind(const char *url, const char **rest)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].prefix);
        if (strncmp(url, kinds[i].prefix, length) == 0 && kinds[i].is_valid(url + length)) {
            *rest = url + length;
            return &kinds[i];
        }
    }
    return NULL;
}

bool source_gps_is_valid(const char *url)
{
    const char *rest;

    return find_kind(url, &rest) != NULL;
}

struct source_gps *source_gps_open(const char *url)
{
    const char *rest;
    const struct kind *kind = find_kind(url, &rest);
    struct source_gps *source = kind != NULL ? calloc(1, sizeof *source) : NULL;

    if (source != NULL && !kind->open(source, rest)) {
        source_gps_close(source);
        source = NULL;
    }
    return source;
}

void source_gps_close(struct source_gps *source)
{
    if (source != NULL) {
        source_gpsd_close(source->gpsd);
        source_route_close(source->route);
        free(source);
    }
}

int source_gps_fd(const struct source_gps *source)
{
    return source->gpsd != NULL ? source_gpsd_fd(source->gpsd) : -1;
}

int source_gps_timeout_ms(const struct source_gps *source, int64_t mono_ms)
{
    if (source->gpsd != NULL)
        return source_gpsd_timeout_ms(source->gpsd, mono_ms);
    return source->route != NULL ? source_route_timeout_ms(source->route, mono_ms) : -1;
}

bool source_gps_turn(struct source_gps *source, short revents, int64_t mono_ms, int64_t wall_ms,
                     struct fix *fix)
{
    if (source->gpsd != NULL)
        return source_gpsd_turn(source->gpsd, revents, mono_ms, fix);
    return source->route != NULL && source_route_turn(source->route, mono_ms, wall_ms, fix);
}

const char *source_gps_state(const struct source_gps *source)
{
    if (source->gpsd != NULL)
        return source_gpsd_state(source->gpsd);
    return source->route != NULL ? source_route_state(source->route) : "none";
}

bool source_gps_tells_time(const struct source_gps *source)
{
    return source->gpsd != NULL;
}
