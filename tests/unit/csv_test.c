/* Proves that a table reads back as it was meant, in both dialects, and that no cell of it is a
 * formula, whichever sign its reader splits by. */
#include "common/csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

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
        { "\t=1", "\"'\t'=1\"" },
        { "=\"x\"", "\"'=\"\"x\"\"\"" },
        { "a=1", "a=1" },
        { "", "" },
        { "\r=1", "\"'\r'=1\"" },
        { "x;=cmd|' /C calc'!A1;y", "\"x;'=cmd|' /C calc'!A1;y\"" },
        { "x,-1", "\"x,'-1\"" },
        { "two\n+lines", "\"two\n'+lines\"" },
        { "a;\"\"=1", "\"a;'\"\"\"\"=1\"" },
        { "a; b", "\"a; b\"" },
        { "\xef\xbc\x9dHYPERLINK(A1)", "'\xef\xbc\x9dHYPERLINK(A1)" },
        { "\xef\xbc\x8b"
          "1",
          "'\xef\xbc\x8b"
          "1" },
        { "\xc2\xa0=1", "'\xc2\xa0=1" },
        { "\xef\xbb\xbf=1", "'\xef\xbb\xbf=1" },
        { "\xa0=1", "'\xa0=1" },
        { "\xc3\x91u\xc3\xb1oa", "\xc3\x91u\xc3\xb1oa" },
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

/* Reads as spreadsheets do: a quote that begins a cell quotes, every other one is a sign. */
struct reader {
    const char *at;
    char separator;
};

/* The next cell; false at the end. */
static bool read_cell(struct reader *reader, struct buffer *cell)
{
    buffer_clear(cell);
    buffer_text(cell, "");
    if (*reader->at == '\0')
        return false;
    if (*reader->at == '"') {
        for (reader->at++; *reader->at != '\0'; reader->at++) {
            if (*reader->at == '"' && *++reader->at != '"')
                break;
            buffer_append(cell, reader->at, 1);
        }
    }
    for (; *reader->at != '\0' && *reader->at != reader->separator && !strchr("\r\n", *reader->at);
         reader->at++)
        buffer_append(cell, reader->at, 1);
    if (*reader->at == '\r' && reader->at[1] == '\n')
        reader->at++;
    reader->at += *reader->at != '\0';
    return true;
}

/* What a text of a stranger is made of here. */
static const char *const pieces[] = { "=",
                                      "+",
                                      "-",
                                      "@",
                                      "|",
                                      "%",
                                      ",",
                                      ";",
                                      "\t",
                                      "\n",
                                      "\r\n",
                                      "\r",
                                      "\"",
                                      "'",
                                      " ",
                                      "\xc2\xa0",
                                      "\xef\xbb\xbf",
                                      "\xe2\x80\x8b",
                                      "\xef\xbc\x9d",
                                      "\xef\xbc\x8b",
                                      "\xef\xbc\x8d",
                                      "\xef\xbc\xa0",
                                      "\x01",
                                      "\xa0",
                                      "a",
                                      "1",
                                      "\xc3\xb1" };

static bool begins_with(const char *text, const char *sign)
{
    return strncmp(text, sign, strlen(sign)) == 0;
}

/* The claim's own list, apart from the writer's. */
static bool is_run(const char *cell)
{
    static const char *const blanks[] = { " ",        "\"",           "\x01",        "\xa0",
                                          "\xc2\xa0", "\xef\xbb\xbf", "\xe2\x80\x8b" };
    static const char *const signs[] = { "=",
                                         "+",
                                         "-",
                                         "@",
                                         "|",
                                         "%",
                                         "\t",
                                         "\xef\xbc\x9d",
                                         "\xef\xbc\x8b",
                                         "\xef\xbc\x8d",
                                         "\xef\xbc\xa0" };

    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (begins_with(cell, blanks[i])) {
            cell += strlen(blanks[i]);
            i = SIZE_MAX; /* from the first blank again */
        }
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (begins_with(cell, signs[i]))
            return true;
    return false;
}

