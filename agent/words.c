/* Members of an answer. */
#include "agent/words.h"

#include <string.h>

static void write_kept(struct json_writer *answer, const char *key, const struct saying *saying)
{
    struct buffer kept = { 0 };

    say_keep(saying, &kept);
    json_raw(answer, key, kept.bytes, kept.length);
    buffer_free(&kept);
}

static void write_verdict(struct json_writer *answer, enum words_verdict verdict,
                          const struct saying *saying)
{
    json_bool(answer, "ok", verdict == WORDS_DONE);
    if (verdict != WORDS_DONE)
        json_bool(answer, "input", verdict == WORDS_WRONG);
    write_kept(answer, "said", saying);
}

static void write_text(struct json_writer *answer, struct buffer *text)
{
    json_text(answer, "text", text->bytes);
    buffer_free(text);
}

void words_write(struct json_writer *answer, enum words_verdict verdict,
                 const struct saying *saying, enum lang lang)
{
    struct buffer text = { 0 };

    write_verdict(answer, verdict, saying);
    say_in(saying, lang, &text);
    write_text(answer, &text);
    if (verdict != WORDS_DONE)
        json_text(answer, "reason", saying->sentence->name);
}

void words_write_unreadable(struct json_writer *answer, const struct json_reason *why,
                            enum lang lang)
{
    const struct saying saying = SAY_ANSWER_UNREADABLE();
    struct buffer text = { 0 };

    write_verdict(answer, WORDS_WRONG, &saying);
    if (why->about[0] != '\0')
        json_raw(answer, "why", why->about, strlen(why->about));
    say_in(&saying, lang, &text);
    buffer_format(&text, ": %s", lang == LANG_EN ? why->text : why->spanish);
    write_text(answer, &text);
    json_text(answer, "reason", saying.sentence->name);
}

/* The reason why it could not be read, where that is one of this release. */
static bool read_why(const cJSON *answer, enum lang lang, struct buffer *text)
{
    const cJSON *kept = cJSON_GetObjectItemCaseSensitive(answer, "why");
    struct saying why;

    if (!say_again(kept, reason_sentences, &why))
        return false;
    buffer_text(text, ": ");
    say_in(&why, lang, text);
    return true;
}

const struct sentence *words_read(const cJSON *answer, enum lang lang, struct buffer *text)
{
    const char *written = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "text"));
    const char *reason = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, "reason"));
    struct saying saying;
    size_t start = text->length;

    if (say_again(cJSON_GetObjectItemCaseSensitive(answer, "said"), answer_sentences, &saying)) {
        say_in(&saying, lang, text);
        if (saying.sentence != &answer_unreadable || read_why(answer, lang, text))
            return saying.sentence;
        text->length = start;
    }
    buffer_text(text, written != NULL ? written : "");
    return reason != NULL ? sentence_find(answer_sentences, reason) : NULL;
}

int64_t words_number(const cJSON *row, const char *name, int64_t otherwise)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(row, name);

    return cJSON_IsNumber(value) ? (int64_t)value->valuedouble : otherwise;
}

const char *words_text(const cJSON *row, const char *name)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, name));

    return value != NULL ? value : "";
}
