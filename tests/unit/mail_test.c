/* Claims about mails that are owed: what an address is, and that nothing is owed twice. */
#include "collector/effects/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* What goes over the wire of what was typed; NULL: it is no address. */
static const char *on_the_wire(const char *typed)
{
    static char address[MAIL_ADDRESS_SIZE];

    return mail_address_from_person(typed, address) ? address : NULL;
}

static void an_address_cannot_begin_another_header(void **state)
{
    static const char *const good[] = { "ana@example.org", "a.b+c@x.cl", "root@localhost" };
    static const char *const bad[] = { "",
                                       "ana",
                                       "@x.cl",
                                       "ana@",
                                       "ana@x.cl\nBcc: b@x.cl",
                                       "ana@x.cl\r\nBcc: b@x.cl",
                                       "a b@x.cl",
                                       "ana@x..cl",
                                       ".ana@x.cl",
                                       "ana@x.cl>",
                                       "<ana@x.cl>",
                                       "ana@x@y.cl",
                                       "ana,b@x.cl",
                                       "ana@x.cl b@x.cl",
                                       "ñandú@correo.cl" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(on_the_wire(good[i]), good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(on_the_wire(bad[i]));
}

/* Input 20 of the field: all were taken, and went into a mail as they were. */
static void signs_that_cannot_be_seen_are_in_no_address(void **state)
{
    static const char *const bad[] = {
        "\u200bana@example.cl", "\u202eana@example.cl",   "\ufeffana@example.cl",
        "ana\u00ad@example.cl", "ana\xc2\x85@example.cl", "ana\u2028@example.cl",
        "ana@exa\u00admple.cl", "ana@example.cl\u200b",   "ana@example\u2060.cl",
        "ana@\u3164.cl",        "ana@example.cl\x01",     "ana@example.cl\x7f",
        "ana@\xff.cl",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(on_the_wire(bad[i]));
}

static void blanks_around_an_address_are_dropped(void **state)
{
    static const char *const typed[] = { " ana@example.cl", "ana@example.cl \t",
                                         "\u00a0ana@example.cl\u3000", "\nana@example.cl\r\n" };

    (void)state;
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++)
        assert_string_equal(on_the_wire(typed[i]), "ana@example.cl");
    assert_null(on_the_wire("ana @example.cl"));
    assert_null(on_the_wire("ana@ example.cl"));
    assert_null(on_the_wire(" \t"));
}

static void a_domain_goes_as_a_labels(void **state)
{
    (void)state;
    assert_string_equal(on_the_wire("ana@ñuñoa.example"), "ana@xn--uoa-6mab.example");
    assert_string_equal(on_the_wire("ana@ÑUÑOA.example"), "ana@xn--uoa-6mab.example");
    assert_string_equal(on_the_wire("ana@n\u0303un\u0303oa.example"), "ana@xn--uoa-6mab.example");
    assert_string_equal(on_the_wire("ana@xn--uoa-6mab.example"), "ana@xn--uoa-6mab.example");
    assert_string_equal(on_the_wire("Ana@Example.CL"), "Ana@Example.CL");
}

static void a_domain_is_made_of_labels(void **state)
{
    static const char *const bad[] = { "ana@-x.cl",      "ana@x-.cl",  "ana@x.-cl", "ana@x.cl.",
                                       "ana@.x.cl",      "ana@x_y.cl", "ana@ñ-.cl", "ana@-ñ.cl",
                                       "ana@ñ_.example", "ana@ñ..cl" };
    char address[MAIL_ADDRESS_SIZE + 1] = "ana@";

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(on_the_wire(bad[i]));
    memset(address + 4, 'x', 63);
    assert_non_null(on_the_wire(address));
    memset(address + 4, 'x', 64);
    assert_null(on_the_wire(address));
}

static void a_list_is_read_item_by_item(void **state)
{
    const char *list = " ana@x.cl ,b@x.cl,, c@x.cl";
    char address[MAIL_ADDRESS_SIZE];

    (void)state;
    assert_true(mail_list_next(&list, address));
    assert_string_equal(address, "ana@x.cl");
    assert_true(mail_list_next(&list, address));
    assert_string_equal(address, "b@x.cl");
    assert_true(mail_list_next(&list, address));
    assert_string_equal(address, "c@x.cl");
    assert_false(mail_list_next(&list, address));
    list = NULL;
    assert_false(mail_list_next(&list, address));
    assert_true(mail_list_is_valid(""));
    assert_true(mail_list_is_valid("ana@x.cl, b@x.cl"));
    assert_false(mail_list_is_valid("ana@x.cl; b@x.cl"));
    assert_false(mail_list_is_valid("ana@x.cl, b"));
    list = "ana@ñuñoa.example";
    assert_true(mail_list_next(&list, address));
    assert_string_equal(address, "ana@xn--uoa-6mab.example");
}

static void an_id_is_owed_once(void **state)
{
    struct store *store = store_open("sqlite://:memory:", STORE_REPEATABLE);
    struct mail mail = { .id = "order/1/recibido",
                         .recipient = "ana@x.cl",
                         .template = "order",
                         .parameters = "{}",
                         .order = "1" };

    (void)state;
    assert_int_equal(store_migrate(store), STORE_OK);
    mail_add(store, &mail, 1000);
    mail_add(store, &mail, 2000);
    struct store_rows *rows = store_query(store, "SELECT COUNT(*), MIN(created_ms) FROM mails", "");
    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), 1);
    assert_int_equal(store_int(rows, 1), 1000);
    store_rows_end(rows);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "an address cannot begin another header", an_address_cannot_begin_another_header, NULL,
          NULL, NULL },
        { "signs that cannot be seen are in no address",
          signs_that_cannot_be_seen_are_in_no_address, NULL, NULL, NULL },
        { "blanks around an address are dropped", blanks_around_an_address_are_dropped, NULL, NULL,
          NULL },
        { "a domain goes as A-labels", a_domain_goes_as_a_labels, NULL, NULL, NULL },
        { "a domain is made of labels", a_domain_is_made_of_labels, NULL, NULL, NULL },
        { "a list is read item by item", a_list_is_read_item_by_item, NULL, NULL, NULL },
        { "an id is owed once", an_id_is_owed_once, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
