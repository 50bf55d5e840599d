/* Cells and rows. */
#include "collector/http/csv.h"

#include "common/json_write.h"

#include <math.h>
#include <string.h>

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

/* A spreadsheet also drops leading blanks before it looks for a formula. */
static bool is_formula(const char *text)
{
    const char *first = text + strspn(text, " ");
    return *first != '\0' && strchr("=+-@\t\r\n|%", *first) != NULL;
}

void csv_text(struct csv_writer *csv, const char *text)
{
    cell_begin(csv);
    if (text == NULL)
        return;
    bool defuse = is_formula(text);
    bool quote = strpbrk(text, ",;\"\r\n") != NULL;
    buffer_text(csv->out, quote ? "\"" : "");
    buffer_text(csv->out, defuse ? "'" : "");
    for (; *text != '\0'; text++)
        buffer_append(csv->out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
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
