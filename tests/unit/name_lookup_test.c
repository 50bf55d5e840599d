/* Proves that nobody waits for a name server: a lookup is made on a thread of its own, who closes
 * does not wait for it, and its answer comes or is freed by whoever is last. getaddrinfo() is taken
 * the place of: names under "slow." are answered when the test says so. */
#include "common/clock.h"
#include "common/host_list.h"
#include "common/mqtt_link.h"
#include "common/name_lookup.h"

#include <dlfcn.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 3000

static struct server {
    atomic_int asked, answered, flags;
    atomic_bool answers;
    atomic_bool on_the_callers_thread;
    pthread_t caller;
} server;

typedef int getaddrinfo_call(const char *, const char *, const struct addrinfo *,
                             struct addrinfo **);

/* As glibc's, but a name has the address 127.0.0.9 and takes its time. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **found)
{
    getaddrinfo_call *real = (getaddrinfo_call *)dlsym(RTLD_NEXT, "getaddrinfo");
    if ((hints && hints->ai_flags & AI_NUMERICHOST) || strspn(node, "0123456789.") == strlen(node))
        return real(node, service, hints, found);
    if (pthread_equal(pthread_self(), server.caller))
        atomic_store(&server.on_the_callers_thread, true);
    atomic_store(&server.flags, hints->ai_flags);
    atomic_fetch_add(&server.asked, 1);
    while (!atomic_load(&server.answers))
        usleep(1000);
    int error =
        strncmp(node, "slow.", 5) == 0 ? real("127.0.0.9", service, hints, found) : EAI_NONAME;
    atomic_fetch_add(&server.answered, 1);
    return error;
}

static int begin(void **state)
{
    (void)state;
    memset(&server, 0, sizeof server);
    server.caller = pthread_self();
    return 0;
}

static void wait_for(const atomic_int *counter, int value)
{
    for (int64_t end = clock_mono_ms() + PATIENCE_MS;
         atomic_load(counter) < value && clock_mono_ms() < end;)
        usleep(1000);
    assert_int_equal(atomic_load(counter), value);
}

static enum host_result result_of(struct host_list *list, struct host_target *target)
{
    enum host_result result = HOST_PENDING;
    for (int64_t end = clock_mono_ms() + PATIENCE_MS;
         result == HOST_PENDING && clock_mono_ms() < end; usleep(1000))
        result = host_list_target(list, target);
    return result;
}

static void a_name_is_looked_up_on_a_thread_of_its_own(void **state)
{
    (void)state;
    struct host_target target;
    struct host_list *list = host_list_open("slow.example", 8883);
    for (int i = 0; i < 20; i++)
        assert_int_equal(host_list_target(list, &target), HOST_PENDING);
    wait_for(&server.asked, 1);
    atomic_store(&server.answers, true);
    assert_int_equal(result_of(list, &target), HOST_FOUND);
    assert_string_equal(target.address, "127.0.0.9");
    assert_string_equal(target.name, "slow.example");
    assert_false(atomic_load(&server.on_the_callers_thread));
    assert_int_equal(atomic_load(&server.asked), 1);
    assert_true(atomic_load(&server.flags) & AI_ADDRCONFIG);
    host_list_close(list);
}

static void what_has_no_address_is_told(void **state)
{
    (void)state;
    struct host_target target;
    struct host_list *list = host_list_open("nobody.example", 8883);
    atomic_store(&server.answers, true);
    assert_int_equal(result_of(list, &target), HOST_UNKNOWN);
    host_list_close(list);
}

/* Closing comes first, and the answer finds nobody. (AddressSanitizer looks at who frees it.) */
static void closing_does_not_wait_for_the_answer(void **state)
{
    (void)state;
    struct host_target target;
    struct host_list *list = host_list_open("slow.example", 8883);
    host_list_target(list, &target);
    wait_for(&server.asked, 1);
    int64_t begun = clock_mono_ms();
    host_list_close(list);
    int64_t took_ms = clock_mono_ms() - begun;
    int answered = atomic_load(&server.answered);
    atomic_store(&server.answers, true);
    wait_for(&server.answered, 1);
    usleep(20000); /* the thread has let go of what it found */
    assert_int_equal(answered, 0);
    assert_true(took_ms < 1000);
}

