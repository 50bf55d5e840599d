/* Claims about the rule that blocks an account: how many attempts, in which time, which count, and
 * what a lift forgets. */
#include "collector/access/access.h"
#include "collector/access/access_attempts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOON    1790000000000LL
#define BLOCK   900000
#define ALL_MAX 32

static const struct attempt_limits five = { .attempts = 5, .block_ms = BLOCK };

/* An account as the API keeps it, with its attempts that count. */
struct account {
    struct attempt_account known;
    int64_t times_ms[ALL_MAX];
    size_t count;
};

/* One attempt in its time; what it is answered. */
static enum sign_in_verdict try(struct account *account, int64_t at_ms, const struct sign_in *what)
{
    struct sign_in attempt = *what;
    int64_t since_ms;

    attempt.blocked_until_ms = account->known.until_ms;
    enum sign_in_verdict verdict = access_decide(&attempt, at_ms);
    if (!attempt_counts(&account->known, at_ms))
        return verdict;
    account->times_ms[account->count++] = at_ms;
    if (attempt_blocks(&five, account->times_ms, account->count, &since_ms)) {
        account->known = (struct attempt_account){ since_ms + five.block_ms, since_ms };
        account->count = 0;
    }
    return verdict;
}

static void lift(struct account *account, int64_t now_ms)
{
    account->known = (struct attempt_account){ 0, now_ms };
    account->count = 0;
}

static const struct sign_in right = { .known = true, .right = true };
static const struct sign_in wrong = { .known = true };
static const struct sign_in unknown = { 0 };

/* Five, the first at NOON and the last after `span_ms`; true where the account is blocked then. */
static bool five_block(int64_t span_ms, const struct sign_in *what)
{
    struct account account = { 0 };

    for (int i = 0; i < 5; i++)
        assert_int_not_equal(try(&account, NOON + span_ms * i / 4, what), SIGN_IN_BLOCKED);
    return attempt_is_blocked(&account.known, NOON + span_ms);
}

static void five_in_less_than_a_minute_block(void **state)
{
    (void)state;
    assert_true(five_block(0, &right));
    assert_true(five_block(1000, &wrong));
    assert_true(five_block(59000, &right));
    assert_true(five_block(59999, &right));
}

static void five_in_a_minute_or_more_do_not(void **state)
{
    (void)state;
    assert_false(five_block(60000, &right));
    assert_false(five_block(60001, &wrong));
    assert_false(five_block(61000, &right));
}

static void four_do_not(void **state)
{
    struct account account = { 0 };
    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(try(&account, NOON, &right), SIGN_IN_GRANTED);
    assert_false(attempt_is_blocked(&account.known, NOON));
}

static void a_slow_user_is_never_blocked(void **state)
{
    int64_t times_ms[100], since_ms;
    (void)state;
    for (size_t i = 0; i < 100; i++)
        times_ms[i] = NOON + (int64_t)i * 15000;
    assert_false(attempt_blocks(&five, times_ms, 100, &since_ms));
    times_ms[50]++;
    assert_true(attempt_blocks(&five, times_ms, 100, &since_ms));
    assert_int_equal(since_ms, times_ms[54]);
}

static void the_sixth_is_refused_with_the_right_password(void **state)
{
    struct account account = { 0 };
    (void)state;
    for (int i = 0; i < 5; i++)
        assert_int_equal(try(&account, NOON + i, &right), SIGN_IN_GRANTED);
    assert_int_equal(try(&account, NOON + 5, &right), SIGN_IN_BLOCKED);
    assert_int_equal(attempt_wait_s(&account.known, NOON + 5), 900);
    assert_int_equal(try(&account, NOON + 4 + BLOCK - 1, &right), SIGN_IN_BLOCKED);
    assert_int_equal(attempt_wait_s(&account.known, NOON + 4 + BLOCK - 1), 1);
    assert_int_equal(try(&account, NOON + 4 + BLOCK, &right), SIGN_IN_GRANTED);
}

