/* Proves which plate a simulated cart gets: its machine's own, though machines share a name; its
 * container's own, though containers share an image; and the one that its outbox has, for ever. */
#include "agent/host_plate.h"
#include "agent/outbox.h"

#include "tests/unit/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <cmocka.h>

#define NOW_MS 1790006400000LL
#define ID_ONE "0123456789abcdef0123456789abcdef\n"
#define ID_TWO "fedcba9876543210fedcba9876543210\n"

/* Writes a file of a machine whose root is the scratch folder, with the folders above it. */
static void put(const struct scratch *scratch, const char *name, const char *text)
{
    char path[sizeof scratch->folder + 64];

    snprintf(path, sizeof path, "%s%s", scratch->folder, name);
    for (char *at = path + strlen(scratch->folder); (at = strchr(at + 1, '/')) != NULL;) {
        *at = '\0';
        mkdir(path, 0700);
        *at = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static const char *plate_of(const struct scratch *scratch, char plate[HOST_PLATE_SIZE])
{
    host_plate_find(scratch->folder, plate);
    return plate;
}

static const char *plate_of_name(char plate[HOST_PLATE_SIZE])
{
    char name[256] = "";

    gethostname(name, sizeof name - 1);
    host_plate_make(name, plate);
    return plate;
}

static void machines_of_one_name(void **state)
{
    char one[HOST_PLATE_SIZE], again[HOST_PLATE_SIZE], two[HOST_PLATE_SIZE];

    put(*state, "/etc/machine-id", ID_ONE);
    plate_of(*state, one);
    plate_of(*state, again);
    put(*state, "/etc/machine-id", ID_TWO);
    assert_string_equal(one, again);
    assert_string_not_equal(one, plate_of(*state, two));
    assert_int_equal(strlen(one), strlen("SIM-") + 8);
    assert_memory_equal(one, "SIM-", 4);
    assert_int_equal(strspn(one + 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), 8);
}

static void without_a_machine_id_the_name(void **state)
{
    static const char *const texts[] = { "", "uninitialized\n", "0123\n",
                                         "00000000000000000000000000000000\n" };
    char plate[HOST_PLATE_SIZE], name[HOST_PLATE_SIZE];

    plate_of_name(name);
    assert_string_equal(plate_of(*state, plate), name);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put(*state, "/etc/machine-id", texts[i]);
        assert_string_equal(plate_of(*state, plate), name);
    }
}

static void in_each_kind_of_container_the_name(void **state)
{
    static const struct {
        const char *file, *text, *variable;
    } kinds[] = {
        { "/run/systemd/container", "systemd-nspawn", NULL },
        { "/.dockerenv", "", NULL },
        { "/run/.containerenv", "", NULL },
        { "/proc/self/cgroup", "12:pids:/docker/1f2e\n0::/\n", NULL },
        { "/proc/self/cgroup", "0::/kubepods.slice/x\n", NULL },
        { NULL, NULL, "container" },
        { NULL, NULL, "KUBERNETES_SERVICE_HOST" },
    };
    char plate[HOST_PLATE_SIZE], name[HOST_PLATE_SIZE];

    plate_of_name(name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct scratch machine;
        scratch_make(&machine);
        put(&machine, "/etc/machine-id", ID_ONE);
        put(&machine, "/proc/self/cgroup", "0::/system.slice/carrito-agent.service\n");
        assert_false(host_plate_is_container(machine.folder));
        assert_string_not_equal(plate_of(&machine, plate), name);
        if (kinds[i].file != NULL)
            put(&machine, kinds[i].file, kinds[i].text);
        else
            setenv(kinds[i].variable, "x", 1);
        bool inside = host_plate_is_container(machine.folder);
        plate_of(&machine, plate);
        if (kinds[i].variable != NULL)
            unsetenv(kinds[i].variable);
        scratch_remove(&machine);
        assert_true(inside);
        assert_string_equal(plate, name);
    }
    (void)state;
}

/* The plate that an outbox of `cart` keeps; NULL: none. */
static const char *kept_by(const struct scratch *scratch, const char *cart,
                           char plate[HOST_PLATE_SIZE])
{
    assert_false(host_plate_kept(scratch->path, plate));
    struct outbox *outbox = outbox_open(scratch->path, cart, NOW_MS);
    assert_non_null(outbox);
    outbox_close(outbox);
    return host_plate_kept(scratch->path, plate) ? plate : NULL;
}

static void the_outbox_keeps_the_plate(void **state)
{
    char plate[HOST_PLATE_SIZE];

    assert_string_equal(kept_by(*state, "SIM-OLDNAME1", plate), "SIM-OLDNAME1");
}

static void a_real_plate_is_no_hosts(void **state)
{
    char plate[HOST_PLATE_SIZE];

    assert_null(kept_by(*state, "BBCL23", plate));
}

#define CLAIM(claim) cmocka_unit_test_setup_teardown(claim, scratch_setup, scratch_teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM(machines_of_one_name),
        CLAIM(without_a_machine_id_the_name),
        CLAIM(in_each_kind_of_container_the_name),
        CLAIM(the_outbox_keeps_the_plate),
        CLAIM(a_real_plate_is_no_hosts),
    };

    unsetenv("container");
    unsetenv("KUBERNETES_SERVICE_HOST");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