static void what_was_answered_may_be_abandoned(void **state)
{
    (void)state;
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    atomic_store(&server.answers, true);
    struct name_lookup *lookup = name_lookup_begin("slow.example", "8883", &hints);
    assert_non_null(lookup);
    for (int64_t end = clock_mono_ms() + PATIENCE_MS;
         !name_lookup_is_done(lookup) && clock_mono_ms() < end;)
        usleep(1000);
    assert_true(name_lookup_is_done(lookup));
    name_lookup_abandon(lookup);
    name_lookup_abandon(NULL);
}

static void hosts_are_read_as_written(void **state)
{
    (void)state;
    struct host_target target;
    struct host_list *list = host_list_open("127.0.0.1, 127.0.0.2:99,[::1]:77,::1", 1883);
    static const struct {
        const char *address;
        int port;
    } expected[] = { { "127.0.0.1", 1883 }, { "127.0.0.2", 99 }, { "::1", 77 }, { "::1", 1883 } };
    assert_non_null(list);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_int_equal(host_list_target(list, &target), HOST_FOUND);
        assert_string_equal(target.address, expected[i].address);
        assert_int_equal(target.port, expected[i].port);
        assert_false(host_list_next(list));
    }
    assert_string_equal(host_list_name(list), "127.0.0.1");
    host_list_close(list);
}

static void what_is_no_list_of_hosts_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = { "", ",", "a:0", "a:65536", "a:x", "[::1", "[::1]x", ":1" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(host_list_open(wrong[i], 1883));
}

static void connected(void *owner, bool session_present)
{
    (void)owner, (void)session_present;
}

static void with_tls_too_nobody_waits_for_a_name(void **state)
{
    (void)state;
    const struct mqtt_link_events events = { .connected = connected };
    const struct mqtt_link_options options = {
        .hosts = "slow.example",
        .port = 1, /* nobody listens there */
        .client_id = "carrito-test",
        .cafile = CORPUS_DIR "/certificate/02-authority-past-2050.pem",
        .keepalive_s = 30,
        .quiet = true,
        .events = &events,
    };
    struct mqtt_link *link = mqtt_link_open(&options);
    assert_non_null(link);
    atomic_store(&server.answers, true);
    /* The name is asked for twice: so all addresses of the first time had their turn. */
    for (int64_t now = 1000000; atomic_load(&server.asked) < 2 && now < 1200000; now += 50) {
        struct pollfd ready = { mqtt_link_fd(link), mqtt_link_poll_events(link), 0 };
        if (poll(&ready, 1, 2) <= 0)
            ready.revents = 0;
        mqtt_link_turn(link, ready.revents, now, MQTT_LINK_MAY_ALL);
    }
    int asked = atomic_load(&server.asked);
    mqtt_link_close(link);
    assert_true(asked >= 2);
    wait_for(&server.answered, asked);
    assert_false(atomic_load(&server.on_the_callers_thread));
}

#define CLAIM(TEXT, TEST)                                                                          \
    {                                                                                              \
        TEXT, TEST, begin, NULL, NULL                                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("hosts are read as written", hosts_are_read_as_written),
        CLAIM("what is no list of hosts is refused", what_is_no_list_of_hosts_is_refused),
        CLAIM("a name is looked up on a thread of its own",
              a_name_is_looked_up_on_a_thread_of_its_own),
        CLAIM("what has no address is told", what_has_no_address_is_told),
        CLAIM("closing does not wait for the answer", closing_does_not_wait_for_the_answer),
        CLAIM("with TLS too nobody waits for a name", with_tls_too_nobody_waits_for_a_name),
        CLAIM("what was answered may be abandoned", what_was_answered_may_be_abandoned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
