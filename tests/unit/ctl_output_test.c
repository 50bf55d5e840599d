/* Proves that rows come out aligned by their width on the screen, as JSON that is whole, and as
 * RFC 4180 that a spreadsheet does not run. */
#include "common/day.h"
#include "ctl/output.h"

#include "head_words.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TITLE(es, en) (&(const struct sentence){ "title", { NULL }, { es, en } })

static const struct column columns[] = {
    { .key = "month", .title = TITLE("mes", "month"), .presence = COLUMN_WHERE_KNOWN },
    { .key = "client", .title = TITLE("cliente", "client") },
    { .key = "quantity", .title = TITLE("cantidad", "quantity"), .kind = COLUMN_INT },
    { .key = "average", .title = TITLE("media", "average"), .kind = COLUMN_NUMBER, .decimals = 2 },
    { .key = "time", .title = TITLE("hora", "time"), .kind = COLUMN_TIME },
    { .key = "missing", .title = TITLE("faltan", "missing"), .kind = COLUMN_RANGES },
};

static const char page_one[] =
    "[{\"client\":\"\xC3\x91u\xC3\xB1o\xC3\xA1\",\"quantity\":3,\"average\":1.5,"
    "\"time\":\"2026-09-06T16:00:00Z\",\"missing\":[{\"from\":1,\"to\":1},{\"from\":3,\"to\":9}]},"
    "{\"client\":\"\xE5\xA4\xA9\xE6\xB0\x97\",\"quantity\":1200,\"average\":null,\"time\":null,"
    "\"missing\":[]}]";
static const char page_two[] = "[{\"client\":\"a longer name\",\"quantity\":1}]";

/* What the pages come out as. The caller frees. */
static char *written(enum output_format format, enum table_paint paint, const char *const *pages)
{
    struct output output = {
        .format = format,
        .table = { .columns = columns,
                   .count = sizeof columns / sizeof *columns,
                   .language = LANG_EN,
                   .paint = paint },
    };
    char *text = NULL;
    size_t length;

    output.file = open_memstream(&text, &length);
    for (; *pages; pages++) {
        cJSON *rows = cJSON_Parse(*pages);

        assert_non_null(rows);
        output_page(&output, rows);
        cJSON_Delete(rows);
    }
    assert_true(output_end(&output));
    fclose(output.file);
    return text;
}

#define WRITTEN(format, ...) written(format, TABLE_PLAIN, (const char *[]){ __VA_ARGS__, NULL })

static void assert_text(char *text, const char *expected)
{
    assert_string_equal(text, expected);
    free(text);
}

static void width_is_what_the_screen_shows(void **state)
{
    (void)state;
    assert_int_equal(table_width("abc"), 3);
    assert_int_equal(table_width("\xC3\xB1"), 1);         /* n with a tilde */
    assert_int_equal(table_width("n\xCC\x83"), 1);        /* the same, combined */
    assert_int_equal(table_width("\xE5\xA4\xA9"), 2);     /* a wide letter */
    assert_int_equal(table_width("\xF0\x9F\xA5\x9F"), 2); /* a dumpling */
    assert_int_equal(table_width("\xFF"
                                 "a"),
                     2); /* no UTF-8 */
    assert_int_equal(table_width(""), 0);
}

static void columns_are_aligned(void **state)
{
    (void)state;
    assert_text(WRITTEN(OUTPUT_TABLE, page_one),
                "client  quantity  average  time                 missing\n"
                "\xC3\x91u\xC3\xB1o\xC3\xA1          3     1.50  2026-09-06 13:00:00  1 3-9\n"
                "\xE5\xA4\xA9\xE6\xB0\x97        1200        \xE2\x80\x93  \xE2\x80\x93"
                "                    \n");
}

static void a_later_page_may_be_wider(void **state)
{
    char *text = WRITTEN(OUTPUT_TABLE, page_one, page_two);

    (void)state;
    assert_non_null(strstr(text, "\na longer name         1"));
    assert_null(strstr(strstr(text, "missing") + 1, "client"));
    free(text);
}

