/* Lays out rows. Cells are made twice, once to measure and once to write: a page is 1000 rows at
 * most, and keeping them would need a matrix of strings. */
#include "ctl/table.h"

#include <string.h>
#include <wchar.h>

#define GAP           "  "
#define CUT_WIDTH_MIN 6 /* places that a cut column keeps */

/* Values that ask for a person's eye, and those that are in order (ECMA-48, SGR). */
static const struct {
    const char *value, *paint;
} paints[] = {
    { "vanished", "\033[31m" }, { "absent", "\033[33m" },  { "silent", "\033[33m" },
    { "stopped", "\033[31m" },  { "running", "\033[32m" }, { "heard", "\033[32m" },
};

size_t table_width(const char *text)
{
    size_t width = 0, left = strlen(text);
    mbstate_t state = { 0 };

    while (left > 0) {
        wchar_t letter;
        size_t used = mbrtowc(&letter, text, left, &state);
        int places = 0;

        if (used == 0 || used > left) { /* no UTF-8 locale, or bad bytes: count first bytes */
            memset(&state, 0, sizeof state);
            used = 1;
            places = ((unsigned char)*text & 0xC0) != 0x80;
        } else {
            places = wcwidth(letter);
        }
        width += places > 0 ? (size_t)places : 0;
        text += used;
        left -= used;
    }
    return width;
}

static const char *title_of(const struct table *table, size_t index)
{
    return words_in(table->language, table->columns[index].title);
}

static void add_blanks(struct buffer *out, size_t count)
{
    while (count-- > 0)
        buffer_text(out, " ");
}

static size_t last_shown(const struct table *table)
{
    size_t last = 0;

    for (size_t i = 0; i < table->count; i++)
        if (table->shown[i])
            last = i;
    return last;
}

/* By the API's value, which is the same in each language; only a list's has one. */
static const char *paint_of(const struct table *table, size_t index, const cJSON *row)
{
    const struct column *column = &table->columns[index];
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(row, column->key);

    if (table->paint != TABLE_COLOURED || column->list == NULL || !cJSON_IsString(value))
        return NULL;
    for (size_t i = 0; i < sizeof paints / sizeof *paints; i++)
        if (strcmp(paints[i].value, value->valuestring) == 0)
            return paints[i].paint;
    return NULL;
}

static bool may_be_cut(const struct column *column)
{
    return column->kind == COLUMN_TEXT || column->kind == COLUMN_RANGES ||
           column->kind == COLUMN_NAMES;
}

/* Appends as much of the text as fits into `room` places, with "…" at its end. */
static void add_cut(const char *text, size_t room, struct buffer *out)
{
    size_t length = strlen(text);
    struct buffer start = { 0 };

    buffer_append(&start, text, length);
    while (length > 0 && table_width(start.bytes) + 1 > room) {
        do
            length--;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80);
        buffer_clear(&start);
        buffer_append(&start, text, length);
        buffer_text(&start, "");
    }
    buffer_text(out, start.bytes ? start.bytes : "");
    buffer_text(out, "…");
    buffer_free(&start);
}

/* What stands in a place of a line. */
struct cell {
    size_t index; /* of the column */
    const char *text;
    const char *paint; /* NULL: none */
};

static void add_cell(const struct table *table, const struct cell *cell, struct buffer *out)
{
    size_t width = table_width(cell->text), room = table->widths[cell->index];
    size_t fill = room > width ? room - width : 0;
    bool figure = column_is_figure(&table->columns[cell->index]);

    if (figure)
        add_blanks(out, fill);
    if (cell->paint)
        buffer_text(out, cell->paint);
    if (table->room > 0 && width > room && may_be_cut(&table->columns[cell->index]))
        add_cut(cell->text, room, out);
    else
        buffer_text(out, cell->text);
    if (cell->paint)
        buffer_text(out, "\033[0m");
    if (cell->index == last_shown(table)) {
        buffer_text(out, "\n");
        return;
    }
    if (!figure)
        add_blanks(out, fill);
    buffer_text(out, GAP);
}

static void choose_columns(struct table *table, const cJSON *rows)
{
    for (size_t i = 0; i < table->count; i++) {
        const cJSON *row;

        table->shown[i] = table->columns[i].presence == COLUMN_ALWAYS;
        table->widths[i] = table_width(title_of(table, i));
        cJSON_ArrayForEach(row, rows) table->shown[i] |= column_is_known(&table->columns[i], row);
    }
}

static void measure(struct table *table, const cJSON *rows)
{
    struct buffer cell = { 0 };
    const cJSON *row;

    cJSON_ArrayForEach(row, rows)
    {
        for (size_t i = 0; i < table->count; i++) {
            size_t width;

            buffer_clear(&cell);
            column_for_people(&table->columns[i], table->language, row, &cell);
            width = cell.bytes ? table_width(cell.bytes) : 0;
            if (width > table->widths[i])
                table->widths[i] = width;
        }
    }
    buffer_free(&cell);
}

static size_t line_width(const struct table *table)
{
    size_t width = 0;

    for (size_t i = 0; i < table->count; i++)
        if (table->shown[i])
            width += table->widths[i] + (width > 0 ? strlen(GAP) : 0);
    return width;
}

/* Takes places from the widest text until a line fits; figures and times stay whole, because half
 * a figure is a wrong one. */
static void fit(struct table *table)
{
    while (table->room > 0 && line_width(table) > table->room) {
        size_t widest = table->count;

        for (size_t i = 0; i < table->count; i++)
            if (table->shown[i] && may_be_cut(&table->columns[i]) &&
                table->widths[i] > CUT_WIDTH_MIN &&
                (widest == table->count || table->widths[i] > table->widths[widest]))
                widest = i;
        if (widest == table->count)
            return;
        table->widths[widest]--;
    }
}

static void add_header(const struct table *table, struct buffer *out)
{
    bool bold = table->paint == TABLE_COLOURED;

    if (bold)
        buffer_text(out, "\033[1m");
    for (size_t i = 0; i < table->count; i++)
        if (table->shown[i])
            add_cell(table, &(struct cell){ i, title_of(table, i), NULL }, out);
    if (bold)
        buffer_text(out, "\033[0m");
}

void table_page(struct table *table, const cJSON *rows, struct buffer *out)
{
    struct buffer text = { 0 };
    const cJSON *row;

    if (!table->begun)
        choose_columns(table, rows);
    measure(table, rows);
    fit(table);
    if (!table->begun)
        add_header(table, out);
    table->begun = true;
    cJSON_ArrayForEach(row, rows)
    {
        for (size_t i = 0; i < table->count; i++) {
            if (!table->shown[i])
                continue;
            buffer_clear(&text);
            column_for_people(&table->columns[i], table->language, row, &text);
            struct cell cell = { i, text.bytes ? text.bytes : "", paint_of(table, i, row) };
            add_cell(table, &cell, out);
        }
    }
    buffer_free(&text);
}

void table_record(struct table *table, const cJSON *row, struct buffer *out)
{
    size_t title_width = 0;

    for (size_t i = 0; i < table->count; i++) {
        size_t width = table_width(title_of(table, i));

        title_width = width > title_width ? width : title_width;
    }
    for (size_t i = 0; i < table->count; i++) {
        const char *title = title_of(table, i);

        buffer_text(out, title);
        add_blanks(out, title_width - table_width(title));
        buffer_text(out, GAP);
        column_for_people(&table->columns[i], table->language, row, out);
        buffer_text(out, "\n");
    }
}
