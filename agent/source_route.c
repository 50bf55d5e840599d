/* The replay: when the next point is due, and where it comes from. */
#include "agent/source_route.h"

#include "agent/gpx.h"
#include "agent/nmea.h"
#include "agent/walk.h"
#include "common/backoff.h"
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_MS      1000              /* at least one report a second */
#define GAP_MS_MIN     50                /* at most 20: points nearer to the last are left out */
#define GAP_MS_MAX     (60 * 60 * 1000)  /* after a longer one another recording begins */
#define DAY_MS         (24 * GAP_MS_MAX) /* when the times of NMEA begin again */
#define RETRY_MS_FIRST 1000
#define RETRY_MS_MAX   30000
#define NOT_YET        INT64_MIN
#define NO_GAP         (-1)

/* The way from one point to the next, given out in `steps` reports, the last of them `to`. */
struct leg {
    struct fix from, to;
    int64_t begin_ms, gap_ms; /* monotonic */
    int64_t step, steps;      /* the next one is the `step`th, from 1 */
};

struct source_route {
    struct backoff backoff;
    char *path; /* NULL: the walk */
    struct walk walk;
    char *text; /* the file, NULL while it is not readable */
    size_t length, at;
    struct nmea nmea;
    struct gpx *gpx; /* NULL: the file is NMEA, or not readable */
    bool has_points;
    bool is_absent, is_broken; /* and that is in the log, once */
    struct leg leg;
    bool has_leg;
    int64_t retry_ms;    /* monotonic: when an unreadable file is opened again */
    int64_t recorded_ms; /* the last point's: UTC, in NMEA since midnight; -1 where absent */
    int mode;            /* of the last report that was given out */
};

static struct source_route *route_new(void)
{
    struct source_route *route = calloc(1, sizeof *route);

    if (route != NULL) {
        route->retry_ms = NOT_YET;
        route->backoff = (struct backoff){ .first_ms = RETRY_MS_FIRST,
                                           .max_ms = RETRY_MS_MAX,
                                           .floor_ms = RETRY_MS_FIRST };
    }
    return route;
}

struct source_route *source_route_open_file(const char *path)
{
    struct source_route *route = route_new();

    if (route != NULL && (route->path = strdup(path)) == NULL) {
        free(route);
        route = NULL;
    }
    return route;
}

struct source_route *source_route_open_walk(uint64_t seed)
{
    struct source_route *route = route_new();

    if (route != NULL)
        walk_init(&route->walk, seed);
    return route;
}

void source_route_close(struct source_route *route)
{
    if (route != NULL) {
        gpx_close(route->gpx);
        free(route->text);
        free(route->path);
        free(route);
    }
}

/* False: memory ran out. */
static bool rewind_route(struct source_route *route)
{
    route->at = 0;
    route->has_points = false;
    route->recorded_ms = FIX_TIME_ABSENT;
    nmea_init(&route->nmea);
    gpx_close(route->gpx);
    route->gpx = NULL;
    if (gpx_is(route->text, route->length)) {
        route->gpx = gpx_open(route->text, route->length);
        return route->gpx != NULL;
    }
    return true;
}

/* Reads a regular file whole. 0, or the error. */
static int read_file(struct source_route *route)
{
    struct stat about;
    int result = 0;
    /* O_NONBLOCK, since opening a pipe that nobody writes to would stop the sale. */
    int fd = open(route->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &about) != 0) {
        result = errno;
        goto done;
    }
    if (!S_ISREG(about.st_mode) || about.st_size > ROUTE_BYTES_MAX) {
        result = S_ISREG(about.st_mode) ? EFBIG : EINVAL;
        goto done;
    }
    route->text = malloc((size_t)about.st_size + 1);
    if (route->text == NULL) {
        result = ENOMEM;
        goto done;
    }
    ssize_t length = read(fd, route->text, (size_t)about.st_size);
    if (length < 0) {
        result = errno;
        goto done;
    }
    route->length = (size_t)length;
    result = rewind_route(route) ? 0 : ENOMEM;
done:
    if (fd >= 0)
        close(fd);
    return result;
}

static bool next_nmea(struct source_route *route, struct fix *fix)
{
    struct nmea_span sentence;

    while (nmea_next(route->text, route->length, &route->at, &sentence))
        if (nmea_take(&route->nmea, sentence, fix))
            return true;
    return nmea_finish(&route->nmea, fix);
}

/* Said once: the points before it are replayed all the same. */
static void tell_error(struct source_route *route)
{
    unsigned long line;
    const char *error = route->gpx != NULL ? gpx_error(route->gpx, &line) : NULL;

    if (error != NULL && !route->is_broken) {
        log_warn("gps", "the route cannot be read to its end", "file=%s line=%lu error=%s",
                 route->path, line, error);
        route->is_broken = true;
    }
}

/* The next point and its time; at the end of the file false. */
static bool next_point(struct source_route *route, struct fix *fix, int64_t *recorded_ms)
{
    if (route->gpx == NULL) {
        bool found = next_nmea(route, fix);
        *recorded_ms = route->nmea.completed; /* the date is often wrong, or missing */
        return found;
    }
    if (!gpx_next(route->gpx, fix)) {
        tell_error(route);
        return false;
    }
    *recorded_ms = fix->time_ms;
    return true;
}

