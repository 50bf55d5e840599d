/* Cells and rows. */
#include "common/csv.h"

#include "common/json_write.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* UTF-8, each list ended by NULL. What splits a text into cells or lines for some reader. */
static const char *const separators[] = {
    ",",    ";",    "\t",   "\n",       "\r",           "\v",           "\f",
    "\x1c", "\x1d", "\x1e", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9", NULL
};

/* What begins a formula, a link to a program (`|`), or is folded to one of these: signs of full
 * width (U+FF..), small ones (U+FE6.), and the minus sign U+2212. */
static const char *const triggers[] = { "=",
                                        "+",
                                        "-",
                                        "@",
                                        "|",
                                        "%",
                                        "\t",
                                        "\xef\xbc\x9d",
                                        "\xef\xbc\x8b",
                                        "\xef\xbc\x8d",
                                        "\xef\xbc\xa0",
                                        "\xef\xbd\x9c",
                                        "\xef\xbc\x85",
                                        "\xef\xb9\xa6",
                                        "\xef\xb9\xa2",
                                        "\xef\xb9\xa3",
                                        "\xef\xb9\xab",
                                        "\xef\xb9\xaa",
                                        "\xe2\x88\x92",
                                        NULL };

/* What a spreadsheet may drop before it looks for one: blanks of all widths, marks of direction
 * and order. Quotes are among them because one may be taken for the beginning of a quoted cell. */
static const char *const dropped[] = {
    "\"",           "\xc2\xa0",     "\xc2\xad",     "\xe1\x9a\x80", "\xe1\xa0\x8e", "\xe2\x80\x80",
    "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\x8b", "\xe2\x80\x8c",
    "\xe2\x80\x8d", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
    "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe2\x81\xa0", "\xe2\x81\xa6",
    "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", "\xe3\x80\x80", "\xef\xbb\xbf", NULL
};

struct csv_writer csv_write_to(struct buffer *out, enum csv_dialect dialect)
{
    if (dialect == CSV_EXCEL_ES)
        buffer_text(out, "\xef\xbb\xbf");
    return (struct csv_writer){ .out = out, .dialect = dialect };
}

static void cell_begin(struct csv_writer *csv)
{
    if (csv->cells++ > 0)
        buffer_text(csv->out, csv->dialect == CSV_EXCEL_ES ? ";" : ",");
}

/* The length of the sign of the list that the text begins with; 0: of none. */
static size_t sign_length(const char *text, const char *const *signs)
{
    if (isalnum((unsigned char)*text)) /* most texts: none is in a list */
        return 0;
    for (; *signs != NULL; signs++)
        if (strncmp(text, *signs, strlen(*signs)) == 0)
            return strlen(*signs);
    return 0;
}

/* Control signs, and bytes that continue nothing: a reader that takes them for Latin-1 finds
 * blanks among them. */
static bool is_dropped_byte(unsigned char byte)
{
    return byte == 0x7f || (byte & 0xc0) == 0x80 || (byte > 0 && byte <= ' ' && byte != '\t');
}

static size_t dropped_length(const char *text)
{
    if (sign_length(text, separators) > 0)
        return 0;
    return is_dropped_byte((unsigned char)*text) ? 1 : sign_length(text, dropped);
}

/* Whether a cell that begins here would be run. */
static bool would_run(const char *text)
{
    size_t length;

    while ((length = dropped_length(text)) > 0)
        text += length;
    return sign_length(text, triggers) > 0;
}

static void append_escaped(struct buffer *out, const char *text, size_t length)
{
    buffer_append(out, text, length);
    if (*text == '"')
        buffer_append(out, text, 1);
}

static void write_defused(struct buffer *out, const char *text)
{
    /* A line end at the beginning of a quoted cell is dropped by some. */
    bool defuse = would_run(text) || *text == '\r' || *text == '\n';

    while (*text != '\0') {
        size_t length = sign_length(text, separators);
        bool ends_cell = length > 0;

        if (defuse)
            buffer_text(out, "'");
        length = ends_cell ? length : 1;
        append_escaped(out, text, length);
        text += length;
        defuse = ends_cell && would_run(text);
    }
}

void csv_text(struct csv_writer *csv, const char *text)
{
    cell_begin(csv);
    if (text == NULL)
        return;
    bool quote = strpbrk(text, ",;\"\t\r\n") != NULL;
    buffer_text(csv->out, quote ? "\"" : "");
    write_defused(csv->out, text);
    buffer_text(csv->out, quote ? "\"" : "");
}

void csv_int(struct csv_writer *csv, int64_t value)
{
    cell_begin(csv);
    buffer_int(csv->out, value);
}

void csv_number(struct csv_writer *csv, double value)
{
    cell_begin(csv);
    if (!isfinite(value))
        return;
    size_t start = csv->out->length;
    struct json_writer json = json_write_to(csv->out);
    json_number(&json, NULL, value);
    char *dot = memchr(csv->out->bytes + start, '.', csv->out->length - start);
    if (dot != NULL && csv->dialect == CSV_EXCEL_ES)
        *dot = ',';
}

void csv_row_end(struct csv_writer *csv)
{
    buffer_text(csv->out, "\r\n");
    csv->cells = 0;
}
