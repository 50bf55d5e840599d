/* The connection to gpsd: made, watched, and made again. Every line is given to libgps; reports of
 * position (TPV) become fixes, the rest only shows that gpsd lives. */
#include "agent/source_gpsd.h"

#include "common/backoff.h"
#include "common/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gps.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT_DEFAULT   "2947"
#define PLACE_MAX      80
#define LINE_BYTES_MAX 16384 /* gpsd's own limit is 10,240; a longer line ends the connection */
#define LINES_A_TURN   64    /* then the vendor's sale gets its turn */
#define GREETING_MS    5000  /* gpsd greets at once; a stopped one never */
#define SILENCE_MS     10000 /* without a report: no receiver; without a word: gpsd is asked */
#define ANSWER_MS      10000 /* and has this long to answer */
#define RETRY_MS_FIRST 1000
#define RETRY_MS_MAX   30000

static const char watch[] = "?WATCH={\"enable\":true,\"json\":true};\n";
static const char ask[] = "?DEVICES;\n";

struct address {
    struct sockaddr_storage socket;
    socklen_t length;
};

enum phase { PHASE_WAITING, PHASE_GREETING, PHASE_WATCHING, PHASE_ASKED };

struct source_gpsd {
    struct address address;
    char place[PLACE_MAX + 1]; /* for the log */
    struct backoff backoff;
    enum phase phase;
    int64_t until_ms; /* when the phase ends if nothing is heard */
    int64_t report_ms;
    int mode; /* of the last report, FIX_UNKNOWN where there is none of late */
    int fd;
    bool started, readable, time_refused;
    bool is_away;       /* and that is in the log, once */
    bool is_told;       /* the same of the first time it was there */
    size_t used, taken; /* bytes of `text`; those already taken as lines */
    char text[LINE_BYTES_MAX + 1];
    struct gps_data_t data;
};

static bool read_port(const char *text, in_port_t *port)
{
    char *end;
    size_t length = strlen(text);

    if (length < 1 || length > 5 || strspn(text, "0123456789") != length)
        return false;
    long value = strtol(text, &end, 10);
    *port = htons((in_port_t)value);
    return value >= 1 && value <= 65535;
}

static bool read_address(const char *place, struct address *address)
{
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&address->socket;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&address->socket;
    char host[PLACE_MAX + 1];
    int bracketed = *place == '[' ? 1 : 0;
    in_port_t port;

    if (strlen(place) > PLACE_MAX)
        return false;
    snprintf(host, sizeof host, "%s", place + bracketed);
    char *end = strchr(host, bracketed ? ']' : ':');
    const char *rest = end != NULL ? end + bracketed : bracketed ? "]" : "";
    if ((*rest != '\0' && *rest != ':') ||
        !read_port(*rest == ':' ? rest + 1 : PORT_DEFAULT, &port))
        return false;
    if (end != NULL)
        *end = '\0';
    memset(address, 0, sizeof *address);
    if (bracketed) {
        *ipv6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
        address->length = sizeof *ipv6;
        return inet_pton(AF_INET6, host, &ipv6->sin6_addr) == 1;
    }
    *ipv4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port };
    address->length = sizeof *ipv4;
    return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
                     &ipv4->sin_addr) == 1;
}

bool source_gpsd_is_valid(const char *place)
{
    struct address address;

    return read_address(place, &address);
}

struct source_gpsd *source_gpsd_open(const char *place)
{
    struct source_gpsd *gpsd = calloc(1, sizeof *gpsd);

    if (gpsd == NULL)
        return NULL;
    gpsd->fd = -1;
    if (!read_address(place, &gpsd->address)) {
        source_gpsd_close(gpsd);
        return NULL;
    }
    snprintf(gpsd->place, sizeof gpsd->place, "%s", place);
    gpsd->backoff = (struct backoff){ .first_ms = RETRY_MS_FIRST,
                                      .max_ms = RETRY_MS_MAX,
                                      .floor_ms = RETRY_MS_FIRST };
    return gpsd;
}

void source_gpsd_close(struct source_gpsd *gpsd)
{
    if (gpsd != NULL) {
        if (gpsd->fd >= 0)
            close(gpsd->fd);
        free(gpsd);
    }
}

int source_gpsd_fd(const struct source_gpsd *gpsd)
{
    return gpsd->fd;
}

