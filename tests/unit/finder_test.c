/* Proves that devices are found when they appear, when they may be read, and where there is no
 * folder of them yet; and that nothing is looked at in between. */
#include "scratch.h"
#include "till/finder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

struct looks {
    int found;
    bool later; /* something is to be tried again */
};

static bool see(void *owner, const char *path)
{
    struct looks *looks = owner;

    assert_non_null(strstr(path, "/event"));
    looks->found++;
    return !looks->later;
}

/* Whether it was time to look; what was found is in `looks`. */
static bool turn(struct finder *finder, int64_t mono_ms, struct looks *looks)
{
    looks->found = 0;
    if (!finder_is_due(finder, mono_ms))
        return false;
    finder_look(finder, mono_ms, see, looks);
    return true;
}

static void make(const struct scratch *scratch, const char *name)
{
    char path[600];

    snprintf(path, sizeof path, "%s/input/%s", scratch->folder, name);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void remove_one(const struct scratch *scratch, const char *name)
{
    char path[600];

    snprintf(path, sizeof path, "%s/input/%s", scratch->folder, name);
    assert_int_equal(remove(path), 0);
}

static void what_appears_is_found_at_once(void **state)
{
    struct scratch *scratch = *state;
    char folder[600], event[650];
    struct looks looks = { 0 };

    snprintf(folder, sizeof folder, "%s/input", scratch->folder);
    snprintf(event, sizeof event, "%s/event1", folder);
    mkdir(folder, 0700);
    make(scratch, "event0");
    make(scratch, "mouse0");
    struct finder finder = finder_in(folder);
    assert_true(turn(&finder, 1000, &looks));
    assert_int_equal(looks.found, 1);
    assert_false(turn(&finder, 1000000, &looks)); /* nothing is new, however long */
    make(scratch, "event1");
    assert_true(turn(&finder, 1000001, &looks));
    assert_int_equal(looks.found, 2);
    assert_false(turn(&finder, 1000002, &looks));
    chmod(event, 0640); /* as udev does behind it */
    assert_true(turn(&finder, 1000003, &looks));
    finder_close(&finder);
}

static void what_cannot_be_had_yet_is_tried_again(void **state)
{
    struct scratch *scratch = *state;
    char folder[600];
    struct looks looks = { .later = true };

    snprintf(folder, sizeof folder, "%s/input", scratch->folder);
    mkdir(folder, 0700);
    make(scratch, "event0");
    struct finder finder = finder_in(folder);
    assert_true(turn(&finder, 1000, &looks));
    assert_false(turn(&finder, 1100, &looks));
    assert_true(turn(&finder, 3000, &looks));
    looks.later = false;
    assert_true(turn(&finder, 5000, &looks));
    assert_false(turn(&finder, 1000000, &looks));
    finder_close(&finder);
}

static void the_folder_may_come_and_go(void **state)
{
    struct scratch *scratch = *state;
    char folder[600];
    struct looks looks = { 0 };

    snprintf(folder, sizeof folder, "%s/input", scratch->folder);
    struct finder finder = finder_in(folder);
    assert_true(turn(&finder, 1000, &looks));
    assert_false(turn(&finder, 1100, &looks));
    for (int64_t now_ms = 3000; now_ms < 30000; now_ms += 9000) {
        mkdir(folder, 0700);
        make(scratch, "event0");
        assert_true(turn(&finder, now_ms, &looks));
        assert_int_equal(looks.found, 1);
        assert_false(turn(&finder, now_ms + 5000, &looks));
        remove_one(scratch, "event0");
        remove(folder); /* with its last device */
        assert_true(turn(&finder, now_ms + 6000, &looks));
        assert_int_equal(looks.found, 0);
    }
    finder_close(&finder);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "what appears is found at once", what_appears_is_found_at_once, scratch_setup,
          scratch_teardown, NULL },
        { "what cannot be had yet is tried again", what_cannot_be_had_yet_is_tried_again,
          scratch_setup, scratch_teardown, NULL },
        { "the folder may come and go", the_folder_may_come_and_go, scratch_setup, scratch_teardown,
          NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
