/* Fills in the texts of mails. */
#include "collector/effects/mail_template.h"
#include "collector/base/figure.h"

#include "mail_files.h"
#include "phrase_words.h"
#include "value_words.h"

#include "common/day.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES  64
#define VALUE_BYTES_MAX 1024 /* what is longer is cut */

struct filling {
    const struct mail_template *mail;
    const cJSON *parameters;
};

static const char *find_file(const char *name, enum lang lang)
{
    char wanted[NAME_MAX_BYTES];

    snprintf(wanted, sizeof wanted, "%s.%s", name, lang_name(lang));
    for (size_t i = 0; i < sizeof mail_files / sizeof *mail_files; i++)
        if (strcmp(mail_files[i].name, wanted) == 0)
            return mail_files[i].text;
    return NULL;
}

const struct sentence *mail_phrase(const char *how, const char *value)
{
    const struct sentence *word = sentence_of_value(value_sentences, how, value);

    return word != NULL ? word : sentence_of_value(phrase_sentences, how, value);
}

/* On one line, whatever it holds: 0x00-0x1f and 0x7f become blanks. */
static void write_safe(struct buffer *out, const char *text, size_t length)
{
    if (length > VALUE_BYTES_MAX)
        for (length = VALUE_BYTES_MAX; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--;
    for (size_t i = 0; i < length; i++) {
        char c = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
        buffer_append(out, &c, 1);
    }
}

static void as_money(struct buffer *out, double value, enum lang lang)
{
    figure_write_pesos(value, lang, out);
}

static void as_count(struct buffer *out, double value, enum lang lang)
{
    figure_write(value, lang, out);
}

/* The guild's clock, as day.c sets the zone. */
static void as_time(struct buffer *out, double value, enum lang lang)
{
    char text[CLOCK_TEXT_SIZE];

    (void)lang;
    clock_text((int64_t)value, text);
    buffer_text(out, text);
}

static void as_date(struct buffer *out, double value, enum lang lang)
{
    char text[DAY_TEXT_SIZE];

    (void)lang;
    day_text((int32_t)value, text);
    buffer_text(out, text);
}

static const struct {
    const char *name;
    void (*write)(struct buffer *out, double value, enum lang lang);
} ways[] = {
    { "money", as_money }, { "count", as_count }, { "time", as_time }, { "date", as_date }
};

/* By a phrase of its own, else as it is. */
static void write_phrase(struct buffer *out, const char *how, const char *text, enum lang lang)
{
    const struct sentence *phrase = mail_phrase(how, text);

    if (phrase != NULL)
        buffer_text(out, phrase->text[lang]);
    else
        write_safe(out, text, strlen(text));
}

static void write_number(struct buffer *out, const char *how, double value, enum lang lang)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, how) == 0) {
            ways[i].write(out, value, lang);
            return;
        }
    buffer_format(out, "%.15g", value);
}

/* False where there is nothing to write. */
static bool write_value(struct buffer *out, const struct filling *filling, const char *name,
                        const char *how)
{
    enum lang lang = filling->mail->lang;
    const char *url = filling->mail->url;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(filling->parameters, name);

    if (strcmp(name, "url") == 0) {
        size_t length = url != NULL ? strlen(url) : 0;
        write_safe(out, url, length > 0 && url[length - 1] == '/' ? length - 1 : length);
        return length > 0;
    }
    if (cJSON_IsNumber(value)) {
        write_number(out, how, value->valuedouble, lang);
        return true;
    }
    if (!cJSON_IsString(value) || value->valuestring[0] == '\0')
        return false;
    if (how[0] != '\0')
        write_phrase(out, how, value->valuestring, lang);
    else
        write_safe(out, value->valuestring, strlen(value->valuestring));
    return true;
}

/* `{{name|how}}` at `text`; returns what follows it, NULL where the line is to be left out. */
static const char *fill_one(struct buffer *out, const struct filling *filling, const char *text)
{
    char inside[NAME_MAX_BYTES];
    const char *end = strstr(text, "}}");

    if (end == NULL || (size_t)(end - text) - 2 >= sizeof inside)
        return NULL;
    snprintf(inside, sizeof inside, "%.*s", (int)(end - text - 2), text + 2);
    char *how = strchr(inside, '|');
    if (how != NULL)
        *how++ = '\0';
    return write_value(out, filling, inside, how != NULL ? how : "") ? end + 2 : NULL;
}

/* One line of the file, without its end; false and nothing where it is left out. */
static bool fill_line(struct buffer *out, const struct filling *filling, const char *line,
                      size_t length)
{
    size_t before = out->length;
    const char *end = line + length;

    buffer_text(out, "");
    for (const char *at = line; at < end;) {
        const char *mark = strstr(at, "{{");
        if (mark == NULL || mark >= end)
            mark = end;
        buffer_append(out, at, (size_t)(mark - at));
        at = mark < end ? fill_one(out, filling, mark) : end;
        if (at == NULL) {
            out->length = before;
            out->bytes[before] = '\0';
            return false;
        }
    }
    return true;
}

/* Where a line was left out, the blank one behind it is one too many. */
static bool is_blank_again(const struct buffer *body, size_t length)
{
    return length == 0 && body->length > 1 &&
           memcmp(body->bytes + body->length - 2, "\n\n", 2) == 0;
}

static void fill(const struct filling *filling, const char *text, struct buffer *subject,
                 struct buffer *body)
{
    size_t length = strcspn(text, "\n");

    fill_line(subject, filling, text, length);
    text += length + (text[length] == '\n');
    text += text[0] == '\n';
    for (; *text != '\0'; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        if (!is_blank_again(body, length) && fill_line(body, filling, text, length))
            buffer_text(body, "\n");
    }
}

bool mail_template_fill(const struct mail_template *mail, struct buffer *subject,
                        struct buffer *body)
{
    struct filling filling = { .mail = mail };
    const char *text = find_file(mail->name, mail->lang);
    cJSON *parameters = cJSON_Parse(mail->parameters);

    filling.parameters = parameters;
    bool fits = text != NULL && cJSON_IsObject(parameters);
    if (fits)
        fill(&filling, text, subject, body);
    cJSON_Delete(parameters);
    return fits;
}
