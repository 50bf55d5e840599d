/* Claims about the JSON writer: what it writes is JSON, and numbers read back as the same double.
 */
#include "common/backoff.h"
#include "common/json_read.h"
#include "common/json_write.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void writes_nested_values(void **state)
{
    struct buffer out = { 0 };
    struct json_writer json = json_write_to(&out);

    (void)state;
    json_object_begin(&json, NULL);
    json_array_begin(&json, "a");
    json_int(&json, NULL, INT64_MIN);
    json_object_begin(&json, NULL);
    json_object_end(&json);
    json_array_end(&json);
    json_text(&json, "t", "\"\\\n\x01ñ");
    json_text(&json, "n", NULL);
    json_text(&json, "bad", "a\xff");
    json_number(&json, "nan", NAN);
    json_bool(&json, "b", true);
    json_raw(&json, "r", "[1]", 3);
    json_object_end(&json);
    assert_string_equal(out.bytes,
                        "{\"a\":[-9223372036854775808,{}],\"t\":\"\\\"\\\\\\n\\u0001ñ\",\"n\":null,"
                        "\"bad\":\"a\xef\xbf\xbd\",\"nan\":null,\"b\":true,\"r\":[1]}");
    buffer_free(&out);
}

static double read_back(double value)
{
    struct buffer out = { 0 };
    struct json_writer json = json_write_to(&out);

    json_number(&json, NULL, value);
    double again = strtod(out.bytes, NULL);
    buffer_free(&out);
    return again;
}

static void numbers_read_back(void **state)
{
    static const double numbers[] = {
        0.1, -33.4372, 1e300, 5e-324, 123456789.125, 9999999.9999999, -0.0000001, 1e-8, 100, 1e7
    };
    uint64_t random = 1;

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_true(read_back(numbers[i]) == numbers[i]);
    for (int i = 0; i < 100000; i++) {
        double degrees = (double)(random_next(&random) >> 11) / 9007199254740992.0 * 360 - 180;
        double rounded = (double)llround(degrees * 1e7) / 1e7;
        assert_true(read_back(degrees) == degrees);
        assert_true(read_back(rounded) == rounded);
    }
    assert_true(signbit(read_back(-0.0)));
}

static void numbers_are_short(void **state)
{
    struct buffer out = { 0 };
    struct json_writer json = json_write_to(&out);

    (void)state;
    json_array_begin(&json, NULL);
    json_number(&json, NULL, -33.4372);
    json_number(&json, NULL, 12);
    json_number(&json, NULL, 0.5);
    json_array_end(&json);
    assert_string_equal(out.bytes, "[-33.4372,12,0.5]");
    buffer_free(&out);
}

static void a_secrets_text_is_overwritten(void **state)
{
    static const char text[] = "{\"user\":\"ana\",\"in\":[{\"password\":\"hunter2\"}],\"n\":7}";
    struct json_reason why;
    cJSON *object = json_read_object(text, strlen(text), sizeof text, 8, &why);

    (void)state;
    assert_non_null(object);
    const cJSON *in = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, "in"), 0);
    const char *password = cJSON_GetObjectItemCaseSensitive(in, "password")->valuestring;
    assert_string_equal(password, "hunter2");
    json_wipe(object);
    assert_memory_equal(password, (char[sizeof "hunter2"]){ 0 }, sizeof "hunter2");
    cJSON_Delete(object);
    json_wipe(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        { "objects, arrays and escapes nest", writes_nested_values, NULL, NULL, NULL },
        { "numbers read back as the same double", numbers_read_back, NULL, NULL, NULL },
        { "the text of a secret is overwritten", a_secrets_text_is_overwritten, NULL, NULL, NULL },
        { "numbers are written short", numbers_are_short, NULL, NULL, NULL },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
