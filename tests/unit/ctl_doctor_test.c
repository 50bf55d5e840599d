/* Proves what `carritoctl doctor` calls bad, and that it says what to do then. */
#include "ctl/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void expect(struct doctor_finding *finding, enum doctor_state state, const char *part)
{
    assert_int_equal(finding->state, state);
    assert_non_null(strstr(finding->detail.bytes, part));
    buffer_free(&finding->detail);
}

static void a_clock_five_seconds_off_is_bad(void **state)
{
    struct doctor_finding finding = { .language = LANG_EN };

    (void)state;
    doctor_clock(&finding, 1005999, 1000);
    expect(&finding, DOCTOR_GOOD, "+5 s");
    doctor_clock(&finding, 1006000, 1000);
    expect(&finding, DOCTOR_BAD, "timedatectl");
    doctor_clock(&finding, 994000, 1000);
    expect(&finding, DOCTOR_BAD, "-6 s");
    doctor_clock(&finding, 994000, 0);
    expect(&finding, DOCTOR_NONE, "no time");
}

static void a_certificate_in_use_lasts_thirty_days(void **state)
{
    struct doctor_finding finding = { .language = LANG_EN };
    const int64_t day_ms = 86400000;

    (void)state;
    doctor_certificate(&finding, 31 * day_ms, day_ms);
    expect(&finding, DOCTOR_GOOD, "valid for 30 more days");
    doctor_certificate(&finding, 31 * day_ms - 1, day_ms);
    expect(&finding, DOCTOR_BAD, "ends in 29 days");
}

static void a_collector_that_is_not_ready_says_why(void **state)
{
    struct doctor_finding finding = { .language = LANG_ES };

    (void)state;
    doctor_ready(&finding, 200, "ok\n");
    expect(&finding, DOCTOR_GOOD, "listo");
    doctor_ready(&finding, 503, "the store is \033[2Jaway\nmore");
    expect(&finding, DOCTOR_BAD, "(503): the store is ?[2Jaway; vea");
}

static void expect_consumers(const char *json, enum doctor_state state, const char *part)
{
    struct doctor_finding finding = { .language = LANG_EN };
    cJSON *items = cJSON_Parse(json);

    doctor_consumers(&finding, items);
    expect(&finding, state, part);
    cJSON_Delete(items);
}

static void a_role_that_stands_or_lags_is_bad(void **state)
{
    (void)state;
    expect_consumers("[{\"role\":\"sales\",\"state\":\"running\",\"lag\":10000},"
                     "{\"role\":\"api\",\"state\":\"running\",\"lag\":null}]",
                     DOCTOR_GOOD, "10000");
    expect_consumers("[{\"role\":\"sales\",\"state\":\"running\",\"lag\":10001}]", DOCTOR_BAD,
                     "sales is 10001 messages behind");
    expect_consumers("[{\"role\":\"stock\",\"state\":\"stopped\",\"lag\":0}]", DOCTOR_BAD,
                     "carritoctl consumers start stock");
}

#define NOW_MS 1790000000000LL /* 2026-09-21T14:13:20Z */
#define CART(state, fugitive, stock, listens, fix)                                                 \
    "{\"cart\":\"A\",\"state\":\"" state "\",\"fugitive\":" fugitive ",\"stock\":" stock           \
    ",\"listens\":" listens ",\"last_fix\":" fix "}"
#define JUST_NOW "\"2026-09-21T14:03:20Z\""
#define TOO_OLD  "\"2026-09-21T14:03:19.999Z\""
#define GOOD     CART("heard", "false", "0", "true", JUST_NOW)

