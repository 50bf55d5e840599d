/* Proves whose files a command that root types leaves: those of the owner of the file or its
 * folder, never root's among a service's. Only root can try it. */
#include "common/file_owner.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#define SERVICE 65533 /* a user and group without a name */
#define REFUSED (-1)

/* In a child: becomes the owner, makes the file where it is not there; whose it is then. */
static int owner_after(const struct scratch *scratch)
{
    struct stat status;
    int ended = 0;
    pid_t child = fork();

    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDERR_FILENO);
        if (!file_owner_become("test", scratch->path))
            _exit(2);
        int fd = open(scratch->path, O_RDWR | O_CREAT, 0600);
        _exit(fd >= 0 && (geteuid() == 0 || setuid(0) != 0) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    if (WEXITSTATUS(ended) == 2)
        return REFUSED;
    assert_int_equal(WEXITSTATUS(ended), 0);
    assert_int_equal(stat(scratch->path, &status), 0);
    return (int)status.st_uid;
}

static void folder_is(const struct scratch *scratch, uid_t user, gid_t group, mode_t mode)
{
    assert_int_equal(chown(scratch->folder, user, group), 0);
    assert_int_equal(chmod(scratch->folder, mode), 0);
}

static int as_root(void **state)
{
    /* The build tree may be in a folder that others cannot enter. */
    setenv("TMPDIR", "/tmp", 1);
    return scratch_setup(state);
}

static void the_folders_owner_gets_a_new_file(void **state)
{
    if (geteuid() != 0)
        skip();
    folder_is(*state, SERVICE, SERVICE, 0700);
    assert_int_equal(owner_after(*state), SERVICE);
}

static void the_files_owner_counts_more(void **state)
{
    const struct scratch *scratch = *state;

    if (geteuid() != 0)
        skip();
    folder_is(scratch, 0, SERVICE, 01770);
    close(open(scratch->path, O_CREAT | O_RDWR, 0600));
    assert_int_equal(chown(scratch->path, SERVICE, SERVICE), 0);
    assert_int_equal(owner_after(scratch), SERVICE);
}

static void nothing_new_in_a_shared_folder(void **state)
{
    const struct scratch *scratch = *state;

    if (geteuid() != 0)
        skip();
    folder_is(scratch, 0, SERVICE, 01770);
    assert_int_equal(owner_after(scratch), REFUSED);
    assert_int_equal(access(scratch->path, F_OK), -1);
}

static void among_its_own_root_stays_root(void **state)
{
    if (geteuid() != 0)
        skip();
    folder_is(*state, 0, 0, 0755);
    assert_int_equal(owner_after(*state), 0);
}

static void another_than_root_stays_itself(void **state)
{
    int ended = 0;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        if (geteuid() == 0 && setuid(SERVICE) != 0)
            _exit(1);
        uid_t self = geteuid();
        _exit(file_owner_become("test", "/etc/passwd") && geteuid() == self ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
}

#define CLAIM(claim) cmocka_unit_test_setup_teardown(claim, as_root, scratch_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM(the_folders_owner_gets_a_new_file),
        CLAIM(the_files_owner_counts_more),
        CLAIM(nothing_new_in_a_shared_folder),
        CLAIM(among_its_own_root_stays_root),
        cmocka_unit_test(another_than_root_stays_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
