/* The replay: when the next point is due, and where it comes from. */
#include "agent/source_route.h"

#include "agent/gpx.h"
#include "agent/nmea.h"
#include "agent/walk.h"
#include "common/backoff.h"
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GAP_MS_MAX     1000 /* at least one report a second */
#define GAP_MS_MIN     50   /* at most 20 */
#define RETRY_MS_FIRST 1000
#define RETRY_MS_MAX   30000
#define NOT_YET        INT64_MIN

struct source_route {
    struct backoff backoff;
    char *path; /* NULL: the walk */
    struct walk walk;
    char *text; /* the file, NULL while it is not readable */
    size_t length, at;
    struct nmea nmea;
    bool is_gpx, has_points;
    struct fix next; /* the point that comes at `due_ms` */
    bool has_next;
    int64_t due_ms;  /* monotonic; NOT_YET before the first turn */
    int64_t time_ms; /* the recorded time of the last point, -1 where absent */
    int mode;        /* of the last point that was given out */
};

static struct source_route *route_new(void)
{
    struct source_route *route = calloc(1, sizeof *route);

    if (route != NULL) {
        route->due_ms = NOT_YET;
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

    if (route != NULL) {
        walk_init(&route->walk, seed);
    }
    return route;
}

void source_route_close(struct source_route *route)
{
    if (route != NULL) {
        free(route->text);
        free(route->path);
        free(route);
    }
}

static void rewind_route(struct source_route *route)
{
    route->at = 0;
    route->has_points = false;
    route->time_ms = FIX_TIME_ABSENT;
    nmea_init(&route->nmea);
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
    route->is_gpx = gpx_is(route->text, route->length);
    rewind_route(route);
done:
    if (fd >= 0) {
        close(fd);
    }
    return result;
}

static bool next_nmea(struct source_route *route, struct fix *fix)
{
    struct nmea_span sentence;

    while (nmea_next(route->text, route->length, &route->at, &sentence)) {
        if (nmea_take(&route->nmea, sentence, fix)) {
            return true;
        }
    }
    return nmea_finish(&route->nmea, fix);
}

static bool next_recorded(struct source_route *route)
{
    bool found = route->is_gpx ? gpx_next(route->text, route->length, &route->at, &route->next)
                               : next_nmea(route, &route->next);

    route->has_points = route->has_points || found;
    return found;
}

/* How long after the last point the next one comes. */
static int64_t gap_ms(const struct source_route *route)
{
    int64_t gap = GAP_MS_MAX;

    if (route->time_ms != FIX_TIME_ABSENT && route->next.time_ms > route->time_ms) {
        gap = route->next.time_ms - route->time_ms;
    }
    return gap > GAP_MS_MAX ? GAP_MS_MAX : gap < GAP_MS_MIN ? GAP_MS_MIN : gap;
}

static void give_up_for_now(struct source_route *route, const char *why, int64_t mono_ms)
{
    int64_t wait_ms = backoff_next_ms(&route->backoff);

    log_warn("gps", "no route", "file=%s error=%s wait_ms=%lld", route->path, why,
             (long long)wait_ms);
    free(route->text);
    route->text = NULL;
    route->mode = FIX_UNKNOWN;
    route->due_ms = mono_ms + wait_ms;
}

/* Finds the next point of the file and when it is due; opens and repeats the file as needed. */
static bool prepare_recorded(struct source_route *route, int64_t mono_ms)
{
    if (route->text == NULL) {
        int error = read_file(route);
        if (error != 0) {
            give_up_for_now(route, strerror(error), mono_ms);
            return false;
        }
        route->due_ms = mono_ms - GAP_MS_MAX; /* the first point is due now */
    }
    if (!next_recorded(route)) {
        bool is_empty = !route->has_points;
        rewind_route(route);
        if (is_empty || !next_recorded(route)) {
            give_up_for_now(route, "no report in it that can be read", mono_ms);
            return false;
        }
    }
    backoff_reset(&route->backoff);
    return true;
}

static bool prepare(struct source_route *route, int64_t mono_ms)
{
    if (route->path == NULL) {
        walk_step(&route->walk, &route->next);
    } else if (!prepare_recorded(route, mono_ms)) {
        return false;
    }
    route->due_ms += gap_ms(route);
    /* After a suspension the route goes on from here; it does not catch up. */
    if (route->due_ms < mono_ms - GAP_MS_MAX) {
        route->due_ms = mono_ms;
    }
    route->time_ms = route->next.time_ms;
    route->has_next = true;
    return true;
}

bool source_route_turn(struct source_route *route, int64_t mono_ms, int64_t wall_ms,
                       struct fix *fix)
{
    if (route->due_ms == NOT_YET) {
        route->due_ms = mono_ms - GAP_MS_MAX;
    }
    if (!route->has_next &&
        ((route->path != NULL && route->text == NULL && mono_ms < route->due_ms) ||
         !prepare(route, mono_ms))) {
        return false;
    }
    if (mono_ms < route->due_ms) {
        return false;
    }
    *fix = route->next;
    fix->time_ms = wall_ms;
    route->mode = fix->mode;
    route->has_next = false;
    return true;
}

int source_route_timeout_ms(const struct source_route *route, int64_t mono_ms)
{
    bool must_read = route->path != NULL && route->text == NULL;

    if (route->due_ms == NOT_YET || (!route->has_next && !must_read) || mono_ms >= route->due_ms) {
        return 0;
    }
    return (int)(route->due_ms - mono_ms);
}

const char *source_route_state(const struct source_route *route)
{
    if (route->path != NULL && route->text == NULL) {
        return "absent";
    }
    return route->mode >= FIX_2D ? "fix" : "nofix";
}
