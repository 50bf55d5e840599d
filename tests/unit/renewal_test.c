/* Claims about a cart's renewal: it asks in time and with one key, takes only what fits, and never
 * loses the way by which it came in before. */
#include "agent/outbox.h"
#include "agent/outbox_plate.h"
#include "agent/renewal.h"
#include "common/credential.h"
#include "common/file_whole.h"
#include "ctl/authority.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#define DAY_MS 86400000LL
#define CART   "BBCL23"

struct scene {
    struct scratch scratch;
    struct authority *authority;
    struct renewal *renewal;
    char certfile[600], keyfile[600];
    int64_t now_ms;
};

static void sign(struct scene *scene, const char *request, int64_t days, struct buffer *certificate)
{
    assert_true(authority_sign(
        scene->authority,
        &(struct authority_wish){
            .cart = CART, .request = request, .days = days, .now_ms = scene->now_ms },
        certificate));
}

static void open_it(struct scene *scene)
{
    renewal_close(scene->renewal);
    scene->renewal = renewal_open(&(struct renewal_options){ .cart = CART,
                                                             .outbox = scene->scratch.path,
                                                             .certfile = scene->certfile,
                                                             .keyfile = scene->keyfile });
}

/* A cart whose certificate lasts 100 days from now. */
static int begin(void **state)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct buffer key = { 0 }, request = { 0 }, certificate = { 0 };

    scratch_make(&scene->scratch);
    *state = scene;
    scene->now_ms = (int64_t)time(NULL) * 1000;
    snprintf(scene->certfile, sizeof scene->certfile, "%s/cart.crt", scene->scratch.folder);
    snprintf(scene->keyfile, sizeof scene->keyfile, "%s/cart.key", scene->scratch.folder);
    if (!authority_make_first(LANG_EN, scene->scratch.folder, scene->now_ms) ||
        (scene->authority = authority_open(LANG_EN, scene->scratch.folder)) == NULL ||
        !credential_make_key(&key) || !credential_make_request(key.bytes, CART, &request))
        return 1;
    sign(scene, request.bytes, 100, &certificate);
    bool written = file_write_whole(scene->keyfile, NULL, &key) &&
                   file_write_whole(scene->certfile, NULL, &certificate);
    buffer_free(&key);
    buffer_free(&request);
    buffer_free(&certificate);
    open_it(scene);
    return !written;
}

static int end(void **state)
{
    struct scene *scene = *state;

    renewal_close(scene->renewal);
    authority_close(scene->authority);
    scratch_remove(&scene->scratch);
    free(scene);
    return 0;
}

static bool is_in_time(struct scene *scene)
{
    return renewal_turn(scene->renewal, scene->now_ms + 71 * DAY_MS);
}

/* What the authority answers to the request, if days are left. */
static struct buffer answered(struct scene *scene, int64_t days)
{
    struct buffer certificate = { 0 };

    sign(scene, renewal_request(scene->renewal), days, &certificate);
    return certificate;
}

static bool tries(struct scene *scene, const char *ending)
{
    const char *certfile, *keyfile;

    const struct mqtt_identity *identity = renewal_identity(scene->renewal);
    identity->files(identity->owner, &certfile, &keyfile);
    size_t length = strlen(certfile);
    return length >= strlen(ending) && strcmp(certfile + length - strlen(ending), ending) == 0;
}

static void come_in(struct scene *scene)
{
    const struct mqtt_identity *identity = renewal_identity(scene->renewal);

    identity->admitted(identity->owner);
}

static void it_asks_in_time_and_with_one_key(void **state)
{
    struct scene *scene = *state;
    char request[4096];

    assert_false(renewal_turn(scene->renewal, scene->now_ms + 69 * DAY_MS));
    assert_null(renewal_request(scene->renewal));
    assert_true(is_in_time(scene));
    assert_false(is_in_time(scene)); /* it was said */
    snprintf(request, sizeof request, "%s", renewal_request(scene->renewal));
    open_it(scene);
    assert_null(renewal_request(scene->renewal));
    assert_true(is_in_time(scene));
    struct buffer first = { 0 }, second = answered(scene, 200);
    sign(scene, request, 200, &first);
    assert_true(renewal_take(scene->renewal, first.bytes));
    assert_true(renewal_take(scene->renewal, second.bytes));
    buffer_free(&first);
    buffer_free(&second);
}

static void the_old_one_stays_until_the_new_one_came_in(void **state)
{
    struct scene *scene = *state;

    assert_true(is_in_time(scene));
    struct buffer certificate = answered(scene, 300);
    assert_true(tries(scene, "/cart.crt"));
    assert_true(renewal_take(scene->renewal, certificate.bytes));
    for (int again = 0; again < 3; again++) { /* no broker takes it */
        assert_true(tries(scene, ".pem.new"));
        assert_true(tries(scene, "/cart.crt"));
    }
    come_in(scene);
    assert_non_null(renewal_request(scene->renewal));
    open_it(scene); /* over a restart, too */
    assert_true(tries(scene, ".pem.new"));
    come_in(scene);
    assert_null(renewal_request(scene->renewal));
    for (int again = 0; again < 3; again++)
        assert_true(tries(scene, ".pem"));
    open_it(scene);
    assert_true(tries(scene, ".pem"));
    assert_true(renewal_end_ms(scene->renewal) > scene->now_ms + 299 * DAY_MS);
    assert_false(is_in_time(scene));
    buffer_free(&certificate);
}

