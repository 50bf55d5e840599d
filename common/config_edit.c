/* Line by line, by ini.h. */
#include "common/config_edit.h"

#include "common/ini.h"

#include <string.h>
#include <strings.h>

struct line {
    struct ini_span text;          /* with its line end, where it has one */
    const struct config_pair *set; /* the key that it names; NULL: none of those */
    bool counts;                   /* it is no comment */
};

static const struct config_pair *find(const struct config_pairs *set, struct ini_span key)
{
    for (size_t i = 0; i < set->count; i++)
        if (strlen(set->pairs[i].name) == key.length &&
            strncasecmp(set->pairs[i].name, key.at, key.length) == 0)
            return &set->pairs[i];
    return NULL;
}

static struct line look(const struct config_pairs *set, struct ini_span text)
{
    struct line line = { .text = text };
    bool comment = text.length > 0 && text.at[0] == '#';
    struct ini_span pair = { text.at + comment, text.length - comment };
    struct ini_line read = ini_read(pair, "");

    if (read.kind == INI_PAIR)
        line.set = find(set, read.key);
    line.counts = !comment;
    return line;
}

static struct ini_span next(const struct buffer *text, size_t at)
{
    const char *end = memchr(text->bytes + at, '\n', text->length - at);
    size_t length = end != NULL ? (size_t)(end + 1 - text->bytes) - at : text->length - at;

    return (struct ini_span){ text->bytes + at, length };
}

/* The line of `pair` that is replaced; NULL: there is none. */
static const char *place_of(const struct buffer *text, const struct config_pairs *set,
                            const struct config_pair *pair)
{
    const char *place = NULL;

    for (size_t at = 0; at < text->length;) {
        struct line line = look(set, next(text, at));
        if (line.set == pair && line.counts)
            return line.text.at;
        if (line.set == pair && place == NULL)
            place = line.text.at;
        at += line.text.length;
    }
    return place;
}

static void write_pair(const struct config_pair *pair, struct buffer *out)
{
    buffer_text(out, pair->name);
    buffer_text(out, "=");
    buffer_text(out, pair->value);
    buffer_text(out, "\n");
}

static void end_line(struct buffer *out)
{
    if (out->length > 0 && out->bytes[out->length - 1] != '\n')
        buffer_text(out, "\n");
}

void config_edit(const struct buffer *text, const struct config_pairs *set, struct buffer *out)
{
    for (size_t at = 0; at < text->length;) {
        struct line line = look(set, next(text, at));
        if (line.set != NULL && place_of(text, set, line.set) == line.text.at)
            write_pair(line.set, out);
        else if (line.set == NULL || !line.counts) /* a second line that counts would win */
            buffer_append(out, line.text.at, line.text.length);
        at += line.text.length;
    }
    end_line(out);
    for (size_t i = 0; i < set->count; i++)
        if (place_of(text, set, &set->pairs[i]) == NULL)
            write_pair(&set->pairs[i], out);
}
