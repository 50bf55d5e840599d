/* Claims about members who leave or go on under another plate: the plate is free at once, the cart
 * is looked up again, and another plate is another row of the same member. */
#include "collector/members/member.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "empty_store.h"

#define NOW 1790000000000LL
#define MEMBER(id, rut, plate)                                                                     \
    "INSERT INTO members (id, person, rut, name, lastname, email, plate, premium, status, "        \
    "applied_ms, decided_ms) VALUES ('" id "', '" rut "', '" rut                                   \
    "', 'Ana', 'Soto', 'a@x.cl', '" plate "', 0, 'accepted', 1, 2);"

static enum member_changed change(struct store *store, const char *person, const char *plate,
                                  struct member_ended *ended)
{
    const struct member_change wanted = {
        .person = person, .id = "new", .plate = plate, .left_ms = NOW - 1000, .now_ms = NOW
    };

    assert_true(store_begin(store));
    enum member_changed changed = plate != NULL ? member_change_plate(store, &wanted, ended)
                                                : member_leave(store, &wanted, ended);
    assert_int_equal(store_commit(store), STORE_OK);
    return changed;
}

static void who_leaves_frees_the_plate(void **state)
{
    struct member_ended ended;

    store_script(*state, MEMBER("a", "12345678-5", "BBCL23"));
    store_script(*state, "INSERT INTO sources VALUES (1, 'BBCL23', 'e', 0, 0, 0, 0, 1, 0)");
    assert_int_equal(change(*state, "12.345.678-5", NULL, &ended), MEMBER_CHANGED);
    assert_string_equal(ended.plate, "BBCL23");
    assert_int_equal(ask(*state, "SELECT left_ms FROM members WHERE status = 'left'"), NOW - 1000);
    assert_int_equal(ask(*state, "SELECT member_checked FROM sources"), 0);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM member_carts"), 0);
    assert_int_equal(change(*state, "a", NULL, &ended), MEMBER_NO_MEMBER);
    assert_true(store_script(*state, MEMBER("b", "12345678-5", "BBCL23")));
}

static void nobody_left_before_he_was_accepted(void **state)
{
    struct member_ended ended;

    store_script(*state, MEMBER("a", "12345678-5", "BBCL23"));
    store_script(*state, "UPDATE members SET decided_ms = 1790000000000 - 999");
    assert_int_equal(change(*state, "a", NULL, &ended), MEMBER_NOT_YET);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM members WHERE status = 'accepted'"), 1);
    store_script(*state, "UPDATE members SET decided_ms = 1790000000000 - 1000");
    assert_int_equal(change(*state, "a", NULL, &ended), MEMBER_CHANGED);
}

static void another_plate_is_another_row_of_the_member(void **state)
{
    struct member_ended ended;

    store_script(*state, MEMBER("a", "12345678-5", "BBCL23") MEMBER("b", "11111111-1", "BBCL24"));
    assert_int_equal(change(*state, "a", "BBCL24", &ended), MEMBER_PLATE_TAKEN);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM members WHERE status = 'accepted'"), 2);
    assert_int_equal(change(*state, "a", "BBCL25", &ended), MEMBER_CHANGED);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM members WHERE id = 'a' AND plate = 'BBCL23' "
                                 "AND status = 'left'"),
                     1);
    assert_int_equal(ask(*state,
                         "SELECT COUNT(*) FROM members WHERE id = 'new' AND plate = 'BBCL25' "
                         "AND rut = '12345678-5' AND status = 'accepted'"),
                     1);
}

int main(void)
{
    const struct CMUnitTest claims[] = {
        cmocka_unit_test_setup_teardown(who_leaves_frees_the_plate, open_store, close_store),
        cmocka_unit_test_setup_teardown(nobody_left_before_he_was_accepted, open_store,
                                        close_store),
        cmocka_unit_test_setup_teardown(another_plate_is_another_row_of_the_member, open_store,
                                        close_store),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