/* Whether the cell is the text, with nothing but apostrophes put in. */
static bool is_text(const char *cell, const char *text)
{
    for (; *cell != '\0'; cell++) {
        if (*cell == *text)
            text++;
        else if (*cell != '\'')
            return false;
    }
    return *text == '\0';
}

static size_t draw(uint32_t *random, size_t below)
{
    *random = *random * 1664525u + 1013904223u; /* Numerical Recipes */
    return (*random >> 8) % below;
}

#define COLUMNS     6 /* a text, -5, a text, -33.5, two texts */
#define PIECES_MAX  9
#define TABLES      20000
#define ROWS        2
#define IS_TEXT(at) ((at) % COLUMNS != 1 && (at) % COLUMNS != 3)

static void write_table(uint32_t *random, enum csv_dialect dialect,
                        struct buffer texts[ROWS * COLUMNS], struct buffer *out)
{
    struct csv_writer csv = csv_write_to(out, dialect);

    for (size_t at = 0; at < ROWS * (size_t)COLUMNS; at++) {
        buffer_clear(&texts[at]);
        buffer_text(&texts[at], "");
        for (size_t count = draw(random, PIECES_MAX); count > 0; count--)
            buffer_text(&texts[at], pieces[draw(random, sizeof pieces / sizeof *pieces)]);
        if (IS_TEXT(at))
            csv_text(&csv, texts[at].bytes);
        else if (at % COLUMNS == 1)
            csv_int(&csv, -5);
        else
            csv_number(&csv, -33.5);
        if (at % COLUMNS == COLUMNS - 1)
            csv_row_end(&csv);
    }
}

/* By its own sign every text is where it was written, and numbers are numbers. */
static void check_own(const char *table, enum csv_dialect dialect,
                      const struct buffer texts[ROWS * COLUMNS])
{
    struct reader reader = { table + (dialect == CSV_EXCEL_ES ? 3 : 0),
                             dialect == CSV_EXCEL_ES ? ';' : ',' };
    struct buffer cell = { 0 };

    for (size_t at = 0; at < ROWS * (size_t)COLUMNS; at++) {
        assert_true(read_cell(&reader, &cell));
        if (IS_TEXT(at)) {
            assert_true(is_text(cell.bytes, texts[at].bytes));
            assert_false(is_run(cell.bytes));
            assert_false(*cell.bytes == '\n' || *cell.bytes == '\r');
        } else if (at % COLUMNS == 1) {
            assert_string_equal(cell.bytes, "-5");
        } else {
            assert_string_equal(cell.bytes, dialect == CSV_EXCEL_ES ? "-33,5" : "-33.5");
        }
    }
    assert_int_equal(*reader.at, '\0');
    buffer_free(&cell);
}

static void check_foreign(const char *table, char separator)
{
    struct reader reader = { table, separator };
    struct buffer cell = { 0 };

    while (read_cell(&reader, &cell))
        if (is_run(cell.bytes))
            fail_msg("split by %#x, a cell begins %.40s in:\n%s", separator, cell.bytes, table);
    buffer_free(&cell);
}

static void no_cell_runs_by_any_separator(void **state)
{
    struct buffer texts[ROWS * COLUMNS] = { 0 }, out = { 0 };
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < TABLES; i++) {
        enum csv_dialect dialect = i % 2 == 0 ? CSV_RFC4180 : CSV_EXCEL_ES;
        buffer_clear(&out);
        write_table(&random, dialect, texts, &out);
        check_own(out.bytes, dialect, texts);
        check_foreign(out.bytes, dialect == CSV_RFC4180 ? ';' : ',');
        check_foreign(out.bytes, '\t');
    }
    for (size_t at = 0; at < ROWS * (size_t)COLUMNS; at++)
        buffer_free(&texts[at]);
    buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        { "cells are quoted as RFC 4180 says", rfc_4180, NULL, NULL, NULL },
        { "Excel in Spanish gets a mark, semicolons and decimal commas", excel_in_spanish, NULL,
          NULL, NULL },
        { "a cell that would be run as a formula is text", formulas_are_defused, NULL, NULL, NULL },
        { "random texts read back by comma, semicolon and tab, and no cell of them is run",
          no_cell_runs_by_any_separator, NULL, NULL, NULL },
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