static void unknown_and_wrong_are_blocked_alike(void **state)
{
    const struct sign_in *const kinds[] = { &right, &wrong, &unknown };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct account account = { 0 };
        for (int k = 0; k < 5; k++)
            assert_int_not_equal(try(&account, NOON + k * 1000, kinds[i]), SIGN_IN_BLOCKED);
        assert_int_equal(try(&account, NOON + 5000, kinds[i]), SIGN_IN_BLOCKED);
        assert_int_equal(account.known.until_ms, NOON + 4000 + BLOCK);
    }
}

static void what_is_answered_429_does_not_count(void **state)
{
    struct account account = { 0 };
    (void)state;
    for (int i = 0; i < 5; i++)
        try(&account, NOON, &wrong);
    /* To the end of the block, and it ends when it would have. */
    for (int64_t at_ms = NOON; at_ms < NOON + BLOCK; at_ms += 1000)
        assert_int_equal(try(&account, at_ms, &right), SIGN_IN_BLOCKED);
    for (int i = 0; i < 4; i++)
        assert_int_equal(try(&account, NOON + BLOCK, &right), SIGN_IN_GRANTED);
    assert_false(attempt_is_blocked(&account.known, NOON + BLOCK));
}

static void a_lift_forgets_those_before(void **state)
{
    struct account account = { 0 };
    (void)state;
    for (int i = 0; i < 5; i++)
        try(&account, NOON, &right);
    lift(&account, NOON + 10);
    for (int i = 0; i < 4; i++)
        assert_int_equal(try(&account, NOON + 11 + i, &right), SIGN_IN_GRANTED);
    assert_false(attempt_is_blocked(&account.known, NOON + 20));
    try(&account, NOON + 20, &right);
    assert_true(attempt_is_blocked(&account.known, NOON + 20));
    assert_false(attempt_counts(&(struct attempt_account){ 0, NOON }, NOON));
    assert_true(attempt_counts(&(struct attempt_account){ 0, NOON }, NOON + 1));
}

static void one_that_is_heard_of_late_completes_its_run(void **state)
{
    const int64_t times_ms[] = { NOON,         NOON + 10000, NOON + 20000,
                                 NOON + 30000, NOON + 40000, NOON + 70000 };
    int64_t since_ms = 0;
    (void)state;
    assert_true(attempt_blocks(&five, times_ms, 6, &since_ms));
    assert_int_equal(since_ms, NOON + 40000);
}

static void the_limit_is_a_setting(void **state)
{
    const struct attempt_limits one = { 1, 1000 }, two = { 2, 1000 };
    const int64_t times_ms[] = { NOON, NOON + 59999 };
    int64_t since_ms = 0;
    (void)state;
    assert_true(attempt_blocks(&one, times_ms, 1, &since_ms));
    assert_int_equal(since_ms, NOON);
    assert_false(attempt_blocks(&two, times_ms, 1, &since_ms));
    assert_true(attempt_blocks(&two, times_ms, 2, &since_ms));
    assert_false(attempt_blocks(&two, times_ms, 0, &since_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "five in less than a minute block, right or wrong", five_in_less_than_a_minute_block,
          NULL, NULL, NULL },
        { "five in a minute or more do not", five_in_a_minute_or_more_do_not, NULL, NULL, NULL },
        { "four do not", four_do_not, NULL, NULL, NULL },
        { "a slow user is never blocked", a_slow_user_is_never_blocked, NULL, NULL, NULL },
        { "the sixth is refused with the right password",
          the_sixth_is_refused_with_the_right_password, NULL, NULL, NULL },
        { "unknown, wrong and right are blocked alike", unknown_and_wrong_are_blocked_alike, NULL,
          NULL, NULL },
        { "what is answered 429 does not count", what_is_answered_429_does_not_count, NULL, NULL,
          NULL },
        { "a lift forgets those before it", a_lift_forgets_those_before, NULL, NULL, NULL },
        { "one that is heard of late completes its run",
          one_that_is_heard_of_late_completes_its_run, NULL, NULL, NULL },
        { "the limit is a setting", the_limit_is_a_setting, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
