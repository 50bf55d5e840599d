/* Proves when `carritoctl doctor` warns that a phone may speak for any cart. */
#include "ctl/doctor_phones.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void by_device_and_open_is_bad(void **state)
{
    static const struct {
        enum phones_rule rule;
        bool open;
        enum doctor_state state;
    } cases[] = { { PHONES_BY_DEVICE, true, DOCTOR_BAD },
                  { PHONES_BY_DEVICE, false, DOCTOR_GOOD },
                  { PHONES_BY_USER, true, DOCTOR_GOOD },
                  { PHONES_NO_BRIDGE, true, DOCTOR_NONE },
                  { PHONES_HIDDEN, true, DOCTOR_NONE } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct doctor_finding finding = { .language = LANG_EN };
        doctor_phones(&finding, cases[i].rule, cases[i].open);
        assert_int_equal(finding.state, cases[i].state);
        buffer_free(&finding.detail);
    }
}

static void a_listener_is_read_as_the_kernel_writes_it(void **state)
{
    static const char *const open[] = {
        "   0: 00000000:22B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0",
        "   3: 0A00000A:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0",
        "   0: 00000000000000000000000000000000:22B3 00000000000000000000000000000000:0000 0A 0:0",
    };
    static const char *const closed[] = {
        "   0: 0100007F:075B 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0",
        "   0: 00000000000000000000000001000000:075B 00000000000000000000000000000000:0000 0A 0:0",
        "   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0",
        "   0: 0A00000A:22B3 0B00000A:8000 01 00000000:00000000 00:00000000 00000000  0",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid",
    };

    (void)state;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        assert_true(doctor_phones_is_open(open[i]));
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_false(doctor_phones_is_open(closed[i]));
}

static void the_file_is_read_as_the_bridge_reads_it(void **state)
{
    static const struct {
        const char *text;
        enum phones_rule rule;
    } cases[] = { { "kafka_brokers=k:9092\n", PHONES_BY_DEVICE },
                  { "#owntracks_cart=user\n", PHONES_BY_DEVICE },
                  { "a=b\nowntracks_cart = user\n", PHONES_BY_USER },
                  { "owntracks_cart=device\n", PHONES_BY_DEVICE } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[] = "/tmp/doctor_phones_XXXXXX";
        int file = mkstemp(path);
        ssize_t written = write(file, cases[i].text, strlen(cases[i].text));
        close(file);
        enum phones_rule rule = doctor_phones_rule(path);
        unlink(path);
        assert_int_equal(written, strlen(cases[i].text));
        assert_int_equal(rule, cases[i].rule);
    }
    assert_int_equal(doctor_phones_rule("/nowhere/bridge.conf"), PHONES_NO_BRIDGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { .name = "the device for the cart on a broker that others reach is bad",
          .test_func = by_device_and_open_is_bad },
        { .name = "a listener is read as the kernel writes it",
          .test_func = a_listener_is_read_as_the_kernel_writes_it },
        { .name = "the bridge's file is read as the bridge reads it",
          .test_func = the_file_is_read_as_the_bridge_reads_it },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
