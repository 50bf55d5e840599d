/* Proves what a password and a token are worth: only the right password opens, in the same work for
 * a user who does not exist; a token is random and only its hash is needed to know it. */
#include "collector/access/access.h"
#include "collector/access/passwords.h"
#include "collector/access/users.h"
#include "collector/base/tokens.h"
#include "collector/http/workers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static int64_t cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void only_the_right_password_opens(void **state)
{
    char hash[PASSWORD_HASH_SIZE], again[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash("sopaipillas", hash));
    assert_true(password_hash("sopaipillas", again));
    assert_string_not_equal(hash, again);
    assert_true(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31) == 0);
    assert_true(password_check(hash, "sopaipillas"));
    assert_false(password_check(hash, "sopaipilla"));
    assert_false(password_check(hash, ""));
    assert_false(password_check("", "sopaipillas"));
    assert_false(password_check(NULL, "sopaipillas"));
}

static void an_unknown_user_costs_the_same(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    (void)state;
    assert_true(password_hash("sopaipillas", hash));
    int64_t start = cpu_ms();
    for (int i = 0; i < 5; i++)
        password_check(hash, "wrong");
    int64_t known = cpu_ms() - start;
    start = cpu_ms();
    for (int i = 0; i < 5; i++)
        password_check(NULL, "wrong");
    int64_t unknown = cpu_ms() - start;
    /* CPU time on a shared machine: within a factor of two says that the work was done. */
    assert_true(unknown * 2 > known && known * 2 > unknown);
}

static void tokens_are_random_and_known_by_hash(void **state)
{
    char one[TOKEN_SIZE], two[TOKEN_SIZE], hash[TOKEN_HASH_SIZE], same[TOKEN_HASH_SIZE];
    (void)state;
    token_make(one);
    token_make(two);
    assert_int_equal(strlen(one), TOKEN_SIZE - 1);
    assert_string_not_equal(one, two);
    token_hash(one, hash);
    token_hash(one, same);
    assert_string_equal(hash, same);
    token_hash(two, same);
    assert_string_not_equal(hash, same);
    /* The published example of SHA-256 (FIPS 180-2, B.1). */
    token_hash("abc", hash);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void what_has_the_form_of_a_token_is_no_password(void **state)
{
    static const char *const others[] = {
        "",
        "una-clave-larga",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop",   /* 42 */
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr", /* 44 */
        "abcdefghijklmnopqrstuvwxyz abcdefghijklmnop",
        "abcdefghijklmnopqrstuvwxyz+abcdefghijklmnop",
    };
    char token[TOKEN_SIZE];
    struct json_reason why = { 0 };
    (void)state;
    for (int i = 0; i < 100; i++) {
        token_make(token);
        assert_true(token_has_form(token));
        assert_false(password_may_be("password", token, &why));
    }
    assert_string_equal(why.field, "password");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(token_has_form(others[i]));
        assert_true(password_may_be("password", others[i], &why));
    }
}

static void what_everybody_uses_is_no_password(void **state)
{
    static const char *const common[] = { "12345678",   "Password1", "Contraseña", "CONTRASENA",
                                          "qwertyuiop", "Colocolo",  "superman" };
    static const char *const own[] = { "sopaipillas", "12345678 no", "una clave larga",
                                       "contrasena de la rosa", "# Passwords" };
    struct json_reason why = { 0 };
    (void)state;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        assert_false(password_may_be("new_password", common[i], &why));
    assert_string_equal(why.field, "new_password");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        assert_true(password_may_be("new_password", own[i], &why));
}

static void a_block_wins_over_the_right_password(void **state)
{
    struct sign_in right = { .known = true, .right = true };
    (void)state;
    assert_int_equal(access_decide(&right, 1000), SIGN_IN_GRANTED);
    right.blocked_until_ms = 1001;
    assert_int_equal(access_decide(&right, 1000), SIGN_IN_BLOCKED);
    assert_int_equal(access_decide(&right, 1001), SIGN_IN_GRANTED);
    assert_int_equal(access_decide(&(struct sign_in){ .known = true }, 0), SIGN_IN_REFUSED);
    assert_int_equal(access_decide(&(struct sign_in){ .right = true }, 0), SIGN_IN_REFUSED);
    assert_int_equal(access_decide(&(struct sign_in){ .blocked_until_ms = 5 }, 0), SIGN_IN_BLOCKED);
}

static void names_need_no_quoting(void **state)
{
    static const char *const bad[] = { "", ".a", "a b", "a\n", "ñ", "a'", "a/b", "-a" };
    (void)state;
    assert_true(user_name_is_valid("ana.soto@guild-1"));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(user_name_is_valid(bad[i]));
    assert_int_equal(role_from_name("admin"), ROLE_ADMIN);
    assert_int_equal(role_from_name("root"), ROLE_NONE);
    assert_string_equal(role_name(ROLE_VENDOR), "vendor");
}

static atomic_int done;

static void slow_work(void *item)
{
    usleep(20000);
    atomic_fetch_add((atomic_int *)item, 1);
}

static void what_does_not_fit_is_refused_and_the_rest_done(void **state)
{
    const struct workers_options options = { slow_work, 2, 16 };
    struct workers *workers = workers_open(&options);
    int taken = 0;
    (void)state;
    atomic_store(&done, 0);
    for (int i = 0; i < 100; i++)
        taken += workers_submit(workers, &done);
    assert_in_range(taken, options.waiting_max, options.waiting_max + options.threads);
    workers_stop(workers);
    assert_int_equal(atomic_load(&done), taken);
    assert_false(workers_submit(workers, &done));
    workers_close(workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "only the right password opens", only_the_right_password_opens, NULL, NULL, NULL },
        { "an unknown user costs the same work", an_unknown_user_costs_the_same, NULL, NULL, NULL },
        { "tokens are random, and known by their hash", tokens_are_random_and_known_by_hash, NULL,
          NULL, NULL },
        { "what has the form of a token is no password",
          what_has_the_form_of_a_token_is_no_password, NULL, NULL, NULL },
        { "what everybody uses is no password", what_everybody_uses_is_no_password, NULL, NULL,
          NULL },
        { "a block wins over the right password", a_block_wins_over_the_right_password, NULL, NULL,
          NULL },
        { "names of users need no quoting", names_need_no_quoting, NULL, NULL, NULL },
        { "what does not fit the queue is refused, the rest is done",
          what_does_not_fit_is_refused_and_the_rest_done, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
