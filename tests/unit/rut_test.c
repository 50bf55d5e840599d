/* Claims about the RUT: its check digit, and the forms in which people type it. */
#include "collector/members/rut.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void forms_that_people_type_are_one(void **state)
{
    static const char *const typed[] = { "12345678-5",
                                         "12.345.678-5",
                                         "123456785",
                                         " 12345678-5 ",
                                         "12.345.678\xe2\x80\x93"
                                         "5",
                                         "12.345.678\xe2\x80\x91"
                                         "5",
                                         "12.345.678 -5",
                                         "\xc2\xa0"
                                         "12345678-5",
                                         "12345678 \xe2\x88\x92 5",
                                         "12345678-\xc2\xa0"
                                         "5",
                                         "012.345.678-5" };
    char rut[RUT_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        rut[0] = '\0';
        assert_true(rut_from_person(typed[i], rut));
        assert_string_equal(rut, "12345678-5");
    }
}

static void k_and_zero_are_check_digits(void **state)
{
    char rut[RUT_SIZE];
    (void)state;
    assert_true(rut_from_person("10.000.013-k", rut));
    assert_string_equal(rut, "10000013-K");
    assert_true(rut_from_person("10000013K", rut));
    assert_string_equal(rut, "10000013-K");
    assert_true(rut_from_person("1-9", rut));
    assert_string_equal(rut, "1-9");
    assert_true(rut_from_person("76.086.428-5", rut)); /* a company's, as published */
    assert_string_equal(rut, "76086428-5");
}

/* Of the eleven check digits exactly one is right. */
static void one_check_digit_of_eleven_is_right(void **state)
{
    char typed[32], rut[RUT_SIZE];
    (void)state;
    for (unsigned long number = 7000000; number < 7002000; number++) {
        int right = 0;
        for (size_t i = 0; i < 11; i++) {
            snprintf(typed, sizeof typed, "%lu-%c", number, "0123456789K"[i]);
            right += rut_from_person(typed, rut);
        }
        assert_int_equal(right, 1);
    }
}

static void what_is_no_rut_is_refused(void **state)
{
    static const char *const typed[] = {
        "",
        " ",
        "-",
        "5",
        "-5",
        "12345678-6",
        "12345678-",
        "1234567-85",
        "12345678--5",
        "12345678-5x",
        "12 345678-5",
        "123456789-2",
        "12,345,678-5",
        "12345678-5.",
        ".12345678-5",
        "K-5",
        "1K345678-5",
        "00000000-0",
        "12.345678-5", /* dots that do not group */
        "12345.678-5",
        "1.2345.678-5",
        "99999999999999999999-9",
        "12..345.678-5",
    };
    char rut[RUT_SIZE] = "untouched";
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        assert_false(rut_from_person(typed[i], rut));
    assert_string_equal(rut, "untouched");
}

/* Read as a number and its check digit, each would be another person's. */
static void what_could_be_read_two_ways_is_asked_back(void **state)
{
    static const char *const typed[] = { "13656649", "13.656.649", "76.120", "9876543" };
    char rut[RUT_SIZE] = "untouched";
    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        assert_false(rut_from_person(typed[i], rut));
    assert_string_equal(rut, "untouched");
    assert_true(rut_from_person("12.345.6785", rut)); /* a whole group, and its digit */
    assert_string_equal(rut, "12345678-5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "the forms that people type are one", forms_that_people_type_are_one, NULL, NULL, NULL },
        { "K and 0 are check digits", k_and_zero_are_check_digits, NULL, NULL, NULL },
        { "of eleven check digits one is right", one_check_digit_of_eleven_is_right, NULL, NULL,
          NULL },
        { "what could be read two ways is asked back", what_could_be_read_two_ways_is_asked_back,
          NULL, NULL, NULL },
        { "what is no RUT is refused", what_is_no_rut_is_refused, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
