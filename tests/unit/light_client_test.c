/* Claims: a simulated cart's client costs no descriptor, and the process may open some afterwards;
 * beside a thread it keeps the library's pair. */
#include "sim/light_client.h"

#include <dirent.h>
#include <mosquitto.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

static int descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static int cost(void)
{
    int before = descriptors();
    struct mosquitto *client = light_client_new("light", true, NULL);

    assert_non_null(client);
    int opened = descriptors() - before;
    mosquitto_destroy(client);
    return opened;
}

static void a_client_costs_no_descriptor(void **unused)
{
    struct rlimit before, after;

    (void)unused;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(cost(), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
    assert_int_equal(after.rlim_cur, before.rlim_cur);
}

static void *wait_for(void *turn)
{
    pthread_mutex_lock(turn);
    pthread_mutex_unlock(turn);
    return NULL;
}

static void beside_a_thread_the_limit_is_left_alone(void **unused)
{
    pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;

    (void)unused;
    pthread_mutex_lock(&turn);
    assert_int_equal(pthread_create(&thread, NULL, wait_for, &turn), 0);
    int opened = cost();
    pthread_mutex_unlock(&turn);
    pthread_join(thread, NULL);
    assert_int_equal(opened, 2);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        cmocka_unit_test(a_client_costs_no_descriptor),
        cmocka_unit_test(beside_a_thread_the_limit_is_left_alone),
    };

    mosquitto_lib_init();
    int failed = cmocka_run_group_tests(claims, NULL, NULL);
    mosquitto_lib_cleanup();
    return failed;
}
