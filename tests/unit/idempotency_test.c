/* Claims about Idempotency-Key: one route, caller and key have one answer for a day; it stands or
 * falls with its effect; another body under the same key is told apart. */
#include "collector/base/hash.h"
#include "collector/call/idempotency.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/empty_store.h"

#define NOON    1790000000000LL
#define HOUR_MS 3600000LL

/* What a client sends; NULL token: none. */
struct sent {
    const char *target, *token, *address, *key, *body;
};

static const struct sent first = { "/api/v1/orders", NULL, "192.0.2.1", "k1", "{\"a\":1}" };

static struct idempotency read_key(const struct sent *sent)
{
    struct request *request = calloc(1, sizeof *request);
    struct idempotency key;
    char token[80];
    assert_non_null(request);
    request->method = "POST";
    assert_true(request_read_target(request, sent->target));
    snprintf(token, sizeof token, "Bearer %s", sent->token != NULL ? sent->token : "");
    request->authorization = sent->token != NULL ? token : NULL;
    snprintf(request->address, sizeof request->address, "%s", sent->address);
    request->idempotency_key = sent->key;
    buffer_text(&request->body, sent->body);
    assert_true(idempotency_read(request, &key));
    buffer_free(&request->body);
    free(request);
    return key;
}

static bool keep_at(struct store *store, const struct sent *sent, const char *answer,
                    int64_t now_ms)
{
    struct idempotency key = read_key(sent);
    struct response response = { .status = 202 };
    buffer_text(&response.body, answer);
    bool kept = idempotency_keep(store, &key, now_ms, &response);
    response_clear(&response);
    return kept;
}

static enum idempotency_verdict find_at(struct store *store, const struct sent *sent,
                                        int64_t now_ms, char answer[64])
{
    struct idempotency key = read_key(sent);
    struct response response = { 0 };
    enum idempotency_verdict verdict = idempotency_find(store, &key, now_ms, &response);
    snprintf(answer, 64, "%d %s", response.status,
             response.body.bytes != NULL ? response.body.bytes : "");
    response_clear(&response);
    return verdict;
}

static void the_same_call_gets_the_first_answer(void **state)
{
    char answer[64];
    assert_int_equal(find_at(*state, &first, NOON, answer), IDEMPOTENCY_NEW);
    assert_true(keep_at(*state, &first, "{\"id\":7}", NOON));
    assert_int_equal(find_at(*state, &first, NOON + 23 * HOUR_MS, answer), IDEMPOTENCY_REPEATED);
    assert_string_equal(answer, "202 {\"id\":7}");
}

static void another_body_is_told_apart(void **state)
{
    char answer[64];
    struct sent other = first;
    other.body = "{\"a\":2}";
    assert_true(keep_at(*state, &first, "{}", NOON));
    assert_int_equal(find_at(*state, &other, NOON, answer), IDEMPOTENCY_OTHER);
    assert_string_equal(answer, "0 ");
}

static void another_route_caller_or_key_is_another_call(void **state)
{
    const struct sent others[] = {
        { "/api/v1/sales", NULL, "192.0.2.1", "k1", "{\"a\":1}" },
        { "/api/v1/orders", NULL, "192.0.2.2", "k1", "{\"a\":1}" },
        { "/api/v1/orders", "token-1", "192.0.2.1", "k1", "{\"a\":1}" },
        { "/api/v1/orders", NULL, "192.0.2.1", "k2", "{\"a\":1}" },
    };
    char answer[64];
    struct sent moved = others[2];
    assert_true(keep_at(*state, &first, "{}", NOON));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(find_at(*state, &others[i], NOON, answer), IDEMPOTENCY_NEW);
    /* A key that nobody guesses is enough: a phone has another address in a minute. */
    struct sent roams = { "/api/v1/orders", NULL, "192.0.2.1", "0123456789012345678901", "{}" };
    assert_true(keep_at(*state, &roams, "{}", NOON));
    roams.address = "192.0.2.7";
    assert_int_equal(find_at(*state, &roams, NOON, answer), IDEMPOTENCY_REPEATED);
    /* Who has a token is known by it, wherever he is. */
    assert_true(keep_at(*state, &others[2], "{}", NOON));
    moved.address = "192.0.2.9";
    assert_int_equal(find_at(*state, &moved, NOON, answer), IDEMPOTENCY_REPEATED);
}

static void after_a_day_it_is_forgotten(void **state)
{
    char answer[64];
    struct sent other = first;
    other.key = "k2";
    assert_true(keep_at(*state, &first, "{\"id\":7}", NOON));
    assert_int_equal(find_at(*state, &first, NOON + 24 * HOUR_MS, answer), IDEMPOTENCY_NEW);
    assert_true(keep_at(*state, &other, "{}", NOON + 24 * HOUR_MS));
    struct store_rows *rows = store_query(*state, "SELECT COUNT(*) FROM idempotency", "");
    assert_true(store_next(rows));
    assert_int_equal(store_int(rows, 0), 1);
    store_rows_end(rows);
    assert_true(keep_at(*state, &first, "{\"id\":8}", NOON + 24 * HOUR_MS));
}

static void the_second_of_two_at_once_is_told(void **state)
{
    char answer[64];
    assert_true(keep_at(*state, &first, "{\"id\":7}", NOON));
    assert_false(keep_at(*state, &first, "{\"id\":8}", NOON));
    assert_int_equal(store_status(*state), STORE_OK);
    find_at(*state, &first, NOON, answer);
    assert_string_equal(answer, "202 {\"id\":7}");
}

