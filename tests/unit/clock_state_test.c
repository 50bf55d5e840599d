/* Proves that the agent tells a clock that is not kept right from a system that does not let it
 * ask, as a unit's sandbox may, and that it reads the time of each clock chip. */
#include "agent/clock_state.h"

#include "scratch.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Where time had 32 bits the call of 64 has a number of its own, and is the one that the agent
 * makes. */
#ifndef SYS_clock_adjtime64
#define SYS_clock_adjtime64 SYS_clock_adjtime
#endif

/* From now on the calls that read and set the clock answer EPERM, as SystemCallErrorNumber=EPERM
 * makes them. */
static void forbid_the_clock(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_adjtime, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_adjtime64, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_adjtimex, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(77);
}

static void what_may_not_be_asked_is_said(void **state)
{
    int status = 0;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        struct clock_state clock;
        forbid_the_clock();
        clock_state_read(&clock);
        _exit(clock.refused && !clock.synchronised ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void what_may_be_asked_is_as_the_kernel_says(void **state)
{
    struct clock_state clock;
    struct timex ask = { .modes = 0 };
    int answer = adjtimex(&ask);

    (void)state;
    if (answer < 0)
        skip();
    clock_state_read(&clock);
    assert_false(clock.refused);
    assert_int_equal(clock.synchronised, answer != TIME_ERROR && (ask.status & STA_UNSYNC) == 0);
}

static void make_chip(const struct scratch *scratch, const char *name, const char *text)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", scratch->folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
    if (text == NULL)
        return;
    snprintf(path, sizeof path, "%s/%s/since_epoch", scratch->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    static struct scratch scratch;

    scratch_make(&scratch);
    *state = &scratch;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void each_chip_tells_its_time(void **state)
{
    static const char *const rubbish[] = {
        "", "\n", "x\n", "-5\n", "0\n", "17 00\n", "99999999999999999999\n", NULL
    };
    const struct scratch *scratch = *state;
    struct clock_state clock = { .rtc_count = 3 };

    clock_state_read_rtcs(&clock, scratch->folder);
    assert_int_equal(clock.rtc_count, 0);
    for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
        char name[16];
        snprintf(name, sizeof name, "rtc%zu", i + 2);
        make_chip(scratch, name, rubbish[i]);
    }
    make_chip(scratch, "other", "1790006400\n");
    clock_state_read_rtcs(&clock, scratch->folder);
    assert_int_equal(clock.rtc_count, 0);
    make_chip(scratch, "rtc0", "1790006400\n");
    make_chip(scratch, "rtc1", "12\n");
    clock_state_read_rtcs(&clock, scratch->folder);
    assert_int_equal(clock.rtc_count, 2);
    assert_int_equal(clock.rtc_ms[0] + clock.rtc_ms[1], 1790006412000LL); /* in any order */
    clock_state_read_rtcs(&clock, "/nowhere");
    assert_int_equal(clock.rtc_count, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_not_be_asked_is_said),
        cmocka_unit_test(what_may_be_asked_is_as_the_kernel_says),
        cmocka_unit_test_setup_teardown(each_chip_tells_its_time, make_folder, remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
