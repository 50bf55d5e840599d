/* Claims about clients' names: a pseudonym is the same on every cart of a guild and is made once;
 * where it cannot be made, no name is written. */
#include "common/client_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct client_names guild = { CLIENTS_PSEUDONYM, "0123456789abcdef" };

static void assert_name(const struct client_names *names, const char *said, const char *written)
{
    char name[260];

    snprintf(name, sizeof name, "%s", said);
    client_name_apply(names, name, sizeof name);
    assert_string_equal(name, written);
}

/* By hmac and base64 of Python. */
static void a_pseudonym_is_the_hmac_of_the_trimmed_name(void **state)
{
    (void)state;
    assert_name(&guild, "Ana Soto", "~Z6Lc9DE7ouZFfmYt58Gj7M");
    assert_name(&guild, " \tAna Soto  ", "~Z6Lc9DE7ouZFfmYt58Gj7M");
    assert_name(&guild,
                "\xc3\xb1"
                "and\xc3\xba",
                "~KkUMeLKXyiVokjv4TgaILv");
    assert_name(&(struct client_names){ CLIENTS_PSEUDONYM, "k" },
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "~_fTvU-UyN2ag4LY9czPkhu");
}

static void it_is_made_once(void **state)
{
    (void)state;
    assert_name(&guild, "~Z6Lc9DE7ouZFfmYt58Gj7M", "~Z6Lc9DE7ouZFfmYt58Gj7M");
    assert_name(&guild, "", "");
    assert_name(&guild, "  ", "  "); /* whoever checks names refuses it */
}

static void what_cannot_be_hidden_is_not_written(void **state)
{
    char little[] = "Ana";

    (void)state;
    assert_name(&(struct client_names){ CLIENTS_PSEUDONYM, NULL }, "Ana Soto", "");
    client_name_apply(&guild, little, sizeof little);
    assert_string_equal(little, "");
}

static void names_and_none(void **state)
{
    struct client_names names;

    (void)state;
    assert_name(&(struct client_names){ CLIENTS_NAMES, "k" }, " Ana ", " Ana ");
    assert_name(&(struct client_names){ CLIENTS_NONE, "k" }, "Ana", "");
    assert_true(client_naming_is_valid("pseudonym"));
    assert_false(client_naming_is_valid("Names"));
    assert_null(client_names_open(NULL, NULL, &names));
    assert_int_equal(names.naming, CLIENTS_NAMES);
    assert_null(client_names_open("none", NULL, &names));
    assert_int_equal(names.naming, CLIENTS_NONE);
    assert_non_null(client_names_wrong("pseudonym", NULL));
    assert_null(client_names_wrong("pseudonym", "guild.key"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "a pseudonym is the HMAC of the trimmed name",
          a_pseudonym_is_the_hmac_of_the_trimmed_name, NULL, NULL, NULL },
        { "it is made once", it_is_made_once, NULL, NULL, NULL },
        { "what cannot be hidden is not written", what_cannot_be_hidden_is_not_written, NULL, NULL,
          NULL },
        { "names and none", names_and_none, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
