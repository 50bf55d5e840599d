/* Decides what a command line means: which option, whether its value may be, and what to say where
 * it may not. Separate from the programs' configuration reader, because an option of a command
 * (--cart) must never come from the environment, where CARRITO_CART is the agent's plate. */
#include "ctl/options.h"

#include "common/day.h"
#include "common/event.h"

#include "help_words.h"
#include "text_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX     1000000000
#define NAME_MAX_TRY  48 /* bytes; of a longer name no near one is looked for */
#define NEAR_DISTANCE 2  /* letters that may be wrong */

const struct option_spec options_common[] = {
    { .name = "json", .help = &help_as_json },
    { .name = "csv", .help = &help_as_csv_rfc_4180 },
    { .name = "help", .letter = 'h', .help = &help_this_help },
};
const size_t options_common_count = sizeof options_common / sizeof *options_common;

/* Levenshtein's distance, one row at a time. */
static size_t edit_distance(const char *left, const char *right)
{
    size_t row[NAME_MAX_TRY + 1], columns = strlen(right);

    for (size_t i = 0; i <= columns; i++)
        row[i] = i;
    for (size_t line = 1; left[line - 1]; line++) {
        size_t diagonal = row[0];

        row[0] = line;
        for (size_t i = 1; i <= columns; i++) {
            size_t change = diagonal + (left[line - 1] != right[i - 1]);
            size_t step = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;

            diagonal = row[i];
            row[i] = change < step ? change : step;
        }
    }
    return row[columns];
}

const char *nearest_name(const char *typed, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t distance_min = NEAR_DISTANCE + 1;

    if (strlen(typed) > NAME_MAX_TRY)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance;

        if (strlen(names[i]) > NAME_MAX_TRY)
            continue;
        distance = edit_distance(typed, names[i]);
        /* Of a short name most letters must be right: "x" is not near to "cart". */
        if (distance < distance_min && distance < strlen(names[i]) - 1) {
            distance_min = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

/* One reading: where it stands and where its result goes. */
struct reader {
    const struct option_rules *rules;
    const struct arguments *arguments;
    int at; /* index of the argument in hand */
    struct options *options;
    struct buffer *why;
};

static const struct option_spec *spec_at(const struct option_rules *rules, size_t index)
{
    if (index < rules->count)
        return &rules->specs[index];
    index -= rules->count;
    return index < options_common_count ? &options_common[index] : NULL;
}

/* `typed` with its dashes, its first `length` bytes. */
static const struct option_spec *spec_find(const struct option_rules *rules, const char *typed,
                                           size_t length)
{
    const struct option_spec *spec;

    for (size_t i = 0; (spec = spec_at(rules, i)); i++) {
        if (typed[1] != '-' && length == 2 && spec->letter == typed[1])
            return spec;
        if (typed[1] == '-' && strlen(spec->name) == length - 2 &&
            memcmp(spec->name, typed + 2, length - 2) == 0)
            return spec;
    }
    return NULL;
}

static const char *value_wanted(const struct option_rules *rules, const struct option_spec *spec)
{
    static const struct sentence *const wanted[] = {
        [OPTION_FLAG] = &text_wants_text,   [OPTION_TEXT] = &text_wants_text,
        [OPTION_COUNT] = &text_wants_count, [OPTION_DAY] = &text_wants_day,
        [OPTION_SPAN] = &text_wants_span,   [OPTION_TIME] = &text_wants_time,
        [OPTION_CART] = &text_wants_cart,   [OPTION_NUMBER] = &text_wants_number,
    };

    if (spec->kind == OPTION_CHOICE)
        return spec->choices;
    return words_in(rules->language, wanted[spec->kind]);
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);

    for (const char *at = choices; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, value, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return length > 0;
    }
    return false;
}

bool option_day(const char *typed, int64_t now_ms, char day[DAY_TEXT_SIZE])
{
    static const struct {
        const char *word;
        int32_t back;
    } words[] = { { "today", 0 }, { "hoy", 0 }, { "yesterday", 1 }, { "ayer", 1 } };
    int32_t number;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(typed, words[i].word) == 0) {
            day_text(day_of_ms(now_ms) - words[i].back, day);
            return true;
        }
    }
    if (!day_from_text(typed, &number))
        return false;
    day_text(number, day);
    return true;
}

/* What a first day makes a date of. */
static bool is_month_or_year(const char *typed)
{
    char date[DAY_TEXT_SIZE];
    bool is_year = strlen(typed) == 4;
    int32_t number;

    if (!is_year && strlen(typed) != 7)
        return false;
    snprintf(date, sizeof date, "%s%s", typed, is_year ? "-01-01" : "-01");
    return day_from_text(date, &number);
}

static bool count_is_valid(const char *typed)
{
    char *end;
    long count = strtol(typed, &end, 10);

    return typed[0] >= '0' && typed[0] <= '9' && *end == '\0' && count >= 1 && count <= COUNT_MAX;
}

static bool number_is_valid(const char *typed)
{
    char *end;
    double number = strtod(typed, &end);

    /* strtod takes "nan", "inf" and hexadecimal figures too. */
    return strspn(typed, "0123456789+-.eE") == strlen(typed) && *end == '\0' && isfinite(number);
}

