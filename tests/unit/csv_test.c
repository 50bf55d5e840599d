/* Proves that a table reads back as it was meant, in both dialects, and that no cell of it is a
 * formula. */
#include "collector/http/csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void rfc_4180(void **state)
{
    struct buffer out = { 0 };
    struct csv_writer csv = csv_write_to(&out, CSV_RFC4180);
    (void)state;
    csv_text(&csv, "a,b");
    csv_text(&csv, "say \"hi\"");
    csv_text(&csv, "two\nlines");
    csv_text(&csv, NULL);
    csv_int(&csv, -5);
    csv_number(&csv, 1.5);
    csv_number(&csv, NAN);
    csv_row_end(&csv);
    csv_text(&csv, "next");
    csv_row_end(&csv);
    assert_string_equal(out.bytes,
                        "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",,-5,1.5,\r\nnext\r\n");
    buffer_free(&out);
}

static void excel_in_spanish(void **state)
{
    struct buffer out = { 0 };
    struct csv_writer csv = csv_write_to(&out, CSV_EXCEL_ES);
    (void)state;
    csv_text(&csv, "Ñandú; hijo");
    csv_number(&csv, -33.4372);
    csv_int(&csv, 1500);
    csv_row_end(&csv);
    assert_string_equal(out.bytes, "\xef\xbb\xbf\"Ñandú; hijo\";-33,4372;1500\r\n");
    buffer_free(&out);
}

static void formulas_are_defused(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        { "=1+1", "'=1+1" },
        { "+56 9", "'+56 9" },
        { "-2", "'-2" },
        { "@SUM(A1)", "'@SUM(A1)" },
        { "  =1", "'  =1" },
        { "\t=1", "'\t=1" },
        { "=\"x\"", "\"'=\"\"x\"\"\"" },
        { "a=1", "a=1" },
        { "", "" },
        { "\r=1", "\"'\r=1\"" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer out = { 0 };
        struct csv_writer csv = csv_write_to(&out, CSV_RFC4180);
        buffer_text(&out, "");
        csv_text(&csv, rows[i].text);
        assert_string_equal(out.bytes, rows[i].cell);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "cells are quoted as RFC 4180 says", rfc_4180, NULL, NULL, NULL },
        { "Excel in Spanish gets a mark, semicolons and decimal commas", excel_in_spanish, NULL,
          NULL, NULL },
        { "a cell that would be run as a formula is text", formulas_are_defused, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
