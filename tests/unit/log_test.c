/* Claims about the log: one logfmt line per call, values quoted where they must be. */
#include "common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int capture_begin(int pipe_fds[2])
{
    assert_int_equal(pipe(pipe_fds), 0);
    int saved = dup(STDERR_FILENO);
    dup2(pipe_fds[1], STDERR_FILENO);
    return saved;
}

static void capture_end(int saved, int pipe_fds[2], char *text, size_t size)
{
    dup2(saved, STDERR_FILENO);
    close(pipe_fds[1]);
    ssize_t length = read(pipe_fds[0], text, size - 1);
    text[length > 0 ? length : 0] = '\0';
    close(pipe_fds[0]), close(saved);
}

static void writes_logfmt(void **state)
{
    char text[8192];
    int fds[2], saved = capture_begin(fds);

    (void)state;
    log_info("uplink", "it works", "host=%s port=%d big=%lld name=%s none=%s size=%zu", "a.b", -1,
             9007199254740991LL, "say \"x\"\n=", getenv("NO_SUCH_VARIABLE"), sizeof text);
    log_debug("uplink", "not shown", NULL);
    capture_end(saved, fds, text, sizeof text);
    assert_non_null(strstr(text, " level=info module=uplink msg=\"it works\" host=a.b port=-1 "
                                 "big=9007199254740991 name=\"say \\\"x\\\"\\n=\" none=- "
                                 "size=8192\n"));
    assert_int_equal(strncmp(text, "ts=20", 5), 0);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

/* The values alone decide; the format has quotes all the same, or goes on without a blank. */
static void quotes_in_the_format_change_nothing(void **state)
{
    char text[512];
    int fds[2], saved = capture_begin(fds);

    (void)state;
    log_info("m", "x", "sql=\"%s\" n=\"%d\" a=\"%s\" at=%s:%d, z=%zu", "PRAGMA x", 7, "ok", "h", 1,
             sizeof(char));
    capture_end(saved, fds, text, sizeof text);
    assert_non_null(strstr(text, " msg=x sql=\"PRAGMA x\" n=7 a=ok at=h:1, z=1\n"));
}

static void cuts_long_lines(void **state)
{
    char text[3 * LOG_LINE_MAX], value[LOG_LINE_MAX];
    int fds[2], saved = capture_begin(fds);

    (void)state;
    memset(value, '"', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    log_info("m", "x", "a=%s b=%s c=%s", value, value, value);
    capture_end(saved, fds, text, sizeof text);
    assert_true(strlen(text) <= LOG_LINE_MAX);
    assert_int_equal(text[strlen(text) - 1], '\n');
}

static void speaks_to_the_journal(void **state)
{
    char text[512];
    int fds[2], saved;

    (void)state;
    setenv("JOURNAL_STREAM", "8:1", 1);
    saved = capture_begin(fds);
    log_warn("m", "x", NULL);
    capture_end(saved, fds, text, sizeof text);
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(text, "<4>level=warn module=m msg=x\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a line is logfmt, values quoted", writes_logfmt, NULL, NULL, NULL },
        { "quotes in the format change nothing", quotes_in_the_format_change_nothing, NULL, NULL,
          NULL },
        { "a long line is cut and still ends", cuts_long_lines, NULL, NULL, NULL },
        { "under systemd a priority stands in place of the time", speaks_to_the_journal, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