/* Checks a value and writes it in the API's form. */
static bool value_read(const struct option_rules *rules, const struct option_spec *spec,
                       const char *typed, char value[OPTION_VALUE_MAX + 1])
{
    int64_t instant_ms;

    if (typed[0] == '\0' || strlen(typed) > OPTION_VALUE_MAX)
        return false;
    switch (spec->kind) {
    case OPTION_DAY:
        return option_day(typed, rules->now_ms, value);
    case OPTION_SPAN:
        if (option_day(typed, rules->now_ms, value))
            return true;
        if (!is_month_or_year(typed))
            return false;
        break;
    case OPTION_TIME:
        if (option_day(typed, rules->now_ms, value))
            return true;
        if (!time_from_text(typed, &instant_ms))
            return false;
        break;
    case OPTION_CART:
        return cart_from_person(typed, value);
    case OPTION_COUNT:
        if (!count_is_valid(typed))
            return false;
        break;
    case OPTION_NUMBER:
        if (!number_is_valid(typed))
            return false;
        break;
    case OPTION_CHOICE:
        if (!is_choice(spec->choices, typed))
            return false;
        break;
    case OPTION_FLAG:
    case OPTION_TEXT:
        break;
    }
    memcpy(value, typed, strlen(typed) + 1);
    return true;
}

static bool refuse_unknown(struct reader *reader, const char *typed, size_t length)
{
    const char *names[OPTIONS_MAX * 2], *nearest = NULL;
    enum lang language = reader->rules->language;
    const struct option_spec *spec;
    char name[OPTION_VALUE_MAX + 1];
    size_t count = 0;

    for (size_t i = 0; (spec = spec_at(reader->rules, i)) && count < OPTIONS_MAX * 2; i++)
        names[count++] = spec->name;
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name), typed);
    if (typed[1] == '-')
        nearest = nearest_name(name + 2, names, count);
    if (nearest)
        say_in(&SAY_TEXT_OPTION_NEAREST(name, nearest), language, reader->why);
    else
        say_in(&SAY_TEXT_OPTION_UNKNOWN(name), language, reader->why);
    return false;
}

/* `typed` is NULL for a flag. */
static bool option_add(struct reader *reader, const struct option_spec *spec, const char *typed)
{
    struct options *options = reader->options;
    enum lang language = reader->rules->language;
    size_t at = 0;

    while (at < options->count && options->given[at].spec != spec)
        at++;
    if (at == OPTIONS_MAX) {
        say_in(&SAY_TEXT_OPTIONS_TOO_MANY(), language, reader->why);
        return false;
    }
    if (typed && !value_read(reader->rules, spec, typed, options->given[at].value)) {
        say_in(&SAY_TEXT_OPTION_BAD(spec->name, typed, value_wanted(reader->rules, spec)), language,
               reader->why);
        return false;
    }
    options->given[at].spec = spec;
    if (at == options->count)
        options->count++;
    return true;
}

/* Reads the option in hand, with its value: `--name VALUE`, `--name=VALUE` or `-n VALUE`. */
static bool option_read(struct reader *reader)
{
    const char *typed = reader->arguments->at[reader->at];
    const char *equals = typed[1] == '-' ? strchr(typed, '=') : NULL;
    size_t length = equals ? (size_t)(equals - typed) : strlen(typed);
    const struct option_spec *spec = spec_find(reader->rules, typed, length);
    enum lang language = reader->rules->language;

    if (!spec)
        return refuse_unknown(reader, typed, length);
    if (spec->kind == OPTION_FLAG && equals) {
        say_in(&SAY_TEXT_OPTION_FLAG_VALUE(spec->name), language, reader->why);
        return false;
    }
    if (spec->kind == OPTION_FLAG)
        return option_add(reader, spec, NULL);
    if (equals)
        return option_add(reader, spec, equals + 1);
    if (reader->at + 1 < reader->arguments->count)
        return option_add(reader, spec, reader->arguments->at[++reader->at]);
    say_in(&SAY_TEXT_OPTION_NO_VALUE(spec->name, value_wanted(reader->rules, spec)), language,
           reader->why);
    return false;
}

static bool word_read(struct reader *reader)
{
    struct options *options = reader->options;
    const char *word = reader->arguments->at[reader->at];

    if (options->word_count < reader->rules->words_max && options->word_count < OPTION_WORDS_MAX) {
        options->words[options->word_count++] = word;
        return true;
    }
    say_in(&SAY_TEXT_WORD_TOO_MANY(word), reader->rules->language, reader->why);
    return false;
}

static bool all_is_right(const struct reader *reader)
{
    const struct option_rules *rules = reader->rules;

    if (reader->options->word_count < rules->words_min) {
        say_in(&SAY_TEXT_WORD_MISSING(rules->words_help), rules->language, reader->why);
        return false;
    }
    if (options_has(reader->options, "json") && options_has(reader->options, "csv")) {
        say_in(&SAY_TEXT_JSON_AND_CSV(), rules->language, reader->why);
        return false;
    }
    return true;
}

bool options_read(const struct option_rules *rules, const struct arguments *arguments,
                  struct options *options, struct buffer *why)
{
    struct reader reader = { rules, arguments, 0, options, why };
    bool options_ended = false;

    memset(options, 0, sizeof *options);
    for (; reader.at < arguments->count; reader.at++) {
        const char *typed = arguments->at[reader.at];

        if (!options_ended && strcmp(typed, "--") == 0) {
            options_ended = true;
        } else if (options_ended || typed[0] != '-' || typed[1] == '\0') {
            if (!word_read(&reader))
                return false;
        } else {
            if (!option_read(&reader))
                return false;
            if (options_has(options, "help"))
                return true;
        }
    }
    return all_is_right(&reader);
}

const char *options_get(const struct options *options, const char *name)
{
    for (size_t i = 0; i < options->count; i++)
        if (strcmp(options->given[i].spec->name, name) == 0)
            return options->given[i].value;
    return NULL;
}

bool options_has(const struct options *options, const char *name)
{
    return options_get(options, name) != NULL;
}