static void strangers_text_steers_no_terminal(void **state)
{
    char *text = WRITTEN(OUTPUT_TABLE, "[{\"client\":\"a\\u001b[2Jb\\u009bc\\u007f\\nd\"}]");

    (void)state;
    assert_non_null(strstr(text, "a?[2Jb?c??d"));
    free(text);
}

static void colour_only_where_asked(void **state)
{
    static const struct column states[] = {
        { .key = "state", .title = &head_state, .list = "state" }
    };
    struct table table = { .columns = states, .count = 1 };
    cJSON *rows = cJSON_Parse("[{\"state\":\"vanished\"}]");
    struct buffer out = { 0 };

    (void)state;
    table_page(&table, rows, &out);
    assert_null(strchr(out.bytes, '\033'));
    buffer_clear(&out);
    table.begun = false;
    table.paint = TABLE_COLOURED;
    table_page(&table, rows, &out);
    assert_non_null(strstr(out.bytes, "\033[31mdesaparecido\033[0m\n"));
    buffer_free(&out);
    cJSON_Delete(rows);
}

static void json_is_one_array_over_all_pages(void **state)
{
    char *text = WRITTEN(OUTPUT_JSON, page_one, page_two);
    cJSON *rows = cJSON_Parse(text);

    (void)state;
    assert_int_equal(cJSON_GetArraySize(rows), 3);
    cJSON_Delete(rows);
    free(text);
    assert_text(WRITTEN(OUTPUT_JSON, "[]"), "[]\n");
}

static void csv_is_rfc_4180(void **state)
{
    (void)state;
    assert_text(WRITTEN(OUTPUT_CSV, page_one),
                "month,client,quantity,average,time,missing\r\n"
                ",\xC3\x91u\xC3\xB1o\xC3\xA1,3,1.5,2026-09-06T16:00:00Z,1 3-9\r\n"
                ",\xE5\xA4\xA9\xE6\xB0\x97,1200,,,\r\n");
    assert_text(WRITTEN(OUTPUT_CSV, "[]"), "month,client,quantity,average,time,missing\r\n");
}

static void csv_quotes_and_defuses(void **state)
{
    static const struct column pair[] = {
        { .key = "note", .title = &head_note },
        { .key = "lat", .title = &head_lat, .kind = COLUMN_NUMBER },
    };
    struct output output = { .format = OUTPUT_CSV, .table = { .columns = pair, .count = 2 } };
    cJSON *row = cJSON_Parse("{\"note\":\"-33.4;=cmd|' /C calc'!A1\",\"lat\":-33.4372}");
    char *text = NULL;
    size_t length;

    (void)state;
    output.file = open_memstream(&text, &length);
    assert_true(output_one(&output, row));
    fclose(output.file);
    cJSON_Delete(row);
    assert_text(text, "note,lat\r\n\"'-33.4;'=cmd|' /C calc'!A1\",-33.4372\r\n");
}

static void one_object_is_shown_by_lines(void **state)
{
    struct table table = { .columns = columns + 1, .count = 2, .language = LANG_ES };
    cJSON *row = cJSON_Parse("{\"client\":\"Ana\",\"quantity\":3}");
    struct buffer out = { 0 };

    (void)state;
    table_record(&table, row, &out);
    assert_string_equal(out.bytes, "cliente   Ana\ncantidad  3\n");
    buffer_free(&out);
    cJSON_Delete(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { .name = "width is counted as the screen shows it",
          .test_func = width_is_what_the_screen_shows },
        { .name = "columns are aligned, figures to the right", .test_func = columns_are_aligned },
        { .name = "a later page may be wider and has no second header",
          .test_func = a_later_page_may_be_wider },
        { .name = "text of strangers steers no terminal",
          .test_func = strangers_text_steers_no_terminal },
        { .name = "colour appears only where it is asked for",
          .test_func = colour_only_where_asked },
        { .name = "JSON is one array over all pages, and whole when empty",
          .test_func = json_is_one_array_over_all_pages },
        { .name = "CSV is RFC 4180 with a header even when empty", .test_func = csv_is_rfc_4180 },
        { .name = "CSV defuses texts and leaves numbers numbers",
          .test_func = csv_quotes_and_defuses },
        { .name = "one object is shown line by line", .test_func = one_object_is_shown_by_lines },
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (!day_set_zone("America/Santiago"))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