/* From the last point's time to this one; NO_GAP where they say nothing about it. */
static int64_t gap_to(const struct source_route *route, int64_t recorded_ms)
{
    int64_t gap_ms = recorded_ms - route->recorded_ms;

    if (route->recorded_ms == FIX_TIME_ABSENT || recorded_ms == FIX_TIME_ABSENT)
        return NO_GAP;
    if (route->gpx == NULL && gap_ms < 0)
        gap_ms += DAY_MS;
    return gap_ms < 0 || gap_ms > GAP_MS_MAX ? NO_GAP : gap_ms;
}

/* Sets the leg to the next point of the file. */
static bool next_leg(struct source_route *route)
{
    struct leg *leg = &route->leg;
    int64_t recorded_ms;
    int64_t gap_ms;
    struct fix to;

    do {
        if (!next_point(route, &to, &recorded_ms))
            return false;
        gap_ms = gap_to(route, recorded_ms);
    } while (gap_ms >= 0 && gap_ms < GAP_MS_MIN);
    leg->from = leg->to;
    leg->to = to;
    leg->begin_ms += leg->gap_ms;
    leg->gap_ms = gap_ms == NO_GAP ? REPORT_MS : gap_ms;
    leg->steps = gap_ms == NO_GAP ? 1 : (gap_ms + REPORT_MS - 1) / REPORT_MS;
    leg->step = 1;
    route->recorded_ms = recorded_ms;
    route->has_points = true;
    return true;
}

static void give_up_for_now(struct source_route *route, const char *why, int64_t mono_ms)
{
    int64_t wait_ms = backoff_next_ms(&route->backoff);

    log_line(route->is_absent ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "gps", "no route",
             "file=%s error=%s wait_ms=%lld", route->path, why, (long long)wait_ms);
    route->is_absent = true;
    gpx_close(route->gpx);
    route->gpx = NULL;
    free(route->text);
    route->text = NULL;
    route->mode = FIX_UNKNOWN;
    route->retry_ms = mono_ms + wait_ms;
}

/* Finds the next point of the file; opens and repeats the file as needed. */
static bool prepare_recorded(struct source_route *route, int64_t mono_ms)
{
    if (route->text == NULL) {
        int error = mono_ms < route->retry_ms ? EAGAIN : read_file(route);
        if (error == EAGAIN)
            return false;
        if (error != 0) {
            give_up_for_now(route, strerror(error), mono_ms);
            return false;
        }
        route->leg = (struct leg){ .begin_ms = mono_ms - REPORT_MS }; /* the first one is due now */
    }
    if (!next_leg(route)) {
        bool is_empty = !route->has_points;
        if (!rewind_route(route) || is_empty || !next_leg(route)) {
            give_up_for_now(route, "no report in it that can be read", mono_ms);
            return false;
        }
    }
    if (route->is_absent)
        log_info("gps", "the route is back", "file=%s", route->path);
    route->is_absent = false;
    backoff_reset(&route->backoff);
    return true;
}

static bool prepare(struct source_route *route, int64_t mono_ms)
{
    struct leg *leg = &route->leg;

    if (route->path != NULL)
        return prepare_recorded(route, mono_ms);
    leg->begin_ms = leg->gap_ms == 0 ? mono_ms - REPORT_MS : leg->begin_ms + leg->gap_ms;
    leg->gap_ms = REPORT_MS;
    leg->step = leg->steps = 1;
    walk_step(&route->walk, &leg->to);
    return true;
}

static int64_t due_ms(const struct leg *leg)
{
    return leg->begin_ms + leg->gap_ms * leg->step / leg->steps;
}

/* On the straight way between two points; where one of them has no position, the first still
 * stands. The rest is the first's: only the receiver knew it in between. */
static struct fix on_the_way(const struct leg *leg)
{
    double part = (double)leg->step / (double)leg->steps;
    struct fix fix = leg->from;

    if (leg->from.mode >= FIX_2D && leg->to.mode >= FIX_2D) {
        /* The short way around, also across the date line. */
        double lon = leg->from.lon + remainder(leg->to.lon - leg->from.lon, 360) * part;
        fix.lat += (leg->to.lat - leg->from.lat) * part;
        fix.lon = fabs(lon) <= 180 ? lon : remainder(lon, 360);
        fix.alt += isnan(leg->to.alt) ? 0 : (leg->to.alt - leg->from.alt) * part;
    }
    return fix;
}

bool source_route_turn(struct source_route *route, int64_t mono_ms, int64_t wall_ms,
                       struct fix *fix)
{
    struct leg *leg = &route->leg;

    if (!route->has_leg)
        route->has_leg = prepare(route, mono_ms);
    if (!route->has_leg || mono_ms < due_ms(leg))
        return false;
    /* After a suspension the route goes on from here; it does not catch up. */
    if (due_ms(leg) < mono_ms - REPORT_MS)
        leg->begin_ms += mono_ms - due_ms(leg);
    *fix = leg->step == leg->steps ? leg->to : on_the_way(leg);
    fix->time_ms = wall_ms;
    route->mode = fix->mode;
    route->has_leg = leg->step++ < leg->steps;
    return true;
}

int source_route_timeout_ms(const struct source_route *route, int64_t mono_ms)
{
    bool must_read = route->path != NULL && route->text == NULL;
    int64_t until_ms = route->has_leg ? due_ms(&route->leg) : must_read ? route->retry_ms : NOT_YET;

    return until_ms > mono_ms ? (int)(until_ms - mono_ms) : 0;
}

const char *source_route_state(const struct source_route *route)
{
    if (route->path != NULL && route->text == NULL)
        return "absent";
    return route->mode >= FIX_2D ? "fix" : "nofix";
}
