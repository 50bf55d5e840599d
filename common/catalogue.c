/* Fills arguments in, keeps them and reads them again. */
#include "common/catalogue.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_NAME_BYTES 128 /* longer is none that we know */

enum lang lang_from_name(const char *name)
{
    return name != NULL && strcmp(name, "en") == 0 ? LANG_EN : LANG_ES;
}

const char *lang_name(enum lang lang)
{
    return lang == LANG_EN ? "en" : "es";
}

/* The index of the argument whose name stands from `at` to its brace. */
static int argument_at(const struct sentence *sentence, const char *at, size_t length)
{
    for (int i = 0; sentence->arguments[i] != NULL; i++)
        if (strlen(sentence->arguments[i]) == length &&
            strncmp(sentence->arguments[i], at, length) == 0)
            return i;
    return -1;
}

static void write_word(const struct said_word *word, struct buffer *out)
{
    if (word->kind == SAID_NUMBER)
        buffer_format(out, "%lld", (long long)word->number);
    else if (word->kind == SAID_REAL)
        buffer_format(out, "%g", word->real);
    else
        buffer_text(out, word->text != NULL ? word->text : "?");
}

/* Behind the argument's name, a blank and the word for what it counts: one/more than one. */
static void write_form(const struct said_word *word, const char *forms, size_t length,
                       struct buffer *out)
{
    const char *slash = memchr(forms, '/', length);
    size_t one = slash != NULL ? (size_t)(slash - forms) : length;

    if (one == length || (word->kind == SAID_NUMBER && word->number == 1)) {
        buffer_append(out, forms, one);
    } else {
        buffer_append(out, " ", 1);
        buffer_append(out, slash + 1, length - one - 1);
    }
}

/* Braces that hold no argument's name stand for themselves. */
void say_in(const struct saying *saying, enum lang lang, struct buffer *out)
{
    for (const char *at = saying->sentence->text[lang]; *at != '\0';) {
        size_t plain = strcspn(at, "{");
        buffer_append(out, at, plain);
        at += plain;
        size_t length = *at == '{' ? strcspn(at + 1, "}") : 0;
        size_t name = *at == '{' ? strcspn(at + 1, " }") : 0;
        int argument = *at == '{' ? argument_at(saying->sentence, at + 1, name) : -1;
        if (argument >= 0) {
            write_word(&saying->words[argument], out);
            write_form(&saying->words[argument], at + 1 + name, length - name, out);
            at += length + 2;
        } else if (*at == '{') {
            buffer_append(out, at++, 1);
        }
    }
}

void say_text(const struct saying *saying, enum lang lang, char *text, size_t size)
{
    struct buffer told = { 0 };

    say_in(saying, lang, &told);
    size_t length = told.length < size ? told.length : size - 1;
    while (length < told.length && ((unsigned char)told.bytes[length] & 0xc0) == 0x80)
        length--;
    memcpy(text, told.bytes != NULL ? told.bytes : "", length);
    text[length] = '\0';
    buffer_free(&told);
}

void say_keep(const struct saying *saying, struct buffer *out)
{
    struct json_writer json = json_write_to(out);

    json_object_begin(&json, NULL);
    json_text(&json, "say", saying->sentence->name);
    for (int i = 0; saying->sentence->arguments[i] != NULL; i++) {
        const struct said_word *word = &saying->words[i];
        if (word->kind == SAID_NUMBER)
            json_int(&json, saying->sentence->arguments[i], word->number);
        else if (word->kind == SAID_REAL)
            json_number(&json, saying->sentence->arguments[i], word->real);
        else
            json_text(&json, saying->sentence->arguments[i], word->text);
    }
    json_object_end(&json);
}

const struct sentence *sentence_find(const struct sentence *const *sentences, const char *name)
{
    while (*sentences != NULL && strcmp((*sentences)->name, name) != 0)
        sentences++;
    return *sentences;
}

const struct sentence *sentence_of_value(const struct sentence *const *sentences, const char *list,
                                         const char *value)
{
    char name[VALUE_NAME_BYTES];
    int length = snprintf(name, sizeof name, "%s-%s", list, value);

    if (length < 0 || (size_t)length >= sizeof name)
        return NULL;
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '_' ? '-' : (char)tolower((unsigned char)*at);
    return sentence_find(sentences, name);
}

bool say_again(const cJSON *kept, const struct sentence *const *sentences, struct saying *saying)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(kept, "say");

    saying->sentence = cJSON_IsString(name) ? sentence_find(sentences, name->valuestring) : NULL;
    if (saying->sentence == NULL)
        return false;
    for (int i = 0; saying->sentence->arguments[i] != NULL; i++) {
        const cJSON *word = cJSON_GetObjectItemCaseSensitive(kept, saying->sentence->arguments[i]);
        bool is_whole =
            cJSON_IsNumber(word) && word->valuedouble == (double)(int64_t)word->valuedouble;
        saying->words[i] = is_whole               ? said_number((int64_t)word->valuedouble)
                           : cJSON_IsNumber(word) ? said_real(word->valuedouble)
                                                  : said_text(cJSON_GetStringValue(word));
    }
    return true;
}

bool say_kept(const char *kept, const struct sentence *const *sentences, enum lang lang,
              struct buffer *out)
{
    cJSON *object = kept != NULL ? cJSON_Parse(kept) : NULL;
    struct saying saying;
    bool good = object != NULL && say_again(object, sentences, &saying);

    if (good)
        say_in(&saying, lang, out);
    cJSON_Delete(object);
    return good;
}
