/* Proves that a test whose claim fails, or that dies, leaves nothing in the folder in which it was
 * started, and one that fails nothing at all. */
#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

static void fails(void **state)
{
    const struct scratch *scratch = *state;
    FILE *file = fopen(scratch->path, "w");

    fputs("left", file);
    fclose(file);
    fail_msg("on purpose");
}

static void dies(void **state)
{
    (void)state;
    raise(SIGKILL);
}

/* A test program of its own, with its folders in `place` and started in it. */
static int run_in(const char *place, const struct CMUnitTest *claim)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        const struct CMUnitTest claims[] = { *claim };
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        if (chdir(place) != 0 || setenv("TMPDIR", place, 1) != 0)
            _exit(0);
        _exit(cmocka_run_group_tests(claims, NULL, NULL) == 0 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_failed_claim_leaves_nothing(void **state)
{
    const struct scratch *scratch = *state;
    const struct CMUnitTest claim = { "fails", fails, scratch_setup, scratch_teardown, NULL };

    assert_int_not_equal(run_in(scratch->folder, &claim), 0);
    assert_int_equal(scratch_each(scratch, "", NULL), 0);
}

/* Nothing can be cleared away any more, so what is left must be where such folders belong. */
static void one_that_dies_leaves_its_folder_under_its_name(void **state)
{
    const struct scratch *scratch = *state;
    const struct CMUnitTest claim = { "dies", dies, scratch_setup, scratch_teardown, NULL };

    assert_true(WIFSIGNALED(run_in(scratch->folder, &claim)));
    assert_int_equal(scratch_each(scratch, "scratch_test.", NULL), 1);
    assert_int_equal(scratch_each(scratch, "", NULL), 1);
}

static void without_tmpdir_it_is_the_build_tree(void **state)
{
    struct scratch scratch;
    char *before = getenv("TMPDIR") != NULL ? strdup(getenv("TMPDIR")) : NULL;

    (void)state;
    unsetenv("TMPDIR");
    scratch_make(&scratch);
    scratch_remove(&scratch);
    if (before != NULL)
        setenv("TMPDIR", before, 1);
    free(before);
    assert_int_equal(strncmp(scratch.folder, SCRATCH_FOLDER "/", strlen(SCRATCH_FOLDER "/")), 0);
    assert_int_equal(access(scratch.folder, F_OK), -1);
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, scratch_setup, scratch_teardown, NULL                                      \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM("a failed claim leaves nothing", a_failed_claim_leaves_nothing),
        CLAIM("one that dies leaves its folder under its name",
              one_that_dies_leaves_its_folder_under_its_name),
        { "without $TMPDIR it is the build tree", without_tmpdir_it_is_the_build_tree, NULL, NULL,
          NULL },
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}
