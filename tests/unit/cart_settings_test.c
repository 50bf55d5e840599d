/* Claims about the settings of a cart: whatever stands in the table (common/cart_setting.h) is
 * taken, kept and shown; what is not named stays, null takes it back, and what cannot be is refused
 * before anything is written. */
#include "collector/carts/cart_settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#include "step_0023_sql.h"

#define CART   "BBCL23"
#define GUILDS 20

enum kind { COUNT, TEXT };

#define ROW(id, name, kind, limit, ...) { name, kind, limit },

static const struct {
    const char *name;
    enum kind kind;
    int64_t limit;
} settings[] = { CART_SETTING_TABLE(ROW) };

static bool read(const char *text, struct cart_changes *changes, cJSON **body)
{
    struct json_reason why = { 0 };

    *body = cJSON_Parse(text);
    assert_non_null(*body);
    bool taken = cart_settings_read(*body, changes, &why);
    assert_int_equal(taken, why.sentence == NULL);
    return taken;
}

/* Says it of the cart; what was told of it. */
static void set(struct store *store, const char *text, const char *expected)
{
    struct cart_changes changes;
    struct buffer told = { 0 };
    cJSON *body;

    assert_true(read(text, &changes, &body));
    cart_settings_write(store, CART, &changes, &told);
    assert_int_equal(store_status(store), STORE_OK);
    assert_string_equal(told.bytes, expected);
    buffer_free(&told);
    cJSON_Delete(body);
}

static void refuse(const char *text)
{
    struct cart_changes changes;
    cJSON *body;

    assert_false(read(text, &changes, &body));
    cJSON_Delete(body);
}

/* {"name":VALUE}, where VALUE is written as `written`. */
static const char *body_of(size_t row, const char *written)
{
    static char body[128];

    snprintf(body, sizeof body, "{\"%s\":%s}", settings[row].name, written);
    return body;
}

/* The cart's object has this member. */
static void shows(struct store *store, const char *name, const char *written)
{
    struct buffer out = { 0 };
    struct json_writer json = json_write_to(&out);
    char member[128];

    json_object_begin(&json, NULL);
    cart_settings_show(store, CART, &json);
    json_object_end(&json);
    assert_int_equal(store_status(store), STORE_OK);
    snprintf(member, sizeof member, "\"%s\":%s", name, written);
    if (strstr(out.bytes, member) == NULL)
        fail_msg("%s has no %s", out.bytes, member);
    buffer_free(&out);
}

/* Sets and shows it; of a number the trail has the value, of a text only that it was set. */
static void set_one(struct store *store, size_t row, const char *written)
{
    char told[128];

    snprintf(told, sizeof told, "%s%s%s", settings[row].name,
             settings[row].kind == COUNT ? " " : "", settings[row].kind == COUNT ? written : "");
    set(store, body_of(row, written), told);
    shows(store, settings[row].name, written);
}

static void each_setting_is_taken_kept_and_shown(void **state)
{
    for (size_t i = 0; i < CART_SETTINGS; i++) {
        const char *first = settings[i].kind == COUNT ? "0" : "\"junto al metro\"",
                   *second = settings[i].kind == COUNT ? "1" : "\"\"";

        shows(*state, settings[i].name, "null");
        set_one(*state, i, first);
        set_one(*state, i, second);
        set(*state, body_of(i, "null"), settings[i].name);
        shows(*state, settings[i].name, "null");
    }
}

static void what_cannot_be_is_refused(void **state)
{
    char over[1024];

    (void)state;
    for (size_t i = 0; i < CART_SETTINGS; i++) {
        refuse(body_of(i, settings[i].kind == COUNT ? "-1" : "5"));
        refuse(body_of(i, "true"));
        if (settings[i].kind == COUNT)
            snprintf(over, sizeof over, "{\"%s\":%lld}", settings[i].name,
                     (long long)settings[i].limit + 1);
        else
            snprintf(over, sizeof over, "{\"%s\":\"%0*d\"}", settings[i].name,
                     (int)settings[i].limit + 1, 0);
        refuse(over);
    }
    refuse("{}");
    refuse("{\"threshold\":5,\"note\":7}");
}

static void what_is_not_named_stays(void **state)
{
    set(*state, "{\"threshold\":3,\"note\":\"lejos\"}", "threshold 3, note");
    set(*state, "{\"threshold\":4}", "threshold 4");
    shows(*state, "threshold", "4");
    shows(*state, "note", "\"lejos\"");
    set(*state, "{\"note\":null}", "note");
    shows(*state, "threshold", "4");
    shows(*state, "note", "null");
}

static void a_number_is_the_carts_own_or_the_guilds(void **state)
{
    set(*state, "{\"threshold\":0,\"note\":\"lejos\"}", "threshold 0, note");
    assert_int_equal(cart_setting_number(*state, CART, CART_SETTING_THRESHOLD, GUILDS), 0);
    assert_int_equal(cart_setting_number(*state, "CART-2", CART_SETTING_THRESHOLD, GUILDS), GUILDS);
    set(*state, "{\"threshold\":null}", "threshold");
    assert_int_equal(cart_setting_number(*state, CART, CART_SETTING_THRESHOLD, GUILDS), GUILDS);
}

/* A store of before step 23 had a column for each. */
static void what_an_older_store_has_set_comes_along(void **state)
{
    assert_true(store_script(*state, "DROP TABLE cart_settings;"
                                     "CREATE TABLE cart_settings (cart TEXT PRIMARY KEY, "
                                     "threshold BIGINT, note TEXT);"
                                     "INSERT INTO cart_settings VALUES ('" CART "', 7, 'lejos'), "
                                     "('CART-2', NULL, 'x'), ('CART-3', 0, NULL)"));
    assert_true(store_script(*state, SQL_STORE_STEP_23));
    shows(*state, "threshold", "7");
    shows(*state, "note", "\"lejos\"");
    assert_int_equal(cart_setting_number(*state, "CART-2", CART_SETTING_THRESHOLD, GUILDS), GUILDS);
    assert_int_equal(cart_setting_number(*state, "CART-3", CART_SETTING_THRESHOLD, GUILDS), 0);
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM cart_settings"), 4);
}

#define CLAIM(function) cmocka_unit_test_setup_teardown(function, open_store, close_store)

int main(void)
{
    const struct CMUnitTest claims[] = {
        CLAIM(each_setting_is_taken_kept_and_shown),
        CLAIM(what_cannot_be_is_refused),
        CLAIM(what_is_not_named_stays),
        CLAIM(a_number_is_the_carts_own_or_the_guilds),
        CLAIM(what_an_older_store_has_set_comes_along),
    };

    return cmocka_run_group_tests(claims, NULL, NULL);
}
