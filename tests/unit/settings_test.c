/* Claims about the collector's settings: the contract's defaults, and that what cannot be is
 * refused before anything starts. */
#include "collector/engine/role.h"
#include "collector/settings_load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum config_result load_with(const char *option, struct settings *settings,
                                    struct config_pairs *pairs)
{
    char program[] = "carrito-collector", own[128];
    char *argv[] = { program, own, NULL };
    int argc = option != NULL ? 2 : 1;

    snprintf(own, sizeof own, "%s", option != NULL ? option : "");
    if (option == NULL)
        argv[1] = NULL;
    return settings_load(settings, pairs, &argc, argv);
}

static enum config_result outcome(const char *option)
{
    struct settings settings = { 0 };
    struct config_pairs pairs = { 0 };
    enum config_result result = load_with(option, &settings, &pairs);

    config_free(&settings_spec, &settings, &pairs);
    return result;
}

static void dispatch_is_a_choice(void **state)
{
    struct settings settings = { 0 };
    struct config_pairs pairs = { 0 };

    (void)state;
    assert_int_equal(load_with("--orders=dispatch", &settings, &pairs), CONFIG_OK);
    assert_string_equal(settings.orders, "dispatch");
    config_free(&settings_spec, &settings, &pairs);
    assert_int_not_equal(outcome("--orders=automatic"), CONFIG_OK);
}

static void defaults_are_the_contracts(void **state)
{
    struct settings settings = { 0 };
    struct config_pairs pairs = { 0 };

    (void)state;
    assert_int_equal(load_with(NULL, &settings, &pairs), CONFIG_OK);
    assert_string_equal(settings.kafka_brokers, "127.0.0.1:9092");
    assert_string_equal(settings.store, "sqlite:///var/lib/carrito/collector.db");
    assert_string_equal(settings.http, "127.0.0.1:8080");
    assert_string_equal(settings.roles, "sales,stock,location,members,orders,access,api,notify");
    assert_string_equal(settings.tz, "America/Santiago");
    assert_string_equal(settings.lang, "es");
    assert_string_equal(settings.orders, "auto");
    assert_int_equal(settings.offer_s, 60);
    assert_int_equal(settings.dispatch_s, 600);
    assert_int_equal(settings.orders_per_cart, 3);
    assert_int_equal(settings.rate, 60);
    assert_int_equal(settings.mail_rate, 60);
    assert_int_equal(settings.silence_s, 60);
    assert_int_equal(settings.silence_phone_s, 2100);
    assert_int_equal(settings.restock_threshold, 20);
    assert_int_equal(settings.restock_batch, 5);
    assert_int_equal(settings.login_attempts, 5);
    assert_int_equal(settings.login_block_s, 900);
    assert_int_equal(settings.close_grace_s, 300);
    assert_int_equal(settings.retention_days, 0);
    assert_int_equal(settings.track_days, 90);
    assert_int_equal(settings.order_days, 400);
    assert_null(settings.alert_mail);
    config_free(&settings_spec, &settings, &pairs);
}

static void what_cannot_be_is_refused(void **state)
{
    static const char *const bad[] = {
        "--store=postgresql://db/carrito",
        "--store=sqlite://",
        "--roles=sales,sails",
        "--roles=",
        "--roles=sales,",
        "--tz=Mars/Olympus",
        "--lang=fr",
        "--hours=8-20",
        "--hours=24:01-25:00",
        "--orders=never",
        "--rate=-1",
        "--rate=many",
        "--kafka-brokers=host:port",
        "--restock-count=both",
        "--members-auto-accept=2",
        "--http-proxies=10.0.0.0/33",
        "--http-proxies=127.0.0.1, proxy.example.org",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(outcome(bad[i]), CONFIG_USAGE);
    assert_int_equal(outcome("--hours=08:00-24:00"), CONFIG_OK);
    assert_int_equal(outcome("--roles=api"), CONFIG_OK);
    assert_int_equal(outcome("--http-proxies=127.0.0.1, 10.0.0.0/8, fd00::/8"), CONFIG_OK);
    assert_int_equal(outcome("--http-proxies="), CONFIG_OK);
}

static void a_list_of_roles_has_what_it_names(void **state)
{
    (void)state;
    assert_true(role_list_has("sales,api", "sales"));
    assert_true(role_list_has("sales,api", "api"));
    assert_false(role_list_has("sales,api", "sale"));
    assert_false(role_list_has("sales,api", "location"));
    assert_ptr_equal(role_find("sales"), &role_sales);
    assert_null(role_find("api"));
}

static void alerts_are_posted_in_the_clear_to_this_machine_only(void **state)
{
    static const char *const good[] = { "https://example.org/hook", "http://127.0.0.1:9000/a?b",
                                        "http://localhost", "http://[::1]:9000/hook" };
    static const char *const bad[] = { "http://example.org/hook",
                                       "http://10.0.0.7:9000",
                                       "http://",
                                       "https://",
                                       "http:///hook",
                                       "http://127.0.0.1:80@example.org/",
                                       "http://127.0.0.1.example.org/",
                                       "http://localhost.example.org",
                                       "ftp://127.0.0.1/",
                                       "example.org" };
    char option[128];

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        snprintf(option, sizeof option, "--webhook=%s", good[i]);
        assert_int_equal(outcome(option), CONFIG_OK);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(option, sizeof option, "--webhook=%s", bad[i]);
        assert_int_not_equal(outcome(option), CONFIG_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "defaults are the contract's", defaults_are_the_contracts, NULL, NULL, NULL },
        { "dispatch is a choice", dispatch_is_a_choice, NULL, NULL, NULL },
        { "what cannot be is refused", what_cannot_be_is_refused, NULL, NULL, NULL },
        { "a list of roles has what it names", a_list_of_roles_has_what_it_names, NULL, NULL,
          NULL },
        { "alerts are posted in the clear to this machine only",
          alerts_are_posted_in_the_clear_to_this_machine_only, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
