/* A library to preload: the process takes the wall clock to be later by the seconds that the file
 * of LATER_FILE holds, a native int64 that may grow while it runs. Monotonic clocks are untouched.
 *
 * libfaketime does the same, but takes a lock at each look at a clock: Kafka did not start within a
 * minute under it. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *later; /* of the file; NULL: there is none */

static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("LATER_FILE");
    int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = fd >= 0 ? mmap(NULL, sizeof *later, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

    if (fd >= 0)
        close(fd);
    if (mapped == MAP_FAILED)
        abort(); /* a run with another clock than the others' would prove nothing */
    later = mapped;
}

static int64_t later_s(void)
{
    return later != NULL ? *later : 0;
}

static int look(clockid_t clock, struct timespec *at)
{
    if (real_gettime == NULL)
        real_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    return real_gettime(clock, at);
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    int result = look(clock, at);

    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        at->tv_sec += later_s();
    return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *at = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (at != NULL)
        *at = now.tv_sec;
    return now.tv_sec;
}

/* A moment by the wall clock is brought back to the kernel's; one by a monotonic clock is decades
 * before it, and stays. */
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    struct timespec now, kernels = *until;

    if (real_wait == NULL)
        real_wait = (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlvsym(
            RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    look(CLOCK_REALTIME, &now);
    if (until->tv_sec > now.tv_sec + later_s() / 2)
        kernels.tv_sec -= later_s();
    return real_wait(condition, mutex, &kernels);
}
