/* Claims about keys, requests and certificates of carts, and the authority that signs them: a good
 * one is taken whatever the clock says, and each way to be wrong has its words. */
#include "common/credential.h"
#include "ctl/authority.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define NOW_MS 1796000000000LL /* 2026-11-30 */
#define DAY_MS 86400000LL

struct scene {
    struct scratch scratch;
    struct authority *authority;
    struct buffer own; /* the authority's certificate */
    struct buffer key, request, certificate;
};

static int begin(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);

    scratch_make(&scene->scratch);
    *state = scene;
    return !authority_make_first(LANG_EN, scene->scratch.folder, NOW_MS) ||
           (scene->authority = authority_open(LANG_EN, scene->scratch.folder)) == NULL ||
           !authority_certificate(scene->authority, &scene->own);
}

static int end(void **state)
{
    struct scene *scene = *state;

    authority_close(scene->authority);
    scratch_remove(&scene->scratch);
    buffer_free(&scene->own);
    buffer_free(&scene->key);
    buffer_free(&scene->request);
    buffer_free(&scene->certificate);
    free(scene);
    return 0;
}

static bool sign(struct scene *scene, const char *cart, int64_t now_ms)
{
    buffer_clear(&scene->certificate);
    return authority_sign(
        scene->authority,
        &(struct authority_wish){
            .cart = cart, .request = scene->request.bytes, .days = 100, .now_ms = now_ms },
        &scene->certificate);
}

/* A new key, and its certificate. */
static void make(struct scene *scene, const char *cart, int64_t now_ms)
{
    buffer_clear(&scene->key);
    buffer_clear(&scene->request);
    assert_true(credential_make_key(&scene->key));
    assert_true(credential_make_request(scene->key.bytes, cart, &scene->request));
    assert_true(sign(scene, cart, now_ms));
}

static const char *wrong(const struct scene *scene, const char *cart)
{
    return credential_wrong(
        &(struct credential){ scene->key.bytes, scene->certificate.bytes, scene->own.bytes }, cart,
        NOW_MS);
}

static void a_good_one_is_taken_whatever_the_clock_says(void **state)
{
    struct scene *scene = *state;

    for (int64_t years = -1; years <= 20; years++) {
        make(scene, "BBCL23", NOW_MS + years * 365 * DAY_MS);
        if (years < 0)
            assert_string_equal(wrong(scene, "BBCL23"),
                                "its certificate had ended before this program was made");
        else
            assert_null(wrong(scene, "BBCL23"));
    }
}

static void each_way_to_be_wrong_has_its_words(void **state)
{
    struct scene *scene = *state;
    struct buffer key = { 0 };

    make(scene, "BBCL23", NOW_MS);
    assert_non_null(strstr(wrong(scene, "BBCL24"), "not for this plate"));
    assert_true(credential_make_key(&key));
    struct credential other = { key.bytes, scene->certificate.bytes, NULL };
    assert_non_null(strstr(credential_wrong(&other, "BBCL23", NOW_MS), "do not fit"));
    other =
        (struct credential){ scene->key.bytes, scene->certificate.bytes, scene->certificate.bytes };
    assert_non_null(strstr(credential_wrong(&other, "BBCL23", NOW_MS), "not signed"));
    other = (struct credential){ "key", scene->certificate.bytes, NULL };
    assert_non_null(strstr(credential_wrong(&other, "BBCL23", NOW_MS), "key cannot"));
    other = (struct credential){ scene->key.bytes, scene->key.bytes, NULL };
    assert_non_null(strstr(credential_wrong(&other, "BBCL23", NOW_MS), "certificate cannot"));
    buffer_free(&key);
}

/* A request says whose key it is; the plate is what the authority was asked for. */
static void only_the_key_of_a_request_is_signed(void **state)
{
    struct scene *scene = *state;
    char cart[CART_LENGTH_MAX + 1];

    make(scene, "BBCL23", NOW_MS);
    assert_true(sign(scene, "BBCL24", NOW_MS));
    assert_true(credential_cart(scene->certificate.bytes, cart));
    assert_string_equal(cart, "BBCL24");
    assert_null(wrong(scene, "BBCL24"));
}

static void a_request_that_does_not_prove_itself_is_refused(void **state)
{
    struct scene *scene = *state;
    char *at;

    make(scene, "BBCL23", NOW_MS);
    at = strstr(scene->request.bytes, "-----END") - 12; /* in its signature */
    *at = *at == 'A' ? 'B' : 'A';
    assert_false(sign(scene, "BBCL23", NOW_MS));
    scene->request.bytes[40] = '\0';
    assert_false(sign(scene, "BBCL23", NOW_MS));
}

static void what_was_taken_back_or_has_ended_is_valid_no_more(void **state)
{
    struct scene *scene = *state;

    assert_false(authority_has_valid(scene->authority, "BBCL23", NOW_MS));
    make(scene, "BBCL23", NOW_MS);
    make(scene, "BBCL24", NOW_MS);
    assert_true(authority_has_valid(scene->authority, "BBCL23", NOW_MS));
    assert_false(authority_has_valid(scene->authority, "BBCL23", NOW_MS + 101 * DAY_MS));
    assert_true(authority_revoke(scene->authority, "BBCL23", NOW_MS));
    assert_false(authority_has_valid(scene->authority, "BBCL23", NOW_MS));
    assert_true(authority_has_valid(scene->authority, "BBCL24", NOW_MS));
    make(scene, "BBCL23", NOW_MS); /* another board of that plate */
    assert_true(authority_has_valid(scene->authority, "BBCL23", NOW_MS));
    assert_false(authority_revoke(scene->authority, "BBCL25", NOW_MS));
}

static void one_authority_is_told_from_another_of_its_name(void **state)
{
    struct scene *scene = *state, *other = NULL;
    void *second = NULL;

    make(scene, "BBCL23", NOW_MS);
    assert_int_equal(begin(&second), 0);
    other = second;
    make(other, "BBCL23", NOW_MS);
    bool same = credential_same_authority(scene->certificate.bytes, other->certificate.bytes);
    bool itself = credential_same_authority(scene->certificate.bytes, scene->certificate.bytes);
    end(&second);
    assert_false(same);
    assert_true(itself);
}

#define CLAIM(words, function)                                                                     \
    {                                                                                              \
        words, function, begin, end, NULL                                                          \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("a good one is taken whatever the clock says",
              a_good_one_is_taken_whatever_the_clock_says),
        CLAIM("each way to be wrong has its words", each_way_to_be_wrong_has_its_words),
        CLAIM("only the key of a request is signed", only_the_key_of_a_request_is_signed),
        CLAIM("a request that does not prove itself is refused",
              a_request_that_does_not_prove_itself_is_refused),
        CLAIM("what was taken back or has ended is valid no more",
              what_was_taken_back_or_has_ended_is_valid_no_more),
        CLAIM("one authority is told from another of its name",
              one_authority_is_told_from_another_of_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
