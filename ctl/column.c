/* How values read: the one place that knows both the API's forms and the person's. */
#include "ctl/column.h"

#include "common/day.h"

#include "value_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char unknown[] = "–";

static const cJSON *value_of(const struct column *column, const cJSON *row)
{
    return cJSON_GetObjectItemCaseSensitive(row, column->key);
}

bool column_is_known(const struct column *column, const cJSON *row)
{
    const cJSON *value = value_of(column, row);

    return value && !cJSON_IsNull(value);
}

bool column_is_figure(const struct column *column)
{
    return column->kind == COLUMN_INT || column->kind == COLUMN_NUMBER ||
           column->kind == COLUMN_LENGTH || column->kind == COLUMN_MEMBER;
}

void column_defused_text(const char *text, size_t length, struct buffer *out)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        /* C0, DEL, and C1 as UTF-8 writes it (U+0080 to U+009F: C2 80 to C2 9F). */
        bool c1 = byte == 0xC2 && i + 1 < length && (unsigned char)text[i + 1] >= 0x80 &&
                  (unsigned char)text[i + 1] <= 0x9F;

        if (byte < 0x20 || byte == 0x7F || c1)
            buffer_text(out, "?");
        else
            buffer_append(out, &text[i], 1);
        i += c1;
    }
}

void column_local_time(const char *text, struct buffer *out)
{
    char local[32];
    struct tm fields;
    int64_t wall_ms;
    time_t seconds;

    if (!time_from_text(text, &wall_ms)) {
        column_defused_text(text, strlen(text), out);
        return;
    }
    seconds = (time_t)(wall_ms / 1000);
    localtime_r(&seconds, &fields);
    strftime(local, sizeof local, "%Y-%m-%d %H:%M:%S", &fields);
    buffer_text(out, local);
}

static void add_number(const cJSON *value, int decimals, struct buffer *out)
{
    if (!cJSON_IsNumber(value) || !isfinite(value->valuedouble))
        buffer_text(out, unknown);
    else
        buffer_format(out, "%.*f", decimals, value->valuedouble);
}

static void add_ranges(const cJSON *ranges, struct buffer *out)
{
    const cJSON *range;
    bool first = true;

    cJSON_ArrayForEach(range, ranges)
    {
        const cJSON *from = cJSON_GetObjectItemCaseSensitive(range, "from");
        const cJSON *to = cJSON_GetObjectItemCaseSensitive(range, "to");

        if (!cJSON_IsNumber(from) || !cJSON_IsNumber(to))
            continue;
        buffer_format(out, "%s%.0f", first ? "" : " ", from->valuedouble);
        if (to->valuedouble > from->valuedouble)
            buffer_format(out, "-%.0f", to->valuedouble);
        first = false;
    }
}

void column_word(const char *list, const char *value, enum lang language, struct buffer *out)
{
    const struct sentence *sentence = sentence_of_value(value_sentences, list, value);

    if (sentence != NULL)
        buffer_text(out, sentence->text[language]);
    else
        column_defused_text(value, strlen(value), out);
}

/* A text of strangers, or the word of one of the API's values. */
static void add_text(const struct column *column, enum lang language, const char *text,
                     struct buffer *out)
{
    if (column->list != NULL)
        column_word(column->list, text, language, out);
    else
        column_defused_text(text, strlen(text), out);
}

static void add_names(const struct column *column, enum lang language, const cJSON *array,
                      struct buffer *out)
{
    const cJSON *entry;
    bool first = true;

    cJSON_ArrayForEach(entry, array)
    {
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(entry, column->inner);

        if (!cJSON_IsString(name))
            continue;
        /* A word of ours may have blanks in it. */
        buffer_text(out, first ? "" : column->list != NULL ? ", " : " ");
        add_text(column, language, name->valuestring, out);
        first = false;
    }
}

static void add_place(const struct column *column, enum lang language, const cJSON *place,
                      struct buffer *out)
{
    const cJSON *where = cJSON_GetObjectItemCaseSensitive(place, column->inner);
    const cJSON *seq = cJSON_GetObjectItemCaseSensitive(place, "seq");

    if (cJSON_IsString(where))
        add_text(column, language, where->valuestring, out);
    if (cJSON_IsNumber(seq))
        buffer_format(out, " %.0f", seq->valuedouble);
}

/* A value of a kind that the column did not expect: shown as JSON rather than hidden. */
static void add_json(const cJSON *value, struct buffer *out)
{
    char *text = cJSON_PrintUnformatted(value);

    if (text)
        column_defused_text(text, strlen(text), out);
    cJSON_free(text);
}

void column_for_people(const struct column *column, enum lang language, const cJSON *row,
                       struct buffer *out)
{
    const cJSON *value = value_of(column, row);

    if (!value || cJSON_IsNull(value))
        buffer_text(out, unknown);
    else if (cJSON_IsString(value) && column->kind == COLUMN_TIME)
        column_local_time(value->valuestring, out);
    else if (cJSON_IsString(value))
        add_text(column, language, value->valuestring, out);
    else if (cJSON_IsNumber(value))
        add_number(value, column->kind == COLUMN_NUMBER ? column->decimals : 0, out);
    else if (cJSON_IsBool(value))
        column_word("bool", cJSON_IsTrue(value) ? "true" : "false", language, out);
    else if (cJSON_IsArray(value) && column->kind == COLUMN_LENGTH)
        buffer_format(out, "%d", cJSON_GetArraySize(value));
    else if (cJSON_IsArray(value) && column->kind == COLUMN_RANGES)
        add_ranges(value, out);
    else if (cJSON_IsArray(value) && column->kind == COLUMN_NAMES)
        add_names(column, language, value, out);
    else if (cJSON_IsObject(value) && column->kind == COLUMN_MEMBER)
        column_for_people(&(struct column){ .key = column->inner, .kind = COLUMN_INT }, language,
                          value, out);
    else if (cJSON_IsObject(value) && column->kind == COLUMN_PLACE)
        add_place(column, language, value, out);
    else
        add_json(value, out);
}

void column_for_programs(const struct column *column, const cJSON *row, struct buffer *out)
{
    const struct column names = { .inner = column->inner }; /* values stay those of the API */
    const cJSON *value = value_of(column, row);
    char *text;

    if (!value || cJSON_IsNull(value))
        return;
    if (cJSON_IsString(value)) {
        buffer_text(out, value->valuestring);
    } else if (cJSON_IsArray(value) && column->kind == COLUMN_RANGES) {
        add_ranges(value, out);
    } else if (cJSON_IsArray(value) && column->kind == COLUMN_NAMES) {
        add_names(&names, LANG_EN, value, out);
    } else if (cJSON_IsArray(value) && column->kind == COLUMN_LENGTH) {
        buffer_format(out, "%d", cJSON_GetArraySize(value));
    } else if (cJSON_IsObject(value) && column->kind == COLUMN_MEMBER) {
        column_for_programs(&(struct column){ .key = column->inner }, value, out);
    } else {
        text = cJSON_PrintUnformatted(value);
        buffer_text(out, text ? text : "");
        cJSON_free(text);
    }
}
