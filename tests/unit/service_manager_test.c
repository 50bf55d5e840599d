/* Proves that the service manager hears what sd_notify(3) says it would, by either kind of socket,
 * and nothing where there is none. */
#include "common/service_manager.h"
#include "tests/unit/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Listens as a service manager would. `name` as in $NOTIFY_SOCKET. */
static int listen_at(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    strcpy(address.sun_path, name);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    else
        length++;
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, length), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
    return fd;
}

static const char *heard(int fd)
{
    static char text[1024];
    ssize_t length = recv(fd, text, sizeof text - 1, 0);

    text[length > 0 ? length : 0] = '\0';
    return text;
}

static void hears_each_word(int fd)
{
    struct service_manager manager;

    service_manager_open(&manager);
    service_manager_ready(&manager);
    assert_string_equal(heard(fd), "READY=1");
    service_manager_status(&manager, "waits for\na plate");
    assert_string_equal(heard(fd), "STATUS=waits for a plate");
    service_manager_stopping(&manager);
    assert_string_equal(heard(fd), "STOPPING=1");
    service_manager_close(&manager);
    close(fd);
}

static void a_path(void **state)
{
    const struct scratch *scratch = *state;
    struct sockaddr_un address;
    char path[sizeof scratch->folder + 16];

    snprintf(path, sizeof path, "%s/n", scratch->folder);
    assert_true(strlen(path) < sizeof address.sun_path);
    hears_each_word(listen_at(path));
}

static void an_abstract_name(void **state)
{
    char name[64];

    (void)state;
    snprintf(name, sizeof name, "@carrito-test-%d", getpid());
    hears_each_word(listen_at(name));
}

static void open_watched(struct service_manager *manager, const char *pid)
{
    setenv("WATCHDOG_USEC", "30000000", 1);
    if (pid != NULL)
        setenv("WATCHDOG_PID", pid, 1);
    service_manager_open(manager);
}

static void the_watchdog_is_fed_three_times(void **state)
{
    struct service_manager manager;
    int fd = listen_at("@carrito-test-watchdog");

    (void)state;
    open_watched(&manager, NULL);
    assert_true(service_manager_is_due(&manager, 1000));
    service_manager_turned(&manager, 1000, "well");
    assert_string_equal(heard(fd), "WATCHDOG=1\nSTATUS=well");
    assert_false(service_manager_is_due(&manager, 10999));
    assert_int_equal(service_manager_timeout_ms(&manager, 10000), 1000);
    assert_true(service_manager_is_due(&manager, 11000));
    assert_int_equal(service_manager_timeout_ms(&manager, 12000), 0);
    service_manager_close(&manager);
    close(fd);
}

static void anothers_watchdog_is_not_ours(void **state)
{
    struct service_manager manager;
    char own[32];
    int fd = listen_at("@carrito-test-pid");

    (void)state;
    open_watched(&manager, "1");
    service_manager_turned(&manager, 0, "well");
    assert_string_equal(heard(fd), "STATUS=well");
    service_manager_close(&manager);
    setenv("NOTIFY_SOCKET", "@carrito-test-pid", 1);
    snprintf(own, sizeof own, "%d", getpid());
    open_watched(&manager, own);
    assert_int_equal(manager.watchdog_ms, 30000);
    service_manager_close(&manager);
    close(fd);
}

static void children_do_not_speak_for_us(void **state)
{
    struct service_manager manager;
    int fd = listen_at("@carrito-test-children");

    (void)state;
    open_watched(&manager, "1");
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_null(getenv("WATCHDOG_USEC"));
    assert_null(getenv("WATCHDOG_PID"));
    service_manager_close(&manager);
    close(fd);
}

static void without_a_manager_nothing_is_said(void **state)
{
    static const char *const names[] = { "", "@", "notify", "vsock:2:1" };
    struct service_manager manager;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        service_manager_open(&manager);
        assert_int_equal(manager.fd, -1);
        assert_false(service_manager_is_due(&manager, 1000));
        assert_int_equal(service_manager_timeout_ms(&manager, 1000), -1);
        service_manager_ready(&manager);
        service_manager_close(&manager);
    }
}

/* A manager that does not read must not hold up a sale. */
static void a_full_queue_does_not_block(void **state)
{
    struct service_manager manager;
    int fd = listen_at("@carrito-test-full");

    (void)state;
    service_manager_open(&manager);
    for (int i = 0; i < 100000; i++)
        service_manager_ready(&manager);
    assert_string_equal(heard(fd), "READY=1");
    service_manager_close(&manager);
    close(fd);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_path, scratch_setup, scratch_teardown),
        cmocka_unit_test(an_abstract_name),
        cmocka_unit_test(the_watchdog_is_fed_three_times),
        cmocka_unit_test(anothers_watchdog_is_not_ours),
        cmocka_unit_test(children_do_not_speak_for_us),
        cmocka_unit_test(without_a_manager_nothing_is_said),
        cmocka_unit_test(a_full_queue_does_not_block),
    };

    unsetenv("NOTIFY_SOCKET");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