/* Who reads the store reads no answer, and a key alone opens its own. */
static void the_answer_is_kept_sealed(void **state)
{
    char answer[64];
    assert_true(keep_at(*state, &first, "{\"key\":\"abcdef\"}", NOON));
    assert_int_equal(ask(*state, "SELECT COUNT(*) FROM idempotency WHERE INSTR(answer, "
                                 "CAST('abcdef' AS BLOB)) > 0"),
                     0);
    struct sent other = first;
    other.key = "k2";
    struct idempotency key = read_key(&other), kept = read_key(&first);
    memcpy(kept.seal, key.seal, sizeof kept.seal);
    struct response response = { 0 };
    assert_int_equal(idempotency_find(*state, &kept, NOON, &response), IDEMPOTENCY_OTHER);
    assert_int_equal(response.body.length, 0);
    find_at(*state, &first, NOON, answer);
    assert_string_equal(answer, "202 {\"key\":\"abcdef\"}");
}

static void what_a_former_release_kept_is_answered(void **state)
{
    char answer[64];
    assert_true(keep_at(*state, &first, "{}", NOON));
    assert_true(store_script(*state, "UPDATE idempotency SET answer = CAST('{\"id\":7}' AS BLOB)"));
    assert_int_equal(find_at(*state, &first, NOON, answer), IDEMPOTENCY_REPEATED);
    assert_string_equal(answer, "202 {\"id\":7}");
}

/* What a former release kept has a plain hash of the body; a body may have a password in it. */
static void the_body_is_kept_by_a_hash_that_tells_nothing(void **state)
{
    char answer[64], plain[33], statement[128];
    hash_text(first.body, strlen(first.body), plain);
    assert_true(keep_at(*state, &first, "{\"id\":7}", NOON));
    struct store_rows *rows = store_query(*state, "SELECT body FROM idempotency", "");
    assert_true(store_next(rows));
    assert_string_not_equal(store_text(rows, 0), plain);
    store_rows_end(rows);
    snprintf(statement, sizeof statement, "UPDATE idempotency SET body = '%s'", plain);
    assert_true(store_script(*state, statement));
    assert_int_equal(find_at(*state, &first, NOON, answer), IDEMPOTENCY_REPEATED);
}

static void a_file_is_a_body(void **state)
{
    struct sent other = first;
    char answer[64];
    (void)state;
    struct request *request = calloc(1, sizeof *request);
    struct idempotency plain = read_key(&first), key;
    assert_non_null(request);
    request->method = "POST";
    assert_true(request_read_target(request, first.target));
    snprintf(request->address, sizeof request->address, "%s", first.address);
    request->idempotency_key = first.key;
    request->file = tmpfile();
    assert_non_null(request->file);
    assert_true(fputs(first.body, request->file) >= 0);
    assert_true(idempotency_read(request, &key));
    assert_string_equal(key.body, "");
    assert_true(idempotency_take_file(request, &key));
    assert_string_equal(key.body, plain.body);
    fclose(request->file);
    free(request);
    other.body = "";
    assert_true(keep_at(*state, &first, "{}", NOON));
    assert_int_equal(find_at(*state, &other, NOON, answer), IDEMPOTENCY_OTHER);
}

static void it_falls_with_its_effect(void **state)
{
    char answer[64];
    assert_true(store_begin(*state));
    assert_true(keep_at(*state, &first, "{}", NOON));
    store_rollback(*state);
    assert_int_equal(find_at(*state, &first, NOON, answer), IDEMPOTENCY_NEW);
}

static void a_bad_key_is_refused(void **state)
{
    static const char *const bad[] = { "", "with\ttab", "\xc3\xb1" };
    char longer[IDEMPOTENCY_KEY_MAX + 2];
    struct request request = { .method = "POST", .idempotency_key = longer };
    struct idempotency key;
    (void)state;
    memset(longer, 'k', sizeof longer);
    longer[IDEMPOTENCY_KEY_MAX + 1] = '\0';
    assert_false(idempotency_read(&request, &key));
    longer[IDEMPOTENCY_KEY_MAX] = '\0';
    assert_true(idempotency_read(&request, &key));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        request.idempotency_key = bad[i];
        assert_false(idempotency_read(&request, &key));
    }
    request.idempotency_key = NULL;
    assert_true(idempotency_read(&request, &key));
    assert_string_equal(key.id, "");
}

#define CLAIM(text, function)                                                                      \
    {                                                                                              \
        text, function, open_store, close_store, NULL                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM("the same call gets the first answer", the_same_call_gets_the_first_answer),
        CLAIM("another body is told apart", another_body_is_told_apart),
        CLAIM("another route, caller or key is another call",
              another_route_caller_or_key_is_another_call),
        CLAIM("after a day it is forgotten", after_a_day_it_is_forgotten),
        CLAIM("of two at once the second is told", the_second_of_two_at_once_is_told),
        CLAIM("the body is kept by a hash that tells nothing",
              the_body_is_kept_by_a_hash_that_tells_nothing),
        CLAIM("a file is a body", a_file_is_a_body),
        CLAIM("the answer stands or falls with its effect", it_falls_with_its_effect),
        CLAIM("the answer is kept sealed", the_answer_is_kept_sealed),
        CLAIM("what a former release kept is answered", what_a_former_release_kept_is_answered),
        CLAIM("a bad key is refused", a_bad_key_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