static void drop(struct source_gpsd *gpsd, const char *why, int64_t mono_ms)
{
    int64_t wait_ms = backoff_next_ms(&gpsd->backoff);

    log_line(gpsd->is_away ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN, "gps", "no gpsd",
             "gpsd=%s error=%s wait_ms=%lld", gpsd->place, why, (long long)wait_ms);
    gpsd->is_away = true;
    if (gpsd->fd >= 0)
        close(gpsd->fd);
    gpsd->fd = -1;
    gpsd->mode = FIX_UNKNOWN;
    gpsd->phase = PHASE_WAITING;
    gpsd->until_ms = mono_ms + wait_ms;
}

static void start(struct source_gpsd *gpsd, int64_t mono_ms)
{
    gpsd->fd =
        socket(gpsd->address.socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (gpsd->fd < 0 ||
        (connect(gpsd->fd, (struct sockaddr *)&gpsd->address.socket, gpsd->address.length) != 0 &&
         errno != EINPROGRESS)) {
        drop(gpsd, strerror(errno), mono_ms);
        return;
    }
    /* The greeting shows that the connection stands, so there is no need to poll for writing. */
    gpsd->phase = PHASE_GREETING;
    gpsd->until_ms = mono_ms + GREETING_MS;
    gpsd->used = gpsd->taken = 0;
    gpsd->readable = false;
}

/* Says a short line. A full socket buffer would mean that gpsd has read nothing for long. */
static void say(struct source_gpsd *gpsd, const char *line, int64_t mono_ms)
{
    size_t length = strlen(line);

    if (send(gpsd->fd, line, length, MSG_NOSIGNAL) != (ssize_t)length)
        drop(gpsd, "it takes no commands", mono_ms);
}

/* The next whole line, which lives until the next call of receive(), or NULL. */
static char *take_line(struct source_gpsd *gpsd)
{
    char *line = gpsd->text + gpsd->taken;
    char *end = memchr(line, '\n', gpsd->used - gpsd->taken);

    if (end == NULL)
        return NULL;
    *end = '\0';
    gpsd->taken = (size_t)(end - gpsd->text) + 1;
    return line;
}

/* Reads what there is, without waiting. False: nothing more now, or the connection was dropped. */
static bool receive(struct source_gpsd *gpsd, int64_t mono_ms)
{
    if (!gpsd->readable)
        return false;
    gpsd->used -= gpsd->taken;
    memmove(gpsd->text, gpsd->text + gpsd->taken, gpsd->used);
    gpsd->taken = 0;
    if (gpsd->used == LINE_BYTES_MAX) {
        drop(gpsd, "a line is too long", mono_ms);
        return false;
    }
    ssize_t got =
        recv(gpsd->fd, gpsd->text + gpsd->used, LINE_BYTES_MAX - gpsd->used, MSG_DONTWAIT);
    if (got > 0) {
        gpsd->used += (size_t)got;
        return true;
    }
    gpsd->readable = false;
    if (got == 0)
        drop(gpsd, "it closed the connection", mono_ms);
    else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        drop(gpsd, strerror(errno), mono_ms);
    return false;
}

static double accuracy_m(const struct gps_fix_t *report)
{
    return isfinite(report->eph) ? report->eph : hypot(report->epx, report->epy);
}

static void convert(const struct gps_fix_t *report, struct fix *fix)
{
    fix_clear(fix);
    fix->mode = report->mode;
    /* In a libgps whose time_t has 32 bits, what comes after January 2038 is before 1970. */
    if (report->time.tv_sec > 0)
        fix->time_ms = (int64_t)report->time.tv_sec * 1000 + report->time.tv_nsec / 1000000;
    if (report->mode < MODE_2D)
        return;
    if (!isfinite(report->latitude) || !isfinite(report->longitude)) {
        fix->mode = FIX_NONE; /* half a report, whatever mode it claims */
        return;
    }
    fix->lat = report->latitude;
    fix->lon = report->longitude;
    fix->acc = accuracy_m(report);
    fix->alt = report->mode >= MODE_3D ? report->altMSL : NAN;
    fix->vel = report->speed * 3.6;
    fix->cog = report->track;
}

/* Said once: the fixes are used all the same, and the clock is then ntp, rtc or none. */
static void say_refused_time(struct source_gpsd *gpsd)
{
    if (gpsd->data.fix.time.tv_sec < 0 && !gpsd->time_refused) {
        log_warn("gps", "gpsd's time is past what this system's libgps holds and is not used",
                 "bits=%zu", sizeof gpsd->data.fix.time.tv_sec * 8);
        gpsd->time_refused = true;
    }
}

/* Once, at the first line behind the greeting: what only greets is still away. */
static void tell_life(struct source_gpsd *gpsd)
{
    if (gpsd->is_away || !gpsd->is_told)
        log_info("gps", gpsd->is_away ? "gpsd is back" : "watching gpsd", "gpsd=%s", gpsd->place);
    gpsd->is_away = false;
    gpsd->is_told = true;
}

/* True: the line is a report, and `*fix` is set. */
static bool take(struct source_gpsd *gpsd, char *line, int64_t mono_ms, struct fix *fix)
{
    bool is_greeting = gpsd->phase == PHASE_GREETING;

    gpsd->phase = PHASE_WATCHING;
    gpsd->until_ms = mono_ms + SILENCE_MS;
    if (is_greeting) {
        if (strstr(line, "\"class\":\"VERSION\"") == NULL) {
            drop(gpsd, "what answers is no gpsd", mono_ms);
            return false;
        }
        backoff_reset(&gpsd->backoff);
        say(gpsd, watch, mono_ms);
        return false;
    }
    tell_life(gpsd);
    if (strstr(line, "\"class\":\"TPV\"") == NULL)
        return false; /* alive; libgps's other reports are not for us */
    gps_clear_fix(&gpsd->data.fix);
    if (gps_unpack(line, &gpsd->data) != 0 || (gpsd->data.set & MODE_SET) == 0)
        return false;
    convert(&gpsd->data.fix, fix);
    say_refused_time(gpsd);
    gpsd->mode = fix->mode < FIX_NONE ? FIX_NONE : fix->mode;
    gpsd->report_ms = mono_ms;
    return true;
}

static void handle_times(struct source_gpsd *gpsd, int64_t mono_ms)
{
    if (gpsd->mode != FIX_UNKNOWN && mono_ms - gpsd->report_ms >= SILENCE_MS)
        gpsd->mode = FIX_UNKNOWN;
    if (gpsd->started && mono_ms < gpsd->until_ms)
        return;
    gpsd->started = true;
    switch (gpsd->phase) {
    case PHASE_WAITING:
        start(gpsd, mono_ms);
        break;
    case PHASE_GREETING:
        drop(gpsd, "it does not greet", mono_ms);
        break;
    case PHASE_WATCHING:
        gpsd->phase = PHASE_ASKED;
        gpsd->until_ms = mono_ms + ANSWER_MS;
        say(gpsd, ask, mono_ms);
        break;
    case PHASE_ASKED:
        drop(gpsd, "it does not answer", mono_ms);
        break;
    }
}

bool source_gpsd_turn(struct source_gpsd *gpsd, short revents, int64_t mono_ms, struct fix *fix)
{
    /* What has come is read before the clock is asked: after a suspension it is not silence. */
    gpsd->readable = gpsd->fd >= 0 && (gpsd->readable || revents != 0);
    for (int lines = 0; lines < LINES_A_TURN && gpsd->fd >= 0; lines++) {
        char *line = take_line(gpsd);
        if (line != NULL) {
            if (take(gpsd, line, mono_ms, fix))
                return true;
        } else if (!receive(gpsd, mono_ms)) {
            break;
        }
    }
    handle_times(gpsd, mono_ms);
    return false;
}

int source_gpsd_timeout_ms(const struct source_gpsd *gpsd, int64_t mono_ms)
{
    int64_t until_ms = gpsd->until_ms;

    if (!gpsd->started || gpsd->readable)
        return 0;
    if (gpsd->mode != FIX_UNKNOWN && gpsd->report_ms + SILENCE_MS < until_ms)
        until_ms = gpsd->report_ms + SILENCE_MS;
    return until_ms > mono_ms ? (int)(until_ms - mono_ms) : 0;
}

const char *source_gpsd_state(const struct source_gpsd *gpsd)
{
    return gpsd->mode == FIX_UNKNOWN ? "absent" : gpsd->mode >= FIX_2D ? "fix" : "nofix";
}
