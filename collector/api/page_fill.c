/* Line by line. */
#include "collector/api/page_fill.h"

#include "buyer_words.h"
#include "page_files.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64

struct filling {
    enum lang lang;
    const cJSON *values;
};

/* What a page's own quotes and marks are written as (HTML 13.3). */
static const char *escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void write_text(struct buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *escape = escape_of(*text);
        if (escape != NULL)
            buffer_text(out, escape);
        else
            buffer_append(out, text, 1);
    }
}

static const char *value_of(const struct filling *filling, const char *name)
{
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(filling->values, name));
    return text != NULL ? text : "";
}

/* False where the line is to be left out. */
static bool write_one(struct buffer *out, const struct filling *filling, const char *name)
{
    if (strncmp(name, "t:", 2) == 0) {
        const struct sentence *sentence = sentence_find(buyer_sentences, name + 2);
        assert(sentence != NULL);
        write_text(out, sentence->text[filling->lang]);
        return true;
    }
    if (name[0] == '&') {
        buffer_text(out, value_of(filling, name + 1));
        return true;
    }
    bool may_lack = name[0] == '?';
    const char *text = value_of(filling, name + may_lack);
    write_text(out, text);
    return may_lack || text[0] != '\0';
}

/* One line of the file with its end; nothing where it is left out. */
static void fill_line(struct buffer *out, const struct filling *filling, const char *line,
                      size_t length)
{
    size_t before = out->length;
    const char *end = line + length;
    bool shown = true;
    while (shown && line < end) {
        char name[NAME_SIZE];
        const char *mark = memmem(line, (size_t)(end - line), "{{", 2);
        if (mark == NULL)
            mark = end;
        buffer_append(out, line, (size_t)(mark - line));
        if (mark == end)
            break;
        const char *close = memmem(mark, (size_t)(end - mark), "}}", 2);
        assert(close != NULL && close - mark < NAME_SIZE);
        snprintf(name, sizeof name, "%.*s", (int)(close - mark - 2), mark + 2);
        shown = write_one(out, filling, name);
        line = close + 2;
    }
    if (shown) {
        buffer_text(out, "\n");
        return;
    }
    out->length = before;
    out->bytes[before] = '\0';
}

void page_fill(const char *name, enum lang lang, const cJSON *values, struct buffer *out)
{
    struct filling filling = { lang, values };
    const char *text = NULL;
    for (size_t i = 0; i < sizeof page_files / sizeof *page_files; i++)
        if (strcmp(page_files[i].name, name) == 0)
            text = page_files[i].text;
    assert(text != NULL);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        fill_line(out, &filling, text, length);
        text += length + (text[length] == '\n');
    }
}

void page_fill_member(const char *name, enum lang lang, const cJSON *piece, cJSON *values,
                      const char *member)
{
    struct buffer out = { 0 };
    const char *before = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(values, member));
    if (before != NULL)
        buffer_text(&out, before);
    page_fill(name, lang, piece, &out);
    cJSON_DeleteItemFromObjectCaseSensitive(values, member);
    cJSON_AddStringToObject(values, member, out.bytes != NULL ? out.bytes : "");
    buffer_free(&out);
}
