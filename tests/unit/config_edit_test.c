/* Claims about config_edit: a key takes its value where it stands, and nothing else is changed. */
#include "common/config_edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_edit(const char *text, const char *expected)
{
    struct config_pair pairs[] = { { "cart", "BBCL23" }, { "mqtt_host", "b" } };
    struct buffer old = { 0 }, edited = { 0 };

    buffer_text(&old, text);
    config_edit(&old, &(struct config_pairs){ pairs, 2 }, &edited);
    assert_string_equal(edited.bytes, expected);
    buffer_free(&old);
    buffer_free(&edited);
}

static void a_key_takes_its_value_where_it_stands(void **state)
{
    static const char *const cases[][2] = {
        { "", "cart=BBCL23\nmqtt_host=b\n" },
        { "cart=X\nmqtt_host=a\n", "cart=BBCL23\nmqtt_host=b\n" },
        { "mqtt_host = a\n cart: X\n", "mqtt_host=b\ncart=BBCL23\n" },
        { "#cart=A\nmqtt_host=a", "cart=BBCL23\nmqtt_host=b\n" },
        { "price=1\n#mqtt_port=1\n", "price=1\n#mqtt_port=1\ncart=BBCL23\nmqtt_host=b\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_edit(cases[i][0], cases[i][1]);
}

static void what_counts_comes_before_a_comment(void **state)
{
    (void)state;
    assert_edit("#cart=A\ncart=B\n#cart=C\nmqtt_host=\n",
                "#cart=A\ncart=BBCL23\n#cart=C\nmqtt_host=b\n");
}

static void a_second_line_that_counts_goes(void **state)
{
    (void)state;
    assert_edit("cart=A\n# words\ncart=B\nmqtt_host=x\nmqtt_host=y\n",
                "cart=BBCL23\n# words\nmqtt_host=b\n");
}

static void comments_and_other_keys_stay_to_the_byte(void **state)
{
    (void)state;
    assert_edit(
        "# The plate = the cart\n\n  price = 500 ; \xc3\xb1\r\n# cart=A\nCART=a\nmqtt_host=x",
        "# The plate = the cart\n\n  price = 500 ; \xc3\xb1\r\n# cart=A\ncart=BBCL23\n"
        "mqtt_host=b\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a key takes its value where it stands, else at the end",
          a_key_takes_its_value_where_it_stands, NULL, NULL, NULL },
        { "a line that counts comes before a comment", what_counts_comes_before_a_comment, NULL,
          NULL, NULL },
        { "a second line that would count goes", a_second_line_that_counts_goes, NULL, NULL, NULL },
        { "comments and other keys stay as they are", comments_and_other_keys_stay_to_the_byte,
          NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
