/* Proves what the agent's configuration takes: a plate or none, and sales by itself for
 * simulated carts only. */
#include "agent/settings.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Loads with up to two options; standard error is not for the test's log. */
static enum config_result load(struct settings *settings, const char *a, const char *b)
{
    char *argv[] = { (char *)"carrito-agent", (char *)a, (char *)b, NULL };
    int argc = 1 + (a != NULL) + (b != NULL), stderr_fd = dup(STDERR_FILENO);
    int nowhere = open("/dev/null", O_WRONLY);

    memset(settings, 0, sizeof *settings);
    dup2(nowhere, STDERR_FILENO);
    enum config_result result = settings_load(settings, &argc, argv);
    dup2(stderr_fd, STDERR_FILENO);
    close(stderr_fd);
    close(nowhere);
    return result;
}

static enum config_result try(const char *a, const char *b)
{
    struct settings settings;
    enum config_result result = load(&settings, a, b);

    config_free(&settings_spec, &settings, NULL);
    return result;
}

static void a_plate_is_given_or_there_is_none(void **state)
{
    struct settings settings;

    (void)state;
    assert_int_equal(load(&settings, NULL, NULL), CONFIG_OK);
    assert_null(settings.cart);
    config_free(&settings_spec, &settings, NULL);
    assert_int_not_equal(try("--cart=x", NULL), CONFIG_OK);
    assert_int_equal(load(&settings, "--cart=bbcl23", NULL), CONFIG_OK);
    assert_string_equal(settings.cart, "BBCL23");
    config_free(&settings_spec, &settings, NULL);
    assert_int_equal(load(&settings, "--cart=bb\u00b7cl-23", NULL), CONFIG_OK);
    assert_string_equal(settings.cart, "BBCL23");
    config_free(&settings_spec, &settings, NULL);
}

static void the_contracts_defaults(void **state)
{
    struct settings settings;

    (void)state;
    assert_int_equal(load(&settings, NULL, NULL), CONFIG_OK);
    assert_string_equal(settings.mqtt.host, "127.0.0.1");
    assert_int_equal(settings.mqtt.port, 1883);
    assert_string_equal(settings.outbox, "/var/lib/carrito/outbox.db");
    assert_string_equal(settings.socket, "/run/carrito/agent.sock");
    assert_string_equal(settings.gps, "gpsd://127.0.0.1:2947");
    assert_int_equal(settings.location_s, 10);
    assert_string_equal(settings.sell, "none");
    assert_string_equal(settings.tz, "America/Santiago");
    assert_string_equal(settings.lang, "es");
    config_free(&settings_spec, &settings, NULL);
}

static void pseudonyms_need_a_key(void **state)
{
    (void)state;
    assert_int_not_equal(try("--clients=pseudonym", NULL), CONFIG_OK);
    assert_int_equal(try("--clients=pseudonym", "--clients-keyfile=/k"), CONFIG_OK);
    assert_int_equal(try("--clients=none", NULL), CONFIG_OK);
    assert_int_not_equal(try("--clients=some", NULL), CONFIG_OK);
}

static void only_simulated_carts_sell_by_themselves(void **state)
{
    (void)state;
    assert_int_not_equal(try("--cart=BBCL23", "--sell=sim:1:60"), CONFIG_OK);
    assert_int_equal(try("--cart=sim-1", "--sell=sim:1:60"), CONFIG_OK);
    assert_int_equal(try("--cart=host", "--sell=sim:1:60"), CONFIG_OK);
    assert_int_equal(try("--cart=BBCL23", "--sell=none"), CONFIG_OK);
    assert_int_not_equal(try("--cart=SIM-1", "--sell=often"), CONFIG_OK);
}

static void a_certificate_needs_its_key(void **state)
{
    (void)state;
    assert_int_equal(try("--mqtt-cafile=ca", "--mqtt-certfile=crt"), CONFIG_BAD);
    assert_int_equal(try("--mqtt-cafile=ca", "--mqtt-keyfile=key"), CONFIG_BAD);
    assert_int_equal(try("--mqtt-certfile=crt", "--mqtt-keyfile=key"), CONFIG_BAD);
    assert_int_equal(try("--mqtt-cafile=ca", NULL), CONFIG_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plate_is_given_or_there_is_none),
        cmocka_unit_test(the_contracts_defaults),
        cmocka_unit_test(only_simulated_carts_sell_by_themselves),
        cmocka_unit_test(pseudonyms_need_a_key),
        cmocka_unit_test(a_certificate_needs_its_key),
    };

    clearenv(); /* what the caller configured is not what is tested */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