static void what_does_not_fit_is_not_taken(void **state)
{
    struct scene *scene = *state;
    struct buffer key = { 0 }, request = { 0 }, certificate = { 0 };

    assert_true(is_in_time(scene));
    assert_true(credential_make_key(&key));
    assert_true(credential_make_request(key.bytes, CART, &request));
    sign(scene, request.bytes, 300, &certificate);
    assert_false(renewal_take(scene->renewal, certificate.bytes)); /* of another key */
    assert_false(renewal_take(scene->renewal, "rubbish"));
    assert_false(renewal_take(scene->renewal, ""));
    assert_true(tries(scene, "/cart.crt"));
    assert_true(tries(scene, "/cart.crt"));
    buffer_free(&key);
    buffer_free(&request);
    buffer_free(&certificate);
}

static void nothing_is_taken_that_was_not_asked_for(void **state)
{
    struct scene *scene = *state;
    struct buffer certificate = { 0 };

    assert_true(file_read_whole(scene->certfile, CREDENTIAL_PEM_MAX, &certificate));
    assert_false(renewal_take(scene->renewal, certificate.bytes));
    buffer_free(&certificate);
}

static void another_authority_of_that_name_does_not_count(void **state)
{
    struct scene *scene = *state, *other = NULL;
    void *second = NULL;

    assert_int_equal(begin(&second), 0);
    other = second;
    assert_true(is_in_time(scene));
    struct buffer certificate = { 0 };
    sign(other, renewal_request(scene->renewal), 300, &certificate);
    bool taken = renewal_take(scene->renewal, certificate.bytes);
    buffer_free(&certificate);
    end(&second);
    assert_false(taken);
}

/* The board got another enrolment since, for the same plate or for another one. */
static void what_the_configuration_names_counts_where_it_lasts_longer(void **state)
{
    struct scene *scene = *state;

    assert_true(is_in_time(scene));
    struct buffer certificate = answered(scene, 90); /* less than the 100 */
    assert_true(renewal_take(scene->renewal, certificate.bytes));
    assert_true(tries(scene, ".pem.new"));
    come_in(scene);
    open_it(scene);
    assert_true(tries(scene, "/cart.crt"));
    buffer_free(&certificate);
}

static void a_key_that_is_damaged_is_made_anew(void **state)
{
    struct scene *scene = *state;
    struct buffer rubbish = { 0 };
    char path[600];

    snprintf(path, sizeof path, "%s.key.new", scene->scratch.path);
    buffer_text(&rubbish, "-----BEGIN PRIVATE KEY-----\n");
    assert_true(file_write_whole(path, NULL, &rubbish));
    assert_false(is_in_time(scene));
    assert_true(is_in_time(scene));
    buffer_free(&rubbish);
}

static void without_a_certificate_nothing_is_asked_for(void **state)
{
    struct scene *scene = *state;
    struct renewal *none =
        renewal_open(&(struct renewal_options){ .cart = CART, .outbox = scene->scratch.path });
    const char *certfile = "", *keyfile = "";

    bool asks = renewal_turn(none, scene->now_ms);
    renewal_identity(none)->files(none, &certfile, &keyfile);
    int64_t end_ms = renewal_end_ms(none);
    renewal_close(none);
    assert_false(asks);
    assert_null(certfile);
    assert_null(keyfile);
    assert_int_equal(end_ms, 0);
}

/* Until then the board goes on as the plate was spelt before. */
static void a_certificate_of_the_plate_ends_another_spelling(void **state)
{
    struct scene *scene = *state;
    char plate[CART_LENGTH_MAX + 1];
    struct outbox *outbox = outbox_open(scene->scratch.path, "BBCL-23", scene->now_ms);

    assert_non_null(outbox);
    outbox_close(outbox);
    outbox_plate_choose(scene->scratch.path, NULL, CART, plate);
    assert_string_equal(plate, "BBCL-23");
    outbox_plate_choose(scene->scratch.path, scene->certfile, CART, plate);
    assert_string_equal(plate, CART);
}

#define CLAIM(words, function)                                                                     \
    {                                                                                              \
        words, function, begin, end, NULL                                                          \
    }

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CLAIM("it asks in time, with one key", it_asks_in_time_and_with_one_key),
        CLAIM("the old one stays until the new one came in",
              the_old_one_stays_until_the_new_one_came_in),
        CLAIM("what does not fit is not taken", what_does_not_fit_is_not_taken),
        CLAIM("nothing is taken that was not asked for", nothing_is_taken_that_was_not_asked_for),
        CLAIM("another authority of that name does not count",
              another_authority_of_that_name_does_not_count),
        CLAIM("what the configuration names counts where it lasts longer",
              what_the_configuration_names_counts_where_it_lasts_longer),
        CLAIM("a key that is damaged is made anew", a_key_that_is_damaged_is_made_anew),
        CLAIM("a certificate of the plate ends another spelling",
              a_certificate_of_the_plate_ends_another_spelling),
        CLAIM("without a certificate nothing is asked for",
              without_a_certificate_nothing_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