static void orders_need_a_cart_that_can_get_them(void **state)
{
    static const struct {
        const char *carts;
        enum doctor_state state;
        const char *part;
    } cases[] = {
        { "[]", DOCTOR_WARN, "no cart is heard" },
        { "[" CART("silent", "false", "5", "true", JUST_NOW) "]", DOCTOR_WARN, "no cart is heard" },
        { "[" CART("heard", "true", "5", "true", JUST_NOW) "]", DOCTOR_WARN, "no cart is heard" },
        { "[" CART("heard", "false", "null", "true", JUST_NOW) "]", DOCTOR_BAD, "restock N" },
        { "[" CART("heard", "false", "5", "false", JUST_NOW) "]", DOCTOR_WARN, "orders on" },
        { "[" CART("heard", "false", "5", "null", JUST_NOW) "]", DOCTOR_WARN, "orders on" },
        { "[" CART("heard", "false", "5", "true", "null") "]", DOCTOR_BAD, "GPS" },
        { "[" CART("heard", "false", "5", "true", TOO_OLD) "]", DOCTOR_BAD, "GPS" },
        { "[" CART("heard", "false", "null", "true", JUST_NOW) "," /* never all of it in one */
          CART("heard", "false", "5", "true", "null") "]",
          DOCTOR_BAD, "GPS" },
        { "[" GOOD "," CART("vanished", "false", "5", "true", JUST_NOW) "]", DOCTOR_GOOD,
          "can get them: 1" },
        { "[" GOOD "," GOOD "]", DOCTOR_GOOD, "can get them: 2" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doctor_finding finding = { .language = LANG_EN };
        cJSON *carts = cJSON_Parse(cases[i].carts);

        doctor_dispatch(&finding, carts, NOW_MS);
        expect(&finding, cases[i].state, cases[i].part);
        cJSON_Delete(carts);
    }
}

static void a_disk_that_is_nearly_full_is_bad(void **state)
{
    static const struct {
        struct doctor_disk disk;
        enum doctor_state state;
    } cases[] = {
        { { "/", 200, 4000, 0 }, DOCTOR_GOOD },    { { "/", 199, 1000, 0 }, DOCTOR_BAD },
        { { "/", 4999, 100000, 0 }, DOCTOR_BAD },  { { "/", 5000, 100000, 0 }, DOCTOR_GOOD },
        { { "/", 90000, 100000, 1 }, DOCTOR_BAD },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doctor_finding finding = { .language = LANG_EN };

        doctor_disk(&finding, &cases[i].disk);
        expect(&finding, cases[i].state, "");
    }
}

static void a_backup_that_is_missing_or_old_is_said(void **state)
{
    static const struct {
        struct doctor_backup backup;
        enum doctor_state state;
        const char *part;
    } cases[] = {
        { { 1000000, 1000000 + 7200, 0 }, DOCTOR_GOOD, "2 h old" },
        { { 1000000, 1000000 + 7200, 1 }, DOCTOR_BAD, "carrito-backup.service" },
        { { 0, 1000000, 1 }, DOCTOR_BAD, "carrito-backup.service" },
        { { 0, 1000000, 0 }, DOCTOR_NONE, "enable --now carrito-backup.timer" },
        { { -1, 1000000, 0 }, DOCTOR_NONE, "does not say" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doctor_finding finding = { .language = LANG_EN };

        doctor_backup(&finding, &cases[i].backup);
        expect(&finding, cases[i].state, cases[i].part);
    }
}

static void expect_mails(const char *waiting_json, const char *failed_json, enum doctor_state state)
{
    struct doctor_finding finding = { .language = LANG_EN };
    cJSON *waiting = cJSON_Parse(waiting_json), *failed = cJSON_Parse(failed_json);

    doctor_mails(&finding, waiting, failed);
    expect(&finding, state, "");
    cJSON_Delete(waiting);
    cJSON_Delete(failed);
}

static void mails_that_are_stuck_are_bad(void **state)
{
    (void)state;
    expect_mails("[]", "[]", DOCTOR_GOOD);
    expect_mails("[{\"answer\":null}]", "[]", DOCTOR_GOOD); /* new, not yet tried */
    expect_mails("[{\"answer\":\"away\"}]", "[]", DOCTOR_BAD);
    expect_mails("[]", "[{\"answer\":\"550\"}]", DOCTOR_BAD);
}

static void gps_is_judged_by_the_agent_s_word(void **state)
{
    static const struct {
        const char *gps;
        enum doctor_state state;
    } cases[] = { { NULL, DOCTOR_NONE },
                  { "none", DOCTOR_NONE },
                  { "fix", DOCTOR_GOOD },
                  { "nofix", DOCTOR_BAD },
                  { "absent", DOCTOR_BAD } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doctor_finding finding = { .language = LANG_ES };

        doctor_gps(&finding, cases[i].gps);
        expect(&finding, cases[i].state, "");
    }
}

static void what_goes_in_the_clear_to_another_machine_is_a_warning(void **state)
{
    static const struct {
        struct doctor_links clear;
        enum doctor_state state;
        const char *part;
    } cases[] = {
        { { 0 }, DOCTOR_GOOD, "encrypted" },
        { { .kafka = true }, DOCTOR_WARN, "Kafka (kafka.security.protocol" },
        { { .mqtt = true }, DOCTOR_WARN, "MQTT (mqtt_cafile)" },
        { { .collector = true }, DOCTOR_WARN, "https://" },
        { { true, true, true }, DOCTOR_WARN, "sasl_ssl) MQTT (mqtt_cafile) CARRITO_URL" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doctor_finding finding = { .language = LANG_EN };

        doctor_links(&finding, &cases[i].clear);
        expect(&finding, cases[i].state, cases[i].part);
    }
}

static void a_mosquitto_of_few_connections_is_a_warning(void **state)
{
    struct doctor_finding finding = { .language = LANG_EN };

    (void)state;
    doctor_descriptors(&finding, 1024);
    expect(&finding, DOCTOR_WARN, "1024 connections at most: LimitNOFILE=");
    doctor_descriptors(&finding, DOCTOR_OPEN_MIN);
    expect(&finding, DOCTOR_GOOD, "10000");
    doctor_descriptors(&finding, 0);
    expect(&finding, DOCTOR_NONE, "no mosquitto");
}

static void names_that_nothing_ends_are_a_warning(void **state)
{
    static const struct {
        const char *kept;
        enum doctor_state state;
        const char *part;
    } cases[] = {
        { "{\"clients\":\"names\",\"sale_days\":null}", DOCTOR_WARN, "clients=pseudonym" },
        { "{\"clients\":\"names\",\"sale_days\":400}", DOCTOR_GOOD, "400 days" },
        { "{\"clients\":\"pseudonym\",\"sale_days\":null}", DOCTOR_GOOD, "by name" },
        { "{\"clients\":\"none\",\"sale_days\":null}", DOCTOR_GOOD, "by name" },
        { "{\"clients\":\"names\"}", DOCTOR_NONE, "does not say" }, /* an older one */
        { "null", DOCTOR_NONE, "does not say" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doctor_finding finding = { .language = LANG_EN };
        cJSON *kept = cJSON_Parse(cases[i].kept);

        doctor_names(&finding, kept);
        cJSON_Delete(kept);
        expect(&finding, cases[i].state, cases[i].part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { .name = "a clock more than five seconds off is bad",
          .test_func = a_clock_five_seconds_off_is_bad },
        { "a certificate in use lasts thirty days", a_certificate_in_use_lasts_thirty_days, NULL,
          NULL, NULL },
        { .name = "a collector that is not ready says why",
          .test_func = a_collector_that_is_not_ready_says_why },
        { .name = "a role that stands still or lags is bad",
          .test_func = a_role_that_stands_or_lags_is_bad },
        { .name = "orders need a cart that can get them",
          .test_func = orders_need_a_cart_that_can_get_them },
        { .name = "a disk that is nearly full is bad",
          .test_func = a_disk_that_is_nearly_full_is_bad },
        { .name = "a backup that is missing or old is said",
          .test_func = a_backup_that_is_missing_or_old_is_said },
        { .name = "mails that are stuck are bad", .test_func = mails_that_are_stuck_are_bad },
        { .name = "GPS is judged by the agent's word",
          .test_func = gps_is_judged_by_the_agent_s_word },
        { .name = "what goes in the clear to another machine is a warning",
          .test_func = what_goes_in_the_clear_to_another_machine_is_a_warning },
        { .name = "a mosquitto of few connections is a warning",
          .test_func = a_mosquitto_of_few_connections_is_a_warning },
        { .name = "names that nothing ends are a warning",
          .test_func = names_that_nothing_ends_are_a_warning },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
