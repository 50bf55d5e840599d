/* Proves that a request's target is read as it was written, and that what cannot be read, or hides
 * a NUL, is refused rather than repaired. */
#include "collector/http/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void path_and_query_are_decoded(void **state)
{
    struct request request = { 0 };
    (void)state;
    assert_true(request_read_target(&request, "/a/%C3%91and%C3%BA/c+d?q=x+y&e=%2B&empty&z="));
    assert_int_equal(request.segment_count, 3);
    assert_string_equal(request.segments[1], "Ñandú");
    assert_string_equal(request.segments[2], "c+d");
    assert_string_equal(request_query(&request, "q"), "x y");
    assert_string_equal(request_query(&request, "e"), "+");
    assert_string_equal(request_query(&request, "empty"), "");
    assert_string_equal(request_query(&request, "z"), "");
    assert_null(request_query(&request, "other"));
}

static void a_query_is_written_as_it_was_read(void **state)
{
    struct request request = { 0 }, again = { 0 };
    struct buffer text = { 0 };
    (void)state;
    assert_true(request_read_target(&request, "/x?q=x+y&cursor=abc&e=%2B%26%3D&n=%C3%91&z="));
    buffer_text(&text, "/x?");
    request_query_write(&request, "cursor", &text);
    assert_string_equal(text.bytes, "/x?q=x%20y&e=%2B%26%3D&n=%C3%91&z=");
    assert_true(request_read_target(&again, text.bytes));
    assert_int_equal(again.query_count, 4);
    for (const char *const *name = (const char *const[]){ "q", "e", "n", "z", NULL }; *name; name++)
        assert_string_equal(request_query(&again, *name), request_query(&request, *name));
    buffer_free(&text);
}

static void a_table_is_for_who_would_rather_have_it(void **state)
{
    static const struct {
        const char *accept;
        bool csv;
    } rows[] = {
        { NULL, false },
        { "", false },
        { "*/*", false },
        { "text/html,application/xhtml+xml,*/*;q=0.8", false },
        { "text/csv", true },
        { "TEXT/CSV; header=present", true },
        { "text/csv, */*;q=0.1", true },
        { "text/csv;q=0", false },
        { "application/json, text/csv", false },
        { "application/json;q=0.5, text/csv", true },
        { "text/csv ; q=0.4 , application/json ;q=0.5", false },
        { "text/csvx, text/comma-separated-values-and-more", false },
        { ",;,;q=,text/csv;", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request request = { .accept = rows[i].accept };
        assert_int_equal(request_prefers_csv(&request), rows[i].csv);
    }
}

static void what_cannot_be_read_is_refused(void **state)
{
    static const char *const targets[] = { "",     "*",       "http://x/y", "a",
                                           "/%00", "/a%0",    "/a%",        "/%zz",
                                           "/%ff", "/%c0%af", "/%ED%A0%80", "/1/2/3/4/5/6/7/8/9" };
    (void)state;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct request request = { 0 };
        assert_false(request_read_target(&request, targets[i]));
        assert_true(request.malformed);
    }
}

/* What is behind the path may be somebody else's, and is left out; the route says if it matters. */
static void what_cannot_be_read_in_a_query_is_left_out(void **state)
{
    static const struct {
        const char *target, *parameter;
    } cases[] = { { "/?a=%00&b=1", "a" },
                  { "/?b=1&%=1", NULL },
                  { "/?b=1&a=%C3", "a" },
                  { "/?a=%F1&b=1&c=%", "a" },
                  { "/?b=1&%ff=x", NULL } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request request = { 0 };
        assert_true(request_read_target(&request, cases[i].target));
        assert_true(request.query_malformed);
        assert_int_equal(request.query_count, 1);
        assert_string_equal(request_query(&request, "b"), "1");
        if (cases[i].parameter != NULL)
            assert_string_equal(request.malformed_parameter, cases[i].parameter);
        else
            assert_null(request.malformed_parameter);
    }
}

static void an_escaped_slash_divides_nothing(void **state)
{
    struct request request = { 0 };
    (void)state;
    assert_true(request_read_target(&request, "/a%2Fb/%2e%2e"));
    assert_int_equal(request.segment_count, 2);
    assert_string_equal(request.segments[0], "a/b");
    assert_string_equal(request.segments[1], "..");
}

static void limits_hold(void **state)
{
    static char longest[REQUEST_TARGET_MAX + 2];
    struct request request = { 0 };
    char many[256] = "/?";
    (void)state;
    memset(longest, 'a', sizeof longest - 1);
    longest[0] = '/';
    assert_false(request_read_target(&request, longest));
    longest[REQUEST_TARGET_MAX] = '\0';
    assert_true(request_read_target(&request, longest));
    for (int i = 0; i < REQUEST_QUERY_MAX; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "a%d=1&", i);
    assert_true(request_read_target(&request, many));
    assert_int_equal(request.query_count, REQUEST_QUERY_MAX);
    assert_false(request.query_malformed);
    strcat(many, "x=1");
    assert_true(request_read_target(&request, many));
    assert_true(request.query_malformed);
    assert_int_equal(request.query_count, REQUEST_QUERY_MAX);
}

static void bearer_and_json_are_recognised(void **state)
{
    struct request request = { .authorization = "bearer abc", .content_type = "application/json" };
    (void)state;
    assert_string_equal(request_bearer(&request), "abc");
    assert_true(request_is_json(&request));
    request.authorization = "Basic abc";
    request.content_type = "Application/JSON; charset=utf-8";
    assert_null(request_bearer(&request));
    assert_true(request_is_json(&request));
    request.content_type = "application/jsonp";
    assert_false(request_is_json(&request));
    request.content_type = request.authorization = NULL;
    assert_null(request_bearer(&request));
    assert_false(request_is_json(&request));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "path and query are percent-decoded", path_and_query_are_decoded, NULL, NULL, NULL },
        { "a query is written as it was read", a_query_is_written_as_it_was_read, NULL, NULL,
          NULL },
        { "a table is for who would rather have it", a_table_is_for_who_would_rather_have_it, NULL,
          NULL, NULL },
        { "bad escapes, NULs and bad UTF-8 are refused", what_cannot_be_read_is_refused, NULL, NULL,
          NULL },
        { "what cannot be read in a query is left out of it",
          what_cannot_be_read_in_a_query_is_left_out, NULL, NULL, NULL },
        { "an escaped slash divides nothing", an_escaped_slash_divides_nothing, NULL, NULL, NULL },
        { "length and number of parameters are limited", limits_hold, NULL, NULL, NULL },
        { "bearer tokens and JSON bodies are recognised", bearer_and_json_are_recognised, NULL,
          NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
