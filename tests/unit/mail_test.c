/* Claims about mails that are owed: what an address is, and that nothing is owed twice. */
#include "collector/effects/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void an_address_cannot_begin_another_header(void **state)
{
    static const char *const good[] = { "ana@example.org", "a.b+c@x.cl", "ñandú@correo.cl",
                                        "root@localhost" };
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
                                       "ana@x.cl b@x.cl" };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mail_address_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mail_address_is_valid(bad[i]));
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
        { "a list is read item by item", a_list_is_read_item_by_item, NULL, NULL, NULL },
        { "an id is owed once", an_id_is_owed_once, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
