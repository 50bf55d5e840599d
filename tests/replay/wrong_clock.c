/* Preloaded into a program (LD_PRELOAD), so that it has another wall clock than the machine, which
 * no test may set: CARRITO_TEST_CLOCK names a file with the milliseconds that it is ahead, and 1
 * where a time daemon keeps it right, or 0. It is read at each look, so that a test can turn the
 * clock. The clocks that count on from the boot stay what they are. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

struct setting {
    long long ahead_ms;
    int synchronised;
};

static struct setting read_setting(void)
{
    const char *path = getenv("CARRITO_TEST_CLOCK");
    struct setting setting = { 0, 0 };
    char text[64] = "";
    int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0 || read(fd, text, sizeof text - 1) <= 0 ||
        sscanf(text, "%lld %d", &setting.ahead_ms, &setting.synchronised) != 2)
        abort(); /* no test goes on with the machine's clock unnoticed */
    close(fd);
    return setting;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);

    if (result != 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
        return result;
    long long ms = now->tv_sec * 1000LL + now->tv_nsec / 1000000 + read_setting().ahead_ms;
    now->tv_sec = ms / 1000;
    now->tv_nsec = (long)(ms % 1000) * 1000000;
    return 0;
}

/* OpenSSL looks at certificates by this one. */
time_t time(time_t *seconds)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (seconds != NULL)
        *seconds = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    *now = (struct timeval){ exact.tv_sec, exact.tv_nsec / 1000 };
    return 0;
}

int adjtimex(struct timex *state)
{
    int synchronised = read_setting().synchronised;

    state->status = synchronised ? STA_PLL : STA_UNSYNC;
    return synchronised ? TIME_OK : TIME_ERROR;
}
