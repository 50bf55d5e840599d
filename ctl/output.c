/* Three forms of the same rows. */
#include "ctl/output.h"

#include "common/csv.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void flush_text(struct output *output)
{
    if (output->text.length > 0)
        fwrite(output->text.bytes, 1, output->text.length, output->file);
    fflush(output->file);
    buffer_clear(&output->text);
}

static void add_json(struct output *output, const cJSON *row)
{
    char *text = cJSON_PrintUnformatted(row);

    buffer_text(&output->text, text ? text : "null");
    cJSON_free(text);
}

static void json_page(struct output *output, const cJSON *rows)
{
    size_t index = output->rows;
    const cJSON *row;

    cJSON_ArrayForEach(row, rows)
    {
        buffer_text(&output->text, index++ == 0 ? "[" : ",\n");
        add_json(output, row);
    }
}

static struct csv_writer csv_writer_of(struct output *output)
{
    return csv_write_to(&output->text, CSV_RFC4180);
}

static void csv_header(struct output *output)
{
    struct csv_writer csv = csv_writer_of(output);

    for (size_t i = 0; i < output->table.count; i++)
        csv_text(&csv, output->table.columns[i].key);
    csv_row_end(&csv);
}

static void csv_cell(struct csv_writer *csv, const struct column *column, const cJSON *row)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(row, column->key);
    struct buffer cell = { 0 };

    if (cJSON_IsNumber(value)) {
        csv_number(csv, value->valuedouble);
        return;
    }
    column_for_programs(column, row, &cell);
    csv_text(csv, cell.bytes);
    buffer_free(&cell);
}

static void csv_page(struct output *output, const cJSON *rows)
{
    struct csv_writer csv = csv_writer_of(output);
    const cJSON *row;

    if (output->rows == 0)
        csv_header(output);
    cJSON_ArrayForEach(row, rows)
    {
        for (size_t i = 0; i < output->table.count; i++)
            csv_cell(&csv, &output->table.columns[i], row);
        csv_row_end(&csv);
    }
}

static void table_page_out(struct output *output, const cJSON *rows)
{
    table_page(&output->table, rows, &output->text);
}

void output_page(struct output *output, const cJSON *rows)
{
    static void (*const pages[])(struct output *, const cJSON *) = {
        [OUTPUT_TABLE] = table_page_out,
        [OUTPUT_JSON] = json_page,
        [OUTPUT_CSV] = csv_page,
    };

    if (!rows->child)
        return;
    pages[output->format](output, rows);
    output->rows += (size_t)cJSON_GetArraySize(rows);
    flush_text(output);
}

static bool finish(struct output *output)
{
    flush_text(output);
    buffer_free(&output->text);
    return !ferror(output->file);
}

bool output_end(struct output *output)
{
    if (output->format == OUTPUT_JSON)
        buffer_text(&output->text, output->rows == 0 ? "[]\n" : "]\n");
    else if (output->format == OUTPUT_CSV && output->rows == 0)
        csv_header(output);
    return finish(output);
}

bool output_one(struct output *output, const cJSON *row)
{
    cJSON page = { .type = cJSON_Array };

    if (output->format == OUTPUT_CSV) {
        page.child = (cJSON *)row;
        csv_page(output, &page);
    } else if (output->format == OUTPUT_JSON) {
        add_json(output, row);
        buffer_text(&output->text, "\n");
    } else {
        table_record(&output->table, row, &output->text);
    }
    return finish(output);
}

enum table_paint output_paint(FILE *file)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(fileno(file)) && (!no_color || !no_color[0]) ? TABLE_COLOURED : TABLE_PLAIN;
}

size_t output_room(FILE *file)
{
    struct winsize size;

    if (!isatty(fileno(file)) || ioctl(fileno(file), TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}
