/* Claims about how the centre writes clients down (contract, sections 7 and 10): what is said by
 * name counts as the pseudonym that carts make of it, before it is counted and in no text; and a
 * person is found in both forms. */
#include "collector/people/people.h"
#include "common/client_name.h"
#include "tests/unit/sales_office.h"
#include "tests/unit/scratch.h"

#define CLIENT "Ana Soto"
#define KEY    "0123456789abcdef"

struct guild {
    struct office *office;
    struct scratch *scratch;
    char pseudonym[64];
};

static int close_guild(void **state)
{
    struct guild *guild = *state;
    void *scratch = guild->scratch, *office = guild->office;

    close_office(&office);
    scratch_teardown(&scratch);
    free(guild);
    return 0;
}

static int open_guild(void **state)
{
    struct guild *guild = calloc(1, sizeof *guild);
    void *scratch = NULL, *office = NULL;

    if (guild == NULL || scratch_setup(&scratch) != 0 || open_office(&office) != 0)
        return -1;
    *state = guild;
    guild->scratch = scratch;
    guild->office = office;
    FILE *file = fopen(guild->scratch->path, "w");
    if (file == NULL || fputs(KEY "\n", file) < 0 || fclose(file) != 0)
        return -1;
    const struct client_names names = { CLIENTS_PSEUDONYM, KEY };
    snprintf(guild->pseudonym, sizeof guild->pseudonym, "%s", CLIENT);
    client_name_apply(&names, guild->pseudonym, sizeof guild->pseudonym);
    return 0;
}

/* The role as it is with such a setting. */
static void reopen(struct guild *guild, const char *clients)
{
    struct office *office = guild->office;

    role_sales.close(office->role);
    office->settings.clients = (char *)(uintptr_t)clients;
    office->settings.clients_keyfile = guild->scratch->path;
    office->role = role_sales.open(&office->settings);
}

static void a_name_counts_as_the_carts_pseudonym(void **state)
{
    struct guild *guild = *state;
    struct office *office = guild->office;
    char expected[80];

    reopen(guild, "pseudonym");
    take(office, sale(1, 1, CLIENT));
    take(office, sale(2, 2, guild->pseudonym));
    take(office, sale(1, 1, "Berta"));
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 1, 0, 0 });
    snprintf(expected, sizeof expected, "%s\n", guild->pseudonym);
    assert_lines(office, "SELECT DISTINCT client FROM receipts", expected);
    assert_int_equal(ask(office, "SELECT COUNT(*) FROM set_aside WHERE text LIKE '%Berta%'"), 0);
    assert_int_equal(
        ask(office, "SELECT COUNT(*) FROM set_aside WHERE text LIKE '%\"client\":\"~%'"), 1);
    take(office, sale(1, 1, CLIENT)); /* its bytes are known */
    assert_int_equal(ask(office, "SELECT duplicates FROM sources"), 1);
}

static void no_name_is_kept_where_none_is_to_be(void **state)
{
    struct guild *guild = *state;

    reopen(guild, "none");
    take(guild->office, sale(1, 1, CLIENT));
    take(guild->office, sale(2, 2, CLIENT));
    assert_day(guild->office, DAY, (struct totals){ 2, 6, 3000, 2, 0, 0 });
    assert_int_equal(ask(guild->office, "SELECT COUNT(client) FROM receipts"), 0);
}

static void erase(struct store *store, const char *text)
{
    struct person_key key;
    struct buffer told = { 0 };
    struct json_writer json = json_write_to(&told);

    assert_true(store_begin(store));
    person_key_make(store, PERSON_CLIENT, text, &key);
    json_object_begin(&json, NULL);
    person_erase(store, &key, NOON, &json);
    json_object_end(&json);
    assert_int_equal(store_commit(store), STORE_OK);
    buffer_free(&told);
}

static void an_erased_pseudonym_is_met_by_the_name(void **state)
{
    struct guild *guild = *state;
    struct office *office = guild->office;

    reopen(guild, "pseudonym");
    take(office, sale(1, 1, guild->pseudonym));
    erase(office->store, guild->pseudonym);
    take(office, sale(2, 2, CLIENT));
    assert_day(office, DAY, (struct totals){ 2, 6, 3000, 1, 0, 0 });
    assert_int_equal(ask(office, "SELECT COUNT(DISTINCT client) FROM receipts"), 1);
}

static void blanks_around_a_name_do_not_count(void **state)
{
    struct guild *guild = *state;

    take(guild->office, sale(1, 1, CLIENT));
    erase(guild->office->store, "  " CLIENT " \t");
    assert_int_equal(ask(guild->office, "SELECT COUNT(*) FROM receipts WHERE client = 'Ana Soto'"),
                     0);
}

#define AT_GUILD(name, function)                                                                   \
    {                                                                                              \
        name, function, open_guild, close_guild, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest claims[] = {
        AT_GUILD("a name counts as the carts' pseudonym", a_name_counts_as_the_carts_pseudonym),
        AT_GUILD("no name is kept where none is to be", no_name_is_kept_where_none_is_to_be),
        AT_GUILD("an erased pseudonym is met by the name", an_erased_pseudonym_is_met_by_the_name),
        AT_GUILD("blanks around a name do not count", blanks_around_a_name_do_not_count),
    };
    return cmocka_run_group_tests(claims, NULL, NULL);
}
